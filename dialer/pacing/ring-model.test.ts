import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../kernel/random.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { RingModel, type RingOutcome } from './ring-model.ts';

const DIALLED = 1_000_000 as EpochMs;
/** Dials are a second apart. */
let dialledAt = DIALLED;

/** A person answers with `share`, evenly between 3 and 13 s; a tenth fails at 1 s; the others ring for 25 s. */
function teach(model: RingModel, share: number, dials: number): void {
  const random = seededRandom(5);
  const ends: (readonly [EpochMs, EpochMs, RingOutcome])[] = [];
  for (let dial = 0; dial < dials; dial += 1) {
    const luck = random.next();
    dialledAt = (dialledAt + 1000) as EpochMs;
    const ringMs = luck < share ? 3000 + random.next() * 10_000 : luck < share + 0.1 ? 1000 : 25_000;
    ends.push([dialledAt, (dialledAt + ringMs) as EpochMs, luck < share ? 'human' : 'other']);
  }
  // As they are heard of.
  for (const end of ends.sort((a, b) => a[1] - b[1])) model.learn(...end);
}

describe('what a dial may still become', () => {
  test('before anything is known: a third of people at most, and never more than everybody', () => {
    const model = new RingModel();
    expect(model.humanShare()).toBeGreaterThan(0.2);
    expect(model.humanShare()).toBeLessThan(0.4);
    expect(model.humansSeen).toBe(0);
  });

  test('is learned from what dials became', () => {
    const model = new RingModel();
    teach(model, 0.4, 3000);
    expect(model.humanShare()).toBeCloseTo(0.4, 1);
    // Half of the answers come by 8 s.
    expect(model.humanWithin(0, 8000)).toBeCloseTo(0.2, 1);
    expect(model.humanWithin(0, 2000)).toBeLessThan(0.02);
    // Who has rung for 9 s: 0.16 may still answer, 0.5 will not.
    expect(model.humanWithin(9000, 30_000)).toBeCloseTo(0.16 / 0.66, 1);
    // Nobody answers after 13 s.
    expect(model.humanWithin(15_000, 30_000)).toBeLessThan(0.05);
    expect(model.humansSeen).toBeGreaterThan(1000);
  });

  test('takes lines that still ring for what they are: neither answered nor never to be', () => {
    const model = new RingModel();
    teach(model, 0.3, 1000);
    const share = model.humanShare();
    // Four hundred lines at once; by 8 s a tenth has failed, half of the people have answered, and the others ring.
    const at = (ms: number): EpochMs => (dialledAt + 30_000 + ms) as EpochMs;
    const ringing = Array.from({ length: 300 }, () => at(0));
    for (let ms = 0; ms <= 8000; ms += 250) {
      model.observe(ringing, at(ms));
      if (ms === 1000) for (let dial = 0; dial < 40; dial += 1) model.learn(at(0), at(ms), 'other');
      if (ms > 3000) for (let dial = 0; dial < 3; dial += 1) model.learn(at(0), at(ms), 'human');
    }
    expect(model.humanShare()).toBeCloseTo(share, 1);
  });

  test('seven hundred lines that ring out at one moment do not make it forget the people among those dialled with them', () => {
    const model = new RingModel();
    teach(model, 0.3, 300);
    const at = (ms: number): EpochMs => (dialledAt + 30_000 + ms) as EpochMs;
    for (let dial = 0; dial < 300; dial += 1) model.learn(at(0), at(3000 + dial * 33), 'human');
    for (let dial = 0; dial < 700; dial += 1) model.learn(at(0), at(25_000), 'other');
    expect(model.humanShare()).toBeCloseTo(0.3, 1);
  });

  test('forgets: after six hundred other dials the old world is gone', () => {
    const model = new RingModel();
    teach(model, 0.5, 3000);
    teach(model, 0.1, 900);
    expect(model.humanShare()).toBeLessThan(0.2);
  });

  test('grows with the time ahead and is a probability', () => {
    const model = new RingModel();
    teach(model, 0.3, 500);
    for (const ageMs of [0, 500, 7000, 12_999, 24_000, 44_000, 90_000]) {
      let before = 0;
      for (let withinMs = 0; withinMs <= 60_000; withinMs += 700) {
        const chance = model.humanWithin(ageMs, withinMs);
        expect(chance).toBeGreaterThanOrEqual(before - 1e-12);
        expect(chance).toBeLessThanOrEqual(1);
        before = chance;
      }
    }
  });
});
