import type { EpochMs } from '../../kernel/time.ts';

/**
 * How long anybody has been at each age, in ms by bins: what the ends at that age are divided by. Taken in as time goes by, not when
 * something ends: at the beginning of a shift the first to end are the short ones, and by them alone everything would seem to end soon.
 */
export class Exposure {
  readonly ms: Float64Array;
  readonly #binMs: number;
  #observedAt = Number.NEGATIVE_INFINITY;

  constructor(bins: number, binMs: number) {
    this.ms = new Float64Array(bins);
    this.#binMs = binMs;
  }

  /** These have gone on from the last observation, or from their beginning, until now. */
  observe(since: readonly EpochMs[], now: EpochMs): void {
    for (let one = 0; one < since.length; one += 1) this.ended(since[one] ?? now, now);
    this.#observedAt = Math.max(this.#observedAt, now);
  }

  /** This one has gone on since the last observation and ended. */
  ended(since: EpochMs, endedAt: EpochMs): void {
    this.add(Math.max(this.#observedAt, since) - since, endedAt - since);
  }

  /** From one age to another; the last bin holds all that is older. */
  add(fromMs: number, toMs: number): void {
    const { ms } = this;
    const last = ms.length - 1;
    for (let at = fromMs; at < toMs;) {
      const bin = Math.min(last, Math.floor(at / this.#binMs));
      const until = bin === last ? toMs : Math.min(toMs, (bin + 1) * this.#binMs);
      ms[bin] = (ms[bin] ?? 0) + until - at;
      at = until;
    }
  }
}

/** Weighs the past less with each outcome, but no faster than its half in so long: many outcomes at once say no more of other times. */
export class Forgetting {
  readonly #halfLife: { readonly outcomes: number; readonly ms: number };
  #learnedAt = Number.NEGATIVE_INFINITY;

  constructor(halfLife: { readonly outcomes: number; readonly ms: number }) {
    this.#halfLife = halfLife;
  }

  /** What the past weighs after one outcome more. */
  weight(at: EpochMs): number {
    const { outcomes, ms } = this.#halfLife;
    const passedMs = Math.max(0, at - this.#learnedAt);
    this.#learnedAt = Math.max(this.#learnedAt, at);
    return 0.5 ** Math.min(1 / outcomes, passedMs / ms);
  }
}

/** Multiplies all of them. */
export function scale(values: Float64Array, factor: number): void {
  for (let at = 0; at < values.length; at += 1) values[at] = (values[at] ?? 0) * factor;
}
