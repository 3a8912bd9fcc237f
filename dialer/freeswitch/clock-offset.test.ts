import { expect, test } from 'vitest';
import type { EpochMs } from '../../kernel/time.ts';
import { ClockOffset } from './clock-offset.ts';

const at = (ms: number): EpochMs => ms as EpochMs;

test('is unknown before the first event', () => {
  const offset = new ClockOffset();
  expect(offset.value()).toBeNull();
  expect(offset.onSwitch(at(5))).toBe(5);
});

test('events that were under way do not make the switch look behind', () => {
  const offset = new ClockOffset();
  offset.learn(at(1000), at(1180));
  offset.learn(at(2300), at(2000));
  offset.learn(at(3000), at(3900));
  expect(offset.value()).toBe(300);
  expect(offset.onSwitch(at(10_000))).toBe(10_300);
});

test('follows a clock that was set back within two minutes', () => {
  const offset = new ClockOffset();
  offset.learn(at(5000), at(0));
  for (let now = 1000; now <= 130_000; now += 1000) offset.learn(at(now - 2000), at(now));
  expect(offset.value()).toBe(-2000);
});
