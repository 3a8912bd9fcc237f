import { readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readScenario, scenarioOf } from './scenario.ts';

const constant = (mean: number) => ({ dist: 'constant', mean });
const good = {
  agents: [{ count: 5 }],
  outcomes: [{ human: 0.3, machine: 0.2, busy: 0.1, invalid: 0.1, noAnswer: 0.3 }],
  talkSeconds: [{ dist: 'gamma', mean: 40, cv: 0.5 }],
  wrapSeconds: constant(5),
};

describe('a scenario', () => {
  test('is filled up with the defaults of the contract', () => {
    expect(scenarioOf(good)).toMatchObject({
      hours: 8,
      days: 1,
      startsAt: '2026-03-02T09:00:00-05:00',
      ringTimeoutSeconds: 25,
      answerDelaySeconds: {
        human: { dist: 'gamma', mean: 9, cv: 0.55, offset: 2 },
        machine: { dist: 'gamma', mean: 20, cv: 0.2 },
        busy: { dist: 'constant', mean: 2 },
        invalid: { dist: 'constant', mean: 1 },
      },
      greetingSeconds: { dist: 'constant', mean: 0 },
      humanPatienceSeconds: { dist: 'lognormal', mean: 1.5, cv: 0.6 },
      legalSeconds: 2,
      amd: { mode: 'off', machineSeconds: { dist: 'constant', mean: 8 } },
      connectSeconds: { dist: 'constant', mean: 0.06 },
      abandonRateMax: 0.03,
      windows: ['day', '30d'],
      trunks: [],
      faults: [],
    });
  });

  test('may be as full as the contract allows', () => {
    const full = {
      ...good,
      name: 'full',
      hours: 4,
      days: 2,
      startsAt: '2026-03-02T09:00:00Z',
      agents: [
        {
          count: 5,
          fromHour: 1,
          toHour: 3,
          abrupt: true,
          shiftEndAnnouncedSeconds: 300,
          talkFactor: 1.2,
          pauses: { perHour: 2, seconds: constant(60), announcedShare: 0.5 },
        },
      ],
      outcomes: [
        { human: 0.3, machine: 0.2, busy: 0.1, invalid: 0.1, noAnswer: 0.3, drift: { cv: 0.2, minutes: 30 } },
        { fromHour: 2, human: 0.1, machine: 0.4, busy: 0.1, invalid: 0.1, noAnswer: 0.3 },
      ],
      talkSeconds: [
        { ...constant(40) },
        {
          fromHour: 2,
          dist: 'mixture',
          of: [
            { share: 0.5, ...constant(10) },
            { share: 0.5, dist: 'mixture', of: [{ share: 1, ...constant(3) }] },
          ],
        },
      ],
      amd: {
        mode: 'gate',
        delaySeconds: constant(1),
        falseMachineRate: 0.02,
        missedMachineRate: 0.1,
        auditShare: 0.05,
      },
      list: {
        leads: 1000,
        attemptsMax: 3,
        retryAfterSeconds: { busy: 600 },
        zones: [{ zone: 'America/Chicago', share: 1 }],
      },
      campaigns: [{ name: 'a', weight: 2, priority: 1, abandonRateMax: 0.02 }],
      trunks: [
        {
          maxConcurrentCalls: 10,
          maxCallsPerSecond: 5,
          outages: [{ fromHour: 1, toHour: 2, failRate: 0.5, how: 'silence' }],
        },
      ],
      abandonRateMax: 0.01,
      windows: ['24h', 'rolling-30d', 'month'],
      inbound: {
        queues: [
          {
            name: 'q',
            callsPerHour: [{ rate: 30 }],
            talkSeconds: constant(60),
            patienceSeconds: constant(90),
            targetSeconds: 20,
            targetShare: 0.8,
          },
        ],
      },
      faults: [{ kind: 'event-late', fromHour: 1, toHour: 2, rate: 0.1, seconds: 3 }],
    };
    expect(() => scenarioOf(full)).not.toThrow();
  });

  test('may leave outcomes and talk times to its campaigns, if each has its own', () => {
    const { outcomes, talkSeconds, ...rest } = good;
    const scenario = { ...rest, campaigns: [{ name: 'a', outcomes, talkSeconds }] };
    expect(scenarioOf(scenario).outcomes).toMatchObject(outcomes);
    const second = { ...rest, campaigns: [...scenario.campaigns, { name: 'b', outcomes }] };
    expect(() => scenarioOf(second)).toThrow('talkSeconds is missing');
  });

  const outcome = good.outcomes[0]!;
  test.each([
    [{ ...good, colour: 'red' }, 'the scenario has the unknown key "colour"'],
    [{ ...good, agents: [{ count: 1, size: 3, age: 4 }] }, 'agents[0] has the unknown keys "size", "age"'],
    [
      { ...good, talkSeconds: [{ dist: 'gamma', mean: 4, cv: 1, mode: 2 }] },
      'talkSeconds[0] has the unknown key "mode"',
    ],
    [{ ...good, wrapSeconds: constant(-1) }, 'wrapSeconds.mean must not be negative'],
    [{ ...good, legalSeconds: -2 }, 'legalSeconds must not be negative'],
    [{ ...good, outcomes: [{ ...outcome, human: 0.4 }] }, 'outcomes[0]: the shares add up to 1.1, not to 1'],
    [
      { ...good, outcomes: [{ ...outcome, human: 0.300_002 }] },
      'outcomes[0]: the shares add up to 1.000002, not to 1',
    ],
    [
      { ...good, wrapSeconds: { dist: 'mixture', of: [{ share: 0.5, ...constant(1) }] } },
      'wrapSeconds.of: the shares add up to 0.5, not to 1',
    ],
    [{ ...good, agents: [] }, 'agents: there are no agents; give at least one'],
    [{ ...good, agents: [{ count: 0 }] }, 'agents: there are no agents; give at least one'],
    [{ ...good, agents: undefined }, 'agents is missing'],
    [{ ...good, talkSeconds: undefined }, 'talkSeconds is missing, and not every campaign has its own'],
    [{ ...good, ringTimeoutSeconds: 14 }, 'ringTimeoutSeconds must be at least 15'],
    [
      { ...good, wrapSeconds: { dist: 'normal', mean: 1 } },
      'wrapSeconds.dist: dist must be constant, exponential, lognormal, gamma, uniform or mixture',
    ],
    [
      { ...good, wrapSeconds: { dist: 'uniform', mean: 1, cv: 0.6 } },
      'wrapSeconds.cv: a uniform distribution with a cv above 0.577 would draw negative times',
    ],
    [
      { ...good, startsAt: 'tomorrow' },
      'startsAt must be a moment with its offset, like 2026-03-02T09:00:00-05:00',
    ],
    [
      { ...good, faults: [{ kind: 'fire', fromHour: 0 }] },
      'faults[0].kind is not one of the kinds of the contract',
    ],
  ])('is refused with one clear line: %#', (scenario, sentence) => {
    let message = '';
    try {
      scenarioOf(JSON.parse(JSON.stringify(scenario)));
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toBe(`Scenario: ${sentence}.`);
  });

  test('accepts shares that miss 1 by no more than rounding', () => {
    expect(() => scenarioOf({ ...good, outcomes: [{ ...outcome, human: 0.300_000_9 }] })).not.toThrow();
  });
});

describe('a scenario file', () => {
  test('that comes with the product can be read', () => {
    const folder = path.join(import.meta.dirname, 'scenarios');
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
    expect(files).toContain('demo.json');
    expect(files).toContain('kill.json');
    for (const file of files) expect(() => readScenario(path.join(folder, file))).not.toThrow();
  });

  test('that is missing or no JSON is refused with one line', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'scenario-'));
    const file = path.join(folder, 'broken.json');
    writeFileSync(file, '{"agents": [');
    expect(() => readScenario(path.join(folder, 'absent.json'))).toThrow(
      /absent\.json cannot be read \(ENOENT\)\.$/u,
    );
    expect(() => readScenario(file)).toThrow(/broken\.json is not JSON: /u);
    await rm(folder, { recursive: true });
  });
});
