import type { OrganizationDatabase, Query } from '../kernel/database.ts';
import type { LeadId, ListId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import { CAMPAIGN_CHANNEL, type CampaignKey } from './campaign.store.ts';

/** Leads that one statement moves: keeps each well under a second, and a stop in between is taken up by the next call. */
const LEADS_PER_STATEMENT = 10_000;

export type Attached = { readonly ok: true; readonly leads: number } | { readonly ok: false };

export interface ListAttachment {
  readonly listId: ListId;
  /** Lists of higher priority go first. */
  readonly priority: number;
  /** Share among lists of the same priority; left out: 1, or what it was. */
  readonly weight?: number | undefined;
  readonly at: EpochMs;
}

/**
 * Gives a campaign the leads of a list, each with its first number, due at once. Done twice it changes nothing but priority and weight.
 * `leads` are those that are new in the campaign. Not ok: campaign or list do not exist in this organization.
 */
export async function attachList(
  database: OrganizationDatabase,
  { organizationId, campaignId }: CampaignKey,
  { listId, priority, weight, at }: ListAttachment,
): Promise<Attached> {
  const isKnown = await database.tx(async (query) => {
    // Waits for the batches of imports in flight; those that come later see the attachment and add their leads themselves.
    const locked = await query`
      select from lead_list where organization_id = ${organizationId} and list_id = ${listId} for update`;
    const attached = await query<{ campaign_id: string }>`
      insert into campaign_list (campaign_id, list_id, organization_id, priority, weight)
      select c.campaign_id, ${listId}, ${organizationId}, ${priority}, coalesce(${weight ?? null}::int, 1) from campaign c
       where c.organization_id = ${organizationId} and c.campaign_id = ${campaignId} and ${locked.length > 0}::boolean
      on conflict (campaign_id, list_id) do update
        set priority = excluded.priority, weight = coalesce(${weight ?? null}::int, campaign_list.weight)
      returning campaign_id`;
    return attached.length > 0;
  });
  if (!isKnown) return { ok: false };
  await refreshLeadStatistics(database.query);
  let leads = 0;
  await eachBatchOfList(database.query, listId, async (batch) => {
    const [row] = await database.query<{ added: number }>`
      with added as (
        insert into campaign_lead (campaign_id, lead_id, organization_id, list_id, due_at, number_id, phone, zone_key)
        select ${campaignId}, l.lead_id, ${organizationId}, ${listId}, ${new Date(at)}, n.number_id, n.phone, n.zone_key
          from lead l
         cross join lateral (select * from lead_number where lead_id = l.lead_id order by position limit 1) n
         where l.organization_id = ${organizationId} and l.list_id = ${listId}
           and l.lead_id > ${batch.after} and l.lead_id <= ${batch.last}
        on conflict (campaign_id, lead_id) do update
          set state = 'waiting', due_at = excluded.due_at, finished_why = null
          where campaign_lead.finished_why = 'list-removed'
        returning xmax = 0 as is_new
      )
      select count(*) filter (where is_new)::int as added from added`;
    leads += row?.added ?? 0;
  });
  await refreshLeadStatistics(database.query);
  await notify(database.query, organizationId);
  return { ok: true, leads };
}

/**
 * Leads of the list that wait are finished; calls in flight and conversations end as they would, and a trigger of the table finishes
 * their leads when they would wait again.
 */
export async function detachList(
  database: OrganizationDatabase,
  { organizationId, campaignId }: CampaignKey,
  { listId, at }: { readonly listId: ListId; readonly at: EpochMs },
): Promise<boolean> {
  const detached = await database.query<{ list_id: string }>`
    delete from campaign_list
     where organization_id = ${organizationId} and campaign_id = ${campaignId} and list_id = ${listId}
    returning list_id`;
  await eachBatchOfList(database.query, listId, async (batch) => {
    await database.query`
      update campaign_lead set state = 'finished', finished_why = 'list-removed', due_at = ${new Date(at)}
       where organization_id = ${organizationId} and campaign_id = ${campaignId} and list_id = ${listId}
         and lead_id > ${batch.after} and lead_id <= ${batch.last} and state in ('waiting', 'callback')`;
  });
  await finishReturned(database.query, { campaignId, listId, at });
  await notify(database.query, organizationId);
  return detached.length > 0;
}

/**
 * A lead that was put back by a statement which began before the list was taken away was neither seen waiting nor met by the
 * trigger. Touching each lead in flight waits for such a statement; one row at a time, so that nobody can wait in a circle.
 */
async function finishReturned(
  query: Query,
  key: { readonly campaignId: CampaignKey['campaignId']; readonly listId: ListId; readonly at: EpochMs },
): Promise<void> {
  const held = await query<{ leadId: LeadId }>`
    select lead_id as "leadId" from campaign_lead
     where campaign_id = ${key.campaignId} and list_id = ${key.listId}
       and state in ('waiting', 'callback', 'claimed', 'calling', 'awaiting-disposition')`;
  for (const { leadId } of held) {
    await query`
      update campaign_lead
         set finished_why = case when state in ('waiting', 'callback') then 'list-removed' else finished_why end,
             state = case when state in ('waiting', 'callback') then 'finished' else state end,
             due_at = case when state in ('waiting', 'callback') then ${new Date(key.at)} else due_at end
       where campaign_id = ${key.campaignId} and lead_id = ${leadId} and state <> 'finished'`;
  }
}

/**
 * Lets the planner know what was just filled, without waiting for autovacuum: until then every search for one lead reads its whole
 * organization.
 */
export async function refreshLeadStatistics(query: Query): Promise<void> {
  await query`call ringline_analyze_leads()`;
}

interface Batch {
  readonly after: string;
  readonly last: LeadId;
}

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

async function eachBatchOfList(
  query: Query,
  listId: ListId,
  work: (batch: Batch) => Promise<void>,
): Promise<void> {
  for (let after: string = BEFORE_ALL; ;) {
    const [row] = await query<{ last: LeadId | null }>`
      select (array_agg(lead_id order by lead_id desc))[1] as last from (
        select lead_id from lead
         where organization_id = (select ringline_organization()) and list_id = ${listId} and lead_id > ${after}
         order by lead_id limit ${LEADS_PER_STATEMENT}) next`;
    const last = row?.last ?? null;
    if (last === null) return;
    await work({ after, last });
    after = last;
  }
}

async function notify(query: Query, organizationId: string): Promise<void> {
  await query`select pg_notify(${CAMPAIGN_CHANNEL}, ${organizationId})`;
}
