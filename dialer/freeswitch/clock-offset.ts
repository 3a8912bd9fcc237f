import { milliseconds, type DurationMs, type EpochMs } from '../../kernel/time.ts';

/** Drift of both clocks within one window stays far below the switch's 20 ms tick. */
const WINDOW_MS = 60_000;

/**
 * How far the switch's clock is ahead of ours. An event that was under way makes it look behind, never ahead, so the largest
 * difference of the last one to two minutes is the best.
 */
export class ClockOffset {
  #windowFrom = -Infinity;
  #before: number | null = null;
  #current: number | null = null;

  /** An event stamped `at` by the switch came in at `receivedAt` by our clock. */
  learn(at: EpochMs, receivedAt: EpochMs): void {
    if (receivedAt - this.#windowFrom >= WINDOW_MS || receivedAt < this.#windowFrom) {
      this.#before = this.#current;
      this.#current = null;
      this.#windowFrom = receivedAt;
    }
    this.#current = Math.max(this.#current ?? -Infinity, at - receivedAt);
  }

  /** Null before the first event. */
  value(): DurationMs | null {
    if (this.#current === null) return this.#before === null ? null : milliseconds(this.#before);
    return milliseconds(Math.max(this.#current, this.#before ?? -Infinity));
  }

  /** Our clock's `now` as the switch would stamp it. */
  onSwitch(now: EpochMs): EpochMs {
    return (now + (this.value() ?? 0)) as EpochMs;
  }
}
