import type { OrganizationDatabase } from '../kernel/database.ts';
import type { AgentId, CampaignId, OrganizationId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { LeadPreview } from './agent.ts';
import { FencedOff, type Fence } from './fence.ts';

/** Which of these agents have a callback of their own to make now, with its campaign; the oldest of each. */
export async function readDueCallbacks(
  database: OrganizationDatabase,
  fence: Fence,
  asked: { readonly agentIds: readonly AgentId[]; readonly now: EpochMs },
): Promise<readonly { readonly agentId: AgentId; readonly campaignId: CampaignId }[]> {
  return await database.query<{ agentId: AgentId; campaignId: CampaignId }>`
    select agent.agent_id as "agentId", next.campaign_id as "campaignId"
      from unnest(${asked.agentIds}::uuid[]) as agent(agent_id)
     cross join lateral (
       select c.campaign_id
         from campaign_lead c join campaign k on k.campaign_id = c.campaign_id
        where c.callback_agent_id = agent.agent_id and c.state = 'callback' and c.due_at <= ${new Date(asked.now)}
          and k.pool_id = ${fence.poolId} and k.state = 'running' and k.dial_mode <> 'manual'
        order by c.due_at, c.lead_id
        limit 1
     ) next`;
}

export interface PreviewSkip {
  readonly organizationId: OrganizationId;
  readonly agentId: AgentId;
  readonly preview: LeadPreview;
  /** His words; null: the time was over. */
  readonly reason: string | null;
  readonly at: EpochMs;
  readonly dueAt: EpochMs;
}

/** Gives a previewed lead back with a due time, and notes why. Harmless when repeated. */
export async function skipPreviewedLead(
  database: OrganizationDatabase,
  fence: Fence,
  skip: PreviewSkip,
): Promise<void> {
  const { organizationId, agentId, preview, reason } = skip;
  const { campaignId, leadId, phone } = preview;
  const [row] = await database.query<{ is_fenced: boolean }>`
    with fence as materialized (
      select from pool_owner where pool_id = ${fence.poolId} and epoch = ${fence.epoch} for share
    ), back as (
      update campaign_lead c
         set state = c.claimed_from, claimed_from = null, claim_epoch = null, due_at = ${new Date(skip.dueAt)},
             callback_open_at = ${new Date(skip.dueAt)} + (c.callback_open_at - c.due_at)
        from fence
       where c.campaign_id = ${campaignId} and c.lead_id = ${leadId} and c.state = 'claimed' and c.claim_epoch = ${fence.epoch}
      returning c.lead_id
    ), noted as (
      insert into preview_skip (organization_id, at, campaign_id, lead_id, agent_id, phone, reason, due_at)
      select ${organizationId}, ${new Date(skip.at)}, ${campaignId}, back.lead_id, ${agentId}, ${phone}, ${reason},
             ${new Date(skip.dueAt)}
        from back
    )
    select exists (select from fence) as is_fenced`;
  if (!row?.is_fenced) throw new FencedOff(fence);
}
