import { expect, test } from 'vitest';
import { abandonmentLevel, abandonmentRate, gaugeEnd } from './abandonment.ts';

const bounds = { rateMax: 0.03, rateTarget: 0.0285 };

test('the rate is zero when nobody has answered', () => {
  expect(abandonmentRate(0, 0)).toBe(0);
  expect(abandonmentLevel(0, 0, bounds)).toBe('none');
});

test('equality with the target or the limit is still within it', () => {
  expect(abandonmentLevel(0.0285, 1000, bounds)).toBe('within');
  expect(abandonmentLevel(0.03, 1000, bounds)).toBe('close');
  expect(abandonmentLevel(0.031, 1000, bounds)).toBe('beyond');
});

test('the gauge has room for a rate beyond the limit, and for a limit of zero', () => {
  expect(gaugeEnd(0.02, 0.03)).toBeCloseTo(0.045);
  expect(gaugeEnd(0.5, 0.03)).toBeCloseTo(0.55);
  expect(gaugeEnd(0, 0)).toBeGreaterThan(0);
});
