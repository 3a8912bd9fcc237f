import type { Clock, DurationMs, EpochMs, MonotonicMs } from '../kernel/time.ts';

/** The machine's clock: the only reader of it. */
export const systemClock: Clock = {
  now: () => Date.now() as EpochMs,
  monotonic: () => performance.now() as MonotonicMs,
};

/** Domain instants moved by a constant, for trying another hour of the day on the simulated switch. */
export function offsetClock(clock: Clock, offset: DurationMs): Clock {
  return {
    now: () => (clock.now() + offset) as EpochMs,
    monotonic: () => clock.monotonic(),
  };
}
