import { REST_AFTER_ABANDONED, REST_AFTER_LOST } from '../compliance/rest.ts';
import { hours, type DurationMs, type EpochMs } from '../kernel/time.ts';
import type { Ending } from './ending.ts';
import { part, type SqlPart } from './sql-part.ts';

/** A person answered and met nobody. */
export const ABANDONED_ENDINGS: readonly Ending[] = ['human-abandoned', 'hung-up-waiting'];

/** A call that was placed longer ago ended so long ago that its rest is over: no such call lasts an hour. */
export const placedWithinRest = (now: EpochMs): EpochMs => (now - REST_AFTER_ABANDONED - hours(1)) as EpochMs;

/**
 * When a lead may be due again of which somebody wants that it is due now: a part of a statement in which `c` is its row in
 * campaign_lead. The gate asks again, also for the number; without this each such lead would be taken and refused.
 */
export function dueAfterRest(now: EpochMs): SqlPart {
  return part`greatest(${new Date(now)}::timestamptz, case when c.last_ending is not null then (
    select max(r.ended_at + case r.ending when 'lost' then ${REST_AFTER_LOST satisfies DurationMs}::float8
                                          else ${REST_AFTER_ABANDONED satisfies DurationMs}::float8 end * interval '1 millisecond')
      from call r
     where r.organization_id = c.organization_id and r.lead_id = c.lead_id and r.placed_at > ${new Date(placedWithinRest(now))}
       and (r.ending = any(${ABANDONED_ENDINGS}::text[]) or r.ending = 'lost' and r.dialled_at is not null)) end)`;
}
