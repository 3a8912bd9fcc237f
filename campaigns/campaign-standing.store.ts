import { localDayOf } from '../compliance/abandonment.ts';
import { localDay } from '../compliance/local-time.ts';
import type { Query } from '../kernel/database.ts';
import type { ListId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import { campaignOpening, type CampaignOpening } from './campaign-hours.ts';
import {
  runsOutAfterMs,
  standingOf,
  type CampaignStanding,
  type LeadGroup,
  type Pace,
} from './campaign-standing.ts';
import type { CampaignKey } from './campaign.store.ts';
import type { Campaign } from './campaign.ts';
import { FigureCache } from './figure-cache.ts';
import { listHold, type HopperList, type ListHold } from './hopper.ts';

export interface StoredStanding extends CampaignStanding {
  /** Large campaigns are not counted for each look. */
  readonly countedAt: EpochMs;
  readonly opening: CampaignOpening;
  /** Dialling time until no lead is open, if it goes on as today. */
  readonly runsOutAfterMs: number | null;
}

interface Counted {
  readonly groups: readonly LeadGroup[];
  readonly pace: Pace;
}

/** Below this a count takes a few milliseconds. */
const SLOW_LEADS = 20_000;
const cache = new FigureCache<Counted>(
  ({ groups }) => groups.reduce((n, { leads }) => n + leads, 0) > SLOW_LEADS,
);

/** Where the leads of a campaign stand, why those wait that wait, and how long they last. */
export async function readCampaignStanding(
  query: Query,
  { organizationId, ...campaign }: Campaign & Pick<CampaignKey, 'organizationId'>,
  now: EpochMs,
): Promise<StoredStanding> {
  const { campaignId, timeZone } = campaign;
  const key = { organizationId, campaignId };
  const [{ value, countedAt }, holds] = await Promise.all([
    cache.read({ owner: query, key: campaignId, now }, () => count(query, key, { now, timeZone })),
    readHolds(query, key, localDay(timeZone, now)),
  ]);
  const opening = campaignOpening(campaign, now);
  const standing = standingOf({ now, groups: value.groups, opening, holds });
  const open = standing.leads - standing.finished;
  return { ...standing, countedAt, opening, runsOutAfterMs: runsOutAfterMs(open, value.pace) };
}

async function count(
  query: Query,
  key: CampaignKey,
  { now, timeZone }: { readonly now: EpochMs; readonly timeZone: string },
): Promise<Counted> {
  const { from } = localDayOf(timeZone, now);
  const [groups, pace] = await Promise.all([
    query<LeadGroup & { finishedToday: number }>`
      select state,
             case when state in ('waiting', 'callback') then list_id end as "listId",
             case when state in ('waiting', 'callback') then zone_key end as "zoneKey",
             due_at <= ${new Date(now)} as "isDue",
             case when state = 'finished' then finished_why when due_at > ${new Date(now)} then due_why end as why,
             count(*)::int as leads, min(due_at) as "firstDueAt",
             (count(*) filter (where state = 'finished' and due_at >= ${new Date(from)}
                                 and finished_why is distinct from 'list-removed'))::int as "finishedToday"
        from campaign_lead
       where organization_id = ${key.organizationId} and campaign_id = ${key.campaignId}
       group by 1, 2, 3, 4, 5`,
    query<Omit<Pace, 'finishedToday'>>`
      select min(placed_at) as "firstCallAt", max(placed_at) as "lastCallAt" from call
       where organization_id = ${key.organizationId} and campaign_id = ${key.campaignId} and placed_at >= ${new Date(from)}`,
  ]);
  const finishedToday = groups.reduce((total, group) => total + group.finishedToday, 0);
  return { groups, pace: { firstCallAt: null, lastCallAt: null, ...pace[0], finishedToday } };
}

async function readHolds(
  query: Query,
  { organizationId, campaignId }: CampaignKey,
  today: string,
): Promise<ReadonlyMap<ListId, { readonly name: string; readonly hold: ListHold }>> {
  const lists = await query<HopperList & { name: string }>`
    select a.list_id as "listId", l.name, a.priority, a.weight, l.is_paused as "isPaused", l.expires_on::text as "expiresOn"
      from campaign_list a join lead_list l using (list_id)
     where a.organization_id = ${organizationId} and a.campaign_id = ${campaignId}`;
  return new Map(
    lists.flatMap((list) => {
      const hold = listHold(list, today);
      return hold === null ? [] : [[list.listId, { name: list.name, hold }] as const];
    }),
  );
}
