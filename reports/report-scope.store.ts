import type { Query } from '../kernel/database.ts';
import type { CampaignId, OrganizationId, PoolId } from '../kernel/ids.ts';
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

/** Zone of days that belong to no campaign: an agent's, and those of all campaigns together. */
export async function readOrganizationZone(query: Query, organizationId: OrganizationId): Promise<string> {
  const [row] = await query<{ timeZone: string }>`
    select time_zone as "timeZone" from organization where organization_id = ${organizationId}`;
  if (!row) throw new Error('Bug: somebody without an organization asks for a report');
  return row.timeZone;
}

/** Of the campaign that was chosen, else of the organization: what is drafted or started meanwhile moves nobody's days. */
export const readAgentsZone = async (
  query: Query,
  organizationId: OrganizationId,
  chosen: ReportCampaign | undefined,
): Promise<string> => chosen?.timeZone ?? readOrganizationZone(query, organizationId);
