import type { EpochMs } from '../kernel/time.ts';
import type { CallCandidate } from './candidate.ts';
import { isKnownZone, localClock, windowOf, type DailyHours, type WindowState } from './local-time.ts';
import type { Objection } from './verdict.ts';

/** 8:00 to 21:00 at the called party's place: 47 CFR 64.1200(c)(1), 16 CFR 310.4(c), 12 CFR 1006.6(b)(1). */
export const CALLING_HOURS: DailyHours = { fromMinute: 8 * 60, toMinute: 21 * 60 };

/** The calling window of a zone key (see `zoneKey`), for those who choose leads before the gate judges them. */
export function callingWindowOf(key: string, now: EpochMs): WindowState {
  return windowOf(key, now, CALLING_HOURS);
}

/**
 * Nobody is called before 8:00 or from 21:00 in any zone the number may be in: 47 CFR 64.1200(c)(1), 16 CFR 310.4(c). A number of
 * which no zone is known is not called. `retryAt` is the moment at which the window is open in all zones together.
 */
export function checkCallingWindow(candidate: Pick<CallCandidate, 'zones'>, now: EpochMs): Objection | null {
  const { zones } = candidate;
  const window = callingWindowOf(zones.length === 1 ? (zones[0] ?? '') : zones.join('|'), now);
  if (window.isOpen) return null;
  const closed = zones.find((zone) => !callingWindowOf(zone, now).isOpen) ?? null;
  return {
    rule: 'calling-window',
    facts: {
      zone: closed,
      localTime: closed !== null && isKnownZone(closed) ? localClock(closed, now) : null,
      from: clockText(CALLING_HOURS.fromMinute),
      to: clockText(CALLING_HOURS.toMinute),
      zoneCount: zones.length,
    },
    retryAt: window.opensAt,
  };
}

function clockText(minute: number): string {
  const pad = (n: number): string => String(n).padStart(2, '0');
  return `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
}
