import { expect, test } from 'vitest';
import type { EpochMs, MonotonicMs } from '../../kernel/time.ts';
import { ClockOffset } from './clock-offset.ts';

const at = (ms: number): EpochMs => ms as EpochMs;
const received = (ms: number): MonotonicMs => ms as MonotonicMs;
const moment = (now: number, monotonic: number) => ({ now: at(now), monotonic: received(monotonic) });

test('is our own clock before the first event', () => {
  expect(new ClockOffset().onSwitch(moment(700, 5))).toBe(700);
});

test('events that were under way do not make the switch look behind', () => {
  const offset = new ClockOffset();
  offset.learn(at(1000), received(1180));
  offset.learn(at(2300), received(2000));
  offset.learn(at(3000), received(3900));
  expect(offset.onSwitch(moment(0, 10_000))).toBe(10_300);
});

test('follows a switch whose clock was set back within two minutes', () => {
  const offset = new ClockOffset();
  offset.learn(at(5000), received(0));
  for (let now = 1000; now <= 130_000; now += 1000) offset.learn(at(now - 2000), received(now));
  expect(offset.onSwitch(moment(0, 130_000))).toBe(128_000);
});

test('our own clock that is set right changes nothing', () => {
  const offset = new ClockOffset();
  offset.learn(at(5000), received(1000));
  expect(offset.onSwitch(moment(5000, 1000))).toBe(5000);
  expect(offset.onSwitch(moment(5000 + 20_000, 1000))).toBe(5000);
});
