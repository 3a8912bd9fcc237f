import { expect, test } from 'vitest';
import { abandonmentRateOf, policiesAround, utilisationOf } from './optimal-policy.ts';

test.each([
  [3, 0.776],
  [5, 0.798],
  [10, 0.839],
  [20, 0.884],
])('the best that %i agents can be busy under a limit of three in a hundred is %f', (agents, known) => {
  const system = { agents, answerShare: 0.3, handleSeconds: 135, ringSeconds: 15 };
  const { strict, loose } = policiesAround(system, 0.03);
  const [low, high] = [abandonmentRateOf(strict), abandonmentRateOf(loose)];
  expect(low).toBeLessThanOrEqual(0.03);
  expect(high).toBeGreaterThan(0.03);
  // Between the two policies rates go by the straight line: they are mixed in time.
  const share = (0.03 - low) / (high - low);
  const mixed = utilisationOf(system, strict) * (1 - share) + utilisationOf(system, loose) * share;
  // Pacing study, section 3, to its three digits.
  expect(Math.abs(mixed - known)).toBeLessThan(0.001);
});

test('when an abandoned call costs more than all the others bring, nobody is dialled for whom no agent waits', () => {
  const system = { agents: 4, answerShare: 0.3, handleSeconds: 135, ringSeconds: 15 };
  const { strict } = policiesAround(system, 0);
  expect(strict.dialUpTo).toEqual([0, 1, 2, 3, 4]);
});
