import { describe, expect, test } from 'vitest';
import { driftAt, inForce, meetPerson, personUniforms, type Person, type PersonKey } from './people.ts';
import { scenarioFixture } from './scenario.fixture.ts';

const key = (lead: number, changes: Partial<PersonKey> = {}): PersonKey => ({
  seed: 1,
  campaign: 'c',
  lead,
  attempt: 1,
  ...changes,
});
const mixed = { outcomes: [{ human: 0.3, machine: 0.25, busy: 0.1, invalid: 0.05, noAnswer: 0.3 }] };

function sharesOf(people: readonly Person[]): Record<Person['outcome'], number> {
  const count = (outcome: Person['outcome']): number =>
    people.filter((person) => person.outcome === outcome).length / people.length;
  return {
    human: count('human'),
    machine: count('machine'),
    busy: count('busy'),
    invalid: count('invalid'),
    noAnswer: count('noAnswer'),
  };
}

describe('the person behind a lead', () => {
  test('depends on seed, campaign, lead and attempt, and on nothing else', () => {
    expect(personUniforms(key(7))).toEqual(personUniforms(key(7)));
    const others = [key(8), key(7, { seed: 2 }), key(7, { campaign: 'd' }), key(7, { attempt: 2 })];
    for (const other of others) expect(personUniforms(other)).not.toEqual(personUniforms(key(7)));
  });

  test('stays recognisable when the world gets slower: the same uniforms go through other distributions', () => {
    const quick = scenarioFixture({ talkSeconds: [{ dist: 'gamma', mean: 10, cv: 0.5 }] });
    const slow = scenarioFixture({ talkSeconds: [{ dist: 'gamma', mean: 20, cv: 0.5 }] });
    for (let lead = 0; lead < 50; lead += 1) {
      const [a, b] = [meetPerson(quick, key(lead), 0), meetPerson(slow, key(lead), 0)];
      if (a.outcome !== 'human' || b.outcome !== 'human') throw new Error('everybody is human here');
      expect(b.talkMs).toBeCloseTo(2 * a.talkMs, 3);
      expect(b.patienceMs).toBe(a.patienceMs);
    }
  });

  test('is human, machine, busy, invalid or out in the shares of the scenario', () => {
    const scenario = scenarioFixture({ ...mixed, answerDelaySeconds: {} });
    const shares = sharesOf(Array.from({ length: 20_000 }, (_, lead) => meetPerson(scenario, key(lead), 0)));
    // Long draws of the answer delay become noAnswer.
    expect(shares.human).toBeGreaterThan(0.29);
    expect(shares.human).toBeLessThan(0.305);
    expect(shares.busy).toBeCloseTo(0.1, 1);
    expect(shares.invalid).toBeCloseTo(0.05, 1);
    expect(shares.noAnswer).toBeGreaterThan(0.29);
  });

  test('does not answer when the draw lies beyond the ring timeout', () => {
    const scenario = scenarioFixture({
      answerDelaySeconds: { human: { dist: 'constant', mean: 16 } },
      ringTimeoutSeconds: 15,
    });
    expect(meetPerson(scenario, key(1), 0)).toEqual({ outcome: 'noAnswer' });
  });

  test('is met through the distributions in force at that hour', () => {
    const scenario = scenarioFixture({
      outcomes: [
        { human: 1, machine: 0, busy: 0, invalid: 0, noAnswer: 0 },
        { fromHour: 3, human: 0, machine: 0, busy: 1, invalid: 0, noAnswer: 0 },
      ],
    });
    expect(meetPerson(scenario, key(1), 2.9).outcome).toBe('human');
    expect(meetPerson(scenario, key(1), 3).outcome).toBe('busy');
  });
});

test('of several entries the last one begun is in force', () => {
  const entries = [{ fromHour: 0 }, { fromHour: 2 }, { fromHour: 5 }];
  expect([0, 1.9, 2, 4.9, 5, 100].map((hour) => inForce(entries, hour)?.fromHour)).toEqual([
    0, 0, 2, 2, 5, 5,
  ]);
  expect(inForce<{ fromHour: number }>([], 1) === undefined).toBe(true);
});

describe('the drift of the human share', () => {
  const drift = { cv: 0.3, minutes: 20 };

  test('wanders around 1 with the spread that it names', () => {
    const factors = Array.from({ length: 4_000 }, (_, i) => driftAt(1, drift, i * 0.37));
    const mean = factors.reduce((sum, factor) => sum + factor, 0) / factors.length;
    const variance = factors.reduce((sum, factor) => sum + (factor - mean) ** 2, 0) / factors.length;
    expect(mean).toBeCloseTo(1, 1);
    expect(Math.sqrt(variance)).toBeCloseTo(0.3, 1);
  });

  test('does not jump', () => {
    for (let minute = 0; minute < 200; minute += 1) {
      const step = Math.abs(driftAt(1, drift, (minute + 1) / 60) - driftAt(1, drift, minute / 60));
      expect(step).toBeLessThan(0.15);
    }
  });
});
