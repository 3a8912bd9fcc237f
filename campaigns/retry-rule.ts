import { REST_AFTER_ABANDONED, REST_AFTER_LOST } from '../compliance/rest.ts';
import { hours, minutes, days, type DurationMs } from '../kernel/time.ts';
import type { Ending } from './ending.ts';

/** Endings after which nobody's word is awaited: a rule says when the lead is called again. */
export const RETRY_ENDINGS = [
  'no-answer',
  'busy',
  'machine',
  'message-left',
  'screening',
  'rejected',
  'human-abandoned',
  'hung-up-waiting',
  'carrier-failure',
  'lost',
  'fax',
  'sit',
  'invalid-number',
] as const satisfies readonly Ending[];
export type RetryEnding = (typeof RETRY_ENDINGS)[number];

/** What a lead does after its call has ended in one of the {@link RETRY_ENDINGS}. */
export interface RetryRule {
  /** Rest before the next call. */
  readonly afterMs: DurationMs;
  /** After so many calls of the campaign that ended so the lead is finished; null: as long as it has attempts. */
  readonly triesMax: number | null;
  /** The next call falls into another part of the called party's day than the last one. */
  readonly isSpread: boolean;
}

export type RetryRules = Readonly<Record<RetryEnding, RetryRule>>;

const rule = (afterMs: DurationMs): RetryRule => ({ afterMs, triesMax: null, isSpread: false });

/** The product's own rules. A campaign stores only what differs. */
export const DEFAULT_RETRY_RULES: RetryRules = {
  'no-answer': rule(hours(4)),
  busy: rule(minutes(20)),
  machine: rule(hours(4)),
  'message-left': rule(hours(24)),
  screening: rule(hours(24)),
  rejected: rule(hours(24)),
  'human-abandoned': rule(REST_AFTER_ABANDONED),
  'hung-up-waiting': rule(REST_AFTER_ABANDONED),
  'carrier-failure': rule(minutes(10)),
  lost: rule(REST_AFTER_LOST),
  fax: rule(hours(24)),
  sit: rule(hours(24)),
  'invalid-number': rule(minutes(0)),
};

/** The number is no use any more: such a rule is about the lead's next number. */
export const FINAL_FOR_NUMBER: ReadonlySet<Ending> = new Set(['invalid-number', 'fax', 'sit']);

/** Nothing is tried again every few seconds, whatever a manager sets. */
const SHORTEST: DurationMs = minutes(1);
export const RETRY_AFTER_MAX: DurationMs = days(365);

/** What a rule may not fall below; `law` where a law says so, `safety` where a person may have been reached already. */
export function retryAfterMin(ending: RetryEnding): {
  readonly afterMs: DurationMs;
  readonly because: 'law' | 'safety' | null;
} {
  if (ending === 'human-abandoned' || ending === 'hung-up-waiting')
    return { afterMs: REST_AFTER_ABANDONED, because: 'law' };
  if (ending === 'lost') return { afterMs: REST_AFTER_LOST, because: 'safety' };
  return { afterMs: FINAL_FOR_NUMBER.has(ending) ? minutes(0) : SHORTEST, because: null };
}

/** The rules in force: the product's own with what the campaign changed, never below what the law says. */
export function retryRulesOf(changed: Partial<RetryRules>): RetryRules {
  return Object.fromEntries(
    RETRY_ENDINGS.map((ending) => {
      const wanted = changed[ending] ?? DEFAULT_RETRY_RULES[ending];
      const afterMs = Math.max(wanted.afterMs, retryAfterMin(ending).afterMs) as DurationMs;
      return [ending, { ...wanted, afterMs }];
    }),
  ) as unknown as RetryRules;
}
