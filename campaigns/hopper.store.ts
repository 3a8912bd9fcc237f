import { localDay } from '../compliance/local-time.ts';
import type { Query } from '../kernel/database.ts';
import type { CampaignId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import { hopperPhase, hopperShares, type HopperList, type HopperShare } from './hopper.ts';

/** What a claim of `count` leads takes of each list of the campaign now, as pauses and proportions stand at this moment. */
export async function readHopperShares(
  query: Query,
  campaignId: CampaignId,
  { count, now }: { readonly count: number; readonly now: EpochMs },
): Promise<readonly HopperShare[]> {
  const lists = await query<HopperList & { readonly timeZone: string }>`
    select a.list_id as "listId", a.priority, a.weight, l.is_paused as "isPaused", l.expires_on::text as "expiresOn",
           c.time_zone as "timeZone"
      from campaign_list a join lead_list l using (list_id) join campaign c using (campaign_id)
     where a.campaign_id = ${campaignId}`;
  const zone = lists[0]?.timeZone;
  if (zone === undefined) return [];
  return hopperShares(lists, { count, today: localDay(zone, now), phase: hopperPhase(now) });
}
