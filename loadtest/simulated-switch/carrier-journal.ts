/** Calls kept in full; of older ones only the counts stay. */
const CALLS_MAX = 200_000;

/** Timers end a talk within a tick of its planned length. */
const ROUNDING_MS = 50;

/** One INVITE as the carrier saw it. Times in epoch milliseconds, null when it did not happen. */
export interface CarrierCall {
  readonly number: string;
  /** Of the switch's leg: only to find the call again. */
  readonly channelUuid: string;
  readonly callerIdNumber: string;
  /** What the world had drawn for it. */
  readonly drawn: string;
  readonly invitedAt: number;
  rangAt: number | null;
  earlyMediaAt: number | null;
  answeredAt: number | null;
  /** Final refusal that the carrier sent. */
  refusedWith: number | null;
  /** When the called person first heard an agent. */
  bridgedAt: number | null;
  /** With whom, in order: destination of the other leg. */
  readonly talkedWith: string[];
  messageAt: number | null;
  readonly talkPlannedMs: number | null;
  /** How long an agent was heard. */
  talkMs: number;
  endedAt: number | null;
  endedBy: 'person' | 'switch' | 'carrier' | null;
  /** A talk with a person that the person had not finished. */
  wasTalkCut: boolean;
}

interface NumberCount {
  invites: number;
  concurrent: number;
  concurrentMax: number;
}

export interface JournalTotals {
  invites: number;
  answered: number;
  humansAnswered: number;
  bridged: number;
  messages: number;
  talksCut: number;
  talksFinished: number;
  /** People who hung up without having heard an agent. */
  leftUnserved: number;
  concurrent: number;
  concurrentMax: number;
}

const noTotals = (): JournalTotals => ({
  invites: 0,
  answered: 0,
  humansAnswered: 0,
  bridged: 0,
  messages: 0,
  talksCut: 0,
  talksFinished: 0,
  leftUnserved: 0,
  concurrent: 0,
  concurrentMax: 0,
});

/**
 * What the carrier itself counted: INVITEs, answers, audio, ends. It never looks at what the dialer says, so that it can
 * be the oracle for "nobody is called twice".
 */
export class CarrierJournal {
  #calls: CarrierCall[] = [];
  #numbers = new Map<string, NumberCount>();
  #totals = noTotals();

  /** INVITEs to this number since the beginning or the last reset. */
  invitesTo(number: string): number {
    return this.#numbers.get(number)?.invites ?? 0;
  }

  get concurrent(): number {
    return this.#totals.concurrent;
  }

  invited(call: CarrierCall): void {
    const totals = this.#totals;
    totals.invites += 1;
    totals.concurrent += 1;
    totals.concurrentMax = Math.max(totals.concurrentMax, totals.concurrent);
    const count = this.#numbers.get(call.number) ?? { invites: 0, concurrent: 0, concurrentMax: 0 };
    count.invites += 1;
    count.concurrent += 1;
    count.concurrentMax = Math.max(count.concurrentMax, count.concurrent);
    this.#numbers.set(call.number, count);
    this.#calls.push(call);
    if (this.#calls.length > CALLS_MAX) this.#calls = this.#calls.slice(CALLS_MAX / 10);
  }

  answered(call: CarrierCall, at: number): void {
    call.answeredAt = at;
    this.#totals.answered += 1;
    if (call.drawn === 'human') this.#totals.humansAnswered += 1;
  }

  bridged(call: CarrierCall, at: number): void {
    if (call.bridgedAt !== null) return;
    call.bridgedAt = at;
    this.#totals.bridged += 1;
  }

  heardMessage(call: CarrierCall, at: number): void {
    if (call.messageAt !== null) return;
    call.messageAt = at;
    this.#totals.messages += 1;
  }

  ended(call: CarrierCall, end: { readonly at: number; readonly by: 'person' | 'switch' | 'carrier' }): void {
    if (call.endedAt !== null) return;
    call.endedAt = end.at;
    call.endedBy = end.by;
    const totals = this.#totals;
    totals.concurrent -= 1;
    const count = this.#numbers.get(call.number);
    if (count !== undefined) count.concurrent -= 1;
    if (call.answeredAt === null || call.drawn !== 'human') return;
    const planned = call.talkPlannedMs ?? 0;
    call.wasTalkCut = call.bridgedAt !== null && call.talkMs + ROUNDING_MS < planned;
    if (call.wasTalkCut) totals.talksCut += 1;
    else if (call.bridgedAt !== null) totals.talksFinished += 1;
    else if (end.by === 'person') totals.leftUnserved += 1;
  }

  /** The calls of one number, or all. */
  calls(number?: string): readonly CarrierCall[] {
    return number === undefined ? this.#calls : this.#calls.filter((call) => call.number === number);
  }

  totals(): JournalTotals & {
    readonly numbers: number;
    readonly invitesPerNumberMax: number;
    readonly concurrentPerNumberMax: number;
  } {
    let invitesPerNumberMax = 0;
    let concurrentPerNumberMax = 0;
    for (const count of this.#numbers.values()) {
      invitesPerNumberMax = Math.max(invitesPerNumberMax, count.invites);
      concurrentPerNumberMax = Math.max(concurrentPerNumberMax, count.concurrentMax);
    }
    return { ...this.#totals, numbers: this.#numbers.size, invitesPerNumberMax, concurrentPerNumberMax };
  }

  numbers(): readonly {
    readonly number: string;
    readonly invites: number;
    readonly concurrentMax: number;
  }[] {
    return [...this.#numbers].map(([number, { invites, concurrentMax }]) => ({
      number,
      invites,
      concurrentMax,
    }));
  }

  /** Forgets what is over; calls that are up stay. */
  reset(): void {
    const open = this.#calls.filter((call) => call.endedAt === null);
    this.#calls = [];
    this.#numbers = new Map();
    this.#totals = noTotals();
    for (const call of open) {
      this.invited(call);
      if (call.answeredAt !== null) this.answered(call, call.answeredAt);
      if (call.bridgedAt !== null) this.#totals.bridged += 1;
      if (call.messageAt !== null) this.#totals.messages += 1;
    }
  }
}
