import { expect, test, vi } from 'vitest';
import { memorylessScenario } from '../rivals/memoryless.ts';
import { optimalPacer } from '../rivals/optimal-pacer.ts';
import { scenarioOf } from '../scenario.ts';
import { simulate } from '../simulate.ts';
import { simulateWorld } from './simulation.ts';

// Shifts of hours; on a machine that does other things, too, they take a while.
vi.setConfig({ testTimeout: 60_000 });

const constant = (mean: number) => ({ dist: 'constant', mean, cv: 0, offset: 0 });
const world = (changes: object = {}) =>
  scenarioOf({
    name: 'small',
    hours: 1,
    agents: [{ count: 6 }],
    outcomes: [{ human: 0.3, machine: 0, busy: 0.2, invalid: 0.1, noAnswer: 0.4 }],
    talkSeconds: [{ dist: 'lognormal', mean: 60, cv: 1, offset: 0 }],
    wrapSeconds: { dist: 'gamma', mean: 10, cv: 0.5, offset: 0 },
    ...changes,
  });

test('the same scenario, seed and pacer give the same bytes, another seed others', () => {
  const play = (seed: number): string =>
    JSON.stringify(simulate(world(), { pacer: 'lookahead', seed: seed }));
  const first = play(3);
  expect(play(3)).toBe(first);
  expect(play(4)).not.toBe(first);
});

test('progressive dialling abandons nobody, and nothing happens that must never happen', () => {
  const result = simulate(world(), { pacer: 'progressive', seed: 1 });
  expect(result).toMatchObject({ abandoned: 0, agentHours: 6, answerToAgentMs: { p50: 60, max: 60 } });
  expect(result.humanAnswers).toBeGreaterThan(100);
  expect(result.connected).toBe(result.humanAnswers);
  expect(Object.values(result.violations).filter((count) => count > 0)).toEqual([]);
});

test('predictive dialling keeps agents busier, keeps the limit, and its ledger is the truth', () => {
  const scenario = world({ hours: 3 });
  const [slow, fast] = [
    simulate(scenario, { pacer: 'progressive', seed: 2 }),
    simulate(scenario, { pacer: 'lookahead', seed: 2 }),
  ];
  expect(fast.utilisation).toBeGreaterThan(slow.utilisation + 0.05);
  expect(fast.ledgerAbandonRate).toBe(fast.abandonRate);
  expect(fast.worst['day']?.excessMax).toBeLessThanOrEqual(2);
  expect(Object.values(fast.violations).filter((count) => count > 0)).toEqual([]);
});

test(
  'a memoryless system runs as the theory says: one line for each agent, and the exact optimum',
  { timeout: 60_000 },
  () => {
    const system = { agents: 10, answerShare: 0.3, handleSeconds: 135, ringSeconds: 15 };
    const scenario = memorylessScenario(system, 8);
    const newPacer = optimalPacer(system, 0.03);
    const utilisation = (options: Omit<Parameters<typeof simulateWorld>[1], 'seed'>): number => {
      const shifts = [1, 2].map((seed) => simulateWorld(scenario, { seed, ...options }).time);
      const handled = shifts.reduce((sum, { talkMs, wrapUpMs }) => sum + talkMs + wrapUpMs, 0);
      return handled / shifts.reduce((sum, { signedInMs }) => sum + signedInMs, 0);
    };
    // Pacing study, section 3: 0.730 and 0.839; two shifts of ten agents are within two points.
    expect(Math.abs(utilisation({ dialMode: 'progressive' }) - 0.73)).toBeLessThan(0.02);
    expect(Math.abs(utilisation({ dialMode: 'predictive', newPacer }) - 0.839)).toBeLessThan(0.02);
  },
);

test('agents who vanish in the middle of a talk leave no call without an ending', () => {
  const leavers = { count: 6, toHour: 0.5, abrupt: true };
  const result = simulate(world({ agents: [{ count: 4 }, leavers] }), { pacer: 'lookahead', seed: 1 });
  const { noEnding, agentStuck, twoEndings, ledgerDiffers } = result.violations;
  expect({ noEnding, agentStuck, twoEndings, ledgerDiffers }).toEqual({
    noEnding: 0,
    agentStuck: 0,
    twoEndings: 0,
    ledgerDiffers: 0,
  });
  expect(result.agentHours).toBeCloseTo(7, 1);
});

test('a list that runs out ends the dialling, and each lead has no more attempts than it may', () => {
  const list = { leads: 40, attemptsMax: 2, retryAfterSeconds: { busy: 60, noAnswer: 120 } };
  const result = simulate(world({ list }), { pacer: 'progressive', seed: 1 });
  expect(result.leadsUsed).toBe(40);
  expect(result.callsPlaced).toBeGreaterThan(40);
  expect(result.callsPlaced).toBeLessThanOrEqual(80);
});

test('a trunk keeps its channels, and a dial that it fails uses up no lead', () => {
  const outage = { fromHour: 0, toHour: 0.25, failRate: 1, how: '503' };
  const trunks = [{ maxConcurrentCalls: 5, maxCallsPerSecond: 2, outages: [outage] }];
  const list = { leads: 30 };
  const result = simulate(world({ trunks, list }), { pacer: 'ratio:3', seed: 1 });
  expect(result.carrierFailures).toBeGreaterThan(0);
  expect(result.leadsUsed).toBe(30);
  expect(result.linesMax).toBeLessThanOrEqual(5);
  expect(result.violations['overTrunkLimit']).toBe(0);
});

test('people whom the detector took for machines are abandoned in truth, and the product does not know', () => {
  const amd = { mode: 'gate', delaySeconds: constant(1), falseMachineRate: 0.2 };
  const outcomes = [{ human: 0.3, machine: 0.3, busy: 0.1, invalid: 0, noAnswer: 0.3 }];
  const result = simulate(world({ amd, outcomes }), { pacer: 'progressive', seed: 1 });
  // A few lose patience while the detector listens.
  expect(result.ledgerAbandonRate).toBeLessThan(0.05);
  expect(result.abandonRate).toBeGreaterThan(0.15);
  expect(result.violations['ledgerDiffers']).toBe(0);
  expect(result.machineMinutesPerAgentHour).toBe(0);
});

test.each([
  ['nonsense', world(), 'There is no pacer "nonsense"; choose lookahead, progressive, ratio:R or optimal.'],
  ['ratio:0', world(), 'The pacer "ratio:0" needs a number of lines from 1 to 10, like ratio:2.'],
  ['optimal', world(), 'The pacer "optimal" knows only worlds without memory'],
  ['lookahead', world({ amd: { mode: 'assist', delaySeconds: constant(1) } }), 'is not simulated yet'],
])('what cannot be played is refused in one sentence: %s', (pacer, scenario, sentence) => {
  expect(() => simulate(scenario, { pacer: pacer, seed: 1 })).toThrow(sentence);
});
