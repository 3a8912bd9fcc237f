import type { OrganizationDatabase } from '../kernel/database.ts';
import type { CampaignId, OrganizationId, PoolId } from '../kernel/ids.ts';
import { recordChanges, type Author } from './campaign-change.store.ts';

/**
 * Finishes the campaigns of a pool whose last day is over in their zone, once none of their leads is called, waits for a
 * disposition or has an appointment. Returns those that were finished.
 */
export async function finishEndedCampaigns(
  database: OrganizationDatabase,
  organizationId: OrganizationId,
  { poolId, author }: { readonly poolId: PoolId; readonly author: Omit<Author, 'userId'> },
): Promise<readonly CampaignId[]> {
  return await database.tx(async (query) => {
    const ended = await query<{ campaignId: CampaignId; version: number; before: string }>`
      with ending as (
        select c.campaign_id, c.state from campaign c
         where c.organization_id = ${organizationId} and c.pool_id = ${poolId} and c.state in ('running', 'paused')
           and c.ends_on < (${new Date(author.at)}::timestamptz at time zone c.time_zone)::date
           and not exists (select from campaign_lead l
                            where l.campaign_id = c.campaign_id and l.state in ('claimed', 'calling', 'awaiting-disposition'))
           and not exists (select from campaign_lead l where l.campaign_id = c.campaign_id and l.state = 'callback')
           for update
      )
      update campaign c set state = 'finished', version = c.version + 1
        from ending where c.campaign_id = ending.campaign_id
      returning c.campaign_id as "campaignId", c.version, ending.state as before`;
    for (const { campaignId, version, before } of ended) {
      const changes = [{ field: 'state', before, after: 'finished' }];
      await recordChanges(
        query,
        { ...author, userId: null },
        { organizationId, campaignId, version, changes },
      );
    }
    return ended.map(({ campaignId }) => campaignId);
  });
}
