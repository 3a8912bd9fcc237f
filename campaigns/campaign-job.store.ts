import type { Query, Tx } from '../kernel/database.ts';
import type { CampaignId, LeadId, ListId, OrganizationId, UserId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { RetryEnding } from './retry-rule.ts';

/** What a job does to the leads of a campaign. */
export type CampaignWork =
  { readonly kind: 'attach-list'; readonly listId: ListId; readonly dueAt: EpochMs } | RedatingWork;

export interface RedatingWork {
  readonly kind: 're-date';
  /** Leads that rest after one of these. */
  readonly endings: readonly RetryEnding[];
}

export interface CampaignJobKey {
  readonly organizationId: OrganizationId;
  readonly campaignId: CampaignId;
  readonly jobId: string;
  /** The run that may write. */
  readonly attempt: number;
}

/** A job as the run that takes it over needs it. */
export interface ClaimedCampaignJob {
  readonly key: CampaignJobKey;
  readonly work: CampaignWork;
  readonly startedBy: UserId | null;
}

export interface NewCampaignJob {
  readonly jobId: string;
  readonly work: CampaignWork;
  readonly leadsExpected: number;
  readonly startedAt: EpochMs;
  readonly startedBy: UserId | null;
}

/**
 * Writes down a job, in the transaction of the change that causes it. A list that is being attached already is begun anew: it has been
 * away in between.
 */
export async function addCampaignJob(
  query: Tx,
  { organizationId, campaignId }: Pick<CampaignJobKey, 'organizationId' | 'campaignId'>,
  { jobId, work, ...job }: NewCampaignJob,
): Promise<void> {
  const attached = work.kind === 'attach-list' ? work : null;
  await query`
    insert into campaign_job (job_id, organization_id, campaign_id, kind, list_id, due_at, endings, leads_expected, started_at, started_by)
    values (${jobId}, ${organizationId}, ${campaignId}, ${work.kind}, ${attached?.listId ?? null},
            ${attached === null ? null : new Date(attached.dueAt)}, ${work.kind === 're-date' ? work.endings : []}::text[],
            ${job.leadsExpected}, ${new Date(job.startedAt)}, ${job.startedBy})
    on conflict (campaign_id, list_id) where state in ('queued', 'running') and list_id is not null do update
      set due_at = excluded.due_at, done_to = '00000000-0000-0000-0000-000000000000', leads_done = 0,
          leads_expected = excluded.leads_expected, started_at = excluded.started_at`;
}

/** Jobs that are not done, the oldest first. */
export async function openCampaignJobs(query: Query): Promise<readonly string[]> {
  const rows = await query<{ jobId: string }>`
    select job_id as "jobId" from campaign_job where state in ('queued', 'running') order by started_at, job_id`;
  return rows.map(({ jobId }) => jobId);
}

/**
 * Takes a job that nobody runs: one that waits, or whose runner has let its lease run out. Who ran it before cannot write any more.
 * Null: somebody runs it, or it has ended.
 */
export async function claimCampaignJob(
  query: Query,
  { organizationId, jobId }: Pick<CampaignJobKey, 'organizationId' | 'jobId'>,
  lease: { readonly at: EpochMs; readonly until: EpochMs; readonly isOnlyProcess: boolean },
): Promise<ClaimedCampaignJob | null> {
  const [row] = await query<{
    campaignId: CampaignId;
    attempt: number;
    kind: CampaignWork['kind'];
    listId: ListId | null;
    dueAt: EpochMs | null;
    endings: readonly RetryEnding[];
    startedBy: UserId | null;
  }>`
    update campaign_job
       set state = 'running', attempt = attempt + 1, lease_until = ${new Date(lease.until)}
     where job_id = ${jobId} and state in ('queued', 'running')
       and (lease_until is null or lease_until < ${new Date(lease.at)} or ${lease.isOnlyProcess}::boolean)
    returning campaign_id as "campaignId", attempt, kind, list_id as "listId", due_at as "dueAt", endings, started_by as "startedBy"`;
  if (!row) return null;
  const { campaignId, attempt, listId, dueAt, endings, startedBy } = row;
  const key = { organizationId, campaignId, jobId, attempt };
  const work: CampaignWork =
    listId !== null && dueAt !== null ? { kind: 'attach-list', listId, dueAt } : { kind: 're-date', endings };
  return { key, work, startedBy };
}

/** The batch that is next: leads with ids after `after`. */
export interface JobPosition {
  readonly after: string;
  readonly leadsChanged: number;
}

/** Keeps the job for this run until the transaction ends; null when it has ended or is another run's. */
export async function holdCampaignJob(
  query: Tx,
  { jobId, attempt }: CampaignJobKey,
): Promise<JobPosition | null> {
  const [row] = await query<JobPosition>`
    select done_to as after, leads_changed as "leadsChanged" from campaign_job
     where job_id = ${jobId} and attempt = ${attempt} and state = 'running' for update`;
  return row ?? null;
}

export interface BatchDone {
  readonly last: LeadId;
  readonly leads: number;
  readonly changed: number;
  /** The runner lives. */
  readonly leaseUntil: EpochMs;
}

export async function storeJobProgress(query: Tx, { jobId }: CampaignJobKey, done: BatchDone): Promise<void> {
  await query`
    update campaign_job
       set done_to = ${done.last}, leads_done = leads_done + ${done.leads}, leads_changed = leads_changed + ${done.changed},
           lease_until = ${new Date(done.leaseUntil)}
     where job_id = ${jobId}`;
}

/** `cancelled`: the list was taken away again. `failed`: it was tried again and again; the log says why. */
export type JobEnd = 'done' | 'cancelled' | 'failed';

/** Does nothing when the job has ended or is another run's. */
export async function endCampaignJob(
  query: Query,
  { jobId, attempt }: CampaignJobKey,
  { at, end }: { readonly at: EpochMs; readonly end: JobEnd },
): Promise<void> {
  await query`
    update campaign_job
       set state = ${end}, finished_at = ${new Date(at)}
     where job_id = ${jobId} and attempt = ${attempt} and state = 'running'`;
}

/** Lets go of a job that is not done: whoever looks next goes on with it. */
export async function releaseCampaignJob(query: Query, { jobId, attempt }: CampaignJobKey): Promise<void> {
  await query`
    update campaign_job set lease_until = null where job_id = ${jobId} and attempt = ${attempt} and state = 'running'`;
}

/** A job as the campaign's page shows it. */
export interface CampaignJobRecord {
  readonly jobId: string;
  readonly kind: CampaignWork['kind'];
  readonly listId: ListId | null;
  readonly listName: string | null;
  readonly state: 'queued' | 'running' | 'failed';
  readonly leadsExpected: number;
  readonly leadsDone: number;
  readonly startedAt: EpochMs;
}

const DAY = 86_400_000;

/** Those that are not done, the oldest first, and those that failed within a day. */
export async function listCampaignJobs(
  query: Query,
  { organizationId, campaignId }: Pick<CampaignJobKey, 'organizationId' | 'campaignId'>,
  now: EpochMs,
): Promise<readonly CampaignJobRecord[]> {
  return await query<CampaignJobRecord>`
    select j.job_id as "jobId", j.kind, j.list_id as "listId", l.name as "listName", j.state, j.leads_expected as "leadsExpected",
           j.leads_done as "leadsDone", j.started_at as "startedAt"
      from campaign_job j left join lead_list l using (list_id)
     where j.organization_id = ${organizationId} and j.campaign_id = ${campaignId}
       and (j.state in ('queued', 'running') or (j.state = 'failed' and j.finished_at > ${new Date(now - DAY)}))
     order by j.started_at, j.job_id
     limit 20`;
}
