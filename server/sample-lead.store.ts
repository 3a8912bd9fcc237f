import type { ScriptLead } from '../campaigns/script.ts';
import type { Query } from '../kernel/database.ts';
import type { OrganizationId } from '../kernel/ids.ts';

export interface SampleLead {
  readonly lead: ScriptLead;
  /** Names of the organization's own fields. */
  readonly fieldNames: readonly string[];
}

const NOBODY: ScriptLead = { firstName: 'Pat', lastName: 'Lee', externalId: '1001', fields: {} };

/** A lead of the organization as an example for those who write scripts and forms; an invented one where there is none. */
export async function readSampleLead(query: Query, organizationId: OrganizationId): Promise<SampleLead> {
  const [lead] = await query<{
    firstName: string;
    lastName: string;
    externalId: string | null;
    fields: Record<string, string>;
  }>`
    select first_name as "firstName", last_name as "lastName", external_id as "externalId",
           (select coalesce(jsonb_object_agg(f.key, f.value), '{}') from jsonb_each_text(l.fields) f) as fields
      from lead l where organization_id = ${organizationId} order by organization_id, list_id desc, lead_id limit 1`;
  const names = await query<{ name: string }>`
    select name from lead_field where organization_id = ${organizationId} order by name limit 200`;
  const fields = lead?.fields ?? {};
  return {
    lead: lead ?? NOBODY,
    fieldNames: [...new Set([...names.map(({ name }) => name), ...Object.keys(fields)])],
  };
}
