import { openOrphanedCallbacks } from '../campaigns/orphaned-callback.store.ts';
import type { OrganizationDatabase, Tx } from '../kernel/database.ts';
import type { AgentId, OrganizationId, PoolId, UserId } from '../kernel/ids.ts';
import { tellAgentsChanged } from './auth/user.store.ts';
import type { ActionId } from './api/supervisor.schema.ts';

/** A move that waits until the agent is free. */
export interface WaitingMove {
  readonly agentId: AgentId;
  readonly actionId: ActionId;
  readonly byUserId: UserId;
  readonly agentName: string;
  readonly agentLocale: 'en' | 'zh-CN';
  readonly fromPoolId: PoolId;
  readonly toPoolId: PoolId;
  readonly toPoolName: string;
}

/** All of a pool, or one agent's. */
export async function loadWaitingMoves(
  { query }: Pick<OrganizationDatabase, 'query'>,
  of: { poolId: PoolId; agentId: AgentId | null },
): Promise<readonly WaitingMove[]> {
  return query<WaitingMove>`
    select a.agent_id as "agentId", s.action_id as "actionId", s.by_user_id as "byUserId", u.name as "agentName",
           u.locale as "agentLocale", a.pool_id as "fromPoolId", s.pool_id as "toPoolId", p.name as "toPoolName"
      from agent a join supervisor_action s on s.action_id = a.move_action_id
      join app_user u on u.user_id = a.agent_id join pool p on p.pool_id = s.pool_id
     where a.organization_id = ringline_organization() and a.pool_id = ${of.poolId} and a.move_action_id is not null
       and (${of.agentId}::uuid is null or a.agent_id = ${of.agentId}::uuid)`;
}

/** One that waits already is replaced: the later wish counts. */
export async function putWaitingMove(
  query: Tx,
  move: { organizationId: OrganizationId; agentId: AgentId; actionId: ActionId },
): Promise<void> {
  await query`
    update supervisor_action set outcome = 'taken-back'
     where action_id = (select move_action_id from agent where agent_id = ${move.agentId})`;
  await query`update supervisor_action set outcome = 'waits' where action_id = ${move.actionId}`;
  await query`update agent set move_action_id = ${move.actionId} where agent_id = ${move.agentId}`;
  await tellAgentsChanged(query, move.organizationId);
}

/** His callbacks of the pool that he leaves become anyone's. False when somebody else has finished it, or it was taken back: then nothing has changed. */
export async function finishMove(
  query: Tx,
  {
    organizationId,
    move,
    outcome,
  }: { organizationId: OrganizationId; move: WaitingMove; outcome: 'done' | 'taken-back' },
): Promise<boolean> {
  const rows = await query<{ agentId: AgentId }>`
    update agent
       set move_action_id = null, pool_id = case when ${outcome === 'done'} then ${move.toPoolId}::uuid else pool_id end
     where agent_id = ${move.agentId} and pool_id = ${move.fromPoolId} and move_action_id = ${move.actionId}
     returning agent_id as "agentId"`;
  if (rows.length === 0) return false;
  await query`update supervisor_action set outcome = ${outcome} where action_id = ${move.actionId}`;
  if (outcome === 'done') await openOrphanedCallbacks(query, { agentId: move.agentId });
  await tellAgentsChanged(query, organizationId);
  return true;
}
