import { describe, expect, test } from 'vitest';
import { after, days, hours, minutes, type EpochMs } from '../../kernel/time.ts';
import { SESSION_IDLE_MS, SESSION_LIFE_MS, expiryAfterUse, isExpired, wantsTouch } from './session.ts';

const at = 1_764_000_000_000 as EpochMs;

describe('a session', () => {
  test('lasts ten hours from its last use', () => {
    const usedAt = after(at, hours(30));
    expect(expiryAfterUse(at, usedAt)).toBe(after(usedAt, SESSION_IDLE_MS));
  });

  test('ends after a week however busy it is', () => {
    const usedAt = after(at, days(6.9));
    expect(expiryAfterUse(at, usedAt)).toBe(after(at, SESSION_LIFE_MS));
  });

  test('is over at its end, not after it', () => {
    expect(isExpired({ expiresAt: at }, after(at, -1 as never))).toBe(false);
    expect(isExpired({ expiresAt: at }, at)).toBe(true);
  });

  test('is written at most once a minute', () => {
    expect(wantsTouch({ lastSeenAt: at }, after(at, minutes(0.99)))).toBe(false);
    expect(wantsTouch({ lastSeenAt: at }, after(at, minutes(1)))).toBe(true);
  });
});
