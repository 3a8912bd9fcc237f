import { filterCondition } from '../campaigns/lead-filter.store.ts';
import { joinParts, part, statementOf, type SqlPart } from '../campaigns/sql-part.ts';
import type { Query } from '../kernel/database.ts';
import type { LeadId, OrganizationId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { LeadExport } from './export.ts';

export interface ExportedLead {
  readonly leadId: LeadId;
  readonly listName: string;
  readonly externalId: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly phones: readonly string[];
  readonly fields: Readonly<Record<string, unknown>>;
  /** Of the campaign that was asked for; null without one. */
  readonly campaignName: string | null;
  readonly state: string | null;
  readonly attempts: number | null;
  readonly lastEnding: string | null;
  readonly dueAt: EpochMs | null;
}

/** Columns of a file come from this many leads at most: what only later ones have is not worth reading all twice. */
const FIELD_SAMPLE = 20_000;

/** The leads that were asked for, as a condition on the row `l` of the table lead. */
function wanted(organizationId: OrganizationId, { campaignId, listId, filter }: LeadExport): SqlPart {
  const conditions = [
    part`l.organization_id = ${organizationId}`,
    ...(listId === undefined ? [] : [part`l.list_id = ${listId}`]),
    ...(campaignId === undefined
      ? []
      : [
          part`exists (select from campaign_lead c where c.campaign_id = ${campaignId} and c.lead_id = l.lead_id)`,
        ]),
    ...(filter === undefined ? [] : [filterCondition(filter)]),
  ];
  return joinParts(conditions, ' and ', part`true`);
}

/** Names of the leads' own columns, in order. */
export async function readLeadFields(
  query: Query,
  organizationId: OrganizationId,
  request: LeadExport,
): Promise<readonly string[]> {
  const rows = await query<{ name: string }>(
    ...statementOf(part`
      select distinct jsonb_object_keys(s.fields) as name
        from (select l.fields from lead l where ${wanted(organizationId, request)} limit ${FIELD_SAMPLE}) s
       order by 1`),
  );
  return rows.map(({ name }) => name);
}

export async function countExportedLeads(
  query: Query,
  organizationId: OrganizationId,
  request: LeadExport,
): Promise<number> {
  const [row] = await query<{ leads: number }>(
    ...statementOf(part`select count(*)::int as leads from lead l where ${wanted(organizationId, request)}`),
  );
  return row?.leads ?? 0;
}

/** Leads in the order of their ids, after one of them. */
export async function readLeadsAfter(
  query: Query,
  organizationId: OrganizationId,
  { request, after, limit }: { request: LeadExport; after: LeadId | null; limit: number },
): Promise<readonly ExportedLead[]> {
  const further = after === null ? part`true` : part`l.lead_id > ${after}::uuid`;
  return await query<ExportedLead>(
    ...statementOf(part`
      with page as materialized (
        select l.* from lead l
         where ${wanted(organizationId, request)} and ${further}
         order by l.lead_id limit ${limit}
      )
      select l.lead_id as "leadId", ll.name as "listName", l.external_id as "externalId", l.first_name as "firstName",
             l.last_name as "lastName", l.fields, k.name as "campaignName", c.state, c.attempts, c.last_ending as "lastEnding",
             case when c.state in ('waiting', 'callback') then c.due_at end as "dueAt",
             coalesce((select json_agg(n.phone order by n.position) from lead_number n where n.lead_id = l.lead_id), '[]') as phones
        from page l join lead_list ll using (list_id)
        left join campaign_lead c on c.campaign_id = ${request.campaignId ?? null} and c.lead_id = l.lead_id
        left join campaign k on k.campaign_id = c.campaign_id
       order by l.lead_id`),
  );
}
