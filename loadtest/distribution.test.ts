import { describe, expect, test } from 'vitest';
import { gammaQuantile, meanOf, normalQuantile, quantile, type Dist } from './distribution.ts';

/** Draws spread evenly over the unit interval: what chance would give, without chance. */
const draws = (dist: Dist, count = 20_000): number[] =>
  Array.from({ length: count }, (_, i) => quantile(dist, (i + 0.5) / count));

function moments(values: readonly number[]): { mean: number; cv: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, cv: Math.sqrt(variance) / mean };
}

const plain = (
  dist: 'constant' | 'exponential' | 'lognormal' | 'gamma' | 'uniform',
  mean: number,
  cv = 0,
): Dist => ({
  dist,
  mean,
  cv,
  offset: 0,
});

describe('a distribution', () => {
  test.each([
    [plain('constant', 7), 7, 0],
    [plain('exponential', 20), 20, 1],
    [plain('uniform', 10, 0.5), 10, 0.5],
    [plain('lognormal', 1.5, 0.6), 1.5, 0.6],
    [plain('gamma', 9, 0.55), 9, 0.55],
    [plain('gamma', 20, 0.2), 20, 0.2],
    [plain('gamma', 3, 1.6), 3, 1.6],
  ])('%j has the mean and the spread that it names', (dist, mean, cv) => {
    const found = moments(draws(dist));
    expect(found.mean).toBeCloseTo(mean, 1);
    expect(found.cv).toBeCloseTo(cv, 1);
  });

  test('grows with its uniform, from end to end', () => {
    for (const dist of [
      plain('gamma', 9, 0.55),
      plain('gamma', 2, 2),
      plain('lognormal', 2, 1),
      plain('exponential', 1),
    ]) {
      const values = [1e-300, ...draws(dist, 2_000), quantile(dist, 0.999_999), quantile(dist, 1 - 1e-16)];
      expect(values.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
      const sorted = draws(dist, 2_000);
      expect(sorted).toEqual(sorted.toSorted((a, b) => a - b));
    }
  });

  test('adds its offset', () => {
    expect(quantile({ dist: 'constant', mean: 2, cv: 0, offset: 3 }, 0.5)).toBe(5);
    expect(Math.min(...draws({ dist: 'gamma', mean: 9, cv: 0.55, offset: 2 }))).toBeGreaterThan(2);
  });

  test('mixes in proportion to the shares', () => {
    const mixture: Dist = {
      dist: 'mixture',
      of: [
        { share: 0.25, dist: 'constant', mean: 1, cv: 0, offset: 0 },
        { share: 0, dist: 'constant', mean: 99, cv: 0, offset: 0 },
        { share: 0.75, dist: 'exponential', mean: 5, cv: 0, offset: 0 },
      ],
    };
    const values = draws(mixture, 4_000);
    expect(values.filter((value) => value === 1)).toHaveLength(1_000);
    expect(moments(values).mean).toBeCloseTo(meanOf(mixture), 1);
    expect(quantile(mixture, 1)).toBeGreaterThan(20);
  });
});

// Values of R 4.4: qnorm and qgamma.
describe('quantiles', () => {
  test.each([
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.001, -3.090232306167813],
    [0.999_999, 4.753424308822899],
  ])('of the normal distribution at %s', (u, z) => {
    expect(normalQuantile(u)).toBeCloseTo(z, 6);
  });

  test.each([
    [1, 0.5, 0.6931471805599453],
    [1, 0.99, 4.605170185988091],
    [0.5, 0.5, 0.2274682115597864],
    [2, 0.95, 4.743864518],
    [10, 0.5, 9.668714614],
    [25, 0.025, 16.178682],
  ])('of the gamma distribution with shape %s at %s', (shape, u, x) => {
    expect(gammaQuantile(shape, u)).toBeCloseTo(x, 4);
  });
});
