import type { Query } from '../kernel/database.ts';
import type { AgentId, CampaignId, PoolId } from '../kernel/ids.ts';

/**
 * Callbacks whose agent has no seat any more in the pool that dials their campaign become anyone's: nobody else would make them. In the
 * transaction that took the seat, the role or the pool away. Also those that are being dialled just now, and those of a list that was
 * taken away and may come back. How many they are.
 */
export async function openOrphanedCallbacks(
  query: Query,
  whose: { readonly agentId: AgentId } | { readonly campaignId: CampaignId },
): Promise<number> {
  const agentId = 'agentId' in whose ? whose.agentId : null;
  const campaignId = 'campaignId' in whose ? whose.campaignId : null;
  const [row] = await query<{ callbacks: number }>`
    with orphaned as (
      select c.campaign_id, c.lead_id
        from campaign_lead c join campaign k on k.campaign_id = c.campaign_id
       where c.organization_id = ringline_organization() and c.callback_agent_id is not null
         and (${agentId}::uuid is null or c.callback_agent_id = ${agentId}::uuid)
         and (${campaignId}::uuid is null or c.campaign_id = ${campaignId}::uuid)
         and (c.state <> 'finished' or c.finished_why = 'list-removed')
         and not exists (
           select from agent a join app_user u on u.user_id = a.agent_id
            where a.agent_id = c.callback_agent_id and a.pool_id = k.pool_id and u.is_active and u.role = 'agent')
       order by c.campaign_id, c.lead_id
         for update of c
    ), opened as (
      update campaign_lead c set callback_agent_id = null, callback_open_at = null
        from orphaned o
       where c.campaign_id = o.campaign_id and c.lead_id = o.lead_id
      returning 1
    )
    select count(*)::int as callbacks from opened`;
  return row?.callbacks ?? 0;
}

/** How many callbacks of an agent he would leave to others when he moves to another pool. */
export async function countCallbacksLeft(
  query: Query,
  { agentId, toPoolId }: { readonly agentId: AgentId; readonly toPoolId: PoolId },
): Promise<number> {
  const [row] = await query<{ callbacks: number }>`
    select count(*)::int as callbacks
      from campaign_lead c join campaign k on k.campaign_id = c.campaign_id and k.pool_id <> ${toPoolId}
     where c.organization_id = ringline_organization() and c.callback_agent_id = ${agentId} and c.state = 'callback'`;
  return row?.callbacks ?? 0;
}
