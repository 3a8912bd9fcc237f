import type { Query } from '../kernel/database.ts';
import type { CampaignId, ListId, OrganizationId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';

export interface LeadList {
  readonly listId: ListId;
  readonly name: string;
  /** ISO 3166-1 alpha-2: country of numbers that are written without one. */
  readonly country: string;
  readonly createdAt: EpochMs;
  readonly leads: number;
  readonly isPaused: boolean;
  /** Last calendar day (YYYY-MM-DD) on which its leads are called; null = no end. */
  readonly expiresOn: string | null;
  readonly campaigns: readonly { readonly campaignId: CampaignId; readonly name: string }[];
}

export async function listLeadLists(
  query: Query,
  organizationId: OrganizationId,
): Promise<readonly LeadList[]> {
  return await selectLists(query, organizationId, null);
}

/** Null when there is none in this organization. */
export async function readLeadList(
  query: Query,
  organizationId: OrganizationId,
  listId: ListId,
): Promise<LeadList | null> {
  const [list] = await selectLists(query, organizationId, listId);
  return list ?? null;
}

async function selectLists(
  query: Query,
  organizationId: OrganizationId,
  listId: ListId | null,
): Promise<readonly LeadList[]> {
  return await query<LeadList>`
    select l.list_id as "listId", l.name, l.country, l.created_at as "createdAt",
           l.lead_count as leads, l.is_paused as "isPaused", l.expires_on::text as "expiresOn",
           coalesce((
             select jsonb_agg(jsonb_build_object('campaignId', c.campaign_id, 'name', c.name) order by c.name)
               from campaign_list cl join campaign c using (campaign_id)
              where cl.organization_id = l.organization_id and cl.list_id = l.list_id), '[]') as campaigns
      from lead_list l
     where l.organization_id = ${organizationId} and (${listId}::uuid is null or l.list_id = ${listId})
     order by l.created_at desc, l.list_id`;
}

export interface NewLeadList {
  readonly listId: ListId;
  readonly name: string;
  readonly country: string;
  readonly createdAt: EpochMs;
  /** Holds numbers that agents have typed, which nothing dials by itself. */
  readonly isManual?: boolean;
}

/** False when the name is taken. */
export async function createLeadList(
  query: Query,
  organizationId: OrganizationId,
  list: NewLeadList,
): Promise<boolean> {
  const rows = await query<{ list_id: string }>`
    insert into lead_list (list_id, organization_id, name, country, created_at, is_manual)
    values (${list.listId}, ${organizationId}, ${list.name}, ${list.country}, ${new Date(list.createdAt)}, ${list.isManual ?? false})
    on conflict (organization_id, name) do nothing
    returning list_id`;
  return rows.length > 0;
}

export interface ListChange {
  readonly name?: string;
  readonly isPaused?: boolean;
  /** Null takes the end away. */
  readonly expiresOn?: string | null;
}

/**
 * Holds from the next claim on; calls in flight go on. False when there is no such list.
 * @throws SqlError 23505 when the name is taken.
 */
export async function changeLeadList(
  query: Query,
  { organizationId, listId }: { readonly organizationId: OrganizationId; readonly listId: ListId },
  { change, at }: { readonly change: ListChange; readonly at: EpochMs },
): Promise<boolean> {
  const { name = null, isPaused = null, expiresOn = null } = change;
  const rows = await query<{ list_id: string }>`
    update lead_list
       set name = coalesce(${name}::text, name),
           -- Paused twice, it is paused since the first time.
           paused_at = case ${isPaused}::boolean when true then coalesce(paused_at, ${new Date(at)}) when false then null else paused_at end,
           expires_on = case when ${'expiresOn' in change}::boolean then ${expiresOn}::date else expires_on end
     where organization_id = ${organizationId} and list_id = ${listId}
    returning list_id`;
  return rows.length > 0;
}

/** By id or by name, without counting its leads; null when there is none in this organization. */
export async function findLeadList(
  query: Query,
  organizationId: OrganizationId,
  wanted: { readonly listId: ListId } | { readonly name: string },
): Promise<{ readonly listId: ListId; readonly country: string } | null> {
  const listId = 'listId' in wanted ? wanted.listId : null;
  const name = 'name' in wanted ? wanted.name : null;
  const [found] = await query<{ listId: ListId; country: string }>`
    select list_id as "listId", country from lead_list
     where organization_id = ${organizationId} and (list_id = ${listId}::uuid or name = ${name}::text)`;
  return found ?? null;
}

/** The list of this name, made when it is new; an older one keeps its country. */
export async function findOrCreateLeadList(
  query: Query,
  organizationId: OrganizationId,
  list: NewLeadList,
): Promise<{ readonly listId: ListId; readonly country: string }> {
  await createLeadList(query, organizationId, list);
  const found = await findLeadList(query, organizationId, { name: list.name });
  if (!found) throw new Error('Bug: a list that was just made is gone');
  return found;
}
