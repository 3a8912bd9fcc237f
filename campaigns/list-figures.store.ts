import { localDay } from '../compliance/local-time.ts';
import type { Query } from '../kernel/database.ts';
import type { CampaignId, ListId, OrganizationId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { CampaignKey } from './campaign.store.ts';
import { FigureCache } from './figure-cache.ts';
import { listHold, type HopperList, type ListHold } from './hopper.ts';

/** A list as one campaign uses it. */
export interface CampaignListEntry {
  readonly listId: ListId;
  readonly name: string;
  readonly leads: number;
  readonly priority: number;
  readonly weight: number;
  /** Share of the leads that are taken while every list of its priority has leads, 0…1; 0 when held. */
  readonly share: number;
  readonly expiresOn: string | null;
  /** Why none of its leads is taken. */
  readonly hold: ListHold | null;
}

/** The lists of a campaign, those that go first before the others. */
export async function readCampaignLists(
  query: Query,
  { organizationId, campaignId }: CampaignKey,
  now: EpochMs,
): Promise<readonly CampaignListEntry[]> {
  const lists = await query<HopperList & { name: string; leads: number; timeZone: string }>`
    select a.list_id as "listId", l.name, l.lead_count as leads, a.priority, a.weight, l.is_paused as "isPaused",
           l.expires_on::text as "expiresOn", c.time_zone as "timeZone"
      from campaign_list a join lead_list l using (list_id) join campaign c using (campaign_id)
     where a.organization_id = ${organizationId} and a.campaign_id = ${campaignId}
     order by a.priority desc, l.name`;
  const holds = lists.map((list) => listHold(list, localDay(list.timeZone, now)));
  return lists.map(({ timeZone: _, isPaused: __, ...list }, i) => {
    const hold = holds[i] ?? null;
    const tier = lists.filter((other, j) => other.priority === list.priority && holds[j] === null);
    const total = tier.reduce((sum, { weight }) => sum + weight, 0);
    return { ...list, hold, share: hold === null ? list.weight / total : 0 };
  });
}

/** Holds from the next claim on. False when the campaign does not have the list. */
export async function changeCampaignList(
  query: Query,
  { organizationId, campaignId, listId }: CampaignKey & { readonly listId: ListId },
  { priority, weight }: { readonly priority: number; readonly weight: number },
): Promise<boolean> {
  const rows = await query<{ list_id: string }>`
    update campaign_list set priority = ${priority}, weight = ${weight}
     where organization_id = ${organizationId} and campaign_id = ${campaignId} and list_id = ${listId}
    returning list_id`;
  return rows.length > 0;
}

/** Where the leads of a list stand in one campaign. */
export interface ListStanding {
  readonly campaignId: CampaignId;
  readonly name: string;
  readonly priority: number;
  readonly weight: number;
  readonly leads: number;
  readonly dueNow: number;
  /** Wait for a later moment. */
  readonly later: number;
  readonly callbacks: number;
  readonly finished: number;
  /** With at least one attempt. */
  readonly attempted: number;
}

const SLOW_FROM_LEADS = 50_000;
const standings = new FigureCache<readonly ListStanding[]>((counted) =>
  counted.some(({ leads }) => leads >= SLOW_FROM_LEADS),
);

/** In each campaign that has the list. Figures of a big list are some seconds old. */
export async function readListStandings(
  query: Query,
  { organizationId, listId }: { readonly organizationId: OrganizationId; readonly listId: ListId },
  now: EpochMs,
): Promise<{ readonly value: readonly ListStanding[]; readonly countedAt: EpochMs }> {
  return await standings.read(
    { owner: query, key: listId, now },
    () =>
      query<ListStanding>`
      select a.campaign_id as "campaignId", k.name, a.priority, a.weight, n.*
        from campaign_list a
        join campaign k using (campaign_id)
       cross join lateral (
         select count(*)::int as leads,
                (count(*) filter (where state = 'waiting' and due_at <= ${new Date(now)}))::int as "dueNow",
                (count(*) filter (where state = 'waiting' and due_at > ${new Date(now)}))::int as later,
                (count(*) filter (where state = 'callback'))::int as callbacks,
                (count(*) filter (where state = 'finished'))::int as finished,
                (count(*) filter (where attempts > 0))::int as attempted
           from campaign_lead
          where organization_id = ${organizationId} and campaign_id = a.campaign_id and list_id = ${listId}
       ) n
       where a.organization_id = ${organizationId} and a.list_id = ${listId}
       order by k.created_at desc`,
  );
}
