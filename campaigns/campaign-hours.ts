import { localDay, localInstant, weekdayOf, type DailyHours } from '../compliance/local-time.ts';
import { hours, type EpochMs } from '../kernel/time.ts';

/** Hours of each weekday, Monday first; a day without any is a day off. */
export type WeekHours = readonly (readonly DailyHours[])[];

/** When a campaign may dial by its own will; the law's windows hold besides. */
export interface CampaignSchedule {
  /** IANA zone of its days and hours. */
  readonly timeZone: string;
  /** Local days, both included, as yyyy-mm-dd; null = open to that side. */
  readonly startsOn: string | null;
  readonly endsOn: string | null;
  /** Null: all day, every day. */
  readonly dailyHours: WeekHours | null;
}

export type CampaignOpening =
  | { readonly isOpen: true; readonly closesAt: EpochMs | null }
  | {
      readonly isOpen: false;
      /** `ended`: its last day is over, or no hour is left until then. */
      readonly why: 'not-begun' | 'out-of-hours' | 'ended';
      readonly opensAt: EpochMs | null;
    };

/** A week and a day: a weekly plan has shown all it has by then. */
const DAYS_LOOKED_AT = 8;

/** Whether the campaign's own days and hours are open at `now`, and when that changes. */
export function campaignOpening(schedule: CampaignSchedule, now: EpochMs): CampaignOpening {
  if (schedule.startsOn === null && schedule.endsOn === null && schedule.dailyHours === null) {
    return { isOpen: true, closesAt: null };
  }
  const known = cache.get(schedule);
  if (known && known.from <= now && now < known.until) return known.opening;
  const opening = computeOpening(schedule, now);
  const changesAt = opening.isOpen ? opening.closesAt : opening.opensAt;
  // What does not change soon is looked at again within the hour: its day may have turned.
  cache.set(schedule, { from: now, until: Math.min(changesAt ?? Infinity, now + AGAIN_MS), opening });
  return opening;
}

/** Asked twenty times a second for each campaign; the answer stays the same until its next change. */
const cache = new WeakMap<CampaignSchedule, { from: number; until: number; opening: CampaignOpening }>();
const AGAIN_MS = hours(1);

function computeOpening(schedule: CampaignSchedule, now: EpochMs): CampaignOpening {
  const { timeZone, startsOn, endsOn } = schedule;
  const today = localDay(timeZone, now);
  if (endsOn !== null && today > endsOn) return { isOpen: false, why: 'ended', opensAt: null };
  const hasBegun = startsOn === null || today >= startsOn;
  const spans = openSpans(schedule, hasBegun ? today : startsOn);
  const current = spans.find(({ from, to }) => from <= now && (to === null || now < to));
  if (current) return { isOpen: true, closesAt: current.to };
  const next = spans.find(({ from }) => from > now);
  if (!next) return { isOpen: false, why: 'ended', opensAt: null };
  return { isOpen: false, why: hasBegun ? 'out-of-hours' : 'not-begun', opensAt: next.from };
}

interface Span {
  readonly from: EpochMs;
  /** Null: it does not close within the days looked at. */
  readonly to: EpochMs | null;
}

/** The open times of the days from `day` on; times that touch (midnight to midnight) are one. */
function openSpans({ timeZone, endsOn, dailyHours }: CampaignSchedule, day: string): Span[] {
  const spans: Span[] = [];
  for (let ahead = 0; ahead < DAYS_LOOKED_AT; ahead += 1) {
    const date = dayAfter(day, ahead);
    if (endsOn !== null && date > endsOn) return spans;
    const open = dailyHours === null ? WHOLE_DAY : (dailyHours[weekdayOf(date)] ?? []);
    for (const { fromMinute, toMinute } of [...open].sort((a, b) => a.fromMinute - b.fromMinute)) {
      const from = localInstant(timeZone, date, fromMinute);
      const to = localInstant(timeZone, date, toMinute);
      const before = spans.at(-1);
      if (before?.to === from) spans[spans.length - 1] = { from: before.from, to };
      else if (to > from) spans.push({ from, to });
    }
  }
  const last = spans.at(-1);
  const horizon = localInstant(timeZone, dayAfter(day, DAYS_LOOKED_AT), 0);
  if (last?.to === horizon) spans[spans.length - 1] = { from: last.from, to: null };
  return spans;
}

const WHOLE_DAY: readonly DailyHours[] = [{ fromMinute: 0, toMinute: 24 * 60 }];

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Its last day is over. */
export const hasEnded = (schedule: CampaignSchedule, now: EpochMs): boolean =>
  schedule.endsOn !== null && localDay(schedule.timeZone, now) > schedule.endsOn;
