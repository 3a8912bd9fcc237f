import { SqlError } from '../kernel/database-error.ts';
import type { OrganizationDatabase, Query } from '../kernel/database.ts';
import type { LeadId, ListId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Author } from './campaign-change.store.ts';
import { addCampaignJob } from './campaign-job.store.ts';
import { CAMPAIGN_CHANNEL, type CampaignKey } from './campaign.store.ts';

/** Leads that one statement moves: keeps each well under a second, and a stop in between is taken up by the next call. */
const LEADS_PER_STATEMENT = 10_000;
/** Of a long list these are there when the request is answered. */
const FIRST_LEADS = 2000;

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
 * Gives a campaign the leads of a list, each with its first number, due at once; those that it had before come back as they were. Done
 * twice it changes nothing but priority and weight. `leads` are those that are new in the campaign. Not ok: campaign or list do not exist
 * in this organization.
 */
export async function attachList(
  database: OrganizationDatabase,
  key: CampaignKey,
  attachment: ListAttachment,
): Promise<Attached> {
  const list = await database.tx((query) => writeAttachment(query, key, attachment));
  if (list === null) return { ok: false };
  await refreshLeadStatistics(database.query);
  const { listId, at: dueAt } = attachment;
  let leads = 0;
  for (let after: string = BEFORE_ALL; ;) {
    const batch = await addLeadsOfList(database.query, key, { listId, dueAt, after });
    if (batch === null) break;
    leads += batch.added;
    after = batch.last;
  }
  await refreshLeadStatistics(database.query);
  await notify(database.query, key.organizationId);
  return { ok: true, leads };
}

/** Lists of more leads come into a campaign by a background job. */
const ATTACHED_AT_ONCE_MAX = 20_000;

/**
 * As {@link attachList}, but leads of a long list come in by a background job, which begins here: some leads are there at once, so that
 * the campaign can start. Its runner must be woken. A list that the campaign has, or is getting, changes its priority and weight only.
 */
export async function beginAttachment(
  database: OrganizationDatabase,
  key: CampaignKey,
  { attachment, author }: { readonly attachment: ListAttachment; readonly author: Author },
): Promise<{ readonly ok: boolean }> {
  const { listId, at: dueAt } = attachment;
  const begun = await database.tx(async (query) => {
    const list = await writeAttachment(query, key, attachment);
    if (list === null || list.leadCount <= ATTACHED_AT_ONCE_MAX) return list === null ? 'unknown' : 'short';
    const isComplete = !list.isNew && (await isAttachedOrOnItsWay(query, key, listId));
    if (isComplete) return 'long';
    const work = { kind: 'attach-list', listId, dueAt } as const;
    const job = { jobId: author.newId<string>(author.at), startedAt: author.at, startedBy: author.userId };
    await addCampaignJob(query, key, { ...job, work, leadsExpected: list.leadCount });
    await addLeadsOfList(query, key, { listId, dueAt, after: BEFORE_ALL, leadsMax: FIRST_LEADS });
    return 'long';
  });
  if (begun === 'unknown') return { ok: false };
  if (begun === 'short') return await attachList(database, key, attachment);
  await notify(database.query, key.organizationId);
  return { ok: true };
}

/** False for one whose job failed. */
async function isAttachedOrOnItsWay(
  query: Query,
  { campaignId }: CampaignKey,
  listId: ListId,
): Promise<boolean> {
  const [job] = await query<{ state: string }>`
    select state from campaign_job where campaign_id = ${campaignId} and list_id = ${listId} order by started_at desc, job_id desc limit 1`;
  return job === undefined || job.state !== 'failed';
}

/** Null: campaign or list do not exist in this organization. */
async function writeAttachment(
  query: Query,
  { organizationId, campaignId }: CampaignKey,
  { listId, priority, weight }: ListAttachment,
): Promise<{ readonly leadCount: number; readonly isNew: boolean } | null> {
  // Waits for the batches of imports in flight; those that come later see the attachment and add their leads themselves.
  const [list] = await query<{ leadCount: number }>`
    select lead_count as "leadCount" from lead_list
     where organization_id = ${organizationId} and list_id = ${listId} for update`;
  const [attached] = await query<{ isNew: boolean }>`
    insert into campaign_list (campaign_id, list_id, organization_id, priority, weight)
    select c.campaign_id, ${listId}, ${organizationId}, ${priority}, coalesce(${weight ?? null}::int, 1) from campaign c
     where c.organization_id = ${organizationId} and c.campaign_id = ${campaignId} and ${list !== undefined}::boolean
    on conflict (campaign_id, list_id) do update
      set priority = excluded.priority, weight = coalesce(${weight ?? null}::int, campaign_list.weight)
    returning xmax = 0 as "isNew"`;
  return list && attached ? { leadCount: list.leadCount, isNew: attached.isNew } : null;
}

export interface LeadsOfList {
  readonly listId: ListId;
  readonly dueAt: EpochMs;
  /** Leads with ids up to here are there already. */
  readonly after: string;
  readonly leadsMax?: number;
}

export interface AddedLeads {
  readonly last: LeadId;
  /** Of the list, and of those the ones that are new in the campaign. */
  readonly leads: number;
  readonly added: number;
}

/** The next leads of a list come into a campaign; null: there are no more. */
export async function addLeadsOfList(
  query: Query,
  { organizationId, campaignId }: CampaignKey,
  { listId, dueAt, after, leadsMax = LEADS_PER_STATEMENT }: LeadsOfList,
): Promise<AddedLeads | null> {
  const batch = await nextBatchOfList(query, { listId, after, leadsMax });
  if (batch === null) return null;
  const [row] = await query<{ added: number }>`
    with added as (
      insert into campaign_lead (campaign_id, lead_id, organization_id, list_id, due_at, number_id, phone, zone_key)
      select ${campaignId}, l.lead_id, ${organizationId}, ${listId}, ${new Date(dueAt)}, n.number_id, n.phone, n.zone_key
        from lead l
       cross join lateral (select * from lead_number where lead_id = l.lead_id order by position limit 1) n
       where l.organization_id = ${organizationId} and l.list_id = ${listId}
         and l.lead_id > ${after} and l.lead_id <= ${batch.last}
      on conflict (campaign_id, lead_id) do update
        -- As it was: an appointment keeps its time and its agent, a rest goes on.
        set state = coalesce(campaign_lead.removed_from, 'waiting'), removed_from = null, finished_why = null
        where campaign_lead.finished_why = 'list-removed'
      returning xmax = 0 as is_new
    )
    select count(*) filter (where is_new)::int as added from added`;
  return { ...batch, added: row?.added ?? 0 };
}

/**
 * Leads of the list that wait are finished, and remember what they were; calls in flight and conversations end as they would, and a trigger of the table finishes
 * their leads when they would wait again.
 */
export async function detachList(
  database: OrganizationDatabase,
  { organizationId, campaignId }: CampaignKey,
  { listId }: { readonly listId: ListId },
): Promise<boolean> {
  const detached = await database.query<{ list_id: string }>`
    delete from campaign_list
     where organization_id = ${organizationId} and campaign_id = ${campaignId} and list_id = ${listId}
    returning list_id`;
  await eachBatchOfList(database.query, listId, async (batch) => {
    await database.query`
      update campaign_lead set state = 'finished', finished_why = 'list-removed', removed_from = state
       where organization_id = ${organizationId} and campaign_id = ${campaignId} and list_id = ${listId}
         and lead_id > ${batch.after} and lead_id <= ${batch.last} and state in ('waiting', 'callback')`;
  });
  await finishReturned(database.query, { campaignId, listId });
  await notify(database.query, organizationId);
  return detached.length > 0;
}

/**
 * A lead that was put back by a statement which began before the list was taken away was neither seen waiting nor met by the
 * trigger. Touching each lead in flight waits for such a statement; one row at a time, so that nobody can wait in a circle.
 */
async function finishReturned(
  query: Query,
  key: { readonly campaignId: CampaignKey['campaignId']; readonly listId: ListId },
): Promise<void> {
  const held = await query<{ leadId: LeadId }>`
    select lead_id as "leadId" from campaign_lead
     where campaign_id = ${key.campaignId} and list_id = ${key.listId}
       and state in ('waiting', 'callback', 'claimed', 'calling', 'awaiting-disposition')`;
  for (const { leadId } of held) {
    await query`
      update campaign_lead
         set finished_why = case when state in ('waiting', 'callback') then 'list-removed' else finished_why end,
             removed_from = case when state in ('waiting', 'callback') then state else removed_from end,
             state = case when state in ('waiting', 'callback') then 'finished' else state end
       where campaign_id = ${key.campaignId} and lead_id = ${leadId} and state <> 'finished'`;
  }
}

/**
 * Lets the planner know what was just filled, without waiting for autovacuum: until then every search for one lead reads its whole
 * organization. What was filled is stored already, so that a look which takes too long is left to autovacuum.
 */
export async function refreshLeadStatistics(query: Query): Promise<void> {
  try {
    await query`call ringline_analyze_leads()`;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
  }
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
    const batch = await nextBatchOfList(query, { listId, after, leadsMax: LEADS_PER_STATEMENT });
    if (batch === null) return;
    await work({ after, last: batch.last });
    after = batch.last;
  }
}

async function nextBatchOfList(
  query: Query,
  { listId, after, leadsMax }: { readonly listId: ListId; readonly after: string; readonly leadsMax: number },
): Promise<{ readonly last: LeadId; readonly leads: number } | null> {
  const [row] = await query<{ last: LeadId | null; leads: number }>`
    select (array_agg(lead_id order by lead_id desc))[1] as last, count(*)::int as leads from (
      select lead_id from lead
       where organization_id = (select ringline_organization()) and list_id = ${listId} and lead_id > ${after}
       order by lead_id limit ${leadsMax}) next`;
  return row?.last ? { last: row.last, leads: row.leads } : null;
}

async function notify(query: Query, organizationId: string): Promise<void> {
  await query`select pg_notify(${CAMPAIGN_CHANNEL}, ${organizationId})`;
}
