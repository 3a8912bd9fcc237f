import { createSubscriber } from 'svelte/reactivity';
import type { EpochMs } from '../../../kernel/time.ts';

interface MonotonicSource {
  now(): number;
}

/** An answer that was later than the best one by less than this was slow, not the sign of a moved clock. */
const SLOW_ANSWER_MS = 1500;

/**
 * The server's time of day, so that timers are right on a machine whose own clock is not. Whoever reads {@link now} in a component is
 * drawn again each second.
 */
export class ServerClock {
  readonly #monotonic: MonotonicSource;
  readonly #subscribe: () => void;
  #offsetMs: number | null = null;

  constructor(monotonic: MonotonicSource = performance) {
    this.#monotonic = monotonic;
    this.#subscribe = createSubscriber((update) => {
      const timer = setInterval(update, 1000);
      return () => clearInterval(timer);
    });
  }

  /** What the server's clock said in a message that came just now. */
  sync(at: EpochMs): void {
    const offsetMs = at - this.#monotonic.now();
    // A message can only be late, so the largest offset is the best one.
    if (this.#offsetMs === null || offsetMs > this.#offsetMs || this.#offsetMs - offsetMs > SLOW_ANSWER_MS)
      this.#offsetMs = offsetMs;
  }

  /** Of this computer, for waits that begin and end here; read anew each second like {@link now}. */
  get monotonic(): number {
    this.#subscribe();
    return this.#monotonic.now();
  }

  get now(): EpochMs {
    this.#subscribe();
    return (this.#monotonic.now() + (this.#offsetMs ?? Date.now() - this.#monotonic.now())) as EpochMs;
  }
}

export const serverClock = new ServerClock();
