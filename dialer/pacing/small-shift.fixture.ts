import { seededRandom, type Random } from '../../kernel/random.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { Pacer, type DialMode } from './pacer.ts';

const STEP_MS = 250;
const LEGAL_MS = 2000;
const LIMITS = { rateMax: 0.03, rateTarget: 0.03 * 0.95 };

export interface Shift {
  readonly mode: DialMode;
  readonly agents: number;
  readonly hours: number;
  readonly seed: number;
}

export interface ShiftFigures {
  /** Talk and wrap-up ÷ signed-in time. */
  readonly utilisation: number;
  readonly answered: number;
  readonly abandoned: number;
  /** Largest excess of the abandoned over limit × answers, at any moment. */
  readonly excessMax: number;
}

interface Line {
  readonly dialledAt: number;
  readonly endsAt: number;
  readonly isHuman: boolean;
}
interface Agent {
  state: 'idle' | 'talking' | 'wrapping';
  since: number;
  until: number;
}

const exponential = (random: Random, mean: number): number => -mean * Math.log(1 - random.next());
/** Sum of exponentials: a gamma distribution of whole shape. */
const gamma = (random: Random, mean: number, shape: number): number => {
  let sum = 0;
  for (let part = 0; part < shape; part += 1) sum += exponential(random, mean / shape);
  return sum;
};

/**
 * A call centre of a few lines: 30 % of the dials reach a person after 2 s and a gamma of 9 s, a tenth fails at once, the others ring
 * for 25 s; talks of two minutes and wrap-ups of 15 s in the mean. The pacer sees what it sees in production.
 */
export function workShift({ mode, agents: count, hours, seed }: Shift): ShiftFigures {
  const random = seededRandom(seed);
  const pacer = new Pacer();
  const agents = Array.from({ length: count }, (): Agent => ({ state: 'idle', since: 0, until: 0 }));
  let lines: Line[] = [];
  let waiting: number[] = [];
  let [answered, abandoned, busyMs, excessMax] = [0, 0, 0, 0];
  const counts = () => ({ humanAnswers: answered, abandoned });
  const judged = (isAbandoned: boolean): void => {
    answered += 1;
    abandoned += isAbandoned ? 1 : 0;
    pacer.controller.learn(counts(), LIMITS);
    excessMax = Math.max(excessMax, abandoned - LIMITS.rateMax * answered);
  };
  const end = hours * 3_600_000;
  for (let now = 0; now < end; now += STEP_MS) {
    for (const agent of agents) {
      if (agent.state === 'idle' || agent.until > now) continue;
      if (agent.state === 'talking') {
        pacer.talks.learn(agent.since as EpochMs, now as EpochMs);
        Object.assign(agent, { state: 'wrapping', since: now, until: now + gamma(random, 15_000, 4) });
      } else {
        pacer.wraps.learn(agent.since as EpochMs, now as EpochMs);
        Object.assign(agent, { state: 'idle', since: now });
      }
    }
    for (const line of lines.filter(({ endsAt }) => endsAt <= now)) {
      pacer.rings.learn(line.dialledAt as EpochMs, line.endsAt as EpochMs, line.isHuman ? 'human' : 'other');
      if (line.isHuman) waiting.push(now);
    }
    lines = lines.filter(({ endsAt }) => endsAt > now);
    waiting = waiting.filter((since) => {
      const agent = agents.find(({ state }) => state === 'idle');
      if (agent)
        Object.assign(agent, { state: 'talking', since: now, until: now + gamma(random, 120_000, 1) });
      else if (now - since < LEGAL_MS) return true;
      judged(!agent);
      return false;
    });
    const since = (state: Agent['state']) =>
      agents.filter((agent) => agent.state === state).map((agent) => agent.since as EpochMs);
    pacer.rings.observe(
      lines.map(({ dialledAt }) => dialledAt as EpochMs),
      now as EpochMs,
    );
    pacer.talks.observe(since('talking'), now as EpochMs);
    pacer.wraps.observe(since('wrapping'), now as EpochMs);
    busyMs += agents.filter(({ state }) => state !== 'idle').length * STEP_MS;
    const { lines: more } = pacer.decide({
      now: now as EpochMs,
      mode,
      linesPerAgent: 1,
      limits: LIMITS,
      legalMs: LEGAL_MS,
      today: counts(),
      period: counts(),
      idleAgents: agents.filter(({ state }) => state === 'idle').length,
      answersWaiting: waiting.length,
      talkingSince: agents.filter(({ state }) => state === 'talking').map(({ since }) => since as EpochMs),
      wrappingUp: agents
        .filter(({ state }) => state === 'wrapping')
        .map(({ since, until }) => ({ since: since as EpochMs, until: until as EpochMs })),
      dialledAt: lines.map(({ dialledAt }) => dialledAt as EpochMs),
      linesMax: 100,
    });
    for (let line = 0; line < more; line += 1) lines.push(newLine(now, random));
  }
  return { utilisation: busyMs / (count * end), answered, abandoned, excessMax };
}

function newLine(now: number, random: Random): Line {
  const luck = random.next();
  const isHuman = luck < 0.3;
  const ringMs = isHuman ? 2000 + gamma(random, 9000, 3) : luck < 0.4 ? 500 : 25_000;
  return { dialledAt: now, endsAt: now + Math.min(ringMs, 25_000), isHuman: isHuman && ringMs < 25_000 };
}
