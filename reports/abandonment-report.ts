import { fixedPeriodOf, type LedgerPeriod } from '../compliance/abandonment.ts';
import { after, days, type EpochMs } from '../kernel/time.ts';
import type { DayRange } from './report-range.ts';

/** The fixed 30-day periods of a campaign that a range of days touches, the first one first; none before its start. */
export function periodsIn(
  { startedAt, timeZone }: { readonly startedAt: EpochMs | null; readonly timeZone: string },
  range: DayRange,
): readonly LedgerPeriod[] {
  if (startedAt === null) return [];
  const found: LedgerPeriod[] = [];
  let period = fixedPeriodOf(startedAt, timeZone, startedAt);
  for (let at = startedAt; period.firstDay <= range.lastDay; at = after(at, days(30))) {
    period = fixedPeriodOf(startedAt, timeZone, at);
    const isNew = found.at(-1)?.firstDay !== period.firstDay;
    if (isNew && period.lastDay >= range.firstDay && period.firstDay <= range.lastDay) found.push(period);
  }
  return found;
}
