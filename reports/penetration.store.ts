import type { OrganizationDatabase, Query } from '../kernel/database.ts';
import type { CampaignId, ListId, OrganizationId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';

/** How far a campaign is through one of its lists. */
export interface ListPenetration {
  readonly campaignId: CampaignId;
  readonly campaignName: string;
  readonly listId: ListId;
  readonly listName: string;
  readonly leads: number;
  /** Leads with at least one attempt. */
  readonly attempted: number;
  readonly countedAt: EpochMs;
}

/** As counted last by {@link countPenetration}. */
export async function readPenetration(
  query: Query,
  organizationId: OrganizationId,
  campaignId: CampaignId | null,
): Promise<readonly ListPenetration[]> {
  return await query<ListPenetration>`
    select p.campaign_id as "campaignId", c.name as "campaignName", p.list_id as "listId", l.name as "listName", p.leads,
           p.attempted, p.counted_at as "countedAt"
      from report_penetration p join campaign c using (campaign_id) join lead_list l using (list_id)
     where p.organization_id = ${organizationId} and (${campaignId}::uuid is null or p.campaign_id = ${campaignId})
     order by c.created_at desc, c.campaign_id, l.name`;
}

/** Counts the leads of every campaign that is not finished (and of those that never were counted) and forgets lists that were taken away. */
export async function countPenetration(
  database: OrganizationDatabase,
  organizationId: OrganizationId,
  now: EpochMs,
): Promise<void> {
  await database.query`
    with due as (
      select c.campaign_id from campaign c
       where c.organization_id = ${organizationId}
         and (c.state <> 'finished'
              or not exists (select from report_penetration p
                              where p.campaign_id = c.campaign_id and p.counted_at > coalesce(c.started_at, c.created_at)))
    ), counted as (
      select cl.campaign_id, l.list_id, count(*)::int as leads, (count(*) filter (where cl.attempts > 0))::int as attempted
        from due join campaign_lead cl using (campaign_id) join lead l using (lead_id)
       where cl.organization_id = ${organizationId}
       group by 1, 2
    ), gone as (
      delete from report_penetration p using due
       where p.organization_id = ${organizationId} and p.campaign_id = due.campaign_id
         and not exists (select from counted c where c.campaign_id = p.campaign_id and c.list_id = p.list_id)
    )
    insert into report_penetration (campaign_id, list_id, organization_id, leads, attempted, counted_at)
    select campaign_id, list_id, ${organizationId}, leads, attempted, ${new Date(now)} from counted
    on conflict (campaign_id, list_id) do update
       set leads = excluded.leads, attempted = excluded.attempted, counted_at = excluded.counted_at`;
}
