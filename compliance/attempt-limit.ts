import { after, days, type EpochMs } from '../kernel/time.ts';
import type { CallCandidate } from './candidate.ts';
import type { Objection } from './verdict.ts';

const PERIOD = days(1);

type AttemptFacts = Pick<
  CallCandidate,
  | 'purpose'
  | 'leadAttempts'
  | 'leadAttemptsMax'
  | 'numberAttempts'
  | 'numberAttemptsMax'
  | 'leadAttemptsAt'
  | 'leadAttemptsPerDayMax'
  | 'numberAttemptsAt'
  | 'numberAttemptsPerDayMax'
>;

/**
 * A campaign's own limits of attempts on a lead, on one of its numbers and on a lead within any 24 hours, except for a callback
 * that was promised to the person; and a limit of attempts on a number within any 24 hours over all campaigns, whose default of
 * three is that of Fla. Stat. 501.616(6), 15 O.S. 775C.4(A) and Md. Com. Law 14-4502(c). An attempt that has been 24 hours ago
 * counts no more.
 */
export function checkAttemptLimit(candidate: AttemptFacts, now: EpochMs): Objection | null {
  const { numberAttemptsAt, numberAttemptsPerDayMax } = candidate;
  const own = candidate.purpose === 'callback' ? null : campaignLimit(candidate, now);
  return own ?? withinADay('number-day', { attemptsAt: numberAttemptsAt, max: numberAttemptsPerDayMax }, now);
}

function campaignLimit(candidate: AttemptFacts, now: EpochMs): Objection | null {
  const { leadAttempts, leadAttemptsMax, numberAttempts, numberAttemptsMax } = candidate;
  // Written so that a NaN refuses.
  if (!(leadAttempts < leadAttemptsMax)) {
    return {
      rule: 'attempt-limit',
      facts: { limit: 'lead', attempts: leadAttempts, max: leadAttemptsMax },
      retryAt: null,
    };
  }
  if (numberAttemptsMax !== null && !(numberAttempts < numberAttemptsMax)) {
    return {
      rule: 'attempt-limit',
      facts: { limit: 'number', attempts: numberAttempts, max: numberAttemptsMax },
      retryAt: null,
    };
  }
  const { leadAttemptsAt, leadAttemptsPerDayMax } = candidate;
  if (leadAttemptsPerDayMax === null) return null;
  return withinADay('lead-day', { attemptsAt: leadAttemptsAt, max: leadAttemptsPerDayMax }, now);
}

function withinADay(
  limit: 'number-day' | 'lead-day',
  { attemptsAt, max }: { readonly attemptsAt: readonly EpochMs[]; readonly max: number },
  now: EpochMs,
): Objection | null {
  const recent = attemptsAt.filter((at) => after(at, PERIOD) > now).sort((a, b) => a - b);
  if (recent.length < max) return null;
  // The call is allowed once fewer than the maximum remain: when the one that is `max` from the end has left the period.
  const leaving = recent[recent.length - max];
  return {
    rule: 'attempt-limit',
    facts: { limit, attempts: recent.length, max },
    retryAt: leaving === undefined ? null : after(leaving, PERIOD),
  };
}
