import type { EpochMs, MonotonicMs } from '../../kernel/time.ts';

/** Drift of both clocks within one window stays far below the switch's 20 ms tick. */
const WINDOW_MS = 60_000;

/**
 * What the switch's clock shows, told by our monotonic clock: ours may be set right at any moment, and a look at the switch that is
 * judged by a clock that jumped takes young calls for lost. An event that was under way makes the switch look behind, never ahead, so the
 * largest difference of the last one to two minutes is the best.
 */
export class ClockOffset {
  #windowFrom = -Infinity;
  #before: number | null = null;
  #current: number | null = null;

  /** An event stamped `at` by the switch came in at `receivedAt`. */
  learn(at: EpochMs, receivedAt: MonotonicMs): void {
    if (receivedAt - this.#windowFrom >= WINDOW_MS) {
      this.#before = this.#current;
      this.#current = null;
      this.#windowFrom = receivedAt;
    }
    this.#current = Math.max(this.#current ?? -Infinity, at - receivedAt);
  }

  /** Now, as the switch would stamp it; by our own clock before the first event. */
  onSwitch({ now, monotonic }: { readonly now: EpochMs; readonly monotonic: MonotonicMs }): EpochMs {
    if (this.#current === null) return now;
    return Math.round(monotonic + Math.max(this.#current, this.#before ?? -Infinity)) as EpochMs;
  }
}
