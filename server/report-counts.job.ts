import type { OrganizationId } from '../kernel/ids.ts';
import type { Clock } from '../kernel/time.ts';
import { countPenetration } from '../reports/penetration.store.ts';
import { countMarked } from '../reports/report-rollup.store.ts';
import type { Database } from './database.ts';

interface CountPorts {
  readonly database: Database;
  readonly clock: Clock;
}

const organizationsOf = async ({ database }: CountPorts): Promise<readonly OrganizationId[]> =>
  (
    await database.system<{ organizationId: OrganizationId }>`
      select organization_id as "organizationId" from ringline_organizations()`
  ).map(({ organizationId }) => organizationId);

/** Counts what has changed since the last time, so that reports need not. */
export async function countReports(ports: CountPorts): Promise<void> {
  for (const organizationId of await organizationsOf(ports))
    await countMarked(ports.database.organization(organizationId), organizationId);
}

/** Counts the leads of campaigns, and those that were tried. */
export async function countLeads(ports: CountPorts): Promise<void> {
  for (const organizationId of await organizationsOf(ports))
    await countPenetration(ports.database.organization(organizationId), organizationId, ports.clock.now());
}
