import TinyQueue from 'tinyqueue';
import type { EpochMs } from '../../kernel/time.ts';

/** At equal instants: an agent's audio, then a hang-up, then the legal moment, then the rest (the scenario contract's edges). */
export const RANK = { audio: 0, hangUp: 1, legalMoment: 2, other: 3 } as const;
export type Rank = (typeof RANK)[keyof typeof RANK];

interface Entry {
  readonly at: EpochMs;
  readonly rank: Rank;
  /** What was planned first happens first. */
  readonly number: number;
  readonly run: () => void;
}

const byTime = (a: Entry, b: Entry): number => a.at - b.at || a.rank - b.rank || a.number - b.number;

/** What will happen in virtual time, in order. Time stands still while something happens. */
export class Agenda {
  now: EpochMs;
  readonly #queue = new TinyQueue<Entry>([], byTime);
  #planned = 0;

  constructor(now: EpochMs) {
    this.now = now;
  }

  /** Plans for a moment; one that has passed happens now. */
  at(at: EpochMs, run: () => void, rank: Rank = RANK.other): void {
    this.#planned += 1;
    this.#queue.push({ at: Math.max(at, this.now) as EpochMs, rank, number: this.#planned, run });
  }

  in(ms: number, run: () => void, rank: Rank = RANK.other): void {
    this.at((this.now + ms) as EpochMs, run, rank);
  }

  /** Lets everything happen up to and including `until`. */
  runTo(until: EpochMs): void {
    for (;;) {
      const next = this.#queue.peek();
      if (next === undefined || next.at > until) break;
      this.#queue.pop();
      this.now = next.at;
      next.run();
    }
    this.now = until;
  }
}
