import type { OrganizationDatabase, Query } from '../kernel/database.ts';
import type { AgentId, OrganizationId, PoolId, UserId } from '../kernel/ids.ts';
import { toIso, type EpochMs } from '../kernel/time.ts';
import type { ActionId, AgentPage, AlarmLimits, Board, HelpEntry } from './api/supervisor.schema.ts';

type Rows = Pick<OrganizationDatabase, 'query'>;

export async function loadAlarmLimits({ query }: Rows): Promise<AlarmLimits> {
  const [row] = await query<AlarmLimits>`
    select wrap_up_alarm_ms as "wrapUpAlarmMs", pause_alarm_ms as "pauseAlarmMs"
      from organization where organization_id = ringline_organization()`;
  return row ?? { wrapUpAlarmMs: 120_000, pauseAlarmMs: 1_200_000 };
}

export async function putAlarmLimits({ query }: Rows, limits: AlarmLimits): Promise<void> {
  await query`
    update organization set wrap_up_alarm_ms = ${limits.wrapUpAlarmMs}, pause_alarm_ms = ${limits.pauseAlarmMs}
     where organization_id = ringline_organization()`;
}

/** Those parts of the board that the live feed does not carry. */
export async function loadBoard({ query }: Rows, poolId: PoolId): Promise<Omit<Board, 'limits'>> {
  const [agents, teams, pools] = await Promise.all([
    query<Board['agents'][number]>`
      select a.agent_id as "agentId", a.extension, u.team_id as "teamId", p.name as "movesTo"
        from agent a join app_user u on u.user_id = a.agent_id
        left join supervisor_action s on s.action_id = a.move_action_id
        left join pool p on p.pool_id = s.pool_id
       where a.organization_id = ringline_organization() and a.pool_id = ${poolId}`,
    query<Board['teams'][number]>`select team_id as "teamId", name from team order by name`,
    query<Board['pools'][number]>`
      select p.pool_id as "poolId", p.name,
             coalesce((select jsonb_agg(c.name order by c.name) from campaign c
                        where c.pool_id = p.pool_id and c.state = 'running'), '[]') as campaigns
        from pool p order by p.name`,
  ]);
  return { agents: [...agents], teams: [...teams], pools: [...pools] };
}

/** Null for somebody without a seat. */
export async function loadAgentPage({ query }: Rows, agentId: AgentId): Promise<AgentPage | null> {
  const [row] = await query<AgentPage>`
    select a.agent_id as "agentId", a.agent_id as "userId", u.name, a.extension, u.is_active as "isActive",
           a.pool_id as "poolId", p.name as "poolName", t.name as "teamName", q.name as "movesTo"
      from agent a join app_user u on u.user_id = a.agent_id join pool p on p.pool_id = a.pool_id
      left join team t on t.team_id = u.team_id
      left join supervisor_action s on s.action_id = a.move_action_id
      left join pool q on q.pool_id = s.pool_id
     where a.agent_id = ${agentId}`;
  return row ?? null;
}

export interface NewAction {
  readonly actionId: ActionId;
  readonly organizationId: OrganizationId;
  readonly agentId: AgentId;
  readonly byUserId: UserId;
  readonly at: EpochMs;
  readonly kind: 'pause' | 'ready' | 'sign-out' | 'connect-phone' | 'move';
  readonly reason: string | null;
  readonly poolId: PoolId | null;
}

/** Before it is carried out: whatever happens then, who asked for it is known. */
export async function insertAction({ query }: Rows, action: NewAction): Promise<void> {
  const { actionId, organizationId, agentId, byUserId, at, kind, reason, poolId } = action;
  await query`
    insert into supervisor_action (action_id, organization_id, agent_id, by_user_id, at, kind, reason, pool_id)
    values (${actionId}, ${organizationId}, ${agentId}, ${byUserId}, ${toIso(at)}::timestamptz, ${kind}, ${reason}, ${poolId}::uuid)`;
}

export async function answerAction(
  { query }: Rows,
  actionId: ActionId,
  outcome: 'done' | 'waits' | 'refused' | 'taken-back',
): Promise<void> {
  await query`update supervisor_action set outcome = ${outcome} where action_id = ${actionId}`;
}

interface HelpRow {
  readonly type: 'action' | 'message';
  readonly id: string;
  readonly at: EpochMs;
  readonly byName: string;
  readonly kind: Extract<HelpEntry, { type: 'action' }>['kind'];
  readonly reason: string | null;
  readonly poolName: string | null;
  readonly outcome: Extract<HelpEntry, { type: 'action' }>['outcome'];
  readonly text: string;
  readonly seenAt: EpochMs | null;
}

/** The newest first; `before` is the id of the last entry of the page before (ids of ours are in the order of time). */
export async function loadHelp(
  { query }: Rows,
  asked: { agentId: AgentId; before: string | null; limit: number },
): Promise<readonly HelpEntry[]> {
  const rows = await query<HelpRow>`
    select h.*, u.name as "byName", p.name as "poolName" from (
      (select 'action' as type, action_id as id, at, by_user_id, kind, reason, pool_id, outcome, '' as text,
              null::timestamptz as "seenAt"
         from supervisor_action
        where organization_id = ringline_organization() and agent_id = ${asked.agentId}
          and (${asked.before}::uuid is null or action_id < ${asked.before}::uuid)
        order by action_id desc limit ${asked.limit})
      union all
      (select 'message', message_id, sent_at, from_user_id, null, null, null, null, text, seen_at
         from agent_message
        where organization_id = ringline_organization() and agent_id = ${asked.agentId}
          and (${asked.before}::uuid is null or message_id < ${asked.before}::uuid)
        order by message_id desc limit ${asked.limit})
    ) h
    join app_user u on u.user_id = h.by_user_id
    left join pool p on p.pool_id = h.pool_id
    order by h.id desc limit ${asked.limit}`;
  return rows.map(({ type, id, at, byName, kind, reason, poolName, outcome, text, seenAt }) =>
    type === 'action'
      ? { type, id, at, byName, kind, reason, poolName, outcome }
      : { type, id, at, byName, text, seenAt },
  );
}

export interface Seat {
  readonly poolId: PoolId;
  readonly name: string;
  readonly locale: 'en' | 'zh-CN';
  readonly moveActionId: ActionId | null;
}

export async function loadSeat({ query }: { query: Query }, agentId: AgentId): Promise<Seat | null> {
  const [row] = await query<Seat>`
    select a.pool_id as "poolId", u.name, u.locale, a.move_action_id as "moveActionId"
      from agent a join app_user u on u.user_id = a.agent_id where a.agent_id = ${agentId}`;
  return row ?? null;
}
