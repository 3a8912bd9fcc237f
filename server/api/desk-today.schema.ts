import { z } from 'zod';
import type { EpochMs } from '../../kernel/time.ts';
import { stateTimesSchema } from './report.schema.ts';
import { instantSchema } from './scalar.schema.ts';

/** The agent's own figures of the day; the day is that of his organization's zone. Words as in reports. */
export const deskTodaySchema = z.object({
  /** Until when the times are counted; the state that he is in since then goes on. See {@link dayUntil}. */
  at: instantSchema,
  /** Calls whose outcome is stored. */
  calls: z.number().int(),
  /** Those of them with a person. */
  contacts: z.number().int(),
  sales: z.number().int(),
  rightParty: z.number().int(),
  callbacks: z.number().int(),
  /** Hours of that day in which an outcome was stored, in their order. */
  hours: z.array(
    z.object({
      hour: z.number().int().min(0).max(23),
      calls: z.number().int(),
      sales: z.number().int(),
    }),
  ),
  /** Together: signed in, pauses included, which is the denominator of utilisation. */
  times: stateTimesSchema,
  /** Talk, hold and wrap-up of calls with people: its numerator. */
  busyMs: z.number().int(),
});
export type DeskToday = z.output<typeof deskTodaySchema>;
type TimedState = keyof DeskToday['times'];

export const nothingToday = (at: EpochMs): DeskToday => ({
  at,
  calls: 0,
  contacts: 0,
  sales: 0,
  rightParty: 0,
  callbacks: 0,
  hours: [],
  times: {
    talking: 0,
    'on-hold': 0,
    consulting: 0,
    'wrapping-up': 0,
    ready: 0,
    reserved: 0,
    previewing: 0,
    dialling: 0,
    paused: 0,
    'phone-connecting': 0,
    'phone-lost': 0,
  },
  busyMs: 0,
});

/** A call counts as one with a person until its outcome says that it was none. */
const BUSY: ReadonlySet<string> = new Set<TimedState>(['talking', 'on-hold', 'consulting', 'wrapping-up']);

/** The day as it stands later, when the agent has been in one state from `today.at` on: nobody has to ask the tables each second. */
export function dayUntil(today: DeskToday, state: TimedState | 'signed-out', at: EpochMs): DeskToday {
  const ms = at - today.at;
  if (ms <= 0) return today;
  if (state === 'signed-out') return { ...today, at };
  const times = { ...today.times, [state]: today.times[state] + ms };
  return { ...today, at, times, busyMs: today.busyMs + (BUSY.has(state) ? ms : 0) };
}
