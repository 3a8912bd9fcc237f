import {
  fromAbsolute,
  parseDateTime,
  toCalendarDateTime,
  toZoned,
  type CalendarDateTime,
} from '@internationalized/date';
import type { EpochMs } from '../../../kernel/time.ts';

/** The moment at which a clock in the zone shows this local time; null for text that is none. The later hour where clocks go back. */
export function instantInZone(local: string, timeZone: string): EpochMs | null {
  try {
    return toZoned(parseDateTime(local), timeZone, 'later').toDate().getTime() as EpochMs;
  } catch {
    return null;
  }
}

/** What a control for date and time holds for a moment in a zone: 2026-12-03T08:00. */
export function localInZone(at: EpochMs, timeZone: string): string {
  return toCalendarDateTime(fromAbsolute(at, timeZone)).toString().slice(0, 16);
}

export type CallbackChoice =
  'in-an-hour' | 'this-evening' | 'tomorrow-morning' | 'tomorrow-afternoon' | 'in-a-week';

const EVENING_HOUR = 18;
const MORNING_HOUR = 10;
const AFTERNOON_HOUR = 15;

/** The usual appointments, in the customer's time. This evening is offered while it lies ahead. */
export function callbackChoices(
  now: EpochMs,
  timeZone: string,
): readonly { choice: CallbackChoice; local: string }[] {
  const there = toCalendarDateTime(fromAbsolute(now, timeZone));
  const at = (day: CalendarDateTime, hour: number): CalendarDateTime =>
    day.set({ hour, minute: 0, second: 0, millisecond: 0 });
  const inAnHour = there.add({ hours: 1 });
  const text = (local: CalendarDateTime): string => local.toString().slice(0, 16);
  return [
    { choice: 'in-an-hour', local: text(inAnHour) },
    ...(there.hour < EVENING_HOUR - 1
      ? [{ choice: 'this-evening', local: text(at(there, EVENING_HOUR)) } as const]
      : []),
    { choice: 'tomorrow-morning', local: text(at(there.add({ days: 1 }), MORNING_HOUR)) },
    { choice: 'tomorrow-afternoon', local: text(at(there.add({ days: 1 }), AFTERNOON_HOUR)) },
    { choice: 'in-a-week', local: text(at(there.add({ days: 7 }), MORNING_HOUR)) },
  ];
}
