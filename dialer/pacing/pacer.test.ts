import { describe, expect, test } from 'vitest';
import type { EpochMs } from '../../kernel/time.ts';
import { Pacer, type PacingInputs } from './pacer.ts';
import { workShift, type Shift } from './small-shift.fixture.ts';

const NOW = 1_000_000 as EpochMs;
const none = { humanAnswers: 0, abandoned: 0 };

const inputs = (changes: Partial<PacingInputs>): PacingInputs => ({
  now: NOW,
  mode: 'progressive',
  linesPerAgent: 1,
  limits: { rateMax: 0.03, rateTarget: 0.0285 },
  legalMs: 2000,
  today: none,
  period: none,
  idleAgents: 4,
  answersWaiting: 0,
  talkingSince: [],
  wrappingUp: [],
  dialledAt: [],
  linesMax: 100,
  ...changes,
});

/** A pacer that has seen enough people to dare something. */
function experienced(): Pacer {
  const pacer = new Pacer();
  for (let dial = 0; dial < 200; dial += 1) {
    const isHuman = dial % 3 === 0;
    pacer.rings.learn(NOW, (NOW + (isHuman ? 9000 : 25_000)) as EpochMs, isHuman ? 'human' : 'other');
    pacer.wraps.learn(NOW, (NOW + (dial % 10) * 2000) as EpochMs);
  }
  return pacer;
}

describe('progressive', () => {
  test.each([
    [{}, 4],
    [{ dialledAt: [NOW, NOW, NOW] }, 1],
    [{ answersWaiting: 3 }, 1],
    [{ dialledAt: [NOW, NOW, NOW], answersWaiting: 2 }, 0],
    [{ linesMax: 2 }, 2],
    [{ linesMax: 0 }, 0],
    [{ idleAgents: 0, talkingSince: [NOW] }, 0],
  ])('%o: %i lines', (changes, lines) => {
    expect(new Pacer().decide(inputs(changes))).toMatchObject({
      lines,
      effectiveMode: 'progressive',
      fallback: null,
    });
  });
});

describe('power', () => {
  test.each([
    [1, 4],
    [1.5, 6],
    [2.4, 9],
  ])('%d lines for each of four idle agents: %i', (linesPerAgent, lines) => {
    const room = { humanAnswers: 10_000, abandoned: 0 };
    const asked = inputs({ mode: 'power', linesPerAgent, today: room, period: room });
    expect(new Pacer().decide(asked)).toMatchObject({
      lines,
      effectiveMode: 'power',
    });
  });

  test('no more lines beyond the idle agents than may be abandoned, should all be answered at once', () => {
    const fresh = inputs({ mode: 'power', linesPerAgent: 10 });
    expect(new Pacer().decide(fresh)).toMatchObject({ lines: 4 + 2, effectiveMode: 'power' });
  });
});

describe('predictive', () => {
  test('dials progressively until thirty people have answered', () => {
    expect(new Pacer().decide(inputs({ mode: 'predictive' }))).toMatchObject({
      lines: 4,
      effectiveMode: 'progressive',
      fallback: 'learning',
    });
  });

  test('then dials beyond the idle agents, and says the risk that it took', () => {
    const decision = experienced().decide(inputs({ mode: 'predictive' }));
    expect(decision).toMatchObject({ effectiveMode: 'predictive', fallback: null });
    expect(decision.lines).toBeGreaterThan(4);
    expect(decision.risk).toBeGreaterThan(decision.theta ?? 1);
  });

  test('dials for those who are about to become free', () => {
    const busy = {
      idleAgents: 0,
      wrappingUp: Array.from({ length: 20 }, () => ({ since: NOW, until: NOW })),
    };
    expect(experienced().decide(inputs({ mode: 'predictive', ...busy })).lines).toBeGreaterThan(0);
    expect(experienced().decide(inputs({ mode: 'predictive', idleAgents: 0 })).lines).toBe(0);
  });

  test.each(['today', 'period'] as const)(
    'beyond the ledger of %s dials one line for each idle agent',
    (window) => {
      const spent = { humanAnswers: 100, abandoned: 4.5 };
      expect(experienced().decide(inputs({ mode: 'predictive', [window]: spent }))).toMatchObject({
        lines: 4,
        effectiveMode: 'progressive',
        fallback: 'limit',
      });
      expect(
        experienced().decide(inputs({ mode: 'power', linesPerAgent: 3, [window]: spent })),
      ).toMatchObject({ lines: 4, effectiveMode: 'progressive', fallback: 'limit' });
    },
  );

  test('counts people who wait with nobody free against the room under the limit', () => {
    // Room for 1.5 more; one of the two who wait has nobody.
    const world = { humanAnswers: 100, abandoned: 3.5 };
    const decide = (answersWaiting: number) =>
      experienced().decide(inputs({ mode: 'predictive', today: world, idleAgents: 1, answersWaiting }));
    expect(decide(1).fallback).toBeNull();
    expect(decide(2).fallback).toBe('limit');
  });

  test('late in a day keeps room for the people in flight, should all agents go home at once; a morning has none to keep', () => {
    const busy = {
      idleAgents: 0,
      wrappingUp: Array.from({ length: 200 }, () => ({ since: NOW, until: NOW })),
      dialledAt: Array.from({ length: 60 }, () => (NOW - 5000) as EpochMs),
    };
    const decide = (today: PacingInputs['today']) =>
      experienced().decide(inputs({ mode: 'predictive', ...busy, today, period: today })).lines;
    // Room for five more in both; of the sixty who ring some twenty will answer.
    expect(decide({ humanAnswers: 100, abandoned: 0 })).toBeGreaterThan(0);
    expect(decide({ humanAnswers: 20_000, abandoned: 597 })).toBe(0);
  });

  test('with a limit of zero never overdials', () => {
    const limits = { rateMax: 0, rateTarget: 0 };
    expect(experienced().decide(inputs({ mode: 'predictive', limits }))).toMatchObject({
      lines: 4,
      fallback: 'limit',
    });
  });
});

// Not timed; only given the time that a machine with many tests at once needs.
describe('three hours of a small call centre', { timeout: 60_000 }, () => {
  const shift = (changes: Partial<Shift>) =>
    workShift({ mode: 'predictive', agents: 10, hours: 3, seed: 11, ...changes });

  test.each([11, 12])(
    'predictive keeps agents busier than progressive, and the limit at every moment (seed %i)',
    (seed) => {
      const progressive = shift({ mode: 'progressive', seed });
      const predictive = shift({ seed });
      expect(progressive.abandoned).toBe(0);
      expect(predictive.utilisation).toBeGreaterThan(progressive.utilisation + 0.05);
      expect(predictive.excessMax).toBeLessThanOrEqual(2);
      // It uses what it may.
      expect(predictive.abandoned / predictive.answered).toBeGreaterThan(0.01);
    },
  );

  test.each([1, 3])('the limit holds where a bolder arithmetic broke it by two calls (seed %i)', (seed) => {
    expect(shift({ agents: 20, hours: 1.5, seed }).excessMax).toBeLessThanOrEqual(2);
  });

  test.each([3, 30])('with %i agents the limit holds as well', (agents) => {
    const predictive = shift({ agents, hours: 1 });
    expect(predictive.excessMax).toBeLessThanOrEqual(2);
    expect(predictive.utilisation).toBeGreaterThan(
      shift({ mode: 'progressive', agents, hours: 1 }).utilisation,
    );
  });
});
