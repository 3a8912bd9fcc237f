import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Chances } from './chances.ts';
import { chanceOfShortage, poissonBinomial } from './exact-look-ahead.fixture.ts';
import { Surplus } from './surplus.ts';

const chance = fc.double({ min: 0, max: 1, noNaN: true });
/** Trials of one kind as they come in life: most are unlikely, some likely. */
const trials = (maxLength: number) =>
  fc
    .tuple(fc.double({ min: 0.02, max: 1, noNaN: true }), chance, fc.nat(maxLength), fc.nat(2 ** 31))
    .map(([most, shareOfLikely, length, seed]) => {
      let state = seed;
      const random = (): number => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state / 2 ** 32;
      };
      return Array.from({ length }, () =>
        random() < shareOfLikely ? random() * most : random() ** 2 * 0.3 * most,
      );
    });

function only(chances: readonly number[]): Chances {
  const all = new Chances(1);
  all.begin(chances.length);
  all.byMoment[0]!.set(chances);
  return all;
}
const kept = new Surplus();

/** Largest error, and largest factor where the chance is about one in ten thousand. */
function errors(answers: readonly number[], frees: readonly number[], later: readonly number[] = []) {
  kept.begin({ answers: only(answers), frees: only(frees) }, 0);
  for (const one of later) kept.addAnswer(one);
  const [answered, freed] = [poissonBinomial([...answers, ...later]), poissonBinomial(frees)];
  let [error, factor] = [0, 1];
  // Beyond what can be reached and short of what is certain as well.
  for (let count = -frees.length; count <= answers.length + later.length + 1; count += 1) {
    const exact = chanceOfShortage(answered, freed, count);
    const quick = kept.atLeast(count);
    error = Math.max(error, Math.abs(quick - exact));
    if (exact > 3e-5 && exact < 3e-4) factor = Math.max(factor, quick / exact, exact / quick);
  }
  return { error, factor };
}

describe('how many people more than agents', () => {
  test('is exact for a few lines and agents, whatever their chances', () => {
    const few = fc.array(chance, { maxLength: 11 });
    fc.assert(
      fc.property(few, few, few, (answers, frees, later) => {
        expect(errors(answers, frees, later).error).toBeLessThan(1e-9);
      }),
    );
  });

  test('is within 5e-4 and a factor of 1.5 for any number of them, before and after lines are added', () => {
    fc.assert(
      fc.property(trials(200), trials(300), trials(40), (answers, frees, later) => {
        const { error, factor } = errors(answers, frees, later);
        expect(error).toBeLessThan(5e-4);
        expect(factor).toBeLessThan(1.5);
      }),
      { numRuns: 300 },
    );
  });

  test('does not remember the moment before', () => {
    const { error } = errors([0.4, 0.3], [0.2]);
    errors(
      Array.from({ length: 900 }, (_, i) => (i % 7) / 9),
      Array.from({ length: 500 }, () => 0.05),
    );
    expect(errors([0.4, 0.3], [0.2]).error).toBe(error);
  });

  test('is certain where every chance is', () => {
    const certain = (length: number): Chances => only(Array.from({ length }, () => 1));
    kept.begin({ answers: certain(400), frees: certain(300) }, 0);
    expect([kept.atLeast(100), kept.atLeast(101)]).toEqual([1, 0]);
  });

  test('spreads where the chances themselves are doubtful, and stays where it was in the middle', () => {
    const trials = { answers: only(Array.from({ length: 400 }, () => 0.3)), frees: only([]) };
    const chances = (doubt: number): [number, number] => {
      kept.begin({ ...trials, known: { answersDoubt: doubt, freesDoubt: 0 } }, 0);
      return [kept.atLeast(120), kept.atLeast(150)];
    };
    // A tenth of doubt about a mean of 120 is a deviation of 12 beside the 9.2 of chance itself: 150 is 1.95 of both away.
    expect(chances(0.01)[0]).toBeCloseTo(chances(0)[0], 1);
    expect(chances(0)[1]).toBeLessThan(0.001);
    expect(chances(0.01)[1]).toBeCloseTo(0.025, 2);
  });
});
