import type { PhoneNumber } from '../../kernel/phone.ts';
import { RESERVED_RANGES } from '../reserved-numbers.ts';
import type { Scenario } from '../scenario.schema.ts';
import { behaviourOf, CARRIER_BEHAVIOURS, type CarrierBehaviourName } from './carrier-behaviour.ts';

/** Shares of calls by what the carrier does with them; together 1. */
export type BehaviourShares = Readonly<Partial<Record<CarrierBehaviourName, number>>>;

/** Of a hundred calls as many as the behaviour has endings: 30 answers, 15 busy, 30 no answer, and the rest. */
export const USUAL_SHARES: BehaviourShares = Object.fromEntries(
  CARRIER_BEHAVIOURS.map(({ name, endings: [first, last] }) => [name, (last - first + 1) / 100]),
);

/**
 * The shares of a scenario's first hour. A person picks up in any of the ways that carriers have; an answering machine hangs up
 * after a while; of the unanswered some have a recorded announcement.
 */
export function sharesOf(scenario: Scenario): BehaviourShares {
  const [outcomes] = scenario.outcomes;
  if (outcomes === undefined) return USUAL_SHARES;
  const { human, machine, busy, invalid, noAnswer } = outcomes;
  return {
    answered: human * 0.5,
    'answered-hangs-up': human * 0.2 + machine,
    'answered-after-early-media': human * 0.1,
    'answered-without-ringing': human * 0.1,
    'answered-slowly': human * 0.1,
    busy: busy * 0.8,
    'early-media-then-busy': busy * 0.2,
    'invalid-number': invalid,
    'no-answer': noAnswer * 0.8,
    'early-media-only': noAnswer * 0.2,
  };
}

/** So many calls of each behaviour; they add up to `calls` to within rounding, and every share above 0 gets at least one. */
export function callsOf(shares: BehaviourShares, calls: number): ReadonlyMap<CarrierBehaviourName, number> {
  return new Map(
    CARRIER_BEHAVIOURS.flatMap(({ name }) => {
      const share = shares[name] ?? 0;
      return share > 0 ? [[name, Math.max(1, Math.round(share * calls))]] : [];
    }),
  );
}

/**
 * Numbers that nobody has, each once, mixed, with which the carrier does what the shares say.
 * @throws when there are not enough of them where it is a time to call.
 */
export function loadNumbers(
  wanted: ReadonlyMap<CarrierBehaviourName, number>,
  mayCall: (number: string) => boolean,
): PhoneNumber[] {
  const left = new Map(wanted);
  const chosen: PhoneNumber[] = [];
  for (const number of callableNumbers(mayCall)) {
    const behaviour = behaviourOf(number);
    const open = left.get(behaviour) ?? 0;
    if (open === 0) continue;
    left.set(behaviour, open - 1);
    chosen.push(number);
  }
  const missing = [...left.values()].reduce((sum, count) => sum + count, 0);
  if (missing > 0)
    throw new Error(
      `At this hour ${missing} of the calls have no fictional number that may be called; ask for fewer.`,
    );
  return mixed(chosen);
}

function* callableNumbers(mayCall: (number: string) => boolean): Generator<PhoneNumber> {
  for (const { prefix, digits } of RESERVED_RANGES) {
    const numberAt = (n: number): PhoneNumber => `${prefix}${String(n).padStart(digits, '0')}` as PhoneNumber;
    // All numbers of a range are in the same place.
    if (!mayCall(numberAt(0))) continue;
    for (let n = 0; n < 10 ** digits; n += 1) yield numberAt(n);
  }
}

/** Neighbours far apart, the same way each time: a stride that has no divisor in common with the length. */
function mixed(numbers: readonly PhoneNumber[]): PhoneNumber[] {
  const { length } = numbers;
  let stride = Math.max(1, Math.round(length * 0.618));
  while (length > 1 && commonDivisor(stride, length) !== 1) stride += 1;
  return numbers.flatMap((_, i) => numbers.slice((i * stride) % length, ((i * stride) % length) + 1));
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
