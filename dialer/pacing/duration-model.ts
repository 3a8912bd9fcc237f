import { elapsed, type EpochMs } from '../../kernel/time.ts';
import { Chances } from './chances.ts';
import { Exposure, Forgetting, scale } from './exposure.ts';

/** Pseudo-observations of the prior in each bin's exposure. */
const PRIOR_STRENGTH = 15;
/** How long talks last changes slowly, and with 1,000 agents 400 of them end within a minute. */
const HALF_LIFE = { outcomes: 400, ms: 300_000 };

export interface DurationModelOptions {
  readonly binMs: number;
  readonly bins: number;
  /** Where the belief starts: an exponential of this mean, soon outweighed by what is seen. */
  readonly priorMeanMs: number;
}

/** Residual length of a talk or wrap-up from discrete hazards, learned online with exponential forgetting. */
export class DurationModel {
  readonly #options: DurationModelOptions;
  readonly #ended: Float64Array;
  readonly #exposure: Exposure;
  readonly #forgetting = new Forgetting(HALF_LIFE);
  readonly #survival: Float64Array;
  readonly #one = new Chances(1);
  readonly #passing: Float64Array;
  #isFresh = false;

  constructor(options: DurationModelOptions) {
    this.#options = options;
    const { bins, binMs, priorMeanMs } = options;
    this.#ended = new Float64Array(bins).fill((PRIOR_STRENGTH * binMs) / priorMeanMs);
    this.#exposure = new Exposure(bins, binMs);
    this.#exposure.ms.fill(PRIOR_STRENGTH * binMs);
    this.#survival = new Float64Array(bins + 1);
    this.#passing = new Float64Array(bins);
  }

  /** Those that go on, by their beginning: how long they have lasted already says as much as how long others have. */
  observe(since: readonly EpochMs[], now: EpochMs): void {
    this.#exposure.observe(since, now);
    this.#isFresh = false;
  }

  learn(since: EpochMs, endedAt: EpochMs): void {
    const { bins, binMs } = this.#options;
    const weight = this.#forgetting.weight(endedAt);
    for (const values of [this.#ended, this.#exposure.ms]) scale(values, weight);
    this.#exposure.ended(since, endedAt);
    const bin = Math.max(0, Math.min(Math.floor(elapsed(since, endedAt) / binMs), bins - 1));
    this.#ended[bin] = (this.#ended[bin] ?? 0) + 1;
    this.#isFresh = false;
  }

  /** P(ends within `withinMs` | has lasted `elapsedMs`). */
  endsWithin(elapsedMs: number, withinMs: number): number {
    this.#one.begin(1);
    this.endsWithinEach([elapsedMs], [withinMs], { chances: this.#one, first: 0 });
    return this.#one.byMoment[0]?.[0] ?? 0;
  }

  /** The same for many: for each moment ahead, the chance of each, from the trial `first` on. */
  endsWithinEach(
    elapsedMs: readonly number[],
    withinMs: readonly number[],
    into: { readonly chances: Chances; readonly first: number },
  ): void {
    this.#refresh();
    for (let one = 0; one < elapsedMs.length; one += 1) {
      const spentMs = elapsedMs[one] ?? 0;
      const alive = this.#survivalAt(spentMs);
      for (let moment = 0; moment < withinMs.length; moment += 1) {
        const aheadMs = withinMs[moment] ?? 0;
        const ofMoment = into.chances.byMoment[moment];
        if (aheadMs <= 0 || !ofMoment) continue;
        const chance = alive <= 1e-9 ? 1 : 1 - this.#survivalAt(spentMs + aheadMs) / alive;
        ofMoment[into.first + one] = Math.max(0, chance);
      }
    }
  }

  /**
   * How many of these end within `aheadMs`, and the variance of that by how little is known of the ages they pass. Ages that nobody has
   * reached yet are known by the prior alone, and that many are about to reach them does not make it better.
   */
  ending(
    elapsedMs: readonly number[],
    aheadMs: number,
  ): { readonly mean: number; readonly variance: number } {
    const { bins, binMs } = this.#options;
    this.#passing.fill(0);
    const passed = Math.max(1, Math.round(aheadMs / binMs));
    for (let one = 0; one < elapsedMs.length; one += 1) {
      const from = Math.floor((elapsedMs[one] ?? 0) / binMs);
      for (let bin = from; bin < from + passed; bin += 1) {
        const within = Math.min(bin, bins - 1);
        this.#passing[within] = (this.#passing[within] ?? 0) + binMs;
      }
    }
    let [mean, variance] = [0, 0];
    for (let bin = 0; bin < bins; bin += 1) {
      const passingMs = this.#passing[bin] ?? 0;
      const ended = this.#ended[bin] ?? 0;
      if (passingMs === 0 || ended <= 0) continue;
      const ending = (passingMs * ended) / Math.max(this.#exposure.ms[bin] ?? 0, 1e-9);
      mean += ending;
      variance += (ending * ending) / ended;
    }
    return { mean, variance };
  }

  /** Mean length by the survival curve. */
  meanMs(): number {
    this.#refresh();
    let mean = 0;
    for (let bin = 0; bin < this.#options.bins; bin += 1)
      mean += (((this.#survival[bin] ?? 0) + (this.#survival[bin + 1] ?? 0)) / 2) * this.#options.binMs;
    return mean;
  }

  #survivalAt(ms: number): number {
    const { bins, binMs } = this.#options;
    const position = ms / binMs;
    if (position >= bins) {
      // Beyond the last bin its hazard goes on for ever.
      const last = this.#survival[bins] ?? 0;
      const before = this.#survival[bins - 1] ?? 1;
      return last * (before > 0 ? last / before : 0) ** (position - bins);
    }
    const low = Math.floor(position);
    const left = this.#survival[low] ?? 1;
    return left + (position - low) * ((this.#survival[low + 1] ?? left) - left);
  }

  #refresh(): void {
    if (this.#isFresh) return;
    const { bins, binMs } = this.#options;
    let alive = 1;
    this.#survival[0] = 1;
    for (let bin = 0; bin < bins; bin += 1) {
      const ended = this.#ended[bin] ?? 0;
      const hazard = ended / Math.max(this.#exposure.ms[bin] ?? 0, 1e-9);
      alive *= ended > 0 ? Math.exp(-hazard * binMs) : 1;
      this.#survival[bin + 1] = alive;
    }
    this.#isFresh = true;
  }
}
