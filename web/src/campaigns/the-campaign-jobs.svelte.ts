import type { CampaignJobs } from '../../../server/api.ts';
import { pace } from '../imports/import-run.svelte.ts';

export type CampaignJob = CampaignJobs['jobs'][number];

export interface CampaignJobsPorts {
  read(): Promise<CampaignJobs>;
  monotonic(): number;
  /** One or more that were under way are so no longer. */
  onEnded(): void;
}

/** How far a job is. */
export interface JobProgress {
  readonly job: CampaignJob;
  /** 0…1. Never quite there before the server has said so. */
  readonly doneRate: number;
  readonly leadsPerSecond: number | null;
  /** At the pace of now; null while it is not known. */
  readonly secondsLeft: number | null;
}

const LOOK_EVERY_MS = 1000;
/** Leads are done by the ten thousand, on a busy machine one such batch takes seconds. */
const PACE_OVER_MS = 20_000;

type Readings = readonly { readonly at: number; readonly rows: number }[];

/** Long changes of one campaign, looked at again and again while there are any. */
export class TheCampaignJobs {
  readonly #ports: CampaignJobsPorts;
  #jobs = $state.raw<readonly JobProgress[]>([]);
  #readings: Readonly<Record<string, Readings>> = {};
  #timer: ReturnType<typeof setTimeout> | null = null;
  #isClosed = false;

  constructor(ports: CampaignJobsPorts) {
    this.#ports = ports;
  }

  get jobs(): readonly JobProgress[] {
    return this.#jobs;
  }

  /** Looks now: something may have begun. */
  async look(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    // An answer that does not come is asked for again: the job goes on without us.
    const answer = await this.#ports.read().catch(() => null);
    if (this.#isClosed) return;
    if (answer !== null) this.#show(answer.jobs);
    if (this.#jobs.some(isOpen)) this.#again();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #again(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.look(), LOOK_EVERY_MS);
  }

  #show(jobs: readonly CampaignJob[]): void {
    const at = this.#ports.monotonic();
    const before = this.#jobs.filter(isOpen);
    this.#readings = Object.fromEntries(
      jobs.map(({ jobId, leadsDone }) => {
        // A list that was taken away and brought back begins anew.
        const kept = (this.#readings[jobId] ?? []).filter(
          (reading) => at - reading.at <= PACE_OVER_MS && reading.rows <= leadsDone,
        );
        return [jobId, [...kept, { at, rows: leadsDone }]];
      }),
    );
    this.#jobs = jobs.map((job) => this.#progress(job));
    const isGone = ({ job }: JobProgress): boolean =>
      !this.#jobs.some((now) => now.job.jobId === job.jobId && isOpen(now));
    if (before.some(isGone)) this.#ports.onEnded();
  }

  #progress(job: CampaignJob): JobProgress {
    const leadsPerSecond = pace(this.#readings[job.jobId] ?? []);
    const left = Math.max(0, job.leadsExpected - job.leadsDone);
    return {
      job,
      doneRate: Math.min(0.99, job.leadsDone / Math.max(1, job.leadsExpected)),
      leadsPerSecond,
      secondsLeft: leadsPerSecond === null || leadsPerSecond <= 0 ? null : left / leadsPerSecond,
    };
  }
}

const isOpen = ({ job }: JobProgress): boolean => job.state !== 'failed';
