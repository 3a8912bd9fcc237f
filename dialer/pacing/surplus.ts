import type { Chances } from './chances.ts';

/** Up to this variance the distribution is written out; beyond it four cumulants tell as much. */
const WRITTEN_VARIANCE_MAX = 20;
/** So many trials of small chances, and no fewer, are told by the binomial distribution of the same mean and variance. */
const GROUP_MIN = 12;
const GROUP_CHANCE_MAX = 0.12;
/** Masses at the ends that are left out: some thousands of them change nothing that is asked for. */
const MASS_MIN = 1e-12;
/** Longer than any group whose variance is at most 20. */
const GROUP_LENGTH_MAX = 128;

/**
 * By how many the people who answer outnumber the agents who become free, at one moment ahead: a sum of independent trials, +1 with the
 * chance of each answer and −1 with that of each agent.
 *
 * Few trials are convolved exactly. Many of small chances go in as one binomial, and beyond a variance of 20 an Edgeworth series with
 * Sheppard's correction takes the place of the whole, which costs the same for any number of trials. No probability is off by more than
 * 5e-4, and the rare ones, of one in ten thousand, by no more than a factor of 1.5 (a test holds both against the exact sum).
 */
export class Surplus {
  #mean = 0;
  #variance = 0;
  #third = 0;
  #fourth = 0;
  /** Variance that no trial has of its own: how little is known of all their chances together. */
  #doubt = 0;
  #isWritten = false;
  /** P(surplus = index - origin) while it is written out: nothing but zeros beyond `#from` and `#to`. */
  #masses = new Float64Array(256);
  #origin = 0;
  #from = 0;
  #to = 0;
  readonly #group = new Float64Array(GROUP_LENGTH_MAX);

  /** Begins anew with the trials of one moment. */
  begin({ answers, frees, known = CERTAIN }: Trials, moment: number): void {
    const ups = answers.byMoment[moment] ?? NOBODY;
    const downs = frees.byMoment[moment] ?? NOBODY;
    const up = sumOf(ups, answers.count);
    const down = sumOf(downs, frees.count);
    this.#mean = up.mean - down.mean;
    this.#variance = up.variance + down.variance;
    this.#third = up.third - down.third;
    this.#fourth = up.fourth + down.fourth;
    this.#doubt = known.answersDoubt * up.mean ** 2 + known.freesDoubt * down.mean ** 2;
    this.#isWritten = this.#variance + this.#doubt <= WRITTEN_VARIANCE_MAX;
    if (!this.#isWritten) return;
    this.#clear(frees.count, answers.count);
    if (up.isGroup) this.#convolveAnswers(this.#binomial(up));
    if (down.isGroup) this.#convolveFrees(this.#binomial(down));
    const upLeast = up.isGroup ? GROUP_CHANCE_MAX : 0;
    for (let trial = 0; trial < answers.count; trial += 1) {
      const chance = ups[trial] ?? 0;
      if (chance > upLeast) this.#convolveAnswer(chance);
    }
    const downLeast = down.isGroup ? GROUP_CHANCE_MAX : 0;
    for (let trial = 0; trial < frees.count; trial += 1) {
      const chance = downs[trial] ?? 0;
      if (chance > downLeast) this.#convolveFree(chance);
    }
  }

  /** One line more that a person may answer by then. */
  addAnswer(chance: number): void {
    const variance = chance * (1 - chance);
    this.#mean += chance;
    this.#variance += variance;
    this.#third += variance * (1 - 2 * chance);
    this.#fourth += variance * (1 - 6 * variance);
    this.#isWritten &&= this.#variance + this.#doubt <= WRITTEN_VARIANCE_MAX;
    if (this.#isWritten && chance > 0) this.#convolveAnswer(chance);
  }

  /** P(surplus ≥ count). */
  atLeast(count: number): number {
    if (!this.#isWritten) return this.#estimate(count);
    const masses = this.#masses;
    const first = Math.max(this.#from, count + this.#origin);
    let chance = 0;
    for (let at = this.#to; at >= first; at -= 1) chance += masses[at] ?? 0;
    return Math.min(1, chance);
  }

  /** Room for `below` successes of one kind and `above` of the other; certain that nothing has happened. */
  #clear(below: number, above: number): void {
    // Behind the last one a few lines may still be added.
    const length = below + above + 64;
    if (this.#masses.length < length) this.#masses = new Float64Array(length * 2);
    else this.#masses.fill(0);
    this.#origin = below;
    this.#from = below;
    this.#to = below;
    this.#masses[below] = 1;
  }

  #convolveAnswer(chance: number): void {
    if (this.#to + 1 >= this.#masses.length) this.#grow();
    const masses = this.#masses;
    const stays = 1 - chance;
    for (let at = this.#to; at >= this.#from; at -= 1) {
      const mass = masses[at] ?? 0;
      masses[at + 1] = (masses[at + 1] ?? 0) + mass * chance;
      masses[at] = mass * stays;
    }
    this.#to += 1;
    this.#trim();
  }

  #convolveFree(chance: number): void {
    const masses = this.#masses;
    const stays = 1 - chance;
    for (let at = this.#from; at <= this.#to; at += 1) {
      const mass = masses[at] ?? 0;
      masses[at - 1] = (masses[at - 1] ?? 0) + mass * chance;
      masses[at] = mass * stays;
    }
    this.#from -= 1;
    this.#trim();
  }

  /** The first of all: there is one mass to begin with. */
  #convolveAnswers(length: number): void {
    for (let at = 0; at < length; at += 1) this.#masses[this.#from + at] = this.#group[at] ?? 0;
    this.#to = this.#from + length - 1;
  }

  #convolveFrees(length: number): void {
    const masses = this.#masses;
    const group = this.#group;
    // Upwards, so that what is taken off lands where nothing is read any more.
    for (let at = this.#from; at <= this.#to; at += 1) {
      const mass = masses[at] ?? 0;
      masses[at] = mass * (group[0] ?? 0);
      for (let freed = 1; freed < length; freed += 1)
        masses[at - freed] = (masses[at - freed] ?? 0) + mass * (group[freed] ?? 0);
    }
    this.#from -= length - 1;
    this.#trim();
  }

  #trim(): void {
    const masses = this.#masses;
    while ((masses[this.#to] ?? 0) < MASS_MIN && this.#to > this.#from) {
      masses[this.#to] = 0;
      this.#to -= 1;
    }
    while ((masses[this.#from] ?? 0) < MASS_MIN && this.#from < this.#to) {
      masses[this.#from] = 0;
      this.#from += 1;
    }
  }

  #grow(): void {
    const before = this.#masses;
    this.#masses = new Float64Array(before.length * 2);
    this.#masses.set(before);
  }

  /**
   * Writes the binomial distribution of the group's mean and variance, and says how long it is. Its number of trials need not be whole:
   * the masses end long before it.
   */
  #binomial({ groupCount, groupMean, groupSquares }: TrialSum): number {
    const chance = groupSquares / groupMean;
    const trials = groupMean / chance;
    const odds = chance / (1 - chance);
    const longest = Math.min(GROUP_LENGTH_MAX, groupCount + 1);
    let mass = (1 - chance) ** trials;
    let length = 0;
    while (length < longest && (mass > MASS_MIN || length < groupMean)) {
      this.#group[length] = mass;
      mass *= Math.max(0, (trials - length) / (length + 1)) * odds;
      length += 1;
    }
    return length;
  }

  /** Edgeworth's series for P(surplus ≥ count) with the cumulants of the whole numbers spread evenly between them (Sheppard). */
  #estimate(count: number): number {
    const variance = this.#variance + this.#doubt - 1 / 12;
    const deviation = Math.sqrt(variance);
    const x = (count - 0.5 - this.#mean) / deviation;
    const skewness = this.#third / (variance * deviation);
    const excess = (this.#fourth + 1 / 120) / (variance * variance);
    const square = x * x;
    const correction =
      (skewness * (square - 1)) / 6 +
      (excess * x * (square - 3)) / 24 +
      (skewness * skewness * x * (square * (square - 10) + 15)) / 72;
    return Math.min(1, Math.max(0, normalTail(x) + normalDensity(x) * correction));
  }
}

const NOBODY = new Float64Array(0);

/**
 * How well the chances are known: variance ÷ mean² of what all trials of a kind have in common. It counts where many are in flight, whose
 * own chances level out; below a variance of 20 in all it is left to the controller.
 */
export interface Knowledge {
  readonly answersDoubt: number;
  readonly freesDoubt: number;
}

/** What may happen: people who answer, and agents who become free. */
export interface Trials {
  readonly answers: Chances;
  readonly frees: Chances;
  /** Absent: exactly. */
  readonly known?: Knowledge | undefined;
}
const CERTAIN: Knowledge = { answersDoubt: 0, freesDoubt: 0 };

interface TrialSum {
  readonly mean: number;
  readonly variance: number;
  readonly third: number;
  readonly fourth: number;
  /** Whether there are enough small chances to be told together. */
  readonly isGroup: boolean;
  readonly groupCount: number;
  readonly groupMean: number;
  readonly groupSquares: number;
}

/** First four cumulants of the number of successes, and the mean and squares of those of small chance. */
function sumOf(chances: Float64Array, count: number): TrialSum {
  let mean = 0;
  let variance = 0;
  let third = 0;
  let fourth = 0;
  let groupCount = 0;
  let groupMean = 0;
  let groupSquares = 0;
  for (let trial = 0; trial < count; trial += 1) {
    const chance = chances[trial] ?? 0;
    if (chance <= 0) continue;
    const ofOne = chance * (1 - chance);
    mean += chance;
    variance += ofOne;
    third += ofOne * (1 - 2 * chance);
    fourth += ofOne * (1 - 6 * ofOne);
    if (chance > GROUP_CHANCE_MAX) continue;
    groupCount += 1;
    groupMean += chance;
    groupSquares += chance * chance;
  }
  const isGroup = groupCount >= GROUP_MIN;
  return { mean, variance, third, fourth, isGroup, groupCount, groupMean, groupSquares };
}

const normalDensity = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** P(standard normal > x), to within 7.5e-8 (Abramowitz and Stegun, 26.2.17). */
function normalTail(x: number): number {
  const t = 1 / (1 + 0.231_641_9 * Math.abs(x));
  const series =
    t *
    (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  const tail = normalDensity(x) * series;
  return x >= 0 ? tail : 1 - tail;
}
