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
    if (wait === 0) {
      // After what has arrived was read, and a timer of 0 ms may come before that: two turns of the event loop have one look at the
      // sockets between them.
      let soon = setImmediate(() => {
        soon = setImmediate(run);
        soon.unref();
      });
      soon.unref();
      return () => clearImmediate(soon);
    }
    const timer = setTimeout(run, wait);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
