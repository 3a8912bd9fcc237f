import type { EpochMs } from '../kernel/time.ts';
import type { CallCandidate } from './candidate.ts';

/** Every rule that can refuse a call, in the order in which the gate asks them. */
export const RULES = ['facts', 'do-not-call', 'calling-window', 'attempt-limit', 'rest'] as const;
export type Rule = (typeof RULES)[number];

/** Raised with each change of a rule or of its data, and stored with each verdict. */
export const RULES_VERSION = '2026-11-20.3';

/** What a rule saw, as plain values that are stored and later said in a sentence by `refusal-sentence.ts`. */
export type RefusalFacts = Readonly<Record<string, string | number | boolean | null>>;

/** "No", as a value. */
export interface Refusal {
  readonly kind: 'refused';
  readonly candidate: CallCandidate;
  readonly rule: Rule;
  readonly rulesVersion: string;
  readonly facts: RefusalFacts;
  /** The next moment at which this rule would allow the call; null = never by itself. */
  readonly retryAt: EpochMs | null;
}

/** What a rule answers: nothing against it, or why not. */
export type Objection = Pick<Refusal, 'rule' | 'facts' | 'retryAt'>;
export type RuleCheck = (candidate: CallCandidate, now: EpochMs) => Objection | null;
