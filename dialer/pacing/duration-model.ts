import { Chances } from './chances.ts';

/** Pseudo-observations of the prior in each bin's exposure. */
const PRIOR_STRENGTH = 15;
const DECAY = 0.5 ** (1 / 400);

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
  readonly #atRisk: Float64Array;
  readonly #survival: Float64Array;
  readonly #one = new Chances(1);
  #isFresh = false;

  constructor(options: DurationModelOptions) {
    this.#options = options;
    const { bins, binMs, priorMeanMs } = options;
    const hazard = 1 - Math.exp(-binMs / priorMeanMs);
    this.#ended = new Float64Array(bins).fill(PRIOR_STRENGTH * hazard);
    this.#atRisk = new Float64Array(bins).fill(PRIOR_STRENGTH);
    this.#survival = new Float64Array(bins + 1);
  }

  learn(durationMs: number): void {
    const { bins, binMs } = this.#options;
    const last = Math.max(0, Math.min(Math.floor(durationMs / binMs), bins - 1));
    for (let bin = 0; bin < bins; bin += 1) {
      this.#ended[bin] = (this.#ended[bin] ?? 0) * DECAY;
      this.#atRisk[bin] = (this.#atRisk[bin] ?? 0) * DECAY + (bin <= last ? 1 : 0);
    }
    this.#ended[last] = (this.#ended[last] ?? 0) + 1;
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

  /** Mean length by the survival curve. */
  meanMs(): number {
    this.#refresh();
    let mean = 0;
    for (let bin = 0; bin < this.#options.bins; bin += 1)
      mean += (this.#survival[bin] ?? 0) * this.#options.binMs;
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
    let alive = 1;
    this.#survival[0] = 1;
    for (let bin = 0; bin < this.#options.bins; bin += 1) {
      const atRisk = this.#atRisk[bin] ?? 0;
      alive *= 1 - (atRisk > 0 ? Math.min(1, (this.#ended[bin] ?? 0) / atRisk) : 0);
      this.#survival[bin + 1] = alive;
    }
    this.#isFresh = true;
  }
}
