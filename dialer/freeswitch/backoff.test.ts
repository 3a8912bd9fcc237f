import { expect, test } from 'vitest';
import { reconnectWait } from './backoff.ts';

const longest = { next: () => 1 };
const shortest = { next: () => 0 };

test('each failure doubles the wait, up to five seconds', () => {
  const waits = [0, 1, 2, 3, 4, 5, 6, 1000].map((failures) => reconnectWait(failures, longest));
  expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
});

test('half of the wait is left to chance', () => {
  expect(reconnectWait(0, shortest)).toBe(50);
  expect(reconnectWait(3, { next: () => 0.5 })).toBe(600);
  expect(reconnectWait(1000, shortest)).toBe(2500);
});
