import type { Clock, DurationMs, EpochMs, MonotonicMs } from '../../kernel/time.ts';
import type { Timers } from './timers.ts';

/** Time that stands still until a test moves it. */
export class ManualTimers implements Timers {
  #now = 1_000_000;
  #pending: { at: number; run: () => void }[] = [];
  readonly clock: Clock = {
    now: () => (1_780_000_000_000 + this.#now) as EpochMs,
    monotonic: () => this.#now as MonotonicMs,
  };

  schedule(run: () => void, wait: DurationMs): () => void {
    const entry = { at: this.#now + wait, run };
    this.#pending.push(entry);
    return () => {
      this.#pending = this.#pending.filter((other) => other !== entry);
    };
  }

  /** Runs what falls due on the way, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#pending.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#pending = this.#pending.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }

  get pending(): number {
    return this.#pending.length;
  }

  /** Milliseconds until each of them, the next first. */
  get waits(): number[] {
    return this.#pending.map(({ at }) => at - this.#now).toSorted((a, b) => a - b);
  }
}
