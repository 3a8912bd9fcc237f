import type { OrganizationDatabase, Tx } from '../../kernel/database.ts';
import type { CampaignId, LeadId } from '../../kernel/ids.ts';
import type { PhoneNumber } from '../../kernel/phone.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { CAMPAIGN_CHANNEL } from '../campaign.store.ts';
import type { Column } from './column.ts';
import { copyLine } from './copy-text.ts';
import type { DuplicateRules } from './duplicate-rules.ts';
import { holdImport, storeProgress, type Checkpoint, type ImportKey } from './import-job.store.ts';
import type { LeadInFile, RejectedRow } from './lead-row.ts';
import {
  planBatch,
  type BatchIds,
  type BatchPlan,
  type ExistingLead,
  type ExistingLeads,
} from './plan-batch.ts';
import type { SeenInFile } from './seen-in-file.ts';

/** Streams rows into a temporary table of the transaction: row-level security forbids COPY into the others. */
export type CopyInto = (statement: string, chunks: AsyncIterable<string | Uint8Array>) => Promise<void>;

/** The rows of one organization, with transactions that may take long and can COPY. */
export interface ImportDatabase extends OrganizationDatabase {
  importTx<T>(work: (query: Tx, copyInto: CopyInto) => Promise<T>): Promise<T>;
}

export interface ImportBatch {
  readonly leads: readonly LeadInFile[];
  readonly rejects: readonly RejectedRow[];
  readonly at: EpochMs;
  readonly ids: BatchIds;
  readonly seen: SeenInFile;
  readonly rules: DuplicateRules;
  readonly columns: readonly Column[];
  /** Where the import goes on after this batch. */
  readonly checkpoint: Checkpoint;
}

export interface BatchCounts {
  readonly imported: number;
  readonly updated: number;
  readonly skipped: number;
  /** Rows with a number that is on a do-not-call list. */
  readonly suppressed: number;
  readonly rejects: readonly RejectedRow[];
}

/** Stores a batch with its rejects and the progress of the import, all or nothing. Null: the import is cancelled, or another's. */
export async function writeBatch(
  database: ImportDatabase,
  key: ImportKey,
  batch: ImportBatch,
): Promise<BatchCounts | null> {
  return await database.importTx(async (query, copyInto) => {
    if (!(await holdImport(query, key))) return null;
    // One batch of a list at a time: what it finds there is what it will be added to. An attachment of the list waits too.
    await query`select from lead_list where list_id = ${key.listId} for update`;
    const { rules, columns, seen, ids } = batch;
    const existing = await readExisting(query, key, batch);
    const plan = planBatch(batch.leads, { listId: key.listId, existing, seen, rules, columns, ids });
    await stage(query, copyInto, plan);
    await insertStaged(query, key, batch.at);
    const rejects = [...batch.rejects, ...plan.rejects];
    await insertRejects(query, key, rejects);
    const counts = {
      imported: plan.leads.filter(({ isNew }) => isNew).length,
      updated: plan.updatedRows,
      skipped: plan.skippedRows,
      suppressed: await countSuppressed(query, key, plan.takenRows),
    };
    const rows = batch.leads.length + batch.rejects.length;
    await storeProgress(query, key.importId, {
      ...counts,
      rows,
      rejected: rejects.length,
      checkpoint: batch.checkpoint,
    });
    return { ...counts, rejects };
  });
}

/** Of all lists: asked for one alone, the planner may read the whole of it, because it does not know yet how long it has become. */
async function readExisting(
  query: Tx,
  { organizationId, listId, startedAt }: ImportKey,
  { leads }: ImportBatch,
): Promise<ExistingLeads> {
  const phones = leads.flatMap(({ numbers }) => numbers.map(({ phone }) => phone));
  const externalIds = leads.flatMap(({ externalId }) => (externalId === null ? [] : [externalId]));
  const since = new Date(startedAt);
  const [byPhone, byExternalId] = await Promise.all([
    query<ExistingLead & { phone: PhoneNumber }>`
      select n.phone, n.lead_id as "leadId", n.list_id as "listId", l.external_id as "externalId",
             l.created_at >= ${since} as "isOfFile"
        from lead_number n join lead l using (lead_id)
       where n.organization_id = ${organizationId} and n.phone = any(${phones}::text[])`,
    externalIds.length === 0
      ? []
      : query<ExistingLead & { externalId: string }>`
          select external_id as "externalId", lead_id as "leadId", list_id as "listId", created_at >= ${since} as "isOfFile"
            from lead
           where organization_id = ${organizationId} and external_id = any(${externalIds}::text[])`,
  ]);
  const isHere = (lead: ExistingLead): boolean => lead.listId === listId;
  const elsewhere = (lead: ExistingLead): boolean => lead.listId !== listId;
  return {
    byPhone: new Map(byPhone.filter(isHere).map((lead) => [lead.phone, lead])),
    byExternalId: new Map(byExternalId.filter(isHere).map((lead) => [lead.externalId, lead])),
    byPhoneElsewhere: new Map(byPhone.filter(elsewhere).map((lead) => [lead.phone, lead])),
    byExternalIdElsewhere: new Map(byExternalId.filter(elsewhere).map((lead) => [lead.externalId, lead])),
    nextPosition: await readNextPositions(
      query,
      [...byPhone, ...byExternalId].map(({ leadId }) => leadId),
    ),
  };
}

async function readNextPositions(
  query: Tx,
  leadIds: readonly LeadId[],
): Promise<ReadonlyMap<LeadId, number>> {
  if (leadIds.length === 0) return new Map();
  const rows = await query<{ leadId: LeadId; next: number }>`
    select lead_id as "leadId", max(position) + 1 as next from lead_number
     where lead_id = any(${leadIds}::uuid[]) group by lead_id`;
  return new Map(rows.map(({ leadId, next }) => [leadId, next]));
}

async function stage(query: Tx, copyInto: CopyInto, { leads, numbers }: BatchPlan): Promise<void> {
  await query`
    create temporary table if not exists import_lead (
      lead_id uuid, is_new boolean, external_id text, first_name text, last_name text, fields jsonb) on commit delete rows`;
  await query`
    create temporary table if not exists import_number (
      lead_id uuid, number_id uuid, list_id uuid, phone text, zone_key text, position int) on commit delete rows`;
  await copyInto(
    'copy pg_temp.import_lead (lead_id, is_new, external_id, first_name, last_name, fields) from stdin',
    lines(leads, (lead) => [
      lead.leadId,
      lead.isNew,
      lead.externalId,
      lead.firstName,
      lead.lastName,
      JSON.stringify(lead.fields),
    ]),
  );
  await copyInto(
    'copy pg_temp.import_number (lead_id, number_id, list_id, phone, zone_key, position) from stdin',
    lines(numbers, (number) => [
      number.leadId,
      number.numberId,
      number.listId,
      number.phone,
      number.zoneKey,
      number.position,
    ]),
  );
}

const LINES_PER_CHUNK = 500;

async function* lines<Row>(
  rows: readonly Row[],
  valuesOf: (row: Row) => readonly (string | number | boolean | null)[],
): AsyncGenerator<string> {
  for (let from = 0; from < rows.length; from += LINES_PER_CHUNK) {
    yield rows
      .slice(from, from + LINES_PER_CHUNK)
      .map((row) => copyLine(valuesOf(row)))
      .join('');
  }
}

async function insertStaged(query: Tx, { organizationId, listId }: ImportKey, at: EpochMs): Promise<void> {
  await query`
    insert into lead (lead_id, organization_id, list_id, external_id, first_name, last_name, fields, created_at)
    select lead_id, ${organizationId}, ${listId}, external_id, first_name, last_name, fields, ${new Date(at)}
      from pg_temp.import_lead where is_new`;
  await query`
    update lead l
       set external_id = coalesce(l.external_id, s.external_id),
           first_name = coalesce(nullif(s.first_name, ''), l.first_name),
           last_name = coalesce(nullif(s.last_name, ''), l.last_name),
           fields = l.fields || s.fields
      from pg_temp.import_lead s
     where not s.is_new and l.organization_id = ${organizationId} and l.lead_id = s.lead_id
       and (coalesce(l.external_id, s.external_id), coalesce(nullif(s.first_name, ''), l.first_name),
            coalesce(nullif(s.last_name, ''), l.last_name), l.fields || s.fields)
           is distinct from (l.external_id, l.first_name, l.last_name, l.fields)`;
  await query`
    insert into lead_number (number_id, organization_id, list_id, lead_id, phone, zone_key, position)
    select number_id, ${organizationId}, list_id, lead_id, phone, zone_key, position from pg_temp.import_number
    -- Another list is not locked: its lead may have been given this number meanwhile.
    on conflict (organization_id, phone, list_id) do nothing`;
  await query`
    with added as (
      insert into campaign_lead (campaign_id, lead_id, organization_id, list_id, due_at, number_id, phone, zone_key)
      select cl.campaign_id, s.lead_id, ${organizationId}, cl.list_id, ${new Date(at)}, n.number_id, n.phone, n.zone_key
        from campaign_list cl
        join campaign c on c.campaign_id = cl.campaign_id and c.state <> 'finished'
       cross join pg_temp.import_lead s
        join pg_temp.import_number n on n.lead_id = s.lead_id and n.position = 0
       where cl.organization_id = ${organizationId} and cl.list_id = ${listId} and s.is_new
      on conflict (campaign_id, lead_id) do nothing
      returning 1
    )
    select pg_notify(${CAMPAIGN_CHANNEL}, ${organizationId}) where exists (select from added)`;
}

async function insertRejects(query: Tx, key: ImportKey, rejects: readonly RejectedRow[]): Promise<void> {
  if (rejects.length === 0) return;
  await query`
    insert into import_reject (import_id, organization_id, line, reason, "column", value, row)
    select ${key.importId}, ${key.organizationId}, line, reason, "column", value, row
      from jsonb_to_recordset(${JSON.stringify(rejects)}::text::jsonb)
        as x(line bigint, reason text, "column" text, value text, row jsonb)
    on conflict do nothing`;
}

async function countSuppressed(query: Tx, key: ImportKey, leads: readonly LeadInFile[]): Promise<number> {
  const phones = leads.flatMap(({ numbers }) => numbers.map(({ phone }) => phone));
  const rows = await query<{ phone: PhoneNumber; campaignId: CampaignId | null }>`
    select distinct d.phone from do_not_call d
     where d.organization_id = ${key.organizationId} and d.phone = any(${phones}::text[])
       and (d.campaign_id is null
            or d.campaign_id in (select campaign_id from campaign_list where list_id = ${key.listId}))`;
  const listed = new Set(rows.map(({ phone }) => phone));
  return leads.filter(({ numbers }) => numbers.some(({ phone }) => listed.has(phone))).length;
}
