import type { OrganizationDatabase, Query } from '../kernel/database.ts';
import type { LeadId, ListId, NumberId, OrganizationId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { NewId } from '../kernel/uuid.ts';
import {
  readNumbers,
  type LeadChange,
  type LeadToAdd,
  type LeadWritten,
  type ReadNumber,
} from './lead-write.ts';

/** Told of leads that came or changed one by one, with the organization: dialers look at the zones again, and at nothing else. */
export const LEAD_CHANNEL = 'ringline_lead';

export interface LeadWriting {
  readonly organizationId: OrganizationId;
  readonly at: EpochMs;
  readonly newId: NewId;
}

interface Placed {
  readonly leadId: LeadId;
  readonly lead: LeadToAdd;
  readonly numbers: readonly ReadNumber[];
}

/**
 * Adds leads to a list and to the campaigns that have it, due at once. Each is judged by itself: one that cannot be added says why and
 * the others are. Null when there is no such list.
 */
export async function addLeads(
  database: OrganizationDatabase,
  writing: LeadWriting,
  { listId, leads }: { readonly listId: ListId; readonly leads: readonly LeadToAdd[] },
): Promise<readonly LeadWritten[] | null> {
  return await database.tx(async (query) => {
    // Imports and attachments of this list wait, and we for them: what is looked up here stays true until the commit.
    const [list] = await query<{ country: string }>`
      select country from lead_list
       where organization_id = ${writing.organizationId} and list_id = ${listId} for update`;
    if (!list) return null;
    const taken = await takenInList(query, { ...writing, listId, country: list.country }, leads);
    const placed: Placed[] = [];
    const results = leads.map((lead): LeadWritten => {
      const read = readNumbers(lead.numbers, list.country);
      if (!read.ok) return read;
      const used = read.numbers.find(({ phone }) => taken.phones.has(phone));
      if (used) return { ok: false, problem: 'number-taken', value: used.phone };
      const externalId = lead.externalId ?? null;
      if (externalId !== null && taken.externalIds.has(externalId))
        return { ok: false, problem: 'external-id-taken', value: externalId };
      // The next ones of the same request find it there.
      for (const { phone } of read.numbers) taken.phones.add(phone);
      if (externalId !== null) taken.externalIds.add(externalId);
      const leadId: LeadId = writing.newId(writing.at);
      placed.push({ leadId, lead, numbers: read.numbers });
      return { ok: true, leadId };
    });
    await insertLeads(query, { ...writing, listId }, placed);
    return results;
  });
}

async function takenInList(
  query: Query,
  list: { readonly organizationId: OrganizationId; readonly listId: ListId; readonly country: string },
  leads: readonly LeadToAdd[],
): Promise<{ readonly phones: Set<string>; readonly externalIds: Set<string> }> {
  const phones = leads.flatMap(({ numbers }) => {
    const read = readNumbers(numbers, list.country);
    return read.ok ? read.numbers.map(({ phone }) => phone) : [];
  });
  const externalIds = leads.flatMap(({ externalId }) => externalId ?? []);
  const [phoneRows, idRows] = await Promise.all([
    query<{ phone: string }>`
      select phone from lead_number
       where organization_id = ${list.organizationId} and phone = any(${phones}::text[]) and list_id = ${list.listId}`,
    query<{ externalId: string }>`
      select external_id as "externalId" from lead
       where organization_id = ${list.organizationId} and external_id = any(${externalIds}::text[]) and list_id = ${list.listId}`,
  ]);
  return {
    phones: new Set(phoneRows.map(({ phone }) => phone)),
    externalIds: new Set(idRows.map(({ externalId }) => externalId)),
  };
}

async function insertLeads(
  query: Query,
  { organizationId, listId, at, newId }: LeadWriting & { readonly listId: ListId },
  placed: readonly Placed[],
): Promise<void> {
  if (placed.length === 0) return;
  const leads = placed.map(({ leadId, lead }) => ({
    lead_id: leadId,
    external_id: lead.externalId ?? null,
    first_name: lead.firstName ?? '',
    last_name: lead.lastName ?? '',
    fields: lead.fields ?? {},
    priority: lead.priority ?? 0,
  }));
  const numbers = placed.flatMap(({ leadId, numbers: own }) =>
    own.map(({ phone, zoneKey }, position) => ({
      lead_id: leadId,
      number_id: newId<NumberId>(at),
      phone,
      zone_key: zoneKey,
      position,
    })),
  );
  await query`
    insert into lead (lead_id, organization_id, list_id, external_id, first_name, last_name, fields, created_at)
    select lead_id, ${organizationId}, ${listId}, external_id, first_name, last_name, fields, ${new Date(at)}
      from jsonb_to_recordset(${JSON.stringify(leads)}::text::jsonb)
        as x(lead_id uuid, external_id text, first_name text, last_name text, fields jsonb)`;
  await query`
    insert into lead_number (number_id, organization_id, list_id, lead_id, phone, zone_key, position)
    select number_id, ${organizationId}, ${listId}, lead_id, phone, zone_key, position
      from jsonb_to_recordset(${JSON.stringify(numbers)}::text::jsonb)
        as x(number_id uuid, lead_id uuid, phone text, zone_key text, position int)`;
  await query`
    with added as (
      insert into campaign_lead (campaign_id, lead_id, organization_id, list_id, due_at, priority, number_id, phone, zone_key)
      select a.campaign_id, x.lead_id, ${organizationId}, ${listId}, ${new Date(at)}, x.priority, n.number_id, n.phone, n.zone_key
        from campaign_list a
        join campaign c on c.campaign_id = a.campaign_id and c.state <> 'finished'
       cross join jsonb_to_recordset(${JSON.stringify(leads)}::text::jsonb) as x(lead_id uuid, priority int)
        join lead_number n on n.lead_id = x.lead_id and n.position = 0
       where a.organization_id = ${organizationId} and a.list_id = ${listId}
      returning 1
    )
    select pg_notify(${LEAD_CHANNEL}, ${organizationId}) where exists (select from added)`;
}

/** Changes leads one by one: one that cannot be changed says why and the others are. */
export async function changeLeads(
  database: OrganizationDatabase,
  writing: LeadWriting,
  changes: readonly LeadChange[],
): Promise<readonly LeadWritten[]> {
  const results: LeadWritten[] = [];
  for (const change of changes) {
    results.push(await database.tx((query) => changeLead(query, writing, change)));
  }
  await database.query`select pg_notify(${LEAD_CHANNEL}, ${writing.organizationId})`;
  return results;
}

interface LeadToChange {
  readonly listId: ListId;
  readonly country: string;
  readonly externalId: string | null;
}

async function changeLead(query: Query, writing: LeadWriting, change: LeadChange): Promise<LeadWritten> {
  const { organizationId } = writing;
  const { leadId } = change;
  const [lead] = await query<LeadToChange>`
    select l.list_id as "listId", s.country, l.external_id as "externalId"
      from lead l join lead_list s using (list_id)
     where l.organization_id = ${organizationId} and l.lead_id = ${leadId} for update of s, l`;
  if (!lead) return { ok: false, problem: 'unknown-lead', value: leadId };
  const key = { leadId, listId: lead.listId };
  const { externalId = lead.externalId } = change;
  if (externalId !== null && externalId !== lead.externalId) {
    const twins = await query<{ lead_id: string }>`
      select lead_id from lead
       where organization_id = ${organizationId} and external_id = ${externalId} and list_id = ${lead.listId}`;
    if (twins.length > 0) return { ok: false, problem: 'external-id-taken', value: externalId };
  }
  if (change.numbers !== undefined) {
    const refused = await putNumbers(query, { ...writing, ...key, country: lead.country }, change.numbers);
    if (refused !== null) return refused;
  }
  const set = Object.entries(change.fields ?? {}).filter(([, value]) => value !== null);
  const removed = Object.entries(change.fields ?? {}).flatMap(([name, value]) =>
    value === null ? [name] : [],
  );
  await query`
    update lead
       set external_id = ${externalId}::text,
           first_name = coalesce(${change.firstName ?? null}::text, first_name),
           last_name = coalesce(${change.lastName ?? null}::text, last_name),
           fields = (fields - ${removed}::text[]) || ${JSON.stringify(Object.fromEntries(set))}::text::jsonb
     where organization_id = ${organizationId} and lead_id = ${leadId}`;
  if (change.priority !== undefined) {
    await query`
      update campaign_lead set priority = ${change.priority}
       where organization_id = ${organizationId} and lead_id = ${leadId} and priority <> ${change.priority}`;
  }
  return { ok: true, leadId };
}

interface NumbersKey extends LeadWriting {
  readonly leadId: LeadId;
  readonly listId: ListId;
  readonly country: string;
}

interface StoredNumber {
  readonly numberId: NumberId;
  readonly phone: string;
}

/** Gives a lead exactly these numbers in this order; null when it is done. */
async function putNumbers(
  query: Query,
  key: NumbersKey,
  texts: readonly string[],
): Promise<LeadWritten | null> {
  const { organizationId, leadId, listId, at, newId, country } = key;
  const read = readNumbers(texts, country);
  if (!read.ok) return read;
  const phones = read.numbers.map(({ phone }) => phone);
  const [taken] = await query<{ phone: string }>`
    select phone from lead_number
     where organization_id = ${organizationId} and phone = any(${phones}::text[]) and list_id = ${listId} and lead_id <> ${leadId}`;
  if (taken) return { ok: false, problem: 'number-taken', value: taken.phone };
  const stored = await query<StoredNumber>`
    select number_id as "numberId", phone from lead_number where organization_id = ${organizationId} and lead_id = ${leadId}`;
  const rows = read.numbers.map(({ phone, zoneKey }, position) => ({
    number_id: stored.find((one) => one.phone === phone)?.numberId ?? newId<NumberId>(at),
    phone,
    zone_key: zoneKey,
    position,
  }));
  await query`
    delete from lead_number
     where organization_id = ${organizationId} and lead_id = ${leadId} and phone <> all(${phones}::text[])`;
  await query`
    insert into lead_number (number_id, organization_id, list_id, lead_id, phone, zone_key, position)
    select number_id, ${organizationId}, ${listId}, ${leadId}, phone, zone_key, position
      from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as x(number_id uuid, phone text, zone_key text, position int)
    on conflict (number_id) do update set position = excluded.position`;
  // The number that is dialled next stays while the lead has it; otherwise it is the first one. A lead whose call is up meets the
  // trigger campaign_lead_number when it waits again.
  await query`
    update campaign_lead c set number_id = n.number_id, phone = n.phone, zone_key = n.zone_key
      from lead_number n
     where c.organization_id = ${organizationId} and c.lead_id = ${leadId} and n.lead_id = ${leadId} and n.position = 0
       and c.state in ('waiting', 'callback', 'finished')
       and not exists (select from lead_number m where m.number_id = c.number_id)`;
  return null;
}

/** Removes leads with their numbers and notes; calls and what they came to are kept. One that is in a call stays. */
export async function removeLeads(
  database: OrganizationDatabase,
  organizationId: OrganizationId,
  leadIds: readonly LeadId[],
): Promise<readonly LeadWritten[]> {
  const rows = await database.tx(async (query) => {
    // Their lists first, as imports do, which update leads under the lock of the list: the count of a list is kept by a trigger, and
    // taken after the leads it would be a deadlock.
    await query`
      select from lead_list
       where list_id in (select list_id from lead where organization_id = ${organizationId} and lead_id = any(${leadIds}::uuid[]))
       order by list_id for update`;
    return query<{ leadId: LeadId; isRemoved: boolean }>`
      with known as (
        select lead_id, exists (
                 select from campaign_lead c
                  where c.lead_id = l.lead_id and c.state in ('claimed', 'calling', 'awaiting-disposition'))
               or exists (select from open_attempt a where a.organization_id = l.organization_id and a.lead_id = l.lead_id) as is_held
          from lead l
         where organization_id = ${organizationId} and lead_id = any(${leadIds}::uuid[])
      ), removed as (
        delete from lead l using known where l.lead_id = known.lead_id and not known.is_held returning l.lead_id
      )
      select known.lead_id as "leadId", removed.lead_id is not null as "isRemoved" from known left join removed using (lead_id)`;
  });
  return leadIds.map((leadId): LeadWritten => {
    const row = rows.find((one) => one.leadId === leadId);
    if (row === undefined) return { ok: false, problem: 'unknown-lead', value: leadId };
    return row.isRemoved ? { ok: true, leadId } : { ok: false, problem: 'in-call', value: leadId };
  });
}
