import { unreachable } from '../kernel/assert.ts';
import { after, type DurationMs, type EpochMs } from '../kernel/time.ts';
import { intoAnotherPart } from './part-of-day.ts';

/** What the lead does after an agent's word for the conversation. */
export const DISPOSITION_OUTCOMES = ['finished', 'retry', 'callback', 'do-not-call'] as const;
export type DispositionOutcome = (typeof DISPOSITION_OUTCOMES)[number];

/** An agent's word for what came out of a conversation. */
export interface Disposition {
  /** Small letters, digits and hyphens; never changes. */
  readonly code: string;
  readonly label: string;
  readonly outcome: DispositionOutcome;
  /** Rest before the next call, for the outcome retry. */
  readonly retryAfterMs: number;
  /** For the outcome retry: after so many of these words the lead is finished; null = as long as it has attempts. */
  readonly triesMax: number | null;
  /** The next try falls into another part of the called party's day. */
  readonly isSpread: boolean;
  /** A person was on the line, not a machine. */
  readonly isPerson: boolean;
  readonly isSale: boolean;
  /** The person asked for was on the line. */
  readonly isRightParty: boolean;
  /** One digit or small letter; null = none. */
  readonly hotKey: string | null;
  readonly position: number;
  /** A retired word is offered no more; reports go on naming it. */
  readonly isActive: boolean;
}

/** The campaign calls the lead no more; kept in the table as is_final. */
export const isFinal = ({ outcome }: Pick<Disposition, 'outcome'>): boolean =>
  outcome === 'finished' || outcome === 'do-not-call';

export interface DispositionFacts {
  readonly disposition: Pick<Disposition, 'code' | 'outcome' | 'retryAfterMs' | 'triesMax' | 'isSpread'>;
  readonly at: EpochMs;
  /** The appointment, for the outcome callback. */
  readonly callbackAt: EpochMs | null;
  /** Attempts of the campaign that count, this call's included. */
  readonly attempts: number;
  readonly attemptsMax: number;
  /** How often the campaign's calls to this lead were given this word, this call included. */
  readonly tries: number;
  /** Zones of the number, for the rule that the next call falls into another part of the day. */
  readonly zoneKey: string;
}

/** The lead stays on the number on which the person was reached. */
export interface DisposedLead {
  readonly state: 'waiting' | 'callback' | 'finished';
  readonly dueAt: EpochMs;
  /** `disposition:<code>`, 'do-not-call', 'attempts-used-up' or `tries-used-up:disposition:<code>`; null while the lead goes on. */
  readonly finishedWhy: string | null;
}

export function afterDisposition(facts: DispositionFacts): DisposedLead {
  const { disposition, at, callbackAt } = facts;
  const rested = after(at, disposition.retryAfterMs as DurationMs);
  switch (disposition.outcome) {
    case 'finished':
      return { state: 'finished', dueAt: at, finishedWhy: `disposition:${disposition.code}` };
    case 'do-not-call':
      return { state: 'finished', dueAt: at, finishedWhy: 'do-not-call' };
    case 'callback':
      // An appointment is kept also by a lead whose attempts are used up; the gate still judges the call.
      return { state: 'callback', dueAt: callbackAt ?? rested, finishedWhy: null };
    case 'retry':
      return retried(facts, rested);
    default:
      return unreachable(disposition.outcome);
  }
}

function retried(
  { disposition, at, attempts, attemptsMax, tries, zoneKey }: DispositionFacts,
  rested: EpochMs,
): DisposedLead {
  const { code, triesMax, isSpread } = disposition;
  if (attempts >= attemptsMax) return { state: 'finished', dueAt: at, finishedWhy: 'attempts-used-up' };
  if (triesMax !== null && tries >= triesMax)
    return { state: 'finished', dueAt: at, finishedWhy: `tries-used-up:disposition:${code}` };
  return {
    state: 'waiting',
    dueAt: isSpread ? intoAnotherPart(zoneKey, at, rested) : rested,
    finishedWhy: null,
  };
}
