import { describe, expect, test } from 'vitest';
import { hours, type EpochMs } from '../kernel/time.ts';
import { DEFAULT_DISPOSITIONS, DEFAULT_PAUSE_REASONS } from './defaults.ts';
import { afterDisposition, type DispositionOutcome } from './disposition.ts';

const at = Date.parse('2026-12-02T15:00:00Z') as EpochMs;
const given = { at, callbackAt: null, attempts: 1, attemptsMax: 6, tries: 1, zoneKey: 'America/New_York' };
const word = (outcome: DispositionOutcome) => ({
  code: 'a-code',
  outcome,
  retryAfterMs: hours(24),
  triesMax: null,
  isSpread: false,
});

test('finishes the lead by its own code', () => {
  expect(afterDisposition({ ...given, disposition: word('finished') })).toEqual({
    state: 'finished',
    dueAt: at,
    finishedWhy: 'disposition:a-code',
  });
});

test('finishes the lead when the person wants no calls', () => {
  expect(afterDisposition({ ...given, disposition: word('do-not-call') })).toMatchObject({
    state: 'finished',
    finishedWhy: 'do-not-call',
  });
});

test('lets the lead rest as long as it says, while attempts are left', () => {
  expect(afterDisposition({ ...given, disposition: word('retry') })).toEqual({
    state: 'waiting',
    dueAt: at + hours(24),
    finishedWhy: null,
  });
  expect(afterDisposition({ ...given, attempts: 6, disposition: word('retry') })).toMatchObject({
    state: 'finished',
    finishedWhy: 'attempts-used-up',
  });
});

test('counts its own tries, and moves the next call into another part of the day', () => {
  const disposition = { ...word('retry'), triesMax: 2, isSpread: true };
  // 10:00 in New York: a day later is a morning too, so it moves to noon.
  expect(afterDisposition({ ...given, disposition }).dueAt).toBe(at + hours(26));
  expect(afterDisposition({ ...given, tries: 2, disposition })).toMatchObject({
    state: 'finished',
    finishedWhy: 'tries-used-up:disposition:a-code',
  });
});

test('makes an appointment, also with the last attempt', () => {
  const callbackAt = (at + hours(3)) as EpochMs;
  expect(afterDisposition({ ...given, attempts: 6, callbackAt, disposition: word('callback') })).toEqual({
    state: 'callback',
    dueAt: callbackAt,
    finishedWhy: null,
  });
});

describe('what a new organization starts with', () => {
  test('has a word for every outcome, and no code, place or key twice', () => {
    expect(new Set(DEFAULT_DISPOSITIONS.map(({ outcome }) => outcome)).size).toBe(4);
    for (const key of ['code', 'position', 'hotKey'] as const) {
      expect(new Set(DEFAULT_DISPOSITIONS.map((word) => word[key])).size).toBe(DEFAULT_DISPOSITIONS.length);
    }
    for (const { code } of [...DEFAULT_DISPOSITIONS, ...DEFAULT_PAUSE_REASONS]) {
      expect(code).toMatch(/^[a-z0-9][a-z0-9-]{0,39}$/);
    }
  });
});
