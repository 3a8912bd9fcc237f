import { expect, test } from 'vitest';
import type { EpochMs } from '../../../kernel/time.ts';
import { ServerClock } from './server-clock.svelte.ts';

const at = (ms: number): EpochMs => ms as EpochMs;

test('goes by the server whatever this computer’s clock says', () => {
  const monotonic = { now: () => 500 };
  const clock = new ServerClock(monotonic);
  clock.sync(at(1_000_000));
  expect(clock.now).toBe(1_000_000);
  monotonic.now = () => 2500;
  expect(clock.now).toBe(1_002_000);
});

test('a message that was slow does not put the clock back, a clock that was set back does', () => {
  const clock = new ServerClock({ now: () => 0 });
  clock.sync(at(1_000_000));
  clock.sync(at(999_100));
  expect(clock.now).toBe(1_000_000);
  clock.sync(at(900_000));
  expect(clock.now).toBe(900_000);
});
