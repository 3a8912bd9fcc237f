import { unreachable } from '../kernel/assert.ts';
import type { NumberId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import { after, hours, type DurationMs, type EpochMs } from '../kernel/time.ts';
import type { Ending } from './ending.ts';
import { intoAnotherPart } from './part-of-day.ts';
import { FINAL_FOR_NUMBER, type RetryEnding, type RetryRules } from './retry-rule.ts';

export interface LeadNumber {
  readonly numberId: NumberId;
  readonly phone: PhoneNumber;
  /** Every zone the number may be in; see `zoneKey`. */
  readonly zoneKey: string;
}

/** What recycling needs to know of a lead when its call has ended. */
export interface LeadContext {
  /** Attempts of this campaign on this lead that count, this call not included. */
  readonly attempts: number;
  readonly attemptsMax: number;
  /** How the call before this one ended; null or absent when there was none. */
  readonly previousEnding?: Ending | null;
  /** How many calls of this campaign to this lead ended so, this call not included. */
  readonly endingCounts?: Partial<Readonly<Record<Ending, number>>>;
  /** Attempts of this campaign on each number that count, this call not included. */
  readonly numberAttempts?: Readonly<Record<string, number>>;
  /** Null or absent: no limit of its own. */
  readonly attemptsPerNumberMax?: number | null;
  /** All numbers of the lead in their order. */
  readonly numbers: readonly LeadNumber[];
}

export interface EndedAttempt {
  readonly ending: Ending;
  readonly endedAt: EpochMs;
  readonly numberId: NumberId;
  /** An INVITE was sent. */
  readonly isDialled: boolean;
}

/** What the lead does after the call. */
export interface LeadNext {
  readonly state: 'waiting' | 'awaiting-disposition' | 'finished';
  readonly dueAt: EpochMs;
  /** An ending, or 'attempts-used-up', `tries-used-up:<ending>`, 'do-not-call'; null while the lead goes on. */
  readonly finishedWhy: string | null;
  /** The number that is dialled next; null = as before. */
  readonly number: LeadNumber | null;
}

export interface Recycled {
  /** An INVITE was sent and the end is not a carrier failure. */
  readonly isAttempt: boolean;
  readonly next: LeadNext;
}

/** Call again at …, or finished, by the rules that hold when the call ends. Pure; the ending's own statement writes what it says. */
export function recycle(call: EndedAttempt, lead: LeadContext, rules: RetryRules): Recycled {
  const isAttempt = call.isDialled && call.ending !== 'carrier-failure';
  return { isAttempt, next: nextOf({ call, lead, rules, isAttempt }) };
}

interface Situation {
  readonly call: EndedAttempt;
  readonly lead: LeadContext;
  readonly rules: RetryRules;
  readonly isAttempt: boolean;
}

function nextOf(situation: Situation): LeadNext {
  const { ending, endedAt } = situation.call;
  switch (ending) {
    case 'connected':
    case 'agent-lost':
      // A person was spoken with: the agent's word decides, and until it is given nobody calls him.
      return { state: 'awaiting-disposition', dueAt: endedAt, finishedWhy: null, number: null };
    case 'revoked':
      return finished(endedAt, 'do-not-call');
    case 'human-abandoned':
    case 'hung-up-waiting':
    case 'message-left':
    case 'machine':
    case 'fax':
    case 'sit':
    case 'screening':
    case 'no-answer':
    case 'busy':
    case 'rejected':
    case 'invalid-number':
    case 'carrier-failure':
    case 'lost':
      return triedAgain(situation, ending);
    default:
      return unreachable(ending);
  }
}

function triedAgain(situation: Situation, ending: RetryEnding): LeadNext {
  const { call, lead, rules, isAttempt } = situation;
  const { endedAt } = call;
  if (lead.attempts + (isAttempt ? 1 : 0) >= lead.attemptsMax) return finished(endedAt, 'attempts-used-up');
  const { triesMax } = rules[ending];
  const tries = (lead.endingCounts?.[ending] ?? 0) + 1;
  if (triesMax !== null && tries >= triesMax) return finished(endedAt, `tries-used-up:${ending}`);
  const following = followingNumber(situation);
  if (following === 'none') {
    return finished(endedAt, FINAL_FOR_NUMBER.has(ending) ? ending : 'attempts-used-up');
  }
  const number = following === 'same' ? null : following;
  return { state: 'waiting', dueAt: dueAfter(situation, ending, number), finishedWhy: null, number };
}

/** A destination that the carrier refuses again and again is not tried every few minutes. */
const CARRIER_FAILED_AGAIN: DurationMs = hours(1);

function dueAfter({ call, lead, rules }: Situation, ending: RetryEnding, next: LeadNumber | null): EpochMs {
  const number = next ?? lead.numbers.find(({ numberId }) => numberId === call.numberId);
  const rest = {
    ending,
    endedAt: call.endedAt,
    isAgain: lead.previousEnding === ending,
    zoneKey: number?.zoneKey ?? null,
  };
  return restUntil(rest, rules);
}

/** A lead that is called again after its call ended so. */
export interface Rest {
  readonly ending: RetryEnding;
  readonly endedAt: EpochMs;
  /** The call before had ended in the same way. */
  readonly isAgain: boolean;
  /** Of the number that is called next; null: not known. */
  readonly zoneKey: string | null;
}

/** When the rest of a lead is over by the rules. */
export function restUntil({ ending, endedAt, isAgain, zoneKey }: Rest, rules: RetryRules): EpochMs {
  const { afterMs, isSpread } = rules[ending];
  const isRefused = ending === 'carrier-failure' && isAgain;
  const rest = isRefused ? (Math.max(afterMs, CARRIER_FAILED_AGAIN) as DurationMs) : afterMs;
  const dueAt = after(endedAt, rest);
  return isSpread && zoneKey !== null ? intoAnotherPart(zoneKey, endedAt, dueAt) : dueAt;
}

const finished = (at: EpochMs, why: string): LeadNext => ({
  state: 'finished',
  dueAt: at,
  finishedWhy: why,
  number: null,
});

/**
 * The next number in the lead's order that has attempts left; after the last the first again. A number that is no use is never
 * gone back to by this round, so a lead whose last number failed so is finished.
 */
function followingNumber({ call, lead, isAttempt }: Situation): LeadNumber | 'same' | 'none' {
  // The trunk failed, not the number: the same one again.
  if (call.ending === 'carrier-failure') return 'same';
  const index = lead.numbers.findIndex(({ numberId }) => numberId === call.numberId);
  const isUsedUp = ({ numberId }: Pick<LeadNumber, 'numberId'>): boolean => {
    const before = lead.numberAttempts?.[numberId] ?? 0;
    const attempts = before + (isAttempt && numberId === call.numberId ? 1 : 0);
    return attempts >= (lead.attemptsPerNumberMax ?? Infinity);
  };
  const following = lead.numbers.slice(index + 1).find((number) => !isUsedUp(number));
  if (following) return following;
  if (FINAL_FOR_NUMBER.has(call.ending)) return 'none';
  const first = lead.numbers.slice(0, Math.max(0, index)).find((number) => !isUsedUp(number));
  if (first) return first;
  return isUsedUp(call) ? 'none' : 'same';
}
