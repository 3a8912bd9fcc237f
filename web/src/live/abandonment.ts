/** Where the day's rate stands: within the target, between target and limit, beyond the limit. */
export type AbandonmentLevel = 'none' | 'within' | 'close' | 'beyond';

export interface AbandonmentBounds {
  readonly rateMax: number;
  readonly rateTarget: number;
}

/** Abandoned ÷ human answers; 0 when there are none (contract of metrics). */
export function abandonmentRate(abandoned: number, humanAnswers: number): number {
  return humanAnswers === 0 ? 0 : abandoned / humanAnswers;
}

export function abandonmentLevel(
  rate: number,
  humanAnswers: number,
  bounds: AbandonmentBounds,
): AbandonmentLevel {
  if (humanAnswers === 0) return 'none';
  if (rate > bounds.rateMax) return 'beyond';
  return rate > bounds.rateTarget ? 'close' : 'within';
}

/** Right end of the gauge: the limit at two thirds, and room for a rate beyond it. */
export function gaugeEnd(rate: number, rateMax: number): number {
  return Math.max(rateMax * 1.5, rate * 1.1, 0.01);
}
