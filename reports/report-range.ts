import { localDay, startOfLocalDay } from '../compliance/local-time.ts';
import type { CampaignId } from '../kernel/ids.ts';
import { after, days, type EpochMs } from '../kernel/time.ts';

/** Calendar days (yyyy-mm-dd); both belong to it. */
export interface DayRange {
  readonly firstDay: string;
  readonly lastDay: string;
}

/** A year and a leap day: what a report may be asked for at once. */
export const RANGE_DAYS_MAX = 366;

/** What a campaign's days are as instants [fromAt, toAt), in its own zone. */
export interface CampaignRange {
  readonly campaignId: CampaignId;
  readonly timeZone: string;
  readonly fromAt: EpochMs;
  readonly toAt: EpochMs;
}

export interface ZonedCampaign {
  readonly campaignId: CampaignId;
  readonly timeZone: string;
}

export const rangeOf = ({ campaignId, timeZone }: ZonedCampaign, range: DayRange): CampaignRange => ({
  campaignId,
  timeZone,
  ...instantsOf(timeZone, range),
});

/** The first moment of the first day and the first moment after the last one. */
export function instantsOf(
  timeZone: string,
  { firstDay, lastDay }: DayRange,
): { readonly fromAt: EpochMs; readonly toAt: EpochMs } {
  return { fromAt: startOfLocalDay(timeZone, firstDay), toAt: startOfLocalDay(timeZone, nextDay(lastDay)) };
}

const midnight = (day: string): EpochMs => Date.parse(`${day}T00:00:00Z`) as EpochMs;

/** The calendar day after another. */
export const nextDay = (day: string): string => localDay('UTC', after(midnight(day), days(1)));

/** How many days a range has; less than one when its ends are the wrong way round. */
export const daysIn = ({ firstDay, lastDay }: DayRange): number =>
  (midnight(lastDay) - midnight(firstDay)) / days(1) + 1;

/** Every day of a range, the first one first. */
export function daysOf(range: DayRange): readonly string[] {
  const all: string[] = [];
  for (let day = range.firstDay; day <= range.lastDay; day = nextDay(day)) all.push(day);
  return all;
}
