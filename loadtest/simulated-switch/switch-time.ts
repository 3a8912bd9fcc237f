/** The switch's clock and its timers: real in the process, moved by hand in tests. */
export interface SwitchTime {
  /** Microseconds since 1970-01-01T00:00Z, as in Event-Date-Timestamp. */
  nowMicros(): number;
  after(delayMs: number, run: () => void): SwitchTimer;
}

export interface SwitchTimer {
  cancel(): void;
}

interface Entry {
  readonly dueMs: number;
  /** Timers of the same instant run in the order in which they were set. */
  readonly sequence: number;
  run: (() => void) | null;
}

const isBefore = (a: Entry, b: Entry): boolean =>
  a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.sequence < b.sequence);

/** Timers in a binary heap: setting and running one costs O(log n) however many calls are up. */
export class TimerHeap {
  #heap: Entry[] = [];
  #sequence = 0;

  set(dueMs: number, run: () => void): SwitchTimer {
    const entry: Entry = { dueMs, sequence: (this.#sequence += 1), run };
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
    return {
      // Left in the heap until its time: taking it out of the middle would cost a search.
      cancel: () => {
        entry.run = null;
      },
    };
  }

  /** When the next timer is due; null when none waits. */
  nextDueMs(): number | null {
    for (;;) {
      const top = this.#heap[0];
      if (top === undefined) return null;
      if (top.run !== null) return top.dueMs;
      this.#pop();
    }
  }

  /** Runs the first timer that is due at `nowMs`; false when none is. */
  runNext(nowMs: number): boolean {
    const due = this.nextDueMs();
    if (due === null || due > nowMs) return false;
    const run = this.#pop()?.run;
    run?.();
    return true;
  }

  #pop(): Entry | undefined {
    const top = this.#heap[0];
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink();
    }
    return top;
  }

  #rise(from: number): void {
    let child = from;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#swapIfBefore(child, parent)) return;
      child = parent;
    }
  }

  #sink(): void {
    let parent = 0;
    for (;;) {
      const left = 2 * parent + 1;
      const right = left + 1;
      const leftEntry = this.#heap[left];
      if (leftEntry === undefined) return;
      const rightEntry = this.#heap[right];
      const child = rightEntry !== undefined && isBefore(rightEntry, leftEntry) ? right : left;
      if (!this.#swapIfBefore(child, parent)) return;
      parent = child;
    }
  }

  #swapIfBefore(child: number, parent: number): boolean {
    const a = this.#heap[child];
    const b = this.#heap[parent];
    if (a === undefined || b === undefined || !isBefore(a, b)) return false;
    this.#heap[child] = b;
    this.#heap[parent] = a;
    return true;
  }
}

/** Machine clocks; `main.ts` and tests bring them. */
export interface MachineClock {
  /** Milliseconds since 1970, may jump. */
  epochMs(): number;
  /** Never jumps; timers count by it. */
  monotonicMs(): number;
}

/** Real time: one timer of the machine for the whole heap. */
export class RealTime implements SwitchTime {
  readonly #clock: MachineClock;
  readonly #heap = new TimerHeap();
  #offsetMs = 0;
  #wakeUp: NodeJS.Timeout | null = null;
  #wakeUpAtMs = Infinity;

  constructor(clock: MachineClock) {
    this.#clock = clock;
  }

  /** Moves the switch's time of day (demo at another hour); running timers do not notice. */
  setOffset(offsetMs: number): void {
    this.#offsetMs = offsetMs;
  }

  nowMicros(): number {
    return Math.round((this.#clock.epochMs() + this.#offsetMs) * 1000);
  }

  after(delayMs: number, run: () => void): SwitchTimer {
    const timer = this.#heap.set(this.#clock.monotonicMs() + Math.max(0, delayMs), run);
    this.#arm();
    return timer;
  }

  stop(): void {
    if (this.#wakeUp !== null) clearTimeout(this.#wakeUp);
    this.#wakeUp = null;
    this.#wakeUpAtMs = -Infinity;
  }

  #arm(): void {
    const due = this.#heap.nextDueMs();
    if (due === null || due >= this.#wakeUpAtMs) return;
    if (this.#wakeUp !== null) clearTimeout(this.#wakeUp);
    this.#wakeUpAtMs = due;
    // setTimeout cuts fractions off and would wake up before the time.
    const waitMs = Math.max(0, Math.ceil(due - this.#clock.monotonicMs()));
    this.#wakeUp = setTimeout(() => this.#runDue(), waitMs);
  }

  #runDue(): void {
    if (this.#wakeUpAtMs === -Infinity) return;
    this.#wakeUp = null;
    this.#wakeUpAtMs = Infinity;
    const nowMs = this.#clock.monotonicMs();
    while (this.#heap.runNext(nowMs));
    this.#arm();
  }
}
