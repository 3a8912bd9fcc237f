/** One event of one leg, with everything taken out that differs from run to run. */
export interface TracedEvent {
  readonly event: string;
  /** Since the first event of the leg. */
  readonly atMs: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface TracedReply {
  /** What was sent, ids replaced by the names of the legs. */
  readonly command: string;
  readonly reply: string;
}

/** What a switch said in one case of the contract. */
export interface ContractTrace {
  readonly case: string;
  readonly replies: readonly TracedReply[];
  readonly legs: Readonly<Record<string, readonly TracedEvent[]>>;
  /** INVITEs that the carrier got, by leg. */
  readonly invites: Readonly<Record<string, number>>;
}

/** Several runs on a real switch: what always held, and what may be so or so. */
export interface ContractRecord {
  readonly case: string;
  readonly switch: string;
  readonly runs: number;
  readonly replies: readonly TracedReply[];
  readonly invites: Readonly<Record<string, number>>;
  readonly legs: Readonly<Record<string, RecordedLeg>>;
}

export interface RecordedLeg {
  /** Every order of its events that was seen: threads of the switch race at some places. */
  readonly orders: readonly (readonly string[])[];
  /** `NAME` or, from its second time on, `NAME 2`: when, and with which headers. */
  readonly events: Readonly<Record<string, RecordedEvent>>;
}

export interface RecordedEvent {
  readonly atMs: readonly [earliest: number, latest: number];
  /** Each with all values that were seen, several of them parted by ` | `. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Events with their number: the second CHANNEL_PARK of a leg is `CHANNEL_PARK 2`. */
export function numbered(events: readonly TracedEvent[]): [key: string, event: TracedEvent][] {
  const seen = new Map<string, number>();
  return events.map((event) => {
    const n = (seen.get(event.event) ?? 0) + 1;
    seen.set(event.event, n);
    return [n === 1 ? event.event : `${event.event} ${n}`, event];
  });
}
