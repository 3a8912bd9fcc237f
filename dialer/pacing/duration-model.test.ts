import { describe, expect, test } from 'vitest';
import { seededRandom, type Random } from '../../kernel/random.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { DurationModel } from './duration-model.ts';

const TALKS = { binMs: 5000, bins: 120, priorMeanMs: 120_000 };
const exponential = (random: Random, meanMs: number): number => -meanMs * Math.log(1 - random.next());

const learnAt = (model: DurationModel, endedAt: number, lastedMs: number): void => {
  model.learn((endedAt - lastedMs) as EpochMs, endedAt as EpochMs);
};

function taught(draw: (random: Random) => number, samples = 3000): DurationModel {
  const model = new DurationModel(TALKS);
  const random = seededRandom(3);
  for (let sample = 0; sample < samples; sample += 1) learnAt(model, sample * 10_000, draw(random));
  return model;
}

describe('how long a talk still lasts', () => {
  test('before anything is known is an exponential of the prior mean', () => {
    const model = new DurationModel(TALKS);
    expect(model.endsWithin(0, 120_000)).toBeCloseTo(1 - Math.exp(-1), 2);
    expect(model.endsWithin(200_000, 120_000)).toBeCloseTo(1 - Math.exp(-1), 2);
  });

  test('memoryless talks stay memoryless', () => {
    const model = taught((random) => exponential(random, 60_000));
    for (const elapsedMs of [0, 30_000, 90_000])
      expect(model.endsWithin(elapsedMs, 30_000)).toBeCloseTo(1 - Math.exp(-0.5), 1);
    expect(model.meanMs()).toBeGreaterThan(50_000);
    expect(model.meanMs()).toBeLessThan(75_000);
  });

  test('talks that all last a minute end at a minute', () => {
    const model = taught((random) => 58_000 + random.next() * 4000);
    expect(model.endsWithin(0, 50_000)).toBeLessThan(0.1);
    expect(model.endsWithin(55_000, 10_000)).toBeGreaterThan(0.8);
  });

  test('a mixture of short and long ones: who has talked long talks on', () => {
    const model = taught((random) => (random.next() < 0.5 ? 10_000 : exponential(random, 200_000)));
    expect(model.endsWithin(0, 20_000)).toBeGreaterThan(0.45);
    expect(model.endsWithin(60_000, 20_000)).toBeLessThan(0.2);
  });

  test('beyond the last bin goes on as in it', () => {
    const model = taught((random) => exponential(random, 300_000));
    expect(model.endsWithin(900_000, 60_000)).toBeGreaterThan(0);
    expect(model.endsWithin(900_000, 60_000)).toBeLessThanOrEqual(1);
  });

  test('talks that go on count before they end: the first to end are the short ones', () => {
    const model = new DurationModel(TALKS);
    const random = seededRandom(7);
    const lengths = Array.from({ length: 500 }, () => exponential(random, 120_000)).sort((a, b) => a - b);
    // Five hundred talks begin at once; forty seconds later a quarter of them has ended.
    for (let ms = 250; ms <= 40_000; ms += 250) {
      const going = lengths.filter((length) => length > ms).map(() => 0 as EpochMs);
      model.observe(going, ms as EpochMs);
      for (const length of lengths)
        if (length > ms - 250 && length <= ms) model.learn(0 as EpochMs, ms as EpochMs);
    }
    expect(model.endsWithin(0, 40_000)).toBeCloseTo(1 - Math.exp(-1 / 3), 1);
    expect(model.endsWithin(30_000, 10_000)).toBeCloseTo(1 - Math.exp(-1 / 12), 1);
  });

  test('grows with the time ahead, and nothing ends in no time', () => {
    const model = taught((random) => exponential(random, 60_000), 200);
    for (const elapsedMs of [0, 2500, 61_000, 599_000, 700_000]) {
      expect(model.endsWithin(elapsedMs, 0)).toBe(0);
      expect(model.endsWithin(elapsedMs, -5000)).toBe(0);
      let before = 0;
      for (let withinMs = 0; withinMs < 600_000; withinMs += 9000) {
        const chance = model.endsWithin(elapsedMs, withinMs);
        expect(chance).toBeGreaterThanOrEqual(before - 1e-12);
        expect(chance).toBeLessThanOrEqual(1);
        before = chance;
      }
    }
  });
});
