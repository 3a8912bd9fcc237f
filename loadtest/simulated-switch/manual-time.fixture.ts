import { TimerHeap, type SwitchTime, type SwitchTimer } from './switch-time.ts';

/** Time that stands still until a test moves it. */
export class ManualTime implements SwitchTime {
  #nowMs: number;
  readonly #heap = new TimerHeap();

  constructor(startMs = Date.UTC(2026, 2, 2, 14)) {
    this.#nowMs = startMs;
  }

  nowMicros(): number {
    return Math.round(this.#nowMs * 1000);
  }

  after(delayMs: number, run: () => void): SwitchTimer {
    return this.#heap.set(this.#nowMs + Math.max(0, delayMs), run);
  }

  /** Runs everything that is due within the next `ms`, each at its own instant. */
  pass(ms: number): void {
    const end = this.#nowMs + ms;
    for (;;) {
      const due = this.#heap.nextDueMs();
      if (due === null || due > end) break;
      this.#nowMs = Math.max(this.#nowMs, due);
      this.#heap.runNext(this.#nowMs);
    }
    this.#nowMs = end;
  }
}
