import type { OrganizationDatabase } from '../kernel/database.ts';
import type { AgentId } from '../kernel/ids.ts';
import { toIso, type EpochMs } from '../kernel/time.ts';
import { NO_FIGURES, type DeskToday } from './api/desk-lead.schema.ts';

interface Whose {
  readonly agentId: AgentId;
  readonly now: EpochMs;
}

/** The agent's own figures of the day. */
export async function loadOwnToday(database: OrganizationDatabase, whose: Whose): Promise<DeskToday> {
  const [calls, times] = await Promise.all([loadCalls(database, whose), loadTimes(database, whose)]);
  return { ...NO_FIGURES, ...calls, ...times };
}

type Calls = Omit<DeskToday, 'busyMs' | 'signedInMs'>;

/** Each call counts for the local day of its campaign. */
async function loadCalls(
  database: OrganizationDatabase,
  { agentId, now }: Whose,
): Promise<Calls | undefined> {
  const [row] = await database.query<Calls>`
    select count(*)::int as calls,
           count(*) filter (where w.is_sale)::int as sales,
           count(*) filter (where w.is_right_party)::int as "rightParty",
           count(*) filter (where d.callback_at is not null)::int as callbacks,
           coalesce(sum(extract(epoch from k.ended_at - k.bridged_at) * 1000), 0)::bigint as "talkMs"
      from call_disposition d
      left join disposition w on w.organization_id = d.organization_id and w.code = d.code
      left join campaign c on c.campaign_id = d.campaign_id
      left join call k on k.call_id = d.call_id and k.placed_at > ${toIso(now)}::timestamptz - interval '2 days'
     where d.organization_id = ringline_organization() and d.agent_id = ${agentId}
       and d.at > ${toIso(now)}::timestamptz - interval '1 day'
       and (d.at at time zone coalesce(c.time_zone, 'UTC'))::date
           = (${toIso(now)}::timestamptz at time zone coalesce(c.time_zone, 'UTC'))::date`;
  return row;
}

/**
 * Utilisation's two times, of the day in the zone of the campaign that the agent noted a call for last, else of the campaign of
 * his pool that was started last. A call counts as one with a person until its disposition says that it was none.
 */
async function loadTimes(
  database: OrganizationDatabase,
  { agentId, now }: Whose,
): Promise<Pick<DeskToday, 'busyMs' | 'signedInMs'> | undefined> {
  const [row] = await database.query<Pick<DeskToday, 'busyMs' | 'signedInMs'>>`
    with zone as (
      select coalesce(
        (select c.time_zone from call_disposition d join campaign c using (campaign_id)
          where d.organization_id = ringline_organization() and d.agent_id = ${agentId}
            and d.at > ${toIso(now)}::timestamptz - interval '1 day'
          order by d.at desc limit 1),
        (select c.time_zone from agent a join campaign c on c.pool_id = a.pool_id
          where a.agent_id = ${agentId} and c.started_at is not null order by c.started_at desc limit 1),
        'UTC') as name
    ), day as (
      select date_trunc('day', ${toIso(now)}::timestamptz at time zone name) at time zone name as begins from zone
    ), changes as (
      (select s.at, s.state, s.call_id from agent_state_change s, day
        where s.organization_id = ringline_organization() and s.agent_id = ${agentId}
          and s.at <= day.begins and s.at > day.begins - interval '1 day'
        order by s.at desc limit 1)
      union all
      select s.at, s.state, s.call_id from agent_state_change s, day
       where s.organization_id = ringline_organization() and s.agent_id = ${agentId} and s.at > day.begins
    ), spans as (
      select c.state, c.call_id,
             extract(epoch from lead(c.at, 1, greatest(c.at, ${toIso(now)}::timestamptz)) over (order by c.at)
                                - greatest(c.at, day.begins)) * 1000 as ms
        from changes c, day
    )
    select coalesce(sum(s.ms) filter (where s.state in ('talking', 'on-hold', 'consulting', 'wrapping-up')
                                        and coalesce(w.is_person, true)), 0)::bigint as "busyMs",
           coalesce(sum(s.ms) filter (where s.state <> 'signed-out'), 0)::bigint as "signedInMs"
      from spans s
      left join call_disposition d on d.call_id = s.call_id
      left join disposition w on w.organization_id = d.organization_id and w.code = d.code`;
  return row;
}
