import { IANAZone } from 'luxon';
import type { EpochMs } from '../kernel/time.ts';
import type { Locale } from './locale.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** How far ahead an opening is looked for; a window that does not open within it is said never to open. */
const HORIZON_MS = 8 * DAY_MS;

/** Hours of the day between which calls are allowed, by the wall clock: from inclusive, to exclusive. */
export interface DailyHours {
  /** Minutes after midnight. */
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** Whether a window is open at a moment in every zone of a set, and when that changes. */
export interface WindowState {
  readonly isOpen: boolean;
  /** When it closes; null while it is closed. */
  readonly closesAt: EpochMs | null;
  /** When it opens next (after this closing, if it is open now); null = not within eight days. */
  readonly opensAt: EpochMs | null;
}

interface CachedWindow {
  readonly from: number;
  readonly until: number;
  readonly state: WindowState;
}

/** True when tzdata knows the zone; what it does not know is never open. */
export const isKnownZone = (zone: string): boolean => IANAZone.isValidZone(zone);

/** Milliseconds to add to UTC for the wall clock of `zone` at that moment. */
const offsetAt = (zone: string, at: number): number => IANAZone.create(zone).offset(at) * MINUTE_MS;

/**
 * The window of a set of zones (joined with '|', see `zoneKey`) at `now`. Instants are judged, not hour numbers, so days on which
 * the clock is changed are right. An empty set and an unknown zone are never open.
 */
export function windowOf(zones: string, now: EpochMs, hours: DailyHours): WindowState {
  const cacheKey = `${zones} ${hours.fromMinute} ${hours.toMinute}`;
  const cached = cache.get(cacheKey);
  if (cached && now >= cached.from && now < cached.until) return cached.state;
  const fresh = computeWindow(zones === '' ? [] : zones.split('|'), now, hours);
  if (cache.size >= CACHE_KEYS_MAX) cache.clear();
  cache.set(cacheKey, fresh);
  return fresh.state;
}

// Only remembers what computeWindow would say again: the answer for a set of zones stays the same until its next change.
const cache = new Map<string, CachedWindow>();
/** More sets of zones than a national campaign has; keeps the memory bounded whatever is imported. */
const CACHE_KEYS_MAX = 10_000;

function computeWindow(zones: readonly string[], now: number, hours: DailyHours): CachedWindow {
  const never = { isOpen: false, closesAt: null, opensAt: null };
  if (zones.length === 0 || !zones.every(isKnownZone)) return { from: now, until: Infinity, state: never };
  if (!areAllOpen(zones, now, hours)) {
    const opensAt = nextChange(zones, now, hours);
    return {
      from: now,
      until: opensAt ?? now + DAY_MS,
      state: { isOpen: false, closesAt: null, opensAt: opensAt as EpochMs | null },
    };
  }
  const closesAt = nextChange(zones, now, hours);
  const opensAt = closesAt === null ? null : nextChange(zones, closesAt, hours);
  return {
    from: now,
    until: closesAt ?? now + DAY_MS,
    state: { isOpen: true, closesAt: closesAt as EpochMs | null, opensAt: opensAt as EpochMs | null },
  };
}

/** The first moment after `at` at which "open in all zones" differs from what it is at `at`; null = not within the horizon. */
function nextChange(zones: readonly string[], at: number, hours: DailyHours): number | null {
  const wasOpen = areAllOpen(zones, at, hours);
  for (let next = at; next <= at + HORIZON_MS;) {
    next = Math.min(...zones.map((zone) => nextEdge(zone, next, hours)));
    if (areAllOpen(zones, next, hours) !== wasOpen) return next;
  }
  return null;
}

function areAllOpen(zones: readonly string[], at: number, hours: DailyHours): boolean {
  return zones.every((zone) => {
    const minute = minuteOfDay(at + offsetAt(zone, at));
    return minute >= hours.fromMinute && minute < hours.toMinute;
  });
}

/** A moment after `at` before which nothing changes in `zone`: an edge of its hours, or a change of its clock. */
function nextEdge(zone: string, at: number, hours: DailyHours): number {
  const offset = offsetAt(zone, at);
  const minute = minuteOfDay(at + offset);
  const edges = [hours.fromMinute, hours.toMinute, hours.fromMinute + 1440];
  const edge = edges.find((candidate) => candidate > minute) ?? hours.toMinute + 1440;
  const edgeAt = at + Math.round((edge - minute) * MINUTE_MS);
  return offsetAt(zone, edgeAt) === offset ? edgeAt : clockChange(zone, at, edgeAt);
}

/** The first moment in (from, to] with another offset than at `from`. */
function clockChange(zone: string, from: number, to: number): number {
  const offset = offsetAt(zone, from);
  let before = from;
  let changed = to;
  while (changed - before > 1) {
    const middle = Math.floor((before + changed) / 2);
    if (offsetAt(zone, middle) === offset) before = middle;
    else changed = middle;
  }
  return changed;
}

/** Minutes after midnight, with fractions, of a moment already moved by its offset. */
function minuteOfDay(localMs: number): number {
  return (((localMs % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS;
}

/** The calendar day of a zone at a moment, as yyyy-mm-dd. */
export function localDay(zone: string, at: EpochMs): string {
  return new Date(at + offsetAt(zone, at)).toISOString().slice(0, 10);
}

/** The wall clock of a zone at a moment, as hh:mm. */
export function localClock(zone: string, at: EpochMs): string {
  return new Date(at + offsetAt(zone, at)).toISOString().slice(11, 16);
}

/** Day and month for people, as 3 Dec or 12月3日. */
export function localShortDate(zone: string, at: EpochMs, locale: Locale): string {
  const language = locale === 'en' ? 'en-GB' : locale;
  return new Intl.DateTimeFormat(language, { timeZone: zone, day: 'numeric', month: 'short' }).format(at);
}

/** What people call a zone: Eastern Time, 北美东部时间. */
export function zoneName(zone: string, at: EpochMs, locale: Locale): string {
  const format = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'longGeneric' });
  const parts = format.formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone;
}

/** The first moment of a calendar day (yyyy-mm-dd) in a zone; where midnight is skipped by a clock change, the moment after it. */
export function startOfLocalDay(zone: string, day: string): EpochMs {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // No zone is further from UTC than 16 hours, so the day has not begun there yet.
  let at = midnight - 16 * 3_600_000;
  while (localDay(zone, at as EpochMs) < day) {
    const offset = offsetAt(zone, at);
    const guess = midnight - offset;
    at = offsetAt(zone, guess) === offset ? Math.max(guess, at + 1) : clockChange(zone, at, guess);
  }
  return at as EpochMs;
}

/** The moment at which the wall clock of a day shows so many minutes after midnight; where that is skipped, the moment after it. */
export function localInstant(zone: string, day: string, minute: number): EpochMs {
  const wanted = Date.parse(`${day}T00:00:00Z`) + minute * MINUTE_MS;
  const first = wanted - offsetAt(zone, wanted);
  const at = wanted - offsetAt(zone, first);
  if (at + offsetAt(zone, at) === wanted) return at as EpochMs;
  return clockChange(zone, Math.min(first, at), Math.max(first, at)) as EpochMs;
}

/** 0 = Monday … 6 = Sunday, of a calendar day (yyyy-mm-dd). */
export function weekdayOf(day: string): number {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** Minutes after midnight on the wall clock of a zone, with fractions. */
export function localMinute(zone: string, at: EpochMs): number {
  return minuteOfDay(at + offsetAt(zone, at));
}
