import { expect, test } from 'vitest';
import type { EpochMs } from '../kernel/time.ts';
import { checkCallingWindow } from './calling-window.ts';
import { placeOfNumber } from './number-place.ts';

const at = (iso: string): EpochMs => Date.parse(iso) as EpochMs;
const miami = { zones: ['America/New_York'] };

test('allows 8:00 and 20:59 at the called party, refuses 7:59 and 21:00', () => {
  expect(checkCallingWindow(miami, at('2026-07-01T08:00:00-04:00'))).toBeNull();
  expect(checkCallingWindow(miami, at('2026-07-01T20:59:59-04:00'))).toBeNull();
  expect(checkCallingWindow(miami, at('2026-07-01T07:59:59-04:00'))?.retryAt).toBe(
    at('2026-07-01T08:00:00-04:00'),
  );
  expect(checkCallingWindow(miami, at('2026-07-01T21:00:00-04:00'))).toEqual({
    rule: 'calling-window',
    facts: { zone: 'America/New_York', localTime: '21:00', from: '08:00', to: '21:00', zoneCount: 1 },
    retryAt: at('2026-07-02T08:00:00-04:00'),
  });
});

test('judges every zone the number may be in: western Kentucky is open from 8 Central to 21 Eastern', () => {
  const kentucky = placeOfNumber('+13645550100');
  expect(checkCallingWindow(kentucky, at('2026-07-01T08:30:00-04:00'))).toMatchObject({
    facts: { zone: 'America/Chicago', localTime: '07:30', zoneCount: 2 },
    retryAt: at('2026-07-01T08:00:00-05:00'),
  });
  expect(checkCallingWindow(kentucky, at('2026-07-01T20:59:00-04:00'))).toBeNull();
  expect(checkCallingWindow(kentucky, at('2026-07-01T20:30:00-05:00'))).toMatchObject({
    facts: { zone: 'America/New_York', localTime: '21:30' },
    retryAt: at('2026-07-02T08:00:00-05:00'),
  });
});

test('calls a toll-free number only while all of North America may be called', () => {
  const tollFree = placeOfNumber('+18005550100');
  expect(checkCallingWindow(tollFree, at('2026-07-01T16:00:00Z'))?.retryAt).toBe(at('2026-07-01T22:00:00Z'));
  expect(checkCallingWindow(tollFree, at('2026-07-01T22:00:00Z'))).toBeNull();
});

test('refuses a number of which no zone is known, and names no moment', () => {
  expect(checkCallingWindow({ zones: [] }, at('2026-07-01T16:00:00Z'))).toMatchObject({
    facts: { zone: null, localTime: null, zoneCount: 0 },
    retryAt: null,
  });
});

test('refuses a zone that the runtime does not know', () => {
  expect(checkCallingWindow({ zones: ['Mars/Olympus'] }, at('2026-07-01T16:00:00Z'))).toMatchObject({
    facts: { zone: 'Mars/Olympus', localTime: null },
    retryAt: null,
  });
});
