import type { Ending } from '../../campaigns/ending.ts';
import { behaviourOf, CARRIER_BEHAVIOURS, type CarrierBehaviourName } from './carrier-behaviour.ts';
import type { DialerCall, SwitchRecord } from './product-under-test.ts';

/** One number at the carrier. */
export interface CarrierCount {
  readonly invites: number;
  /** Answers that did not cross our CANCEL on the way. */
  readonly answers: number;
}

/** What an answered call may have come to. */
const AFTER_AN_ANSWER: readonly Ending[] = [
  'connected',
  'human-abandoned',
  'hung-up-waiting',
  'message-left',
  'agent-lost',
];
const ENDINGS_OF: Readonly<Record<CarrierBehaviourName, readonly Ending[]>> = {
  answered: AFTER_AN_ANSWER,
  'answered-hangs-up': AFTER_AN_ANSWER,
  'answered-after-early-media': AFTER_AN_ANSWER,
  'answered-without-ringing': AFTER_AN_ANSWER,
  'answered-slowly': AFTER_AN_ANSWER,
  busy: ['busy'],
  'no-answer': ['no-answer'],
  'early-media-only': ['no-answer'],
  'early-media-then-busy': ['busy'],
  rejected: ['rejected'],
  'invalid-number': ['invalid-number'],
  'carrier-failure': ['carrier-failure'],
  'no-reply': ['carrier-failure'],
  redirected: ['carrier-failure'],
  'answer-crosses-cancel': ['no-answer'],
  'trying-only': ['carrier-failure'],
};

/** Reads the carrier's journal: `invited NUMBER CALL-ID`, `cancelled …`, `answered …`. Numbers get their plus sign back. */
export function countCarrierJournal(lines: readonly string[]): ReadonlyMap<string, CarrierCount> {
  const counts = new Map<string, CarrierCount>();
  const cancelled = new Set<string>();
  for (const line of lines) {
    const [what, number = '', callId = ''] = line.split(' ');
    const phone = number.startsWith('+') ? number : `+${number}`;
    const count = counts.get(phone) ?? { invites: 0, answers: 0 };
    if (what === 'invited') counts.set(phone, { ...count, invites: count.invites + 1 });
    else if (what === 'cancelled') cancelled.add(callId);
    else if (what === 'answered' && !cancelled.has(callId))
      counts.set(phone, { ...count, answers: count.answers + 1 });
  }
  return counts;
}

export interface ThreeCounts {
  readonly calls: readonly DialerCall[];
  readonly carrier: ReadonlyMap<string, CarrierCount>;
  readonly records: readonly SwitchRecord[];
}

/** Where dialer, carrier and switch do not say the same, in sentences; empty when all agree. */
export function differencesOf({ calls, carrier, records }: ThreeCounts): string[] {
  const dialled = calls.filter(({ dialledAt }) => dialledAt !== null);
  const callsByPhone = Map.groupBy(dialled, ({ phone }) => phone);
  const recordsByPhone = Map.groupBy(records, ({ phone }) => phone);
  const phones = new Set([...callsByPhone.keys(), ...carrier.keys(), ...recordsByPhone.keys()]);
  const recordOf = new Map(records.map((record) => [record.callId, record]));
  return [
    ...[...phones].flatMap((phone) => {
      const ours = callsByPhone.get(phone) ?? [];
      const theirs = carrier.get(phone) ?? { invites: 0, answers: 0 };
      const recorded = recordsByPhone.get(phone) ?? [];
      const count = (list: readonly { answeredAt: number | null }[]): number =>
        list.filter(({ answeredAt }) => answeredAt !== null).length;
      return [
        ...unequal(phone, 'calls', [ours.length, theirs.invites, recorded.length]),
        ...unequal(phone, 'answers', [count(ours), theirs.answers, count(recorded)]),
      ];
    }),
    ...dialled.flatMap((call) => callDiffers(call, recordOf.get(call.callId))),
  ];
}

function unequal(
  phone: string,
  what: string,
  [ours, carriers, switches]: [number, number, number],
): string[] {
  if (ours === carriers && carriers === switches) return [];
  return [
    `${named(phone)}: ${what} are ${ours} by the dialer, ${carriers} by the carrier, ${switches} by the switch`,
  ];
}

function callDiffers(call: DialerCall, record: SwitchRecord | undefined): string[] {
  const who = `${named(call.phone)}, call ${call.callId}`;
  if (call.ending === null) return [`${who}: has no ending`];
  const expected = ENDINGS_OF[behaviourOf(call.phone)];
  const isBridged = record?.bridgedAt !== null && record?.bridgedAt !== undefined;
  return [
    ...(expected.includes(call.ending)
      ? []
      : [`${who}: ended as ${call.ending} instead of ${expected.join(' or ')}`]),
    ...((call.bridgedAt !== null) === isBridged
      ? []
      : [`${who}: ${isBridged ? 'was bridged by the switch alone' : 'was bridged by the dialer alone'}`]),
  ];
}

const named = (phone: string): string => `${phone} (${behaviourOf(phone)})`;

export interface LoadFigures {
  readonly placed: number;
  readonly answered: number;
  readonly connected: number;
  readonly abandoned: number;
  readonly endings: Readonly<Partial<Record<Ending, number>>>;
  /** From CHANNEL_ANSWER to CHANNEL_BRIDGE by the switch's time stamps, where the agent was idle; null when that never was so. */
  readonly answerToBridgeMs: Spread | null;
  /** The same where the person answered first and an agent became ready then: overdialling, not slowness. */
  readonly waitedForAgentMs: Spread | null;
}

export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly count: number;
}

export function figuresOf(calls: readonly DialerCall[], records: readonly SwitchRecord[]): LoadFigures {
  const dialled = calls.filter(({ dialledAt }) => dialledAt !== null);
  const endings: Partial<Record<Ending, number>> = {};
  for (const { ending } of dialled) if (ending !== null) endings[ending] = (endings[ending] ?? 0) + 1;
  return {
    placed: dialled.length,
    answered: dialled.filter(({ answeredAt }) => answeredAt !== null).length,
    connected: endings.connected ?? 0,
    abandoned: dialled.filter(({ isAbandoned }) => isAbandoned).length,
    endings,
    answerToBridgeMs: spreadOf(answersToBridges(records.filter(({ wasAgentIdle }) => wasAgentIdle))),
    waitedForAgentMs: spreadOf(answersToBridges(records.filter(({ wasAgentIdle }) => !wasAgentIdle))),
  };
}

function answersToBridges(records: readonly SwitchRecord[]): number[] {
  return records.flatMap(({ answeredAt, bridgedAt }) =>
    answeredAt === null || bridgedAt === null ? [] : [bridgedAt - answeredAt],
  );
}

/** By nearest rank: of a hundred values p99 is the second largest. */
export function spreadOf(values: readonly number[]): Spread | null {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
  if (sorted.length === 0) return null;
  return { p50: rank(0.5), p99: rank(0.99), max: rank(1), count: sorted.length };
}

/** How many behaviours of the carrier were met. */
export function behavioursMet(carrier: ReadonlyMap<string, CarrierCount>): number {
  const met = new Set([...carrier.keys()].map((phone) => behaviourOf(phone)));
  return CARRIER_BEHAVIOURS.filter(({ name }) => met.has(name)).length;
}
