import { RETRY_ENDINGS, retryRulesOf, type RetryEnding, type RetryRules } from './retry-rule.ts';

/** After which endings leads rest for another time than before. */
export function redatedEndings(
  before: Partial<RetryRules>,
  after: Partial<RetryRules>,
): readonly RetryEnding[] {
  const [was, is] = [retryRulesOf(before), retryRulesOf(after)];
  return RETRY_ENDINGS.filter(
    (ending) => was[ending].afterMs !== is[ending].afterMs || was[ending].isSpread !== is[ending].isSpread,
  );
}
