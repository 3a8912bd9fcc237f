import type { Query } from '../kernel/database.ts';
import type { EpochMs } from '../kernel/time.ts';
import { readLedgerDay } from '../compliance/abandonment-ledger.store.ts';
import { localDayOf } from '../compliance/abandonment.ts';
import type { Campaign } from './campaign.ts';
import type { CampaignKey } from './campaign.store.ts';
import { FigureCache } from './figure-cache.ts';

/** Where the leads of a campaign stand now. */
export interface CampaignNumbers {
  readonly leads: number;
  readonly dueNow: number;
  /** Waiting for their time. */
  readonly waiting: number;
  readonly callbacks: number;
  readonly inProgress: number;
  readonly awaitingDisposition: number;
  readonly finished: number;
  /** The rule that refused each waiting lead last, while nothing was placed after it. */
  readonly refused: readonly { readonly rule: string; readonly leads: number }[];
  readonly nextDueAt: EpochMs | null;
}

const REFUSALS_LOOKED_AT = 20_000;
/** From here on a count takes longer than a page should wait, and figures may be some seconds old. */
const SLOW_ROWS = 20_000;
const numbersCache = new FigureCache<CampaignNumbers>(({ leads }) => leads > SLOW_ROWS);

export async function readCampaignNumbers(
  query: Query,
  key: CampaignKey,
  now: EpochMs,
): Promise<CampaignNumbers> {
  const { value } = await numbersCache.read({ owner: query, key: key.campaignId, now }, () =>
    countNumbers(query, key, now),
  );
  return value;
}

async function countNumbers(
  query: Query,
  { organizationId, campaignId }: CampaignKey,
  now: EpochMs,
): Promise<CampaignNumbers> {
  const counted = query<Omit<CampaignNumbers, 'refused'>>`
    select count(*)::int as leads,
           (count(*) filter (where state = 'waiting' and due_at <= ${new Date(now)}))::int as "dueNow",
           (count(*) filter (where state = 'waiting' and due_at > ${new Date(now)}))::int as waiting,
           (count(*) filter (where state = 'callback'))::int as callbacks,
           (count(*) filter (where state in ('claimed', 'calling')))::int as "inProgress",
           (count(*) filter (where state = 'awaiting-disposition'))::int as "awaitingDisposition",
           (count(*) filter (where state = 'finished'))::int as finished,
           min(due_at) filter (where state in ('waiting', 'callback') and due_at > ${new Date(now)}) as "nextDueAt"
      from campaign_lead
     where organization_id = ${organizationId} and campaign_id = ${campaignId}`;
  const refusedLast = query<{ rule: string; leads: number }>`
    with last as (
      select distinct on (r.lead_id) r.lead_id, r.rule, r.at
        from (select lead_id, rule, at from refusal
               where organization_id = ${organizationId} and campaign_id = ${campaignId}
               order by at desc limit ${REFUSALS_LOOKED_AT}) r
       order by r.lead_id, r.at desc
    )
    select last.rule, count(*)::int as leads
      from last
     where not exists (select from call c
                        where c.organization_id = ${organizationId} and c.lead_id = last.lead_id
                          and c.campaign_id = ${campaignId} and c.placed_at > last.at)
     group by last.rule order by leads desc, last.rule`;
  const [[counts], refused] = await Promise.all([counted, refusedLast]);
  const none = {
    leads: 0,
    dueNow: 0,
    waiting: 0,
    callbacks: 0,
    inProgress: 0,
    awaitingDisposition: 0,
    finished: 0,
    nextDueAt: null,
  };
  return { ...(counts ?? none), refused };
}

/** The campaign's local day so far, in the words of the manual. */
export interface CampaignToday {
  readonly localDay: string;
  readonly attempts: number;
  readonly humanAnswers: number;
  readonly abandoned: number;
  readonly connected: number;
  readonly refused: number;
  readonly abandonRateMax: number;
  readonly abandonRateTarget: number;
  readonly endings: readonly { readonly ending: string; readonly calls: number }[];
  readonly dispositions: readonly { readonly code: string; readonly label: string; readonly calls: number }[];
}

type CampaignOfDay = Pick<Campaign, 'campaignId' | 'timeZone' | 'abandonRateMax' | 'abandonTargetShare'> &
  Pick<CampaignKey, 'organizationId'>;

const todayCache = new FigureCache<CampaignToday>(({ attempts, refused }) => attempts + refused > SLOW_ROWS);

export async function readCampaignToday(
  query: Query,
  campaign: CampaignOfDay,
  now: EpochMs,
): Promise<CampaignToday> {
  // Another zone is another day; a limit that was changed shows at once.
  const key = [campaign.campaignId, campaign.timeZone, campaign.abandonRateMax, campaign.abandonTargetShare];
  const { value } = await todayCache.read({ owner: query, key: key.join(' '), now }, () =>
    countToday(query, campaign, now),
  );
  return value;
}

async function countToday(query: Query, campaign: CampaignOfDay, now: EpochMs): Promise<CampaignToday> {
  const { organizationId, campaignId, timeZone, abandonRateMax, abandonTargetShare } = campaign;
  const { day, from, to } = localDayOf(timeZone, now);
  const [ledger, endings, words, counts] = await Promise.all([
    readLedgerDay(query, campaignId, day),
    query<{ ending: string; calls: number; attempts: number }>`
      select ending, count(*)::int as calls,
             (count(*) filter (where dialled_at is not null and ending <> 'carrier-failure'))::int as attempts
        from call
       where organization_id = ${organizationId} and campaign_id = ${campaignId}
         and placed_at >= ${new Date(from)} and placed_at < ${new Date(to)} and ending is not null
       group by ending order by calls desc, ending`,
    query<{ code: string; label: string; calls: number }>`
      select d.code, coalesce(w.label, d.code) as label, count(*)::int as calls
        from call c
        join call_disposition d using (call_id)
        left join disposition w on w.organization_id = d.organization_id and w.code = d.code
       where c.organization_id = ${organizationId} and c.campaign_id = ${campaignId}
         and c.placed_at >= ${new Date(from)} and c.placed_at < ${new Date(to)}
       group by 1, 2 order by calls desc, 1`,
    query<{ refused: number }>`
      select count(*)::int as refused from refusal
       where organization_id = ${organizationId} and campaign_id = ${campaignId}
         and at >= ${new Date(from)} and at < ${new Date(to)}`,
  ]);
  return {
    localDay: day,
    attempts: endings.reduce((sum, row) => sum + row.attempts, 0),
    humanAnswers: ledger.answered,
    abandoned: ledger.abandoned,
    connected: endings.find(({ ending }) => ending === 'connected')?.calls ?? 0,
    refused: counts[0]?.refused ?? 0,
    abandonRateMax,
    abandonRateTarget: abandonRateMax * abandonTargetShare,
    endings: endings.map(({ ending, calls }) => ({ ending, calls })),
    dispositions: words,
  };
}
