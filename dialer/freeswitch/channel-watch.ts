import type { CallId, LegId } from '../../kernel/ids.ts';
import {
  elapsedMonotonic,
  minutes,
  milliseconds,
  seconds,
  type Clock,
  type MonotonicMs,
} from '../../kernel/time.ts';
import type { Cancel, Timers } from './timers.ts';

export interface ChannelWatchOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly hangUp: (id: CallId | LegId) => void;
  /** The originate failed and no channel of it was ever seen. */
  readonly onNeverCreated: (id: CallId | LegId, reason: string) => void;
  /** The originate failed and its channel was seen, but never its end. */
  readonly onEndMissing: (id: CallId | LegId, end: LostEnd) => void;
}

export interface LostEnd {
  readonly hangupCause: string;
  readonly hasRung: boolean;
}

interface Watched {
  readonly sentAt: MonotonicMs;
  isCreated: boolean;
  hasRung: boolean;
  /** Its hang-up was asked for before it existed. */
  isUnwanted: boolean;
  cancelTimer: Cancel | null;
}

/** Events of one channel may come from several threads of the switch, so its job may overtake its first event. */
const CREATED_LATE_MS = milliseconds(500);
/** CHANNEL_HANGUP_COMPLETE follows within tens of milliseconds, or was lost. */
const ENDED_LATE_MS = seconds(2);
/** No originate of ours rings that long. */
const FORGOTTEN_AFTER_MS = minutes(10);

/** What became of the originates that we sent: their channels, their jobs, and hang-ups that came too early. */
export class ChannelWatch {
  readonly #options: ChannelWatchOptions;
  readonly #watched = new Map<CallId | LegId, Watched>();

  constructor(options: ChannelWatchOptions) {
    this.#options = options;
  }

  sent(id: CallId | LegId): void {
    const sentAt = this.#options.clock.monotonic();
    this.#watched.set(id, {
      sentAt,
      isCreated: false,
      hasRung: false,
      isUnwanted: false,
      cancelTimer: null,
    });
  }

  /** Any event of the channel, or its row in a look. */
  seen(id: CallId | LegId): void {
    const watched = this.#watched.get(id);
    if (!watched || watched.isCreated) return;
    watched.isCreated = true;
    if (watched.isUnwanted) this.#options.hangUp(id);
  }

  rang(id: CallId | LegId): void {
    this.seen(id);
    const watched = this.#watched.get(id);
    if (watched) watched.hasRung = true;
  }

  ended(id: CallId | LegId): void {
    this.#watched.get(id)?.cancelTimer?.();
    this.#watched.delete(id);
  }

  /** True when the channel does not exist yet: it is hung up as soon as it does, for `uuid_kill` would not find it now. */
  hangUpWhenSeen(id: CallId | LegId): boolean {
    const watched = this.#watched.get(id);
    if (!watched || watched.isCreated) return false;
    watched.isUnwanted = true;
    return true;
  }

  /** Its hang-up was asked for before it existed. */
  isUnwanted(id: CallId | LegId): boolean {
    return this.#watched.get(id)?.isUnwanted ?? false;
  }

  /** The originate's job is done: `+OK id`, `-ERR CAUSE` or `-USAGE: …`. */
  jobDone(id: CallId | LegId, output: string): void {
    const watched = this.#watched.get(id);
    if (!watched || output.startsWith('+OK')) return;
    const reason = output.replace(/^-(?:ERR|USAGE:?)\s*/, '').trim() || 'UNKNOWN';
    watched.cancelTimer?.();
    watched.cancelTimer = this.#options.timers.schedule(
      () => this.#judge(id, watched, reason),
      watched.isCreated ? ENDED_LATE_MS : CREATED_LATE_MS,
    );
  }

  /** The originate never started, for sure. */
  refused(id: CallId | LegId, reason: string): void {
    if (!this.#watched.has(id)) return;
    this.ended(id);
    this.#options.onNeverCreated(id, reason);
  }

  /** Forgets what neither an event nor a look has told of for long; the pool ended it long ago by its own looks. */
  prune(up: ReadonlySet<CallId | LegId>): void {
    const now = this.#options.clock.monotonic();
    for (const [id, watched] of [...this.#watched]) {
      if (!up.has(id) && elapsedMonotonic(watched.sentAt, now) > FORGOTTEN_AFTER_MS) this.ended(id);
    }
  }

  close(): void {
    for (const id of [...this.#watched.keys()]) this.ended(id);
  }

  #judge(id: CallId | LegId, watched: Watched, reason: string): void {
    if (this.#watched.get(id) !== watched) return;
    this.ended(id);
    if (watched.isCreated) this.#options.onEndMissing(id, { hangupCause: reason, hasRung: watched.hasRung });
    else this.#options.onNeverCreated(id, reason);
  }
}
