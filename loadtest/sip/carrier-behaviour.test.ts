import { describe, expect, test } from 'vitest';
import { behaviourOf, CARRIER_BEHAVIOURS, endingFor } from './carrier-behaviour.ts';
import { carrierScenarioXml } from './carrier-scenario.ts';

const ENDINGS = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'));

describe('what the carrier does with a number', () => {
  test('is said for every ending, and for each by one behaviour only', () => {
    const covered = CARRIER_BEHAVIOURS.flatMap(({ endings: [first, last] }) =>
      ENDINGS.slice(first, last + 1),
    );
    expect(covered.sort()).toEqual(ENDINGS);
  });

  test('is an answer for thirty numbers of a hundred', () => {
    const answering = new Set<string>(
      CARRIER_BEHAVIOURS.filter(({ answers }) => answers).map(({ name }) => name),
    );
    expect(ENDINGS.filter((ending) => answering.has(behaviourOf(`+12025550${ending}`)))).toHaveLength(30);
  });

  test.each(CARRIER_BEHAVIOURS.map(({ name }) => name))('%s can be asked for by a number', (name) => {
    expect(behaviourOf(`+1202555${endingFor(name)}`)).toBe(name);
  });

  test('stands in the scenario with its endings and its steps', () => {
    const xml = carrierScenarioXml();
    for (const {
      name,
      endings: [first],
    } of CARRIER_BEHAVIOURS) {
      expect(xml).toContain(`<label id="${name}"/>`);
      expect(xml).toContain(`regexp="(${String(first).padStart(2, '0')}`);
    }
  });
});
