import { scenarioOf } from '../scenario.ts';
import type { Dist } from '../distribution.ts';
import type { Scenario } from '../scenario.schema.ts';
import type { MemorylessSystem } from './optimal-policy.ts';

const exponential = (mean: number) => ({ dist: 'exponential', mean, cv: 1, offset: 0 }) as const;

/** The world of a memoryless system: all times exponential, who answers with nobody free is gone at once. */
export function memorylessScenario(system: MemorylessSystem, hours: number): Scenario {
  const { agents, answerShare, handleSeconds, ringSeconds } = system;
  return scenarioOf({
    name: 'memoryless',
    hours,
    agents: [{ count: agents }],
    outcomes: [{ human: answerShare, machine: 0, busy: 1 - answerShare, invalid: 0, noAnswer: 0 }],
    answerDelaySeconds: { human: exponential(ringSeconds), busy: exponential(ringSeconds) },
    ringTimeoutSeconds: ringSeconds * 40,
    talkSeconds: [exponential(handleSeconds)],
    wrapSeconds: { dist: 'constant', mean: 0 },
    humanPatienceSeconds: { dist: 'constant', mean: 0 },
    legalSeconds: 0,
    connectSeconds: { dist: 'constant', mean: 0 },
  });
}

/** The system behind a scenario, when it has no memory; else what is in the way, in a sentence. */
export function memorylessSystemOf(scenario: Scenario): MemorylessSystem | string {
  const { agents, outcomes, talkSeconds, answerDelaySeconds, wrapSeconds } = scenario;
  const [shares] = outcomes;
  const [talk] = talkSeconds;
  const isExponential = (dist: Dist | undefined): boolean =>
    dist?.dist === 'exponential' && dist.offset === 0;
  const mean = (dist: Dist): number => (dist.dist === 'mixture' ? Number.NaN : dist.mean);
  if (!shares || !talk || outcomes.length > 1 || talkSeconds.length > 1 || agents.length > 1)
    return 'it must have one group of agents, one set of outcomes and one distribution of talk times';
  if (
    !isExponential(talk) ||
    !isExponential(answerDelaySeconds.human) ||
    !isExponential(answerDelaySeconds.busy)
  )
    return 'talk times and answer delays of people and of busy lines must be exponential';
  if (shares.machine + shares.invalid + shares.noAnswer > 0) return 'dials must end with a person or busy';
  if (mean(answerDelaySeconds.human) !== mean(answerDelaySeconds.busy))
    return 'people and busy lines must have the same mean delay';
  if (mean(wrapSeconds) !== 0) return 'wrap-up must be constant 0 (it belongs to the talk time)';
  return {
    agents: agents[0]?.count ?? 0,
    answerShare: shares.human,
    handleSeconds: mean(talk),
    ringSeconds: mean(answerDelaySeconds.human),
  };
}
