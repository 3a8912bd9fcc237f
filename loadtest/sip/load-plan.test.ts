import { describe, expect, test } from 'vitest';
import { isReservedNumber } from '../reserved-numbers.ts';
import { scenarioOf } from '../scenario.ts';
import { behaviourOf } from './carrier-behaviour.ts';
import { callsOf, loadNumbers, sharesOf, USUAL_SHARES } from './load-plan.ts';

const somewhere = (): boolean => true;

describe('the numbers of a load test', () => {
  test('are met by the carrier as the shares say', () => {
    const numbers = loadNumbers(callsOf(USUAL_SHARES, 1000), somewhere);
    const counts = Map.groupBy(numbers, (number) => behaviourOf(number));
    expect(counts.get('busy')).toHaveLength(150);
    expect(counts.get('no-answer')).toHaveLength(300);
    expect(numbers).toHaveLength(1000);
  });

  test('are fictional, and each is there once', () => {
    const numbers = loadNumbers(callsOf(USUAL_SHARES, 2000), somewhere);
    expect(numbers.every((number) => isReservedNumber(number))).toBe(true);
    expect(new Set(numbers).size).toBe(2000);
  });

  test('are taken only where it is a time to call', () => {
    const numbers = loadNumbers(callsOf(USUAL_SHARES, 500), (number) => number.startsWith('+44'));
    expect(numbers.every((number) => number.startsWith('+44'))).toBe(true);
  });

  test('are mixed: no stretch of the list is of one kind', () => {
    const numbers = loadNumbers(callsOf(USUAL_SHARES, 1000), somewhere);
    const kinds = new Set(numbers.slice(0, 50).map((number) => behaviourOf(number)));
    expect(kinds.size).toBeGreaterThan(6);
  });

  test('that are not there at this hour are said to be missing', () => {
    expect(() => loadNumbers(callsOf(USUAL_SHARES, 10), () => false)).toThrow(
      /10 of the calls have no fictional number|of the calls have no/,
    );
  });

  test('follow the outcomes of a scenario', () => {
    const scenario = scenarioOf({
      agents: [{ count: 1 }],
      outcomes: [{ human: 0.5, machine: 0.1, busy: 0.2, invalid: 0.1, noAnswer: 0.1 }],
      talkSeconds: [{ dist: 'constant', mean: 5 }],
      wrapSeconds: { dist: 'constant', mean: 1 },
    });
    const shares = sharesOf(scenario);
    const sum = Object.values(shares).reduce((total, share) => total + share, 0);
    expect(sum).toBeCloseTo(1);
    expect(shares['invalid-number']).toBe(0.1);
  });
});
