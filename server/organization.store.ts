import type { Query } from '../kernel/database.ts';
import type { OrganizationId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';

export interface NewOrganization {
  readonly organizationId: OrganizationId;
  readonly name: string;
  readonly country: string;
  readonly isDemo: boolean;
  readonly createdAt: EpochMs;
}

/** The connection must be the new organization's own. */
export async function insertOrganization(query: Query, organization: NewOrganization): Promise<void> {
  const { organizationId, name, country, isDemo, createdAt } = organization;
  await query`
    insert into organization (organization_id, name, country, is_demo, created_at)
    values (${organizationId}, ${name}, ${country}, ${isDemo}, ${new Date(createdAt)})`;
}
