import { unreachable } from '../kernel/assert.ts';
import type { OrganizationDatabase, Tx } from '../kernel/database.ts';
import { after, seconds, type Clock } from '../kernel/time.ts';
import type { NewId } from '../kernel/uuid.ts';
import { recordChanges } from './campaign-change.store.ts';
import {
  endCampaignJob,
  holdCampaignJob,
  storeJobProgress,
  type ClaimedCampaignJob,
  type JobEnd,
  type JobPosition,
} from './campaign-job.store.ts';
import { addLeadsOfList, refreshLeadStatistics } from './campaign-list.store.ts';
import { redateLeads } from './redate.store.ts';

/** Longer than any batch takes: the statements of one are ended by the server before. */
export const JOB_LEASE_MS = seconds(90);

export interface CampaignJobPorts {
  readonly database: OrganizationDatabase;
  readonly clock: Clock;
  readonly newId: NewId;
}

/**
 * Does a job batch by batch, each in a transaction with its progress, so that what is stored and what is counted never differ. Returns
 * how it ended; null: it was stopped, or is another run's now.
 */
export async function runCampaignJob(
  ports: CampaignJobPorts,
  job: ClaimedCampaignJob,
  signal: AbortSignal,
): Promise<JobEnd | null> {
  const { database } = ports;
  if (job.work.kind === 'attach-list') await refreshLeadStatistics(database.query);
  for (;;) {
    if (signal.aborted) return null;
    const step = await database.tx((query) => nextBatch(query, ports, job));
    if (step === 'more') continue;
    if (step === 'done' && job.work.kind === 'attach-list') await refreshLeadStatistics(database.query);
    return step === 'not-ours' ? null : step;
  }
}

async function nextBatch(
  query: Tx,
  ports: CampaignJobPorts,
  job: ClaimedCampaignJob,
): Promise<'more' | 'not-ours' | JobEnd> {
  const { key, work } = job;
  // Before the job's own row, in the order of whoever takes the list away or brings it back: that waits for this batch.
  const isStillThere = work.kind !== 'attach-list' || (await holdAttachment(query, job));
  const position = await holdCampaignJob(query, key);
  if (position === null) return 'not-ours';
  const at = ports.clock.now();
  if (!isStillThere) {
    await endCampaignJob(query, key, { at, end: 'cancelled' });
    return 'cancelled';
  }
  const batch = await doBatch(query, job, position);
  if (batch !== null) {
    await storeJobProgress(query, key, { ...batch, leaseUntil: after(at, JOB_LEASE_MS) });
    return 'more';
  }
  await endCampaignJob(query, key, { at, end: 'done' });
  if (work.kind === 're-date') await recordRedated(query, ports, { job, leads: position.leadsChanged });
  return 'done';
}

async function doBatch(
  query: Tx,
  { key, work }: ClaimedCampaignJob,
  position: JobPosition,
): Promise<{
  readonly last: Parameters<typeof storeJobProgress>[2]['last'];
  leads: number;
  changed: number;
} | null> {
  switch (work.kind) {
    case 'attach-list': {
      const batch = await addLeadsOfList(query, key, { ...work, after: position.after });
      return batch === null ? null : { ...batch, changed: batch.added };
    }
    case 're-date':
      return await redateLeads(query, { ...key, endings: work.endings, after: position.after });
    default:
      return unreachable(work);
  }
}

async function holdAttachment(query: Tx, { key, work }: ClaimedCampaignJob): Promise<boolean> {
  const rows = await query`
    select from campaign_list
     where campaign_id = ${key.campaignId} and list_id = ${work.kind === 'attach-list' ? work.listId : null} for share`;
  return rows.length > 0;
}

/** The line in the campaign's history that the change itself could not write yet. */
async function recordRedated(
  query: Tx,
  { clock, newId }: CampaignJobPorts,
  { job, leads }: { readonly job: ClaimedCampaignJob; readonly leads: number },
): Promise<void> {
  if (leads === 0) return;
  const { organizationId, campaignId } = job.key;
  const [campaign] = await query<{ version: number }>`
    select version from campaign where campaign_id = ${campaignId}`;
  const author = { userId: job.startedBy, at: clock.now(), newId };
  const changes = [{ field: 'leads-redated', before: null, after: leads }];
  await recordChanges(query, author, {
    organizationId,
    campaignId,
    version: campaign?.version ?? 0,
    changes,
  });
}
