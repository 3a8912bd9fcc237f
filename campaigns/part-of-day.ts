import { isKnownZone, localDay, localInstant, localMinute } from '../compliance/local-time.ts';
import { days, type EpochMs } from '../kernel/time.ts';

/** Where the parts of a day begin, in minutes after midnight: morning, afternoon, evening, and the night that nobody is called in. */
const MORNING = 8 * 60;
const PARTS = [MORNING, 12 * 60, 17 * 60] as const;
const NIGHT = 21 * 60;

/**
 * The next call's moment, moved on where it would fall into the part of the called party's day in which the last one was: who was
 * out in the afternoon may be in of an evening. A moment in the night counts for the morning after it. `zoneKey` as in `zoneKey`;
 * of several zones the first is taken, and an unknown one moves nothing.
 */
export function intoAnotherPart(zoneKey: string, lastAt: EpochMs, dueAt: EpochMs): EpochMs {
  const zone = zoneKey.split('|')[0] ?? '';
  if (!isKnownZone(zone)) return dueAt;
  const { day, part } = partOf(zone, dueAt);
  if (part !== partOf(zone, lastAt).part) return dueAt;
  const next = PARTS[part + 1];
  const moved =
    next === undefined ? localInstant(zone, dayAfter(day), MORNING) : localInstant(zone, day, next);
  return Math.max(moved, dueAt) as EpochMs;
}

interface PartOfDay {
  readonly day: string;
  /** Index into PARTS. */
  readonly part: number;
}

function partOf(zone: string, at: EpochMs): PartOfDay {
  const day = localDay(zone, at);
  const minute = localMinute(zone, at);
  if (minute >= NIGHT) return { day: dayAfter(day), part: 0 };
  return {
    day,
    part: Math.max(
      0,
      PARTS.findLastIndex((from) => minute >= from),
    ),
  };
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days(1)).toISOString().slice(0, 10);
}
