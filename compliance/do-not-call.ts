import type { CallCandidate, DoNotCallScope } from './candidate.ts';
import type { Objection } from './verdict.ts';

/**
 * A number on the do-not-call list of the organization or of the campaign is never called; only taking it off the list changes
 * that: 47 CFR 64.1200(d)(3) and (6), 16 CFR 310.4(b)(1)(iii)(A).
 */
export function checkDoNotCall(candidate: Pick<CallCandidate, 'doNotCall'>): Objection | null {
  const scope: DoNotCallScope | null = candidate.doNotCall;
  return scope === null ? null : { rule: 'do-not-call', facts: { scope }, retryAt: null };
}
