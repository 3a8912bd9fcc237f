import fc from 'fast-check';
import { expect, test } from 'vitest';
import { days, type EpochMs } from '../kernel/time.ts';
import { checkAttemptLimit } from './attempt-limit.ts';

const now = Date.parse('2026-12-02T15:00:00Z') as EpochMs;
const hoursAgo = (n: number): EpochMs => (now - n * 3_600_000) as EpochMs;
const facts = (changes: Partial<Parameters<typeof checkAttemptLimit>[0]> = {}) => ({
  purpose: 'campaign' as const,
  leadAttempts: 0,
  leadAttemptsMax: 6,
  numberAttempts: 0,
  numberAttemptsMax: null,
  leadAttemptsAt: [],
  leadAttemptsPerDayMax: null,
  numberAttemptsAt: [],
  numberAttemptsPerDayMax: 3,
  ...changes,
});

test('allows a lead below its limits', () => {
  expect(
    checkAttemptLimit(facts({ leadAttempts: 5, numberAttemptsAt: [hoursAgo(3), hoursAgo(1)] }), now),
  ).toBeNull();
});

test('refuses for good a lead that has had its attempts', () => {
  expect(checkAttemptLimit(facts({ leadAttempts: 6 }), now)).toEqual({
    rule: 'attempt-limit',
    facts: { limit: 'lead', attempts: 6, max: 6 },
    retryAt: null,
  });
});

test('keeps a callback that was promised to a lead without attempts left, but not beyond the day’s limit', () => {
  const callback = { ...facts({ leadAttempts: 6 }), purpose: 'callback' as const };
  expect(checkAttemptLimit(callback, now)).toBeNull();
  const numberAttemptsAt = [hoursAgo(23), hoursAgo(5), hoursAgo(1)];
  expect(checkAttemptLimit({ ...callback, numberAttemptsAt }, now)).toMatchObject({
    facts: { limit: 'number-day' },
    retryAt: hoursAgo(-1),
  });
});

test('refuses the fourth attempt on a number within 24 hours and names the moment it is allowed', () => {
  const numberAttemptsAt = [hoursAgo(23), hoursAgo(5), hoursAgo(1)];
  const objection = checkAttemptLimit(facts({ numberAttemptsAt }), now);
  expect(objection).toEqual({
    rule: 'attempt-limit',
    facts: { limit: 'number-day', attempts: 3, max: 3 },
    retryAt: hoursAgo(-1),
  });
  expect(checkAttemptLimit(facts({ numberAttemptsAt }), hoursAgo(-1))).toBeNull();
});

test('refuses what is beyond a campaign’s own limits on a number and on a lead’s day, but for a promised callback', () => {
  const usedUp = facts({ numberAttempts: 2, numberAttemptsMax: 2 });
  expect(checkAttemptLimit(usedUp, now)).toMatchObject({ facts: { limit: 'number' }, retryAt: null });
  expect(checkAttemptLimit({ ...usedUp, numberAttempts: 1 }, now)).toBeNull();
  const enoughToday = facts({ leadAttemptsAt: [hoursAgo(5), hoursAgo(1)], leadAttemptsPerDayMax: 2 });
  expect(checkAttemptLimit(enoughToday, now)).toEqual({
    rule: 'attempt-limit',
    facts: { limit: 'lead-day', attempts: 2, max: 2 },
    retryAt: hoursAgo(-19),
  });
  for (const limited of [usedUp, enoughToday]) {
    expect(checkAttemptLimit({ ...limited, purpose: 'callback' }, now)).toBeNull();
  }
});

test('counts no attempt that has been 24 hours ago', () => {
  expect(
    checkAttemptLimit(facts({ numberAttemptsAt: [hoursAgo(24), hoursAgo(2), hoursAgo(1)] }), now),
  ).toBeNull();
});

test.each([
  { leadAttempts: Number.NaN },
  { leadAttemptsMax: Number.NaN },
  { numberAttemptsPerDayMax: Number.NaN },
  { numberAttemptsPerDayMax: 0 },
  { leadAttemptsMax: 0 },
  { numberAttemptsMax: Number.NaN },
  { leadAttemptsPerDayMax: Number.NaN },
])('refuses what cannot be judged or is forbidden: %j', (changes) => {
  expect(checkAttemptLimit(facts(changes), now)).toMatchObject({ rule: 'attempt-limit', retryAt: null });
});

test('retryAt is the first moment at which the rule no longer objects', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: days(2) }), { maxLength: 8 }),
      fc.integer({ min: 1, max: 5 }),
      (ages, max) => {
        const numberAttemptsAt = ages.map((age) => (now - age) as EpochMs);
        const candidate = facts({ numberAttemptsAt, numberAttemptsPerDayMax: max });
        const objection = checkAttemptLimit(candidate, now);
        if (!objection?.retryAt) return;
        expect(objection.retryAt).toBeGreaterThan(now);
        expect(checkAttemptLimit(candidate, objection.retryAt)).toBeNull();
        expect(checkAttemptLimit(candidate, (objection.retryAt - 1) as EpochMs)).not.toBeNull();
      },
    ),
  );
});
