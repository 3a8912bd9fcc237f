import type { OrganizationDatabase } from '../kernel/database.ts';
import type { AgentId } from '../kernel/ids.ts';
import { toIso, type EpochMs } from '../kernel/time.ts';
import { nothingToday, type DeskToday } from './api/desk-today.schema.ts';

interface Whose {
  readonly agentId: AgentId;
  readonly now: EpochMs;
}

/** The agent's own figures of the day, which is that of his organization's zone as in the report of his day. */
export async function loadOwnToday(database: OrganizationDatabase, whose: Whose): Promise<DeskToday> {
  const [calls, { times, busyMs }] = await Promise.all([
    loadCalls(database, whose),
    loadTimes(database, whose),
  ]);
  const nothing = nothingToday(whose.now);
  return { ...nothing, ...calls, times: { ...nothing.times, ...times }, busyMs };
}

type Calls = Omit<DeskToday, 'at' | 'times' | 'busyMs'>;

async function loadCalls(
  database: OrganizationDatabase,
  { agentId, now }: Whose,
): Promise<Calls | undefined> {
  const [row] = await database.query<Calls>`
    with noted as (
      select w.is_sale, w.is_right_party, coalesce(w.is_person, true) as is_person, d.callback_at,
             extract(hour from d.at at time zone o.time_zone)::int as hour
        from call_disposition d
        left join disposition w on w.organization_id = d.organization_id and w.code = d.code
        join organization o on o.organization_id = d.organization_id
       where d.organization_id = ringline_organization() and d.agent_id = ${agentId}
         and d.at > ${toIso(now)}::timestamptz - interval '1 day'
         and (d.at at time zone o.time_zone)::date = (${toIso(now)}::timestamptz at time zone o.time_zone)::date
    ), by_hour as (
      select hour, count(*) as calls, count(*) filter (where is_sale) as sales from noted group by hour
    )
    select count(*)::int as calls,
           count(*) filter (where is_person)::int as contacts,
           count(*) filter (where is_sale)::int as sales,
           count(*) filter (where is_right_party)::int as "rightParty",
           count(*) filter (where callback_at is not null)::int as callbacks,
           (select coalesce(jsonb_agg(jsonb_build_object('hour', h.hour, 'calls', h.calls, 'sales', h.sales) order by h.hour),
                            '[]') from by_hour h) as hours
      from noted`;
  return row;
}

interface Times {
  readonly times: Partial<DeskToday['times']>;
  readonly busyMs: number;
}

/** Time in each state, and the part of it that was work with people: a call counts as one until its disposition says that it was none. */
async function loadTimes(database: OrganizationDatabase, { agentId, now }: Whose): Promise<Times> {
  const [row] = await database.query<Times>`
    with zone as (
      select time_zone as name from organization where organization_id = ringline_organization()
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
    ), sums as (
      select s.state, round(sum(s.ms))::bigint as ms,
             round(sum(s.ms) filter (where s.state in ('talking', 'on-hold', 'consulting', 'wrapping-up')
                                       and coalesce(w.is_person, true)))::bigint as busy_ms
        from spans s
        left join call_disposition d on d.call_id = s.call_id
        left join disposition w on w.organization_id = d.organization_id and w.code = d.code
       where s.state <> 'signed-out'
       group by s.state
    )
    select coalesce(jsonb_object_agg(state, ms), '{}') as times, coalesce(sum(busy_ms), 0)::bigint as "busyMs" from sums`;
  return row ?? { times: {}, busyMs: 0 };
}
