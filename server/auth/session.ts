import { after, days, hours, minutes, type EpochMs } from '../../kernel/time.ts';

/** Longer than any break, shorter than a night. */
export const SESSION_IDLE_MS = hours(10);
/** However busy: after a week one shows one's password again. */
export const SESSION_LIFE_MS = days(7);
/** A session's row is written at most this often. */
export const SESSION_TOUCH_MS = minutes(1);

export interface SessionTimes {
  readonly createdAt: EpochMs;
  readonly lastSeenAt: EpochMs;
  readonly expiresAt: EpochMs;
}

export const isExpired = ({ expiresAt }: Pick<SessionTimes, 'expiresAt'>, now: EpochMs): boolean =>
  now >= expiresAt;

/** When a session that was used `now` ends by itself: rolling, and in no case after its whole life. */
export function expiryAfterUse(createdAt: EpochMs, now: EpochMs): EpochMs {
  return Math.min(after(now, SESSION_IDLE_MS), after(createdAt, SESSION_LIFE_MS)) as EpochMs;
}

export const wantsTouch = ({ lastSeenAt }: Pick<SessionTimes, 'lastSeenAt'>, now: EpochMs): boolean =>
  now - lastSeenAt >= SESSION_TOUCH_MS;
