import type { Query } from '../kernel/database.ts';
import type { AgentId, OrganizationId, PoolId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import { SIGNED_IN_STATES, type AgentCounts, type SignedInState, type StateTimes } from './agent-figures.ts';

export interface AgentDay extends AgentCounts {
  readonly agentId: AgentId;
  readonly name: string;
  /** Null: all days of the range. */
  readonly day: string | null;
}

export interface AgentReportRequest {
  /** Null: of every pool. */
  readonly poolId: PoolId | null;
  /** Null: all agents. */
  readonly agentId: AgentId | null;
  /** Zone of the days. */
  readonly timeZone: string;
  readonly fromAt: EpochMs;
  readonly toAt: EpochMs;
  /** A state that goes on is counted until here. */
  readonly now: EpochMs;
}

interface DayKey {
  readonly agentId: AgentId;
  readonly name: string;
  readonly day: string | null;
}
type StateRow = DayKey & Readonly<Record<SignedInState, number>> & Pick<AgentCounts, 'noPersonMs'>;
type WorkRow = DayKey & Omit<AgentCounts, 'times' | 'noPersonMs'>;

const NO_WORK = { calls: 0, dispositions: 0, rightParties: 0, sales: 0 };

const timesOf = (row: StateRow | undefined): StateTimes =>
  Object.fromEntries(SIGNED_IN_STATES.map((state) => [state, row?.[state] ?? 0])) as StateTimes;

/**
 * Agents by day of a zone, over all their campaigns; `day` null is the whole range. Only who was signed in or had a call. In order of
 * names, each one's days before his whole.
 */
export async function readAgentReport(
  query: Query,
  organizationId: OrganizationId,
  request: AgentReportRequest,
): Promise<readonly AgentDay[]> {
  const [states, works] = await Promise.all([
    readStates(query, organizationId, request),
    readWork(query, organizationId, request),
  ]);
  const keyOf = ({ agentId, day }: DayKey): string => `${agentId} ${day ?? ''}`;
  const stateByKey = new Map(states.map((row) => [keyOf(row), row]));
  const workByKey = new Map(works.map((row) => [keyOf(row), row]));
  const keys = new Map([...states, ...works].map((row) => [keyOf(row), row]));
  return [...keys]
    .map(([key, { agentId, name, day }]) => {
      const { calls, dispositions, rightParties, sales } = workByKey.get(key) ?? NO_WORK;
      return {
        agentId,
        name,
        day,
        times: timesOf(stateByKey.get(key)),
        noPersonMs: stateByKey.get(key)?.noPersonMs ?? 0,
        calls,
        dispositions,
        rightParties,
        sales,
      };
    })
    .toSorted(byNameThenDay);
}

/** The whole comes after the days. */
const byNameThenDay = (a: AgentDay, b: AgentDay): number =>
  a.name.localeCompare(b.name) ||
  a.agentId.localeCompare(b.agentId) ||
  Number(a.day === null) - Number(b.day === null) ||
  (a.day ?? '').localeCompare(b.day ?? '');

/** What is counted ahead, and from the quarter of an agent's last counted change on the changes themselves. */
async function readStates(
  query: Query,
  organizationId: OrganizationId,
  { poolId, agentId, timeZone, fromAt, toAt, now }: AgentReportRequest,
): Promise<readonly StateRow[]> {
  const from = new Date(fromAt);
  const until = new Date(Math.min(toAt, now));
  return await query<StateRow>`
    with marked as (
      select agent_id, min(at) as at from report_agent_mark where organization_id = ${organizationId} group by 1
    ), people as materialized (
      select a.agent_id, u.name, ringline_quarter(least(p.counted_until, m.at)) as cut_at
        from agent a join app_user u on u.user_id = a.agent_id
        left join report_agent_progress p using (agent_id) left join marked m using (agent_id)
       where a.organization_id = ${organizationId} and (${poolId}::uuid is null or a.pool_id = ${poolId})
         and (${agentId}::uuid is null or a.agent_id = ${agentId})
    ), quarters as (
      select r.agent_id, r.quarter_at, r.phone_connecting_ms, r.phone_lost_ms, r.ready_ms, r.reserved_ms, r.previewing_ms,
             r.dialling_ms, r.talking_ms, r.on_hold_ms, r.consulting_ms, r.wrapping_up_ms, r.paused_ms,
             r.no_person_ms
        from people p join report_agent_quarter r using (agent_id)
       where r.organization_id = ${organizationId} and r.quarter_at >= ${from} and r.quarter_at < ${until}
         and r.quarter_at < p.cut_at
      union all
      select p.agent_id, f.quarter_at, f.phone_connecting_ms, f.phone_lost_ms, f.ready_ms, f.reserved_ms, f.previewing_ms,
             f.dialling_ms, f.talking_ms, f.on_hold_ms, f.consulting_ms, f.wrapping_up_ms, f.paused_ms,
             f.no_person_ms
        from people p
       cross join lateral ringline_count_agent_states(${organizationId}, p.agent_id, greatest(p.cut_at, ${from}), ${until}) f
       where p.cut_at < ${until}
    ), sums as (
      select agent_id, (quarter_at at time zone ${timeZone}::text)::date as day,
             sum(phone_connecting_ms) as "phone-connecting", sum(phone_lost_ms) as "phone-lost", sum(ready_ms) as ready,
             sum(reserved_ms) as reserved, sum(previewing_ms) as previewing, sum(dialling_ms) as dialling,
             sum(talking_ms) as talking, sum(on_hold_ms) as "on-hold", sum(consulting_ms) as consulting,
             sum(wrapping_up_ms) as "wrapping-up", sum(paused_ms) as paused,
             sum(no_person_ms) as no_person_ms
        from quarters group by grouping sets ((1, 2), (1))
    )
    select s.agent_id as "agentId", p.name, s.day::text, s."phone-connecting", s."phone-lost", s.ready, s.reserved, s.previewing,
           s.dialling, s.talking, s."on-hold", s.consulting, s."wrapping-up", s.paused, s.no_person_ms as "noPersonMs"
      from sums s join people p using (agent_id)`;
}

async function readWork(
  query: Query,
  organizationId: OrganizationId,
  { poolId, agentId, timeZone, fromAt, toAt }: AgentReportRequest,
): Promise<readonly WorkRow[]> {
  const [from, to] = [new Date(fromAt), new Date(toAt)];
  return await query<WorkRow>`
    with people as materialized (
      select a.agent_id, u.name
        from agent a join app_user u on u.user_id = a.agent_id
       where a.organization_id = ${organizationId} and (${poolId}::uuid is null or a.pool_id = ${poolId})
         and (${agentId}::uuid is null or a.agent_id = ${agentId})
    ), marked as materialized (
      select distinct campaign_id, quarter_at from report_call_mark
       where organization_id = ${organizationId} and quarter_at >= ${from} and quarter_at < ${to}
    ), quarters as materialized (
      select agent_id, r.quarter_at, r.contacts, r.dispositions
        from people p join report_call_quarter r using (agent_id)
       where r.organization_id = ${organizationId} and r.quarter_at >= ${from} and r.quarter_at < ${to}
         and not exists (select from marked m where m.campaign_id = r.campaign_id and m.quarter_at = r.quarter_at)
      union all
      select agent_id, m.quarter_at, f.contacts, f.dispositions
        from marked m
       cross join lateral ringline_count_calls(${organizationId}, m.campaign_id, m.quarter_at) f
        join people p using (agent_id)
    ), zoned as materialized (
      select agent_id, (quarter_at at time zone ${timeZone}::text)::date as day, contacts, dispositions
        from quarters
    ), words as (
      select z.agent_id, z.day, sum(d.value::int)::int as dispositions,
             coalesce(sum(d.value::int) filter (where x.is_right_party), 0)::int as right_parties,
             coalesce(sum(d.value::int) filter (where x.is_sale), 0)::int as sales
        from zoned z cross join lateral jsonb_each_text(z.dispositions) d
        left join disposition x on x.organization_id = ${organizationId} and x.code = d.key
       group by grouping sets ((z.agent_id, z.day), (z.agent_id))
    ), sums as (
      select agent_id, day, sum(contacts)::int as calls from zoned group by grouping sets ((1, 2), (1))
    )
    select s.agent_id as "agentId", p.name, s.day::text, s.calls, coalesce(w.dispositions, 0) as dispositions,
           coalesce(w.right_parties, 0) as "rightParties", coalesce(w.sales, 0) as sales
      from sums s join people p using (agent_id)
      left join words w on w.agent_id = s.agent_id and w.day is not distinct from s.day`;
}
