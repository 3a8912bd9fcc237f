import type { DurationMs } from '../../kernel/time.ts';

/** Stops what was scheduled; stopping twice, or after it ran, does nothing. */
export type Cancel = () => void;

/** Where waiting comes from, so that tests can hold it in their hands. */
export interface Timers {
  /** Runs `run` once after at least `wait`. Does not keep the process alive. */
  schedule(run: () => void, wait: DurationMs): Cancel;
}

export const systemTimers: Timers = {
  schedule(run, wait) {
    const timer = setTimeout(run, wait);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
