import { importLeads } from '../campaigns/lead-import/lead-import.job.ts';
import type { ListId, OrganizationId } from '../kernel/ids.ts';
import type { Clock } from '../kernel/time.ts';
import type { NewId } from '../kernel/uuid.ts';
import { DEMO_FIELDS, demoLeads } from '../loadtest/demo-leads.ts';
import type { OrganizationConnections } from './database.ts';

export interface DemoLeadsRequest {
  readonly rows: OrganizationConnections;
  readonly organizationId: OrganizationId;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly listId: ListId;
}

/** The demo's people come as everybody's do: as a file, through the importer. */
export async function importDemoLeads(request: DemoLeadsRequest): Promise<void> {
  const { rows, organizationId, clock, newId, listId } = request;
  const imported = await importLeads(
    { database: rows, clock, newId },
    {
      organizationId,
      list: { listId },
      country: 'US',
      fileName: 'demo-people.csv',
      source: { chunks: leadFile() },
      map: new Map(),
      startedBy: null,
    },
  );
  if (!imported.ok) throw new Error(`Bug: the demo's people cannot be imported: ${JSON.stringify(imported)}`);
}

/** Enough for a day of the demo's agents. */
const PEOPLE = 4000;

async function* leadFile(): AsyncGenerator<Uint8Array> {
  const rows = demoLeads(PEOPLE).map(({ phone, firstName, lastName, fields }) =>
    [phone, firstName, lastName, ...DEMO_FIELDS.map((name) => fields[name])].join(','),
  );
  const head = ['phone', 'first name', 'last name', ...DEMO_FIELDS].join(',');
  yield await Promise.resolve(Buffer.from([head, ...rows, ''].join('\n')));
}
