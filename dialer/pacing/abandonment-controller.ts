import { abandonmentHeadroom } from '../../compliance/abandonment.ts';

/** Counts of one legal window. */
export interface AnswerCounts {
  readonly humanAnswers: number;
  readonly abandoned: number;
}

export interface AbandonmentLimits {
  /** The law's limit, 0..1. */
  readonly rateMax: number;
  /** What is aimed at, 0..rateMax. */
  readonly rateTarget: number;
}

const THETA_MIN = 0.002;
const THETA_MAX = 0.9;
const INTEGRAL_MAX = 2.5;

/**
 * Moves theta so that the long-run rate meets the target whatever the models get wrong: ln θ = ξ + kp·C with credit
 * C = target × answers − abandoned, critically damped (pacing study, section 5.4).
 */
export class AbandonmentController {
  #integral: number | null = null;

  /** Called for each human answer with the day's counts after it. */
  learn(today: AnswerCounts, limits: AbandonmentLimits): void {
    const gain = proportionalGain(today, limits);
    const step = ((limits.rateTarget * gain * gain) / 4) * clamp(credit(today, limits), -8, 8);
    const start = Math.log(Math.max(limits.rateMax, THETA_MIN));
    this.#integral = clamp((this.#integral ?? start) + step, start - INTEGRAL_MAX, start + INTEGRAL_MAX);
  }

  theta(today: AnswerCounts, limits: AbandonmentLimits): number {
    const start = Math.log(Math.max(limits.rateMax, THETA_MIN));
    const exponent = (this.#integral ?? start) + proportionalGain(today, limits) * credit(today, limits);
    return clamp(Math.exp(exponent), THETA_MIN, THETA_MAX);
  }
}

/** How many more calls may be abandoned before a legal window breaks; 0 when nothing may be abandoned at all. */
export function headroomOf(counts: AnswerCounts, limits: AbandonmentLimits): number {
  if (limits.rateMax <= 0) return 0;
  return abandonmentHeadroom({ answered: counts.humanAnswers, abandoned: counts.abandoned }, limits.rateMax);
}

const credit = (counts: AnswerCounts, limits: AbandonmentLimits): number =>
  limits.rateTarget * counts.humanAnswers - counts.abandoned;

function proportionalGain(counts: AnswerCounts, limits: AbandonmentLimits): number {
  return Math.min(0.12, 0.2 / Math.sqrt(Math.max(1, limits.rateTarget * counts.humanAnswers)));
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
