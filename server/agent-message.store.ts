import type { OrganizationDatabase, Query } from '../kernel/database.ts';
import type { AgentId, OrganizationId, PoolId, UserId } from '../kernel/ids.ts';
import { toIso, type EpochMs } from '../kernel/time.ts';
import type { AgentMessage, DayMessage, MessageId } from './api/supervisor.schema.ts';

/** Heard by the process where the agent's desk is; the payload is the organization's id, a space, the agent's id. */
export const AGENT_MESSAGE_CHANNEL = 'ringline_agent_message';

export interface NewAgentMessage {
  readonly organizationId: OrganizationId;
  readonly fromUserId: UserId;
  readonly text: string;
  readonly sentAt: EpochMs;
  /** One for each of the agents, in their order. */
  readonly messageIds: readonly MessageId[];
  readonly agentIds: readonly AgentId[];
}

/** Stores one row for each agent of this organization; told to their desks when it commits. Returns how many. */
export async function sendMessages(query: Query, message: NewAgentMessage): Promise<number> {
  const { organizationId, fromUserId, text, sentAt, messageIds, agentIds } = message;
  const rows = await query<{ told: string }>`
    with put as (
      insert into agent_message (message_id, organization_id, agent_id, from_user_id, text, sent_at)
      select m.message_id, ${organizationId}, a.agent_id, ${fromUserId}, ${text}, ${toIso(sentAt)}::timestamptz
        from unnest(${messageIds}::uuid[], ${agentIds}::uuid[]) as m (message_id, agent_id)
        join agent a on a.agent_id = m.agent_id
      returning agent_id
    )
    select pg_notify(${AGENT_MESSAGE_CHANNEL}, ${organizationId} || ' ' || agent_id)::text as told from put`;
  return rows.length;
}

/** Active agents with a seat in the pool. */
export async function agentsOfPool(
  { query }: Pick<OrganizationDatabase, 'query'>,
  poolId: PoolId,
): Promise<readonly AgentId[]> {
  const rows = await query<{ agentId: AgentId }>`
    select a.agent_id as "agentId" from agent a join app_user u on u.user_id = a.agent_id
     where a.pool_id = ${poolId} and u.is_active`;
  return rows.map(({ agentId }) => agentId);
}

/** The desk shows no more at once; the others follow when these are seen. */
const UNREAD_SHOWN_MAX = 20;

export async function loadUnread(
  { query }: Pick<OrganizationDatabase, 'query'>,
  agentId: AgentId,
): Promise<readonly AgentMessage[]> {
  return query<AgentMessage>`
    select m.message_id as "messageId", u.name as "fromName", m.text, m.sent_at as "sentAt"
      from agent_message m join app_user u on u.user_id = m.from_user_id
     where m.organization_id = ringline_organization() and m.agent_id = ${agentId} and m.seen_at is null
     order by m.sent_at, m.message_id limit ${UNREAD_SHOWN_MAX}`;
}

/** Nobody is written to more often in a day. */
const DAY_SHOWN_MAX = 200;

/** Seen and unseen ones since a moment, the newest first. */
export async function loadMessagesSince(
  { query }: Pick<OrganizationDatabase, 'query'>,
  { agentId, since }: { readonly agentId: AgentId; readonly since: EpochMs },
): Promise<readonly DayMessage[]> {
  return query<DayMessage>`
    select m.message_id as "messageId", u.name as "fromName", m.text, m.sent_at as "sentAt", m.seen_at as "seenAt"
      from agent_message m join app_user u on u.user_id = m.from_user_id
     where m.organization_id = ringline_organization() and m.agent_id = ${agentId} and m.sent_at >= ${toIso(since)}::timestamptz
     order by m.sent_at desc, m.message_id desc limit ${DAY_SHOWN_MAX}`;
}

/** False when there is no such message of his. Seen once is seen: the first moment stays. */
export async function markSeen(
  { query }: Pick<OrganizationDatabase, 'query'>,
  seen: { organizationId: OrganizationId; agentId: AgentId; messageId: MessageId; at: EpochMs },
): Promise<boolean> {
  const rows = await query<{ told: string }>`
    with put as (
      update agent_message set seen_at = coalesce(seen_at, ${toIso(seen.at)}::timestamptz)
       where message_id = ${seen.messageId} and agent_id = ${seen.agentId} returning agent_id
    )
    select pg_notify(${AGENT_MESSAGE_CHANNEL}, ${seen.organizationId} || ' ' || agent_id)::text as told from put`;
  return rows.length > 0;
}
