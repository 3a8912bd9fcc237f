import type { Chances } from './chances.ts';
import type { LookAheadDecision, LookAheadInputs } from './look-ahead.ts';

/** The look-ahead by sums over every line and every agent: what the quick one is held against, in a test and in the bench. */
export function exactLookAhead(inputs: LookAheadInputs): LookAheadDecision {
  const { newDial, linesMax, theta, ringing } = inputs;
  const points = newDial.map((answerChance, index) => ({
    answerChance,
    weight: answerChance - (newDial[index - 1] ?? 0),
    answered: poissonBinomial(chancesOf(ringing, index)),
    freed: poissonBinomial(chancesOf(inputs.busy, index)),
  }));
  const spare = inputs.idleAgents - inputs.answersWaiting;
  const floor = Math.max(0, spare - ringing.count);
  const within = spare + Math.floor(inputs.headroom) - 1;
  let [lines, risk] = [0, 0];
  while (lines < linesMax) {
    let total = 0;
    risk = 0;
    for (const { weight, answered, freed } of points) {
      total += weight;
      risk += weight * chanceOfShortage(answered, freed, spare);
    }
    risk = total > 0 ? risk / total : 0;
    if (lines >= floor && risk > theta) break;
    const next = points.map(({ answered, answerChance }) => convolved(answered, answerChance));
    const breach = Math.max(
      ...points.map(({ freed }, index) =>
        chanceOfShortage(next[index] ?? new Float64Array(0), freed, within + 1),
      ),
    );
    if (lines >= floor && breach > 1e-4) break;
    lines += 1;
    for (const [index, point] of points.entries()) point.answered = next[index] ?? point.answered;
  }
  return { lines, risk };
}

export const chancesOf = ({ byMoment, count }: Chances, moment: number): Float64Array =>
  (byMoment[moment] ?? new Float64Array(0)).subarray(0, count);

/** Distribution of the number of successes of independent trials. */
export function poissonBinomial(chances: ArrayLike<number>): Float64Array {
  const masses = new Float64Array(chances.length + 1);
  masses[0] = 1;
  // In place, from the top down: as quick as it can be, for the bench compares with it.
  for (let trial = 0; trial < chances.length; trial += 1) {
    const chance = chances[trial] ?? 0;
    for (let k = trial; k >= 0; k -= 1) {
      const mass = masses[k] ?? 0;
      masses[k + 1] = (masses[k + 1] ?? 0) + mass * chance;
      masses[k] = mass * (1 - chance);
    }
  }
  return masses;
}

function convolved(masses: Float64Array, chance: number): Float64Array {
  const next = new Float64Array(masses.length + 1);
  for (let k = 0; k < masses.length; k += 1) {
    const mass = masses[k] ?? 0;
    next[k] = (next[k] ?? 0) + mass * (1 - chance);
    next[k + 1] = mass * chance;
  }
  return next;
}

/** P(answered ≥ spare + freed). */
export function chanceOfShortage(answered: Float64Array, freed: Float64Array, spare: number): number {
  // tail[k] = P(answered ≥ k).
  const tail = new Float64Array(answered.length + 1);
  for (let k = answered.length - 1; k >= 0; k -= 1) tail[k] = (tail[k + 1] ?? 0) + (answered[k] ?? 0);
  let chance = 0;
  for (let f = 0; f < freed.length; f += 1) {
    const reached = tail[Math.max(0, spare + f)] ?? 0;
    if (reached === 0) break;
    chance += (freed[f] ?? 0) * reached;
  }
  return chance;
}
