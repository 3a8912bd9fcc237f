import type { OrganizationDatabase, Tx } from '../kernel/database.ts';
import type { OrganizationId } from '../kernel/ids.ts';

/** Quarters of one transaction: a few seconds of work after a migration, a few milliseconds at other times. */
const QUARTERS_PER_BATCH = 400;
const AGENTS_PER_BATCH = 200;

/**
 * Counts again whatever has been marked, and takes the marks away with it. Ends when nothing is left, or rejects with what was done kept.
 * @returns how many quarters and agents were counted.
 */
export async function countMarked(
  database: OrganizationDatabase,
  organizationId: OrganizationId,
): Promise<{ readonly quarters: number; readonly agents: number }> {
  let quarters = 0;
  let agents = 0;
  for (let isMore = true; isMore;) {
    const done = await database.tx(async (query) => {
      // Two of us would count the same quarter and the slower one find it written.
      await query`select pg_advisory_xact_lock(hashtext('ringline report ' || ${organizationId}))`;
      return {
        quarters: await countCalls(query, organizationId),
        agents: await countAgents(query, organizationId),
      };
    });
    quarters += done.quarters;
    agents += done.agents;
    isMore = done.quarters === QUARTERS_PER_BATCH || done.agents === AGENTS_PER_BATCH;
  }
  return { quarters, agents };
}

async function countCalls(query: Tx, organizationId: OrganizationId): Promise<number> {
  // A statement of its own: the next one sees everything whose mark it has taken.
  const taken = await query<{ campaignId: string; quarterAt: number }>`
    with taken as (
      delete from report_call_mark m
       using (select distinct campaign_id, quarter_at from report_call_mark
               where organization_id = ${organizationId} limit ${QUARTERS_PER_BATCH}) due
       where m.organization_id = ${organizationId} and m.campaign_id = due.campaign_id and m.quarter_at = due.quarter_at
      returning m.campaign_id, m.quarter_at
    )
    select distinct campaign_id as "campaignId", quarter_at as "quarterAt" from taken`;
  if (taken.length === 0) return 0;
  const due = JSON.stringify(
    taken.map(({ campaignId, quarterAt }) => ({
      campaign_id: campaignId,
      quarter_at: new Date(quarterAt).toISOString(),
    })),
  );
  await query`
    delete from report_call_quarter r
     using jsonb_to_recordset(${due}::text::jsonb) as due(campaign_id uuid, quarter_at timestamptz)
     where r.organization_id = ${organizationId} and r.campaign_id = due.campaign_id and r.quarter_at = due.quarter_at`;
  await query`
    insert into report_call_quarter (organization_id, campaign_id, quarter_at, agent_id, attempts, answered, answered_ms, short_calls,
      contacts, rang, post_dial_delay_ms, answer_to_agent_ms, dispositions, human_answers, abandoned, early_hang_ups)
    select ${organizationId}, due.campaign_id, due.quarter_at, f.agent_id, f.attempts, f.answered, f.answered_ms, f.short_calls,
           f.contacts, f.rang, f.post_dial_delay_ms, f.answer_to_agent_ms, f.dispositions, f.human_answers, f.abandoned,
           f.early_hang_ups
      from jsonb_to_recordset(${due}::text::jsonb) as due(campaign_id uuid, quarter_at timestamptz)
     cross join lateral ringline_count_calls(${organizationId}, due.campaign_id, due.quarter_at) f`;
  return taken.length;
}

async function countAgents(query: Tx, organizationId: OrganizationId): Promise<number> {
  const taken = await query<{ agentId: string; at: number }>`
    with taken as (
      delete from report_agent_mark m
       using (select distinct agent_id from report_agent_mark
               where organization_id = ${organizationId} limit ${AGENTS_PER_BATCH}) due
       where m.organization_id = ${organizationId} and m.agent_id = due.agent_id
      returning m.agent_id, m.at
    )
    select agent_id as "agentId", min(at) as at from taken group by 1`;
  if (taken.length === 0) return 0;
  const due = JSON.stringify(
    taken.map(({ agentId, at }) => ({ agent_id: agentId, at: new Date(at).toISOString() })),
  );
  // What came before the earliest new change stays as it is; its quarter and all after it are counted again, up to the last change.
  await query`
    with cuts as materialized (
      select due.agent_id, ringline_quarter(least(p.counted_until, due.at)) as cut_at, last.at as until_at
        from jsonb_to_recordset(${due}::text::jsonb) as due(agent_id uuid, at timestamptz)
        left join report_agent_progress p using (agent_id)
       cross join lateral (select at from agent_state_change c
                            where c.organization_id = ${organizationId} and c.agent_id = due.agent_id order by at desc limit 1) last
    ), gone as (
      delete from report_agent_quarter r using cuts
       where r.organization_id = ${organizationId} and r.agent_id = cuts.agent_id and r.quarter_at >= cuts.cut_at
         and not exists (select from ringline_count_agent_states(${organizationId}, cuts.agent_id, cuts.cut_at, cuts.until_at) f
                          where f.quarter_at = r.quarter_at)
    ), counted as (
      insert into report_agent_quarter as r (organization_id, agent_id, quarter_at, phone_connecting_ms, phone_lost_ms, ready_ms,
        reserved_ms, previewing_ms, dialling_ms, talking_ms, on_hold_ms, consulting_ms, wrapping_up_ms, paused_ms, no_person_ms)
      select ${organizationId}, cuts.agent_id, f.*
        from cuts cross join lateral ringline_count_agent_states(${organizationId}, cuts.agent_id, cuts.cut_at, cuts.until_at) f
      on conflict (agent_id, quarter_at) do update
         set phone_connecting_ms = excluded.phone_connecting_ms, phone_lost_ms = excluded.phone_lost_ms,
             ready_ms = excluded.ready_ms, reserved_ms = excluded.reserved_ms, previewing_ms = excluded.previewing_ms,
             dialling_ms = excluded.dialling_ms, talking_ms = excluded.talking_ms, on_hold_ms = excluded.on_hold_ms,
             consulting_ms = excluded.consulting_ms, wrapping_up_ms = excluded.wrapping_up_ms, paused_ms = excluded.paused_ms,
             no_person_ms = excluded.no_person_ms
    )
    insert into report_agent_progress (agent_id, organization_id, counted_until)
    select agent_id, ${organizationId}, until_at from cuts
    on conflict (agent_id) do update set counted_until = excluded.counted_until`;
  return taken.length;
}

/** Forgets all that was counted ahead and marks everything, e.g. after a restore: the next count makes it again from the rows. */
export async function countAllAgain(
  database: OrganizationDatabase,
  organizationId: OrganizationId,
): Promise<void> {
  await database.tx(async (query) => {
    await query`select pg_advisory_xact_lock(hashtext('ringline report ' || ${organizationId}))`;
    await query`delete from report_call_quarter where organization_id = ${organizationId}`;
    await query`delete from report_agent_quarter where organization_id = ${organizationId}`;
    await query`delete from report_agent_progress where organization_id = ${organizationId}`;
    await query`
      insert into report_call_mark (organization_id, campaign_id, quarter_at)
      select distinct organization_id, campaign_id, ringline_quarter(placed_at)
        from call where organization_id = ${organizationId} and ending is not null and campaign_id is not null
      union
      select distinct organization_id, campaign_id, ringline_quarter(answered_at)
        from abandonment_ledger where organization_id = ${organizationId}`;
    await query`
      insert into report_agent_mark (organization_id, agent_id, at)
      select organization_id, agent_id, min(at) from agent_state_change where organization_id = ${organizationId} group by 1, 2`;
  });
}
