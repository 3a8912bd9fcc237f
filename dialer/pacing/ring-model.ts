import { elapsed, type EpochMs } from '../../kernel/time.ts';
import { Chances } from './chances.ts';
import { Exposure, Forgetting, scale } from './exposure.ts';

/** How a dial ended, as the pacer counts it: a person, or any other end of the ringing. Carrier failures teach nothing here. */
export type RingOutcome = 'human' | 'other';

const BIN_MS = 1000;
const BINS = 45;
/** The past weighs half after so much (pacing study: 300 adapts faster than 1500 at no loss); 1,000 agents have 300 outcomes in 12 s. */
const HALF_LIFE = { outcomes: 300, ms: 60_000 };

/** Pseudo-dials of the prior, and what they believe: 30 % people after a gamma-like 2 + 9 s, 30 % never, the rest early. */
const PRIOR_DIALS = 40;

/**
 * Competing risks by the age of a dial: a person answers, or it ends otherwise. Learned online with exponential forgetting;
 * a call of 20 s stops counting by itself.
 */
export class RingModel {
  readonly #human = new Float64Array(BINS);
  readonly #other = new Float64Array(BINS);
  readonly #exposure = new Exposure(BINS, BIN_MS);
  readonly #forgetting = new Forgetting(HALF_LIFE);
  /** Survival to the beginning of each bin, and incidence of a human answer up to it; rebuilt when something was learned. */
  readonly #survival = new Float64Array(BINS + 1);
  readonly #incidence = new Float64Array(BINS + 1);
  readonly #one = new Chances(1);
  #isFresh = false;
  #humansSeen = 0;

  constructor() {
    for (let dial = 0; dial < PRIOR_DIALS; dial += 1) {
      const share = (dial + 0.5) / PRIOR_DIALS;
      if (share < 0.3) this.#believe(Math.floor(4 + (share / 0.3) * 14), 'human');
      else if (share < 0.45) this.#believe(1, 'other');
      else if (share < 0.7) this.#believe(Math.floor(18 + share * 4), 'other');
      else this.#believe(25, 'other');
    }
  }

  /** Lines that ring unanswered, by their beginning: what they have not become says as much as what others have. */
  observe(dialledAt: readonly EpochMs[], now: EpochMs): void {
    this.#exposure.observe(dialledAt, now);
    this.#isFresh = false;
  }

  /** Takes in the end of one dial's ringing. */
  learn(dialledAt: EpochMs, endedAt: EpochMs, outcome: RingOutcome): void {
    const weight = this.#forgetting.weight(endedAt);
    for (const values of [this.#human, this.#other, this.#exposure.ms]) scale(values, weight);
    this.#exposure.ended(dialledAt, endedAt);
    this.#count(Math.floor(elapsed(dialledAt, endedAt) / BIN_MS), outcome);
    if (outcome === 'human') this.#humansSeen += 1;
  }

  /** Answers by people that were learned from, beside the prior. */
  get humansSeen(): number {
    return this.#humansSeen;
  }

  /** P(a person answers within `withinMs` | the dial is `ageMs` old and has not ended). */
  humanWithin(ageMs: number, withinMs: number): number {
    this.humanWithinEach([ageMs], [withinMs], this.#one);
    return this.#one.byMoment[0]?.[0] ?? 0;
  }

  /** The same for many dials: for each moment ahead, the chance of each. */
  humanWithinEach(agesMs: readonly number[], withinMs: readonly number[], into: Chances): void {
    this.#refresh();
    into.begin(agesMs.length);
    for (let dial = 0; dial < agesMs.length; dial += 1) {
      const ageMs = agesMs[dial] ?? 0;
      const from = Math.min(ageMs / BIN_MS, BINS);
      const alive = at(this.#survival, from);
      if (alive <= 1e-9) continue;
      const before = at(this.#incidence, from);
      for (let moment = 0; moment < withinMs.length; moment += 1) {
        const to = Math.min((ageMs + (withinMs[moment] ?? 0)) / BIN_MS, BINS);
        const chance = (at(this.#incidence, to) - before) / alive;
        const ofMoment = into.byMoment[moment];
        if (ofMoment) ofMoment[dial] = Math.min(1, Math.max(0, chance));
      }
    }
  }

  /** P(a new dial is ever answered by a person). */
  humanShare(): number {
    return this.humanWithin(0, BINS * BIN_MS);
  }

  /** How little is known of that: variance ÷ mean², as of a number of people that may as well have been another. */
  doubt(): number {
    return (
      1 /
      Math.max(
        1,
        this.#human.reduce((sum, humans) => sum + humans, 0),
      )
    );
  }

  #believe(bin: number, outcome: RingOutcome): void {
    this.#exposure.add(0, (bin + 0.5) * BIN_MS);
    this.#count(bin, outcome);
  }

  #count(bin: number, outcome: RingOutcome): void {
    const within = Math.max(0, Math.min(bin, BINS - 1));
    const counts = outcome === 'human' ? this.#human : this.#other;
    counts[within] = (counts[within] ?? 0) + 1;
    this.#isFresh = false;
  }

  #refresh(): void {
    if (this.#isFresh) return;
    let alive = 1;
    let incidence = 0;
    this.#survival[0] = 1;
    this.#incidence[0] = 0;
    for (let bin = 0; bin < BINS; bin += 1) {
      const human = this.#human[bin] ?? 0;
      const ends = human + (this.#other[bin] ?? 0);
      const hazard = ends / Math.max(this.#exposure.ms[bin] ?? 0, 1e-9);
      const ended = ends > 0 ? alive * (1 - Math.exp(-hazard * BIN_MS)) : 0;
      incidence += ends > 0 ? (ended * human) / ends : 0;
      alive -= ended;
      this.#survival[bin + 1] = alive;
      this.#incidence[bin + 1] = incidence;
    }
    this.#isFresh = true;
  }
}

/** Linear between bins. */
function at(values: Float64Array, position: number): number {
  const low = Math.floor(position);
  const share = position - low;
  const left = values[low] ?? 0;
  return share === 0 ? left : left + share * ((values[low + 1] ?? left) - left);
}
