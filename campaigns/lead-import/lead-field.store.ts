import type { Query } from '../../kernel/database.ts';
import type { OrganizationId } from '../../kernel/ids.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Column } from './column.ts';
import type { FieldType } from './field-type.ts';

/** A field of the leads that the organization has of its own. Values in `lead.fields` are texts; one that is not of the type may be there. */
export interface LeadFieldType {
  readonly name: string;
  readonly type: FieldType;
}

const FIELDS_MAX = 5000;

/** By name. */
export async function listLeadFields(
  query: Query,
  organizationId: OrganizationId,
): Promise<readonly LeadFieldType[]> {
  return await query<LeadFieldType>`
    select name, type from lead_field where organization_id = ${organizationId} order by name limit ${FIELDS_MAX}`;
}

/** Makes fields of the columns that are kept; of one that is known the type changes only where somebody chose it. */
export async function putLeadFields(
  query: Query,
  organizationId: OrganizationId,
  fields: { readonly columns: readonly Column[]; readonly areChosen: boolean; readonly at: EpochMs },
): Promise<void> {
  const own = fields.columns.filter(({ field }) => field === 'other');
  if (own.length === 0) return;
  await query`
    insert into lead_field (organization_id, name, type, created_at)
    select ${organizationId}, name, type, ${new Date(fields.at)}
      from unnest(${own.map(({ name }) => name)}::text[], ${own.map(({ type }) => type ?? 'text')}::text[]) as c(name, type)
    on conflict (organization_id, name) do update set type = excluded.type
     where ${fields.areChosen}::boolean and lead_field.type <> excluded.type`;
}
