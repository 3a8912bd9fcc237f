import type { Query } from '../kernel/database.ts';
import type { Organization } from './api/organization.schema.ts';

/** Row-level security leaves one row: that of whoever asks. */
export async function readOrganization(query: Query): Promise<Organization | null> {
  const [row] = await query<Organization>`
    select name, country, time_zone as "timeZone", to_jsonb(second_factor_roles) as "secondFactorRoles", is_demo as "isDemo"
      from organization`;
  return row ?? null;
}

export async function updateOrganization(
  query: Query,
  { name, country, timeZone, secondFactorRoles }: Omit<Organization, 'isDemo'>,
): Promise<void> {
  await query`
    update organization
       set name = ${name}, country = ${country}, time_zone = ${timeZone}, second_factor_roles = ${secondFactorRoles}::text[]`;
}
