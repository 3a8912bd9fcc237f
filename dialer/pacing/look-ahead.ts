/** Moments ahead at which a new dial may be answered, in ms: the grid of the pacing study, section 5.3. */
const GRID_MS = [2000, 4000, 6000, 8000, 10_000, 12_000, 15_000, 18_000, 21_000, 24_000, 26_000] as const;
/** An agent who frees this long after the answer still serves it in time. */
const GRACE_MS = 1500;

export interface LookAheadInputs {
  readonly idleAgents: number;
  /** Answered calls that nobody serves yet. */
  readonly answersWaiting: number;
  /** Lines that have not been answered: P(a person answers within x ms) for each. */
  readonly ringing: readonly ((withinMs: number) => number)[];
  /** Busy agents: P(free within x ms) for each. */
  readonly busy: readonly ((withinMs: number) => number)[];
  /** P(a dial placed now is answered by a person within x ms). */
  readonly newDial: (withinMs: number) => number;
  /** Dial while P(this dial would be abandoned | a person answers it) is at most this. */
  readonly theta: number;
  /** How many calls may still be abandoned before the limit is broken; those who wait already are counted in. */
  readonly headroom: number;
  readonly linesMax: number;
}

export interface LookAheadDecision {
  readonly lines: number;
  /** P(abandoned | answered) of the last line that was taken, or of the first one that was not. */
  readonly risk: number;
}

/**
 * The chance that is taken of going beyond the limit by arithmetic, for each decision. There are some 500 independent ones in a
 * shift, and the models err: with 1e-3 and no reserve half of the simulated shifts of 20 agents broke the limit at some moment.
 */
const BREACH_CHANCE_MAX = 1e-4;
/** Abandoned calls that the limit would still allow and that are not planned with. */
const HEADROOM_RESERVE = 1;

/**
 * How many lines more: dial one while P(no agent | answered) ≤ theta and the limit holds even if most lines are answered at once
 * (P(abandoned in flight > headroom - 1) ≤ 0.01 %), and always fill up to the idle agents (which cannot
 * abandon by itself). Exact Poisson-binomial arithmetic on a grid of answer moments, so that it holds from one agent upwards.
 */
export function lookAhead(inputs: LookAheadInputs): LookAheadDecision {
  const points = GRID_MS.map((tauMs, index) => ({
    weight: inputs.newDial(tauMs) - inputs.newDial(index === 0 ? 0 : (GRID_MS[index - 1] ?? 0)),
    freed: poissonBinomial(inputs.busy.map((freeWithin) => freeWithin(tauMs + GRACE_MS))),
    answered: poissonBinomial(inputs.ringing.map((answeredWithin) => answeredWithin(tauMs))),
    answerChance: inputs.newDial(tauMs),
  }));
  const spare = inputs.idleAgents - inputs.answersWaiting;
  const floor = Math.max(0, spare - inputs.ringing.length);
  const within = spare + Math.floor(inputs.headroom) - HEADROOM_RESERVE;
  let lines = 0;
  let risk = 0;
  while (lines < inputs.linesMax) {
    risk = abandonRisk(points, spare);
    if (lines >= floor && risk > inputs.theta) break;
    const next = points.map(({ answered, answerChance }) => addTrial(answered, answerChance));
    if (lines >= floor && breachChance(points, next, within) > BREACH_CHANCE_MAX) break;
    lines += 1;
    for (const [index, point] of points.entries()) point.answered = next[index] ?? point.answered;
  }
  return { lines, risk };
}

interface GridPoint {
  readonly weight: number;
  readonly freed: Float64Array;
  answered: Float64Array;
  readonly answerChance: number;
}

/** Σ w(τ) · P(G(τ) ≥ spare + F(τ)) ÷ Σ w(τ): the lines before ours took every agent who was free or became so. */
function abandonRisk(points: readonly GridPoint[], spare: number): number {
  let risk = 0;
  let total = 0;
  for (const { weight, freed, answered } of points) {
    if (weight <= 0) continue;
    total += weight;
    risk += weight * probabilityNoAgent(answered, freed, spare);
  }
  return total > 0 ? risk / total : 0;
}

/** The largest chance, over the moments ahead, that more people are left alone than `within` allows. */
function breachChance(
  points: readonly GridPoint[],
  answered: readonly Float64Array[],
  within: number,
): number {
  return Math.max(
    ...points.map(({ freed }, index) =>
      probabilityNoAgent(answered[index] ?? Float64Array.of(1), freed, within + 1),
    ),
  );
}

function probabilityNoAgent(answered: Float64Array, freed: Float64Array, spare: number): number {
  // tail[k] = P(answered ≥ k), walked from the right while `freed` is walked from the left.
  const tail = new Float64Array(answered.length + 1);
  for (let k = answered.length - 1; k >= 0; k -= 1) tail[k] = (tail[k + 1] ?? 0) + (answered[k] ?? 0);
  let probability = 0;
  for (let f = 0; f < freed.length; f += 1) {
    const needed = spare + f;
    const reached = needed <= 0 ? 1 : needed >= tail.length ? 0 : (tail[needed] ?? 0);
    if (reached === 0 && needed > 0) break;
    probability += (freed[f] ?? 0) * reached;
  }
  return probability;
}

/** Distribution of the number of successes of independent trials. */
export function poissonBinomial(chances: readonly number[]): Float64Array {
  const pmf = new Float64Array(chances.length + 1);
  pmf[0] = 1;
  // In place, from the top down: one array for all trials, for this is done for each moment ahead at every tick.
  for (let trial = 0; trial < chances.length; trial += 1) {
    const chance = chances[trial] ?? 0;
    for (let k = trial; k >= 0; k -= 1) {
      const mass = pmf[k] ?? 0;
      pmf[k + 1] = (pmf[k + 1] ?? 0) + mass * chance;
      pmf[k] = mass * (1 - chance);
    }
  }
  return pmf;
}

function addTrial(pmf: Float64Array, chance: number): Float64Array {
  const next = new Float64Array(pmf.length + 1);
  for (let k = 0; k < pmf.length; k += 1) {
    const mass = pmf[k] ?? 0;
    next[k] = (next[k] ?? 0) + mass * (1 - chance);
    next[k + 1] = mass * chance;
  }
  return next;
}
