import type { OrganizationDatabase, Query } from '../kernel/database.ts';
import type { CampaignId, LeadId, ListId, NumberId, OrganizationId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { NewId } from '../kernel/uuid.ts';
import { findOrCreateLeadList } from './lead-list.store.ts';

export interface ManualNumber {
  readonly campaignId: CampaignId;
  readonly phone: PhoneNumber;
  /** Every zone the number may be in; see `zoneKey`. */
  readonly zoneKey: string;
  /** ISO 3166-1 alpha-2, for the list when it is made. */
  readonly country: string;
  readonly at: EpochMs;
  readonly newId: NewId;
}

export interface ManualLead {
  readonly leadId: LeadId;
  readonly numberId: NumberId;
}

const NAME_MAX = 100;
/** Why a lead that only agents dial is finished in its campaign: nothing dials it by itself. */
export const ONLY_BY_HAND = 'manual';

/**
 * Whom an agent calls who types a number: the lead of this campaign's lists that has it, else a new one in the campaign's list "Manual
 * calls", with the name that another list has for the number. Null when there is no such campaign.
 */
export async function findOrMakeManualLead(
  database: OrganizationDatabase,
  organizationId: OrganizationId,
  typed: ManualNumber,
): Promise<ManualLead | null> {
  return await database.tx(async (query) => {
    const [campaign] = await query<{ name: string }>`
      select name from campaign where organization_id = ${organizationId} and campaign_id = ${typed.campaignId}`;
    if (!campaign) return null;
    const lead =
      (await findLead(query, organizationId, typed)) ??
      (await makeLead(query, { organizationId, typed, campaignName: campaign.name }));
    await query`
      insert into campaign_lead (campaign_id, lead_id, organization_id, state, due_at, number_id, phone, zone_key, finished_why)
      values (${typed.campaignId}, ${lead.leadId}, ${organizationId}, 'finished', ${new Date(typed.at)}, ${lead.numberId},
              ${typed.phone}, ${typed.zoneKey}, ${ONLY_BY_HAND})
      on conflict (campaign_id, lead_id) do nothing`;
    return lead;
  });
}

async function findLead(
  query: Query,
  organizationId: OrganizationId,
  { campaignId, phone }: ManualNumber,
): Promise<ManualLead | null> {
  const [found] = await query<ManualLead>`
    select n.lead_id as "leadId", n.number_id as "numberId"
      from lead_number n
      join campaign_list a on a.list_id = n.list_id and a.campaign_id = ${campaignId}
     where n.organization_id = ${organizationId} and n.phone = ${phone}
     order by n.number_id limit 1`;
  return found ?? null;
}

interface Making {
  readonly organizationId: OrganizationId;
  readonly typed: ManualNumber;
  readonly campaignName: string;
}

async function makeLead(query: Query, { organizationId, typed, campaignName }: Making): Promise<ManualLead> {
  const { campaignId, phone, zoneKey, country, at, newId } = typed;
  const name = `Manual calls: ${campaignName}`.slice(0, NAME_MAX);
  const list = { listId: newId<ListId>(at), name, country, createdAt: at, isManual: true };
  const { listId } = await findOrCreateLeadList(query, organizationId, list);
  // Whoever types the same number at this moment waits here, and then finds it.
  await query`select from lead_list where list_id = ${listId} for update`;
  await query`
    insert into campaign_list (campaign_id, list_id, organization_id, priority)
    values (${campaignId}, ${listId}, ${organizationId}, 0) on conflict do nothing`;
  const made = await findLead(query, organizationId, typed);
  if (made) return made;
  const lead: ManualLead = { leadId: newId(at), numberId: newId(at) };
  await query`
    insert into lead (lead_id, organization_id, list_id, first_name, last_name, created_at)
    select ${lead.leadId}, ${organizationId}, ${listId}, coalesce(known.first_name, ''), coalesce(known.last_name, ''),
           ${new Date(at)}
      from (select 1) one
      left join lateral (
        select l.first_name, l.last_name from lead_number n join lead l using (lead_id)
         where n.organization_id = ${organizationId} and n.phone = ${phone}
         order by l.created_at desc limit 1) known on true`;
  await query`
    insert into lead_number (number_id, organization_id, list_id, lead_id, phone, zone_key)
    values (${lead.numberId}, ${organizationId}, ${listId}, ${lead.leadId}, ${phone}, ${zoneKey})`;
  return lead;
}
