import { rm, stat } from 'node:fs/promises';
import { refreshLeadStatistics } from '../campaigns/campaign-list.store.ts';
import { ImportFailed, importProblemSentence } from '../campaigns/lead-import/import-failed.ts';
import {
  claimImport,
  endImportJob,
  failAbandonedImports,
  hasEnded,
  openImports,
  renewImport,
  type ClaimedImport,
} from '../campaigns/lead-import/import-job.store.ts';
import { ConnectionLost, mayPass } from '../kernel/database-error.ts';
import type { ImportId, OrganizationId } from '../kernel/ids.ts';
import type { RunResult } from '../campaigns/lead-import/import-run.job.ts';
import { resumeImport } from '../campaigns/lead-import/lead-import.job.ts';
import type { Clock, DurationMs, EpochMs } from '../kernel/time.ts';
import type { NewId } from '../kernel/uuid.ts';
import { systemClock } from './clock.ts';
import type { HttpDatabase } from './http-database.ts';
import type { HttpLog } from './http-log.ts';
import { ImportFiles, type ImportSettings } from './import-files.ts';
import { runImportThread } from './import-thread.ts';

export interface ImportRunnerPorts {
  readonly database: HttpDatabase;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: HttpLog;
  readonly settings: { readonly imports: ImportSettings };
}

const LEASE_MS = 20_000;
const RENEW_EVERY_MS = 5_000;
/** For imports that another process of this folder has left, and those that lost the database. */
const LOOK_EVERY_MS = 15_000;
/** At one place of a file, over some minutes: a database that is still too busy then is not so by chance. */
const TRIES_MAX = 12;

/**
 * Runs imports one after the other, in the process that has their files on its disk: the queue of the other jobs would hand them to one
 * that has not. State, checkpoint and lease are in the database, so what a process leaves behind goes on where it stopped.
 */
export class ImportRunner {
  readonly #ports: ImportRunnerPorts;
  readonly #files: ImportFiles;
  readonly #stopping = new AbortController();
  /** How far those imports had come that were let go because of the database, and how often there. */
  readonly #stuck = new Map<ImportId, { readonly recordsDone: number; readonly times: number }>();
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();

  constructor(ports: ImportRunnerPorts) {
    this.#ports = ports;
    this.#files = new ImportFiles(ports.settings.imports);
  }

  /** Where the file of an import waits. */
  fileOf(importId: ImportId): string {
    return this.#files.of(importId);
  }

  /** Where a file is while it arrives. */
  partOf(name: string): string {
    return this.#files.partOf(name);
  }

  start(): void {
    this.#timer = setInterval(() => this.wake(), LOOK_EVERY_MS);
    this.wake();
  }

  /** Looks for imports that wait, after whatever it is doing. */
  wake(): void {
    this.#looking = this.#looking
      .then(() => this.#look())
      .catch((error: unknown) => {
        if (this.#stopping.signal.aborted) return;
        this.#ports.log.warn({ err: error }, 'imports could not be looked for; tried again soon');
      });
  }

  /** When it has looked as often as it was woken. */
  async looked(): Promise<void> {
    await this.#looking;
  }

  /** Lets go of the import in hand after its batch; whoever starts next goes on with it. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#looking;
  }

  async #look(): Promise<void> {
    for (const organizationId of await this.#organizations()) {
      if (this.#stopping.signal.aborted) return;
      const { query } = this.#ports.database.organization(organizationId);
      // A command that was killed says so, instead of running for ever.
      await failAbandonedImports(query, this.#ports.clock.now());
      const open = await openImports(query);
      for (const importId of open) await this.#run(organizationId, importId);
    }
    if (!this.#stopping.signal.aborted) await this.#removeOld();
  }

  async #organizations(): Promise<readonly OrganizationId[]> {
    const rows = await this.#ports.database.system<{ organizationId: OrganizationId }>`
      select organization_id as "organizationId" from ringline_organizations()`;
    return rows.map(({ organizationId }) => organizationId);
  }

  async #run(organizationId: OrganizationId, importId: ImportId): Promise<void> {
    const { database, clock, settings } = this.#ports;
    const { isOnlyProcess } = settings.imports;
    const file = this.fileOf(importId);
    const isHere = await stat(file).then(
      () => true,
      () => false,
    );
    if (this.#stopping.signal.aborted || (!isHere && !isOnlyProcess)) return;
    const at = clock.now();
    const { query } = database.organization(organizationId);
    const until = (at + LEASE_MS) as EpochMs;
    const claimed = await claimImport(query, { organizationId, importId }, { at, until, isOnlyProcess });
    if (claimed === null) return;
    try {
      if (!isHere) throw new ImportFailed({ type: 'file-gone', rows: claimed.recordsDone });
      await this.#goOn(claimed, file);
    } catch (error) {
      await this.#end(claimed, error);
    }
  }

  async #goOn(claimed: ClaimedImport, file: string): Promise<void> {
    const { database, clock, log } = this.#ports;
    const { key } = claimed;
    const rows = database.organization(key.organizationId);
    const lost = new AbortController();
    const renewing = setInterval(() => {
      renewImport(rows.query, key, (clock.now() + LEASE_MS) as EpochMs).then(
        (isOurs) => isOurs || lost.abort(),
        () => undefined,
      );
    }, RENEW_EVERY_MS);
    try {
      const signal = AbortSignal.any([this.#stopping.signal, lost.signal]);
      const result = await this.#import(claimed, { path: file, signal });
      if (result !== null) {
        await refreshLeadStatistics(rows.query);
        await endImportJob(rows.query, key, { finishedAt: clock.now(), error: null });
        log.info({ importId: key.importId, rows: result.rows, seconds: result.seconds }, 'import done');
      }
      if (await hasEnded(rows.query, key.importId)) {
        this.#stuck.delete(key.importId);
        await rm(file, { force: true });
      } else await renewImport(rows.query, key, null);
    } finally {
      clearInterval(renewing);
    }
  }

  async #import(
    claimed: ClaimedImport,
    { path: file, signal }: { readonly path: string; readonly signal: AbortSignal },
  ): Promise<RunResult | null> {
    const { database, clock, newId, log, settings } = this.#ports;
    const { databaseUrl, inProcessBytesMax } = settings.imports;
    if ((await stat(file)).size <= inProcessBytesMax) {
      const rows = database.organization(claimed.key.organizationId);
      return resumeImport({ database: rows, clock, newId }, claimed, { path: file, signal });
    }
    const clockOffsetMs = (clock.now() - systemClock.now()) as DurationMs;
    return runImportThread({ databaseUrl, clockOffsetMs, claimed, path: file }, { signal, log });
  }

  /** What cannot be mended by trying again ends the import with its sentence. */
  async #end(claimed: ClaimedImport, error: unknown): Promise<void> {
    const { key, plan, recordsDone } = claimed;
    const { database, clock, log } = this.#ports;
    if (this.#stopping.signal.aborted || error instanceof ConnectionLost) throw error;
    const { query } = database.organization(key.organizationId);
    if (mayPass(error) && this.#mayTryAgain(claimed)) {
      log.warn({ err: error, importId: key.importId }, 'import let go; it goes on soon where it stopped');
      await renewImport(query, key, null);
      return;
    }
    this.#stuck.delete(key.importId);
    const problem =
      error instanceof ImportFailed ? error.problem : { type: 'interrupted' as const, rows: recordsDone };
    if (!(error instanceof ImportFailed)) log.error({ err: error, importId: key.importId }, 'import failed');
    const sentence = importProblemSentence(problem, plan.locale);
    await endImportJob(query, key, { finishedAt: clock.now(), error: sentence });
    await rm(this.fileOf(key.importId), { force: true });
  }

  /** Counts afresh when it has come further since: only an import that is stuck at one place is given up. */
  #mayTryAgain({ key, recordsDone }: ClaimedImport): boolean {
    const before = this.#stuck.get(key.importId);
    const times = before?.recordsDone === recordsDone ? before.times + 1 : 1;
    this.#stuck.set(key.importId, { recordsDone, times });
    return times < TRIES_MAX;
  }

  /** Uploads that a process which is gone did not finish, and files of imports that have ended or were never stored. */
  async #removeOld(): Promise<void> {
    // First the files, then the imports: one that is stored in between has a file that is not old.
    const old = await this.#files.old(systemClock.now());
    if (old.length === 0) return;
    const needed = new Set<string>();
    for (const organizationId of await this.#organizations()) {
      const open = await openImports(this.#ports.database.organization(organizationId).query);
      for (const importId of open) needed.add(this.fileOf(importId));
    }
    for (const file of old) if (!needed.has(file)) await rm(file, { force: true });
  }
}
