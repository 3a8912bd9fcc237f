import { after, hours, minutes, type DurationMs, type EpochMs } from '../kernel/time.ts';
import type { CallCandidate } from './candidate.ts';
import type { Objection } from './verdict.ts';

/**
 * After an abandoned call the number is called for 72 hours only with an agent who waits for that very call (Ofcom, persistent misuse
 * statement 2016, A1.59).
 */
export const REST_AFTER_ABANDONED: DurationMs = hours(72);

/** After a call of which nobody knows how it ended: it may have reached the person. Our own. */
export const REST_AFTER_LOST: DurationMs = minutes(30);

type RestFacts = Pick<CallCandidate, 'isAgentReserved' | 'abandonedAt' | 'lostAt'>;

/**
 * A rest after the last abandoned and the last lost call to the number or the person, by whatever campaign. It is about machines: who is
 * called by hand, previewed or called back by his own agent meets that agent and not silence.
 */
export function checkRest(
  { isAgentReserved, abandonedAt, lostAt }: RestFacts,
  now: EpochMs,
): Objection | null {
  if (isAgentReserved) return null;
  return (
    rests('abandoned', { since: abandonedAt, restMs: REST_AFTER_ABANDONED }, now) ??
    rests('lost', { since: lostAt, restMs: REST_AFTER_LOST }, now)
  );
}

function rests(
  why: 'abandoned' | 'lost',
  { since, restMs }: { readonly since: EpochMs | null; readonly restMs: DurationMs },
  now: EpochMs,
): Objection | null {
  if (since === null) return null;
  const until = after(since, restMs);
  // Written so that a NaN refuses.
  if (until <= now) return null;
  return {
    rule: 'rest',
    facts: { after: why, minutes: restMs / minutes(1) },
    retryAt: Number.isNaN(until) ? null : until,
  };
}
