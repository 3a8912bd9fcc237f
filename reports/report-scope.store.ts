import type { Query } from '../kernel/database.ts';
import type { AgentId, CampaignId, OrganizationId, PoolId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';

/** A campaign as reports need it. */
export interface ReportCampaign {
  readonly campaignId: CampaignId;
  readonly poolId: PoolId;
  readonly name: string;
  readonly timeZone: string;
  readonly startedAt: EpochMs | null;
  readonly abandonRateMax: number;
}

/** One campaign, or all of the organization (null), the newest first; empty when there is no such campaign. */
export async function readReportCampaigns(
  query: Query,
  organizationId: OrganizationId,
  campaignId: CampaignId | null,
): Promise<readonly ReportCampaign[]> {
  return await query<ReportCampaign>`
    select campaign_id as "campaignId", pool_id as "poolId", name, time_zone as "timeZone", started_at as "startedAt",
           abandon_rate_max as "abandonRateMax"
      from campaign
     where organization_id = ${organizationId} and (${campaignId}::uuid is null or campaign_id = ${campaignId})
     order by coalesce(started_at, created_at) desc, campaign_id`;
}

/** Zone of an agent's days: that of the campaign of his pool which was started last; null where there is none yet. */
export async function readAgentZone(
  query: Query,
  organizationId: OrganizationId,
  agentId: AgentId,
): Promise<string | null> {
  const [row] = await query<{ timeZone: string }>`
    select c.time_zone as "timeZone"
      from agent a join campaign c using (pool_id)
     where a.organization_id = ${organizationId} and a.agent_id = ${agentId}
     order by coalesce(c.started_at, c.created_at) desc, c.campaign_id limit 1`;
  return row?.timeZone ?? null;
}
