import { seededRandom } from '../kernel/random.ts';
import { normalQuantile, quantile, type Dist } from './distribution.ts';
import type { Scenario } from './scenario.schema.ts';

/**
 * The uniforms of one person, one per question. They depend on seed, campaign, lead and attempt alone, so two pacers meet
 * the same people (common random numbers). New questions go to the end: the earlier draws stay what they are.
 */
export interface PersonUniforms {
  readonly outcome: number;
  readonly answerDelay: number;
  readonly greeting: number;
  readonly patience: number;
  readonly talk: number;
  readonly wrapUp: number;
  readonly verdict: number;
  readonly verdictDelay: number;
  /** How the network signals the call: 180, 183 or nothing before the answer. */
  readonly signalling: number;
  /** Dial → first 18x. */
  readonly postDialDelay: number;
}

/** 32 bits out of a text (FNV-1a, then mixed: neighbouring keys give unrelated seeds). */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Who is behind a lead. */
export interface PersonKey {
  readonly seed: number;
  readonly campaign: string;
  /** The k-th lead of the campaign, or whatever else names it. */
  readonly lead: number | string;
  /** 1 for the first call. */
  readonly attempt: number;
}

export function personUniforms(key: PersonKey): PersonUniforms {
  const attempt = key.attempt === 1 ? '' : `#${key.attempt}`;
  const random = seededRandom(hash32(`${key.seed}|${key.campaign}|${key.lead}${attempt}`));
  return {
    outcome: random.next(),
    answerDelay: random.next(),
    greeting: random.next(),
    patience: random.next(),
    talk: random.next(),
    wrapUp: random.next(),
    verdict: random.next(),
    verdictDelay: random.next(),
    signalling: random.next(),
    postDialDelay: random.next(),
  };
}

/** How a dialled number behaves. Times in milliseconds. */
export type Person =
  | {
      readonly outcome: 'human';
      /** Dial → answer. */
      readonly answerDelayMs: number;
      /** The "hello". */
      readonly greetingMs: number;
      /** From the end of the greeting until they hang up with nobody there. */
      readonly patienceMs: number;
      readonly talkMs: number;
    }
  | {
      readonly outcome: 'machine';
      readonly answerDelayMs: number;
      /** What it takes of an agent. */
      readonly machineMs: number;
    }
  | {
      readonly outcome: 'busy' | 'invalid';
      /** Dial → refusal. */
      readonly answerDelayMs: number;
    }
  | { readonly outcome: 'noAnswer' };

/** The parts of a scenario that decide about people. */
export type PeopleOf = Pick<
  Scenario,
  | 'outcomes'
  | 'answerDelaySeconds'
  | 'ringTimeoutSeconds'
  | 'talkSeconds'
  | 'greetingSeconds'
  | 'humanPatienceSeconds'
  | 'amd'
>;

/** The entry that holds at `hour`: the last one that has begun, or the first. */
export function inForce<Entry extends { readonly fromHour: number }>(
  entries: readonly Entry[],
  hour: number,
): Entry | undefined {
  let held = entries[0];
  for (const entry of entries)
    if (entry.fromHour <= hour && entry.fromHour >= (held?.fromHour ?? 0)) held = entry;
  return held;
}

type Outcomes = Scenario['outcomes'][number];

/** Factor on the human share: a smooth lognormal wander with mean 1 that changes within `minutes`. */
export function driftAt(
  seed: number,
  drift: { readonly cv: number; readonly minutes: number },
  hour: number,
): number {
  const position = (hour * 60) / drift.minutes;
  const knot = Math.floor(position);
  const weight = position - knot;
  const normal = (k: number): number =>
    normalQuantile(seededRandom(hash32(`${seed}|drift|${k}`)).next() || 0.5);
  const mixed = normal(knot) * (1 - weight) + normal(knot + 1) * weight;
  const z = mixed / Math.hypot(1 - weight, weight);
  const sigma = Math.sqrt(Math.log1p(drift.cv ** 2));
  return Math.exp(sigma * z - (sigma * sigma) / 2);
}

function outcomeOf(
  shares: Outcomes,
  key: PersonKey,
  draw: { readonly u: number; readonly hour: number },
): Person['outcome'] {
  const factor = shares.drift === undefined ? 1 : driftAt(key.seed, shares.drift, draw.hour);
  const human = Math.min(1, shares.human * factor);
  const rest = shares.human < 1 ? (1 - human) / (1 - shares.human) : 0;
  let below = human;
  if (draw.u < below) return 'human';
  for (const outcome of ['machine', 'busy', 'invalid'] as const) {
    below += shares[outcome] * rest;
    if (draw.u < below) return outcome;
  }
  return shares.noAnswer > 0 || shares.human < 1 ? 'noAnswer' : 'human';
}

const ms = (dist: Dist, u: number): number => Math.max(0, quantile(dist, u) * 1000);

/** The person of `key`, dialled at `hour` of the shift, through the distributions that are in force then. */
export function meetPerson(people: PeopleOf, key: PersonKey, hour: number): Person {
  const uniforms = personUniforms(key);
  const shares = inForce(people.outcomes, hour);
  if (shares === undefined) return { outcome: 'noAnswer' };
  const outcome = outcomeOf(shares, key, { u: uniforms.outcome, hour });
  if (outcome === 'noAnswer') return { outcome };
  const answerDelayMs = ms(people.answerDelaySeconds[outcome], uniforms.answerDelay);
  if (answerDelayMs > people.ringTimeoutSeconds * 1000) return { outcome: 'noAnswer' };
  if (outcome === 'busy' || outcome === 'invalid') return { outcome, answerDelayMs };
  if (outcome === 'machine') {
    const machineMs = people.amd.mode === 'assist' ? 0 : ms(people.amd.machineSeconds, uniforms.talk);
    return { outcome, answerDelayMs, machineMs };
  }
  const talk = inForce(people.talkSeconds, hour);
  return {
    outcome,
    answerDelayMs,
    greetingMs: ms(people.greetingSeconds, uniforms.greeting),
    patienceMs: ms(people.humanPatienceSeconds, uniforms.patience),
    talkMs: talk === undefined ? 0 : ms(talk, uniforms.talk),
  };
}
