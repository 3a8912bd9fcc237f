import {
  elapsed,
  elapsedMonotonic,
  seconds,
  type Clock,
  type EpochMs,
  type MonotonicMs,
} from '../kernel/time.ts';

/** Something happens every 50 ms: whoever did nothing for so long stood still, and another may own the pool by now. */
const FREEZE_MS = seconds(3);
/** What the switch told us meanwhile has been read by then, a higher epoch too. */
const THAW_MS = seconds(2);

export interface FreezeGuardPorts {
  readonly clock: Clock;
  /** Whether the lease was renewed lately enough to place calls. */
  readonly isLeaseFresh: () => boolean;
  /** The pool is still ours: what went on meanwhile must be looked at. */
  readonly onThawed: () => void;
}

/**
 * Holds the hand of a process that runs again after SIGSTOP or a sleeping machine. Its queue holds old facts and its timers have
 * old plans, and either may come before the news that another owner took over: a leg that such a timer parks is in a talk of his.
 */
export class FreezeGuard {
  readonly #ports: FreezeGuardPorts;
  #acted: { readonly now: EpochMs; readonly monotonic: MonotonicMs } | null = null;
  /** Since when we run again without knowing whether the pool is still ours. */
  #thawedAt: MonotonicMs | null = null;

  constructor(ports: FreezeGuardPorts) {
    this.#ports = ports;
  }

  /** Asked before every event that is taken and every command that is sent; false while nothing may be told to the switch. */
  mayAct(): boolean {
    const { clock, isLeaseFresh, onThawed } = this.#ports;
    const now = clock.monotonic();
    if (this.#hasStoodStill()) this.#thawedAt = now;
    this.#acted = { now: clock.now(), monotonic: now };
    if (this.#thawedAt === null) return true;
    if (!isLeaseFresh() && elapsedMonotonic(this.#thawedAt, now) <= THAW_MS) return false;
    this.#thawedAt = null;
    onThawed();
    return true;
  }

  /** The monotonic clock stands still while the machine sleeps, and the wall clock tells of that; one that was only set right costs a look. */
  #hasStoodStill(): boolean {
    const { clock } = this.#ports;
    if (this.#acted === null) return false;
    const { now, monotonic } = this.#acted;
    return (
      elapsedMonotonic(monotonic, clock.monotonic()) > FREEZE_MS || elapsed(now, clock.now()) > FREEZE_MS
    );
  }
}
