import { expect, test } from 'vitest';
import type { EpochMs } from '../kernel/time.ts';
import { callbackObjection, callbackObjectionSentence } from './callback-time.ts';

const at = (iso: string): EpochMs => Date.parse(iso) as EpochMs;
const number = { phone: '+13055550101', zoneKey: 'America/New_York' };

test('an appointment at an hour at which nobody may be called is not made, and the next good one is named', () => {
  const objection = callbackObjection(number, at('2026-12-03T22:00:00-05:00'));
  expect(objection?.retryAt).toBe(at('2026-12-04T08:00:00-05:00'));
  expect(objection && callbackObjectionSentence(objection, 'en')).toMatch(
    /^This appointment could not be kept: not called at 22:00 .*08:00 to 21:00; next .*4 Dec.* 08:00.*Agree on another time\.$/,
  );
  expect(objection && callbackObjectionSentence(objection, 'zh-CN')).toMatch(/^该约定无法履行：.*22:00/);
});

test('an appointment must fit every zone that the number may be in; one without a zone is left to the gate', () => {
  const two = { ...number, zoneKey: 'America/Chicago|America/New_York' };
  expect(callbackObjection(two, at('2026-12-03T08:30:00-05:00'))).toMatchObject({ rule: 'calling-window' });
  expect(callbackObjection(two, at('2026-12-03T09:30:00-05:00'))).toBeNull();
  expect(callbackObjection({ ...number, zoneKey: '' }, at('2026-12-03T22:00:00-05:00'))).toBeNull();
});
