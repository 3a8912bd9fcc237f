import type { DeskToday } from '../../../server/api.ts';

export type TimeKind = 'talk' | 'hold' | 'wrapUp' | 'waiting' | 'dialling' | 'pause' | 'phone';

type TimedState = keyof DeskToday['times'];
const KINDS: readonly {
  readonly kind: TimeKind;
  readonly mark: string;
  readonly states: readonly TimedState[];
}[] = [
  { kind: 'talk', mark: '--mark-talking', states: ['talking', 'consulting'] },
  { kind: 'hold', mark: '--mark-held', states: ['on-hold'] },
  { kind: 'wrapUp', mark: '--mark-wrapping-up', states: ['wrapping-up'] },
  { kind: 'waiting', mark: '--mark-ready', states: ['ready', 'reserved'] },
  { kind: 'dialling', mark: '--mark-reserved', states: ['previewing', 'dialling'] },
  { kind: 'pause', mark: '--mark-paused', states: ['paused'] },
  { kind: 'phone', mark: '--mark-lost', states: ['phone-connecting', 'phone-lost'] },
];
/** Named even when there was none of them yet; the others only when there was. */
const ALWAYS: readonly TimeKind[] = ['talk', 'wrapUp', 'waiting', 'pause'];

export interface TimePart {
  readonly kind: TimeKind;
  /** Name of the colour beside its word. */
  readonly mark: string;
  readonly ms: number;
  /** Of the time signed in. */
  readonly share: number;
}

export function signedInMs({ times }: Pick<DeskToday, 'times'>): number {
  return Object.values(times).reduce((sum, ms) => sum + ms, 0);
}

/** Where the time signed in went, in the order in which a call takes it. */
export function timeParts(today: Pick<DeskToday, 'times'>): readonly TimePart[] {
  const whole = signedInMs(today);
  return KINDS.map(({ kind, mark, states }) => {
    const ms = states.reduce((sum, state) => sum + today.times[state], 0);
    return { kind, mark, ms, share: whole === 0 ? 0 : ms / whole };
  }).filter(({ kind, ms }) => ms >= 1000 || ALWAYS.includes(kind));
}

export interface DayHour {
  readonly hour: number;
  readonly calls: number;
  readonly sales: number;
}

/** A shift is seldom shorter: the columns do not jump about in its first hours. */
const HOURS_MIN = 8;

/** Every hour from the first with a call to the last, the empty ones between them too; never fewer than a shift has. */
export function hourColumns(hours: DeskToday['hours']): readonly DayHour[] {
  const known = new Map(hours.map((one) => [one.hour, one]));
  const first = hours[0]?.hour;
  const last = hours.at(-1)?.hour;
  if (first === undefined || last === undefined) return [];
  const begin = Math.max(0, Math.min(first, 24 - HOURS_MIN));
  const end = Math.max(last, begin + HOURS_MIN - 1);
  return Array.from({ length: end - begin + 1 }, (_, i) => {
    const hour = begin + i;
    return known.get(hour) ?? { hour, calls: 0, sales: 0 };
  });
}
