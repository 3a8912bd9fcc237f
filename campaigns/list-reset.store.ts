import type { Query } from '../kernel/database.ts';
import type { CampaignId, LeadId, ListId, OrganizationId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import { CAMPAIGN_CHANNEL } from './campaign.store.ts';
import type { Ending } from './ending.ts';
import { dueAfterRest } from './lead-rest.ts';
import { ONLY_BY_HAND } from './manual-lead.store.ts';
import { part, statementOf, type SqlPart } from './sql-part.ts';

/**
 * Leads of a list that are made due again: those that are finished or wait for a later time. Never those on a do-not-call list, those
 * with an appointment, those that only agents dial, and those that are being called. Nobody is due before the rest is over that follows an abandoned or a lost call.
 */
export interface ListReset {
  readonly organizationId: OrganizationId;
  readonly listId: ListId;
  /** Null: in every campaign that has the list and is not finished. */
  readonly campaignId: CampaignId | null;
  /** Only leads whose last call ended so; null: all, also those that were never called. */
  readonly endings: readonly Ending[] | null;
  /** Also leads that an agent's word has finished: an outcome, or that the person wants no call back. */
  readonly includesDisposed: boolean;
  /** Attempts begin at 0 again, on each number too, and the tries of each ending; otherwise those that have used theirs up stay finished. */
  readonly clearsAttempts: boolean;
}

/** Campaigns in which the reset works, in the order in which it does. */
async function campaignsOf(query: Query, reset: ListReset): Promise<readonly CampaignId[]> {
  const rows = await query<{ campaignId: CampaignId }>`
    select a.campaign_id as "campaignId" from campaign_list a join campaign k using (campaign_id)
     where a.organization_id = ${reset.organizationId} and a.list_id = ${reset.listId} and k.state <> 'finished'
       and (${reset.campaignId}::uuid is null or a.campaign_id = ${reset.campaignId})
     order by a.campaign_id`;
  return rows.map(({ campaignId }) => campaignId);
}

/** Those of `c` (campaign_lead) that a reset changes: counted and changed by the same words. */
const isReset = (
  { listId, endings, includesDisposed, clearsAttempts }: ListReset,
  now: EpochMs,
): SqlPart => part`
  c.list_id = ${listId}
  and (c.state = 'finished' or c.state = 'waiting' and c.due_at > ${new Date(now)} and c.due_at > ${dueAfterRest(now)})
  and not exists (select from lead_list t where t.list_id = c.list_id and t.is_manual)
  and coalesce(c.finished_why, '') not in ('do-not-call', 'list-removed', ${ONLY_BY_HAND})
  and (${includesDisposed}::boolean
       or coalesce(c.finished_why, '') not like 'disposition:%' and c.finished_why is distinct from 'callback-cancelled')
  and (${clearsAttempts}::boolean
       or c.attempts < (select attempts_per_lead_max from campaign k where k.campaign_id = c.campaign_id))
  and (${endings}::text[] is null or c.last_ending = any(${endings}::text[]))`;

/** How many leads a reset makes due, or due after the rest of their last call; counted in each campaign. */
export async function countListReset(query: Query, reset: ListReset, now: EpochMs): Promise<number> {
  const campaigns = await campaignsOf(query, reset);
  const [row] = await query<{ leads: number }>(
    ...statementOf(part`
      select count(*)::int as leads from campaign_lead c
       where c.campaign_id = any(${campaigns}::uuid[]) and ${isReset(reset, now)}`),
  );
  return row?.leads ?? 0;
}

/** The last lead that a reset has looked at. */
export interface ResetPlace {
  readonly campaignId: CampaignId;
  readonly leadId: LeadId;
}

export interface ResetStep {
  readonly leads: number;
  /** Go on from here; null = all is done. */
  readonly next: ResetPlace | null;
}

/**
 * Makes leads due at `now` or when their rest is over, batch by batch, until all is done or `isEnough`. Stopped in between and begun anew, it does the rest: leads
 * that are due are not touched.
 */
export async function resetList(
  query: Query,
  reset: ListReset,
  work: { readonly from: ResetPlace | null; readonly now: EpochMs; readonly isEnough: () => boolean },
): Promise<ResetStep> {
  const campaigns = await campaignsOf(query, reset);
  let leads = 0;
  for (const campaignId of campaigns.filter((id) => work.from === null || id >= work.from.campaignId)) {
    let after = campaignId === work.from?.campaignId ? work.from.leadId : null;
    do {
      const batch = await resetBatch(query, reset, { campaignId, after, now: work.now });
      leads += batch.leads;
      after = batch.last;
      if (after !== null && work.isEnough()) return { leads, next: { campaignId, leadId: after } };
    } while (after !== null);
  }
  await query`select pg_notify(${CAMPAIGN_CHANNEL}, ${reset.organizationId})`;
  return { leads, next: null };
}

/** Keeps each statement well under a second. */
const LEADS_PER_STATEMENT = 10_000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

async function resetBatch(
  query: Query,
  reset: ListReset,
  { campaignId, after, now }: { campaignId: CampaignId; after: LeadId | null; now: EpochMs },
): Promise<{ readonly leads: number; readonly last: LeadId | null }> {
  const [row] = await query<{ leads: number; picked: number; last: LeadId | null }>(
    ...statementOf(part`
    with batch as materialized (
      select c.lead_id, ${dueAfterRest(now)} as due_at
        from campaign_lead c
       where c.campaign_id = ${campaignId} and c.lead_id > ${after ?? BEFORE_ALL}::uuid and ${isReset(reset, now)}
       order by c.lead_id
       limit ${LEADS_PER_STATEMENT}
    ), changed as (
      update campaign_lead c
         set state = 'waiting', finished_why = null, due_at = b.due_at,
             -- Who is due waits for nothing any more: a later change of the rules gives him no other date.
             due_why = case when b.due_at > ${new Date(now)} then c.due_why end,
             attempts = case when ${reset.clearsAttempts}::boolean then 0 else c.attempts end,
             number_attempts = case when ${reset.clearsAttempts}::boolean then '{}' else c.number_attempts end,
             ending_counts = case when ${reset.clearsAttempts}::boolean then '{}' else c.ending_counts end,
             -- From the first number again: the one that stands there may not exist.
             number_id = n.number_id, phone = n.phone, zone_key = n.zone_key
        from batch b
       cross join lateral (select * from lead_number where lead_id = b.lead_id order by position limit 1) n
       where c.campaign_id = ${campaignId} and c.lead_id = b.lead_id and c.state in ('finished', 'waiting')
      returning 1
    )
    select (select count(*)::int from changed) as leads, (select count(*)::int from batch) as picked,
           (select lead_id from batch order by lead_id desc limit 1) as last`),
  );
  return { leads: row?.leads ?? 0, last: row?.picked === LEADS_PER_STATEMENT ? row.last : null };
}
