import type { PgBoss } from 'pg-boss';
import type { OrganizationId } from '../kernel/ids.ts';
import type { Clock } from '../kernel/time.ts';
import { runExport } from '../reports/export.job.ts';
import { EXPORT_CHANNEL, failExport, readUnfinished, removeExpired } from '../reports/export.store.ts';
import type { ExportId } from '../reports/export.ts';
import { phoneFor, textFor } from './auth/signed-in.ts';
import type { Database } from './database.ts';

export interface ExportJobsPorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

const QUEUE = 'exports';
const RETRIES = 3;
/** Whoever has not been heard of for so long is gone, and somebody else writes the file. */
const SILENT_SECONDS = 30;
/** A million leads take a few minutes. */
const SECONDS_MAX = 4 * 3600;

interface Payload {
  readonly organizationId: OrganizationId;
  readonly exportId: ExportId;
}

/** What who sees no full numbers gets. */
export const MASKED = {
  phone: (phone: string) => phoneFor('supervisor', phone),
  text: (text: string) => textFor('supervisor', text),
};

/** Writes the files that people ask for, one after the other; each once, whichever process it falls to. */
export async function startExports(boss: PgBoss, ports: ExportJobsPorts): Promise<{ stop(): void }> {
  const { database, log } = ports;
  await boss.createQueue(QUEUE, {
    // One job for each export, however often it is asked for.
    policy: 'exclusive',
    retryLimit: RETRIES,
    heartbeatSeconds: SILENT_SECONDS,
    expireInSeconds: SECONDS_MAX,
    notify: true,
  });
  await boss.work<Payload>(QUEUE, { includeMetadata: true }, async ([job]) => {
    if (job) await writeExport(ports, job.data, job.retryCount >= RETRIES);
  });
  const queueAll = async (organizationIds: readonly OrganizationId[]): Promise<void> => {
    for (const organizationId of organizationIds) {
      const { query } = database.organization(organizationId);
      for (const exportId of await readUnfinished(query, organizationId))
        await boss.send(QUEUE, { organizationId, exportId }, { singletonKey: exportId });
    }
  };
  const failed = (error: unknown): void => {
    log.warn({ err: error }, 'exports not queued; they are with the next one');
  };
  const stop = database.listen(
    EXPORT_CHANNEL,
    (organizationId) => void queueAll([organizationId as OrganizationId]).catch(failed),
    () => void organizationsOf(database).then(queueAll).catch(failed),
  );
  return { stop };
}

async function writeExport(
  { database, clock, log }: ExportJobsPorts,
  { organizationId, exportId }: Payload,
  isLast: boolean,
): Promise<void> {
  const rows = database.organization(organizationId);
  try {
    await runExport({ database: rows, organizationId, clock, masked: MASKED }, exportId);
    log.info({ exportId, organizationId }, 'export written');
  } catch (error) {
    if (isLast) await failExport(rows.query, organizationId, { exportId, at: clock.now() });
    throw error;
  }
}

async function organizationsOf(database: Database): Promise<readonly OrganizationId[]> {
  const rows = await database.system<{ organizationId: OrganizationId }>`
    select organization_id as "organizationId" from ringline_organizations()`;
  return rows.map(({ organizationId }) => organizationId);
}

/** Takes away files that were kept long enough. */
export async function removeOldExports({
  database,
  clock,
}: Pick<ExportJobsPorts, 'database' | 'clock'>): Promise<void> {
  for (const organizationId of await organizationsOf(database))
    await removeExpired(database.organization(organizationId).query, organizationId, clock.now());
}
