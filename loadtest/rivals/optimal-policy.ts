/** A call centre without memory: everything is exponential, and whoever answers with nobody free is lost at once. */
export interface MemorylessSystem {
  readonly agents: number;
  /** P(a person answers), per dial. */
  readonly answerShare: number;
  /** Mean of talk and wrap-up together. */
  readonly handleSeconds: number;
  /** Mean time until a dial ends, one way or the other. */
  readonly ringSeconds: number;
}

/** Dial until so many lines ring: one number for each count of idle agents, 0 … agents. */
export type DialUpTo = readonly number[];

export interface OptimalPolicy {
  readonly dialUpTo: DialUpTo;
  /** People served per second, and people abandoned per second, in the long run. */
  readonly servedRate: number;
  readonly abandonedRate: number;
}

const ITERATIONS_MAX = 200_000;
/** Values are in people served; a gain that is known to within this is known to a thousandth of a point of utilisation. */
const PRECISION = 1e-6;

/**
 * The best policy when an abandoned call costs as much as `penalty` served ones bring: relative value iteration on the uniformised
 * Markov decision process with states (idle agents, ringing lines) and the decision "dial up to" after every event.
 */
export function optimalPolicy(system: MemorylessSystem, penalty: number): OptimalPolicy {
  const { agents, answerShare } = system;
  const ringingMax = Math.ceil(agents / answerShare / 2 + 3 * Math.sqrt(agents / answerShare) + 8);
  const width = ringingMax + 1;
  const busyEnds = 1 / system.handleSeconds;
  const lineEnds = 1 / system.ringSeconds;
  const clock = agents * busyEnds + ringingMax * lineEnds;
  let value = new Float64Array((agents + 1) * width);
  let next = new Float64Array(value.length);
  const staying = new Float64Array(value.length);
  for (let iteration = 0; iteration < ITERATIONS_MAX; iteration += 1) {
    let [least, most] = [Infinity, -Infinity];
    for (let idle = 0; idle <= agents; idle += 1) {
      let best = -Infinity;
      for (let ringing = ringingMax; ringing >= 0; ringing -= 1) {
        const at = idle * width + ringing;
        const free = (agents - idle) * busyEnds;
        const over = ringing * lineEnds;
        const fewer = value[at - 1] ?? 0;
        const answered = idle > 0 ? 1 + (value[at - width - 1] ?? 0) : fewer - penalty;
        const stay =
          (free * (value[at + width] ?? 0) +
            (ringing > 0 ? over * (answerShare * answered + (1 - answerShare) * fewer) : 0) +
            (clock - free - over) * (value[at] ?? 0)) /
          clock;
        staying[at] = stay;
        best = Math.max(best, stay);
        next[at] = best;
        const change = best - (value[at] ?? 0);
        least = Math.min(least, change);
        most = Math.max(most, change);
      }
    }
    [value, next] = [next, value];
    const base = value[0] ?? 0;
    for (let at = 0; at < value.length; at += 1) value[at] = (value[at] ?? 0) - base;
    if (most - least < PRECISION * Math.abs(most) + 1e-12) break;
  }
  const dialUpTo = Array.from({ length: agents + 1 }, (_, idle) => {
    let best = 0;
    for (let ringing = 1; ringing <= ringingMax; ringing += 1)
      if ((staying[idle * width + ringing] ?? 0) > (staying[idle * width + best] ?? 0) + 1e-12)
        best = ringing;
    return best;
  });
  return { dialUpTo, ...longRun(system, dialUpTo, ringingMax) };
}

/** Rates of a policy in the long run, by its stationary distribution. */
function longRun(
  { agents, answerShare, handleSeconds, ringSeconds }: MemorylessSystem,
  dialUpTo: DialUpTo,
  ringingMax: number,
): { servedRate: number; abandonedRate: number } {
  const width = ringingMax + 1;
  const clock = agents / handleSeconds + ringingMax / ringSeconds;
  let mass = new Float64Array((agents + 1) * width);
  const dialled = (idle: number, ringing: number): number =>
    idle * width + Math.max(ringing, dialUpTo[idle] ?? 0);
  mass[dialled(agents, 0)] = 1;
  let next = new Float64Array(mass.length);
  for (let iteration = 0; iteration < ITERATIONS_MAX; iteration += 1) {
    next.fill(0);
    for (let idle = 0; idle <= agents; idle += 1) {
      for (let ringing = 0; ringing <= ringingMax; ringing += 1) {
        const here = mass[idle * width + ringing] ?? 0;
        if (here < 1e-15) continue;
        const free = (agents - idle) / handleSeconds / clock;
        const over = ringing / ringSeconds / clock;
        const add = (at: number, share: number): void => {
          next[at] = (next[at] ?? 0) + here * share;
        };
        if (free > 0) add(dialled(idle + 1, ringing), free);
        if (ringing > 0) {
          add(dialled(idle > 0 ? idle - 1 : 0, ringing - 1), over * answerShare);
          add(dialled(idle, ringing - 1), over * (1 - answerShare));
        }
        add(idle * width + ringing, 1 - free - over);
      }
    }
    let moved = 0;
    for (let at = 0; at < mass.length; at += 1) moved += Math.abs((next[at] ?? 0) - (mass[at] ?? 0));
    [mass, next] = [next, mass];
    if (moved < 1e-9) break;
  }
  let [servedRate, abandonedRate] = [0, 0];
  for (let idle = 0; idle <= agents; idle += 1) {
    for (let ringing = 0; ringing <= ringingMax; ringing += 1) {
      const answers = ((mass[idle * width + ringing] ?? 0) * ringing * answerShare) / ringSeconds;
      if (idle > 0) servedRate += answers;
      else abandonedRate += answers;
    }
  }
  return { servedRate, abandonedRate };
}

export const utilisationOf = (system: MemorylessSystem, policy: OptimalPolicy): number =>
  (policy.servedRate * system.handleSeconds) / system.agents;
export const abandonmentRateOf = ({ servedRate, abandonedRate }: OptimalPolicy): number =>
  abandonedRate === 0 ? 0 : abandonedRate / (servedRate + abandonedRate);

/** The two best policies on either side of an abandonment limit: mixed, they keep it exactly. */
export function policiesAround(
  system: MemorylessSystem,
  rateMax: number,
): { readonly strict: OptimalPolicy; readonly loose: OptimalPolicy } {
  let [low, high] = [0, 2000];
  let loose = optimalPolicy(system, low);
  let strict = optimalPolicy(system, high);
  for (let step = 0; step < 14; step += 1) {
    const penalty = low === 0 ? high / 8 : Math.sqrt(low * high);
    const policy = optimalPolicy(system, penalty);
    if (abandonmentRateOf(policy) > rateMax) [low, loose] = [penalty, policy];
    else [high, strict] = [penalty, policy];
    if (low > 0 && high / low < 1.02) break;
  }
  return { strict, loose };
}
