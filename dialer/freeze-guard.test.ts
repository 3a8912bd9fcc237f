import { expect, test } from 'vitest';
import type { EpochMs, MonotonicMs } from '../kernel/time.ts';
import { FreezeGuard } from './freeze-guard.ts';

class Held {
  isLeaseFresh = true;
  thaws = 0;
  /** Time that only the wall clock has seen. */
  sleptMs = 0;
  #now = 0;
  readonly #guard = new FreezeGuard({
    clock: {
      now: () => (this.#now + this.sleptMs) as EpochMs,
      monotonic: () => this.#now as MonotonicMs,
    },
    isLeaseFresh: () => this.isLeaseFresh,
    onThawed: () => (this.thaws += 1),
  });

  /** Asks after so many milliseconds. */
  after(ms: number): boolean {
    this.#now += ms;
    return this.#guard.mayAct();
  }
}

test('lets act whoever is asked again and again, with a lease or without', () => {
  const held = new Held();
  expect([held.after(0), held.after(50), held.after(3000)]).toEqual([true, true, true]);
  held.isLeaseFresh = false;
  expect(held.after(50)).toBe(true);
  expect(held.thaws).toBe(0);
});

test('after a standstill nothing is done until the lease is known to be ours, then there is one look', () => {
  const held = new Held();
  held.after(0);
  held.isLeaseFresh = false;
  expect([held.after(3001), held.after(50), held.after(500)]).toEqual([false, false, false]);
  held.isLeaseFresh = true;
  expect([held.after(50), held.after(50)]).toEqual([true, true]);
  expect(held.thaws).toBe(1);
});

test('without a word from the database it goes on after two seconds, for the switch would have told of another owner', () => {
  const held = new Held();
  held.after(0);
  held.isLeaseFresh = false;
  expect([held.after(9000), held.after(2000), held.after(1)]).toEqual([false, false, true]);
  expect(held.thaws).toBe(1);
});

test('a second standstill begins the wait anew', () => {
  const held = new Held();
  held.after(0);
  held.isLeaseFresh = false;
  expect([held.after(9000), held.after(1500), held.after(4000), held.after(1500)]).toEqual(
    Array.from({ length: 4 }, () => false),
  );
});

test('a machine that slept stood still too, though its monotonic clock knows nothing of it', () => {
  const held = new Held();
  held.after(0);
  held.isLeaseFresh = false;
  held.sleptMs = 60_000;
  expect([held.after(50), held.after(50)]).toEqual([false, false]);
  held.isLeaseFresh = true;
  expect(held.after(50)).toBe(true);
  expect(held.thaws).toBe(1);
});
