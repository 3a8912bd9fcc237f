import { JOB_LEASE_MS, runCampaignJob } from '../campaigns/campaign-job.job.ts';
import {
  claimCampaignJob,
  endCampaignJob,
  openCampaignJobs,
  releaseCampaignJob,
  type CampaignJobKey,
} from '../campaigns/campaign-job.store.ts';
import { ConnectionLost } from '../kernel/database-error.ts';
import type { OrganizationId } from '../kernel/ids.ts';
import { after, type Clock } from '../kernel/time.ts';
import type { NewId } from '../kernel/uuid.ts';
import type { HttpDatabase } from './http-database.ts';
import type { HttpLog } from './http-log.ts';

export interface CampaignJobRunnerPorts {
  readonly database: HttpDatabase;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: HttpLog;
  /** Nobody else can be running jobs: what was left is taken up at once. */
  readonly settings: { readonly imports: { readonly isOnlyProcess: boolean } };
}

/** For jobs that another process has left, and those that failed or lost the database. */
const LOOK_EVERY_MS = 15_000;
/** Runs that a job may have: restarts of processes, deadlocks, a full disk that somebody mends. */
const ATTEMPTS_MAX = 20;

/** Runs long changes of campaigns, one after the other. State, position and lease are in the database: any process goes on with them. */
export class CampaignJobRunner {
  readonly #ports: CampaignJobRunnerPorts;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();

  constructor(ports: CampaignJobRunnerPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#timer = setInterval(() => this.wake(), LOOK_EVERY_MS);
    this.wake();
  }

  /** Looks for jobs that wait, after whatever it is doing. */
  wake(): void {
    this.#looking = this.#looking
      .then(() => this.#look())
      .catch((error: unknown) => {
        if (this.#stopping.signal.aborted) return;
        this.#ports.log.warn({ err: error }, 'jobs of campaigns could not be looked for; tried again soon');
      });
  }

  /** Lets go of the job in hand after its batch; whoever starts next goes on with it. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#looking;
  }

  async #look(): Promise<void> {
    const organizations = await this.#ports.database.system<{ organizationId: OrganizationId }>`
      select organization_id as "organizationId" from ringline_organizations()`;
    for (const { organizationId } of organizations) {
      if (this.#stopping.signal.aborted) return;
      const open = await openCampaignJobs(this.#ports.database.organization(organizationId).query);
      for (const jobId of open) await this.#run(organizationId, jobId);
    }
  }

  async #run(organizationId: OrganizationId, jobId: string): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const { database, clock, newId, log, settings } = this.#ports;
    const rows = database.organization(organizationId);
    const { isOnlyProcess } = settings.imports;
    const at = clock.now();
    const lease = { at, until: after(at, JOB_LEASE_MS), isOnlyProcess };
    const job = await claimCampaignJob(rows.query, { organizationId, jobId }, lease);
    if (job === null) return;
    try {
      const end = await runCampaignJob({ database: rows, clock, newId }, job, this.#stopping.signal);
      if (end === null) await releaseCampaignJob(rows.query, job.key);
      else log.info({ jobId, kind: job.work.kind, end }, 'job of a campaign done');
    } catch (error) {
      await this.#failed(job.key, error);
    }
  }

  /** What may be over by the next look is tried again; what goes on failing ends the job. */
  async #failed(key: CampaignJobKey, error: unknown): Promise<void> {
    const { database, clock, log } = this.#ports;
    if (this.#stopping.signal.aborted || error instanceof ConnectionLost) throw error;
    log.error({ err: error, jobId: key.jobId, attempt: key.attempt }, 'job of a campaign failed');
    const { query } = database.organization(key.organizationId);
    if (key.attempt < ATTEMPTS_MAX) await releaseCampaignJob(query, key);
    else await endCampaignJob(query, key, { at: clock.now(), end: 'failed' });
  }
}
