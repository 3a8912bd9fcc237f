import { scenarioOf } from './scenario.ts';
import type { Scenario } from './scenario.schema.ts';

/** Everybody is a human who answers after 1 s, waits 3 s for somebody and talks 10 s. */
export function scenarioFixture(changes: object = {}): Scenario {
  const constant = (mean: number) => ({ dist: 'constant', mean });
  return scenarioOf({
    agents: [{ count: 1 }],
    outcomes: [{ human: 1, machine: 0, busy: 0, invalid: 0, noAnswer: 0 }],
    answerDelaySeconds: { human: constant(1) },
    talkSeconds: [constant(10)],
    wrapSeconds: constant(1),
    humanPatienceSeconds: constant(3),
    ...changes,
  });
}
