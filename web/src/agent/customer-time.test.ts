import { expect, test } from 'vitest';
import type { EpochMs } from '../../../kernel/time.ts';
import { callbackChoices, instantInZone, localInZone } from './customer-time.ts';

const at = (iso: string): EpochMs => Date.parse(iso) as EpochMs;

test('a time in the customer’s zone is that moment everywhere', () => {
  expect(instantInZone('2026-12-03T08:00', 'America/New_York')).toBe(at('2026-12-03T13:00Z'));
  expect(instantInZone('2026-12-03T08:00', 'Asia/Kolkata')).toBe(at('2026-12-03T02:30Z'));
  expect(localInZone(at('2026-12-03T13:00Z'), 'America/New_York')).toBe('2026-12-03T08:00');
});

test('an hour that happens twice is the later one, and one that does not exist is moved behind the gap', () => {
  expect(instantInZone('2026-11-01T01:30', 'America/New_York')).toBe(at('2026-11-01T06:30Z'));
  expect(instantInZone('2026-03-08T02:30', 'America/New_York')).toBe(at('2026-03-08T07:30Z'));
});

test('text that is no time is no moment', () => {
  expect(instantInZone('', 'UTC')).toBeNull();
  expect(instantInZone('tomorrow', 'UTC')).toBeNull();
  expect(instantInZone('2026-12-03T08:00', 'Nowhere/Land')).toBeNull();
});

test('offers the usual appointments in the customer’s time, this evening only while it lies ahead', () => {
  const afternoon = callbackChoices(at('2026-12-03T20:10Z'), 'America/New_York');
  expect(Object.fromEntries(afternoon.map(({ choice, local }) => [choice, local]))).toEqual({
    'in-an-hour': '2026-12-03T16:10',
    'this-evening': '2026-12-03T18:00',
    'tomorrow-morning': '2026-12-04T10:00',
    'tomorrow-afternoon': '2026-12-04T15:00',
    'in-a-week': '2026-12-10T10:00',
  });
  const late = callbackChoices(at('2026-12-03T23:30Z'), 'America/New_York');
  expect(late.map(({ choice }) => choice)).not.toContain('this-evening');
});
