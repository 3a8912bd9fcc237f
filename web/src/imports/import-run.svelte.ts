import type { ImportId, ListId } from '../../../kernel/ids.ts';
import type { Import, ImportOptions } from '../../../server/api.ts';
import { describeApiError } from '../api/describe-api-error.ts';
import type { ReadingChoice } from './import-preview.svelte.ts';

export interface ImportTarget {
  /** An existing list, or the name of one. */
  readonly list: { readonly listId: ListId } | { readonly listName: string };
  readonly country: string | null;
  readonly reading: ReadingChoice;
  readonly options: ImportOptions;
}

export interface ImportPorts {
  /** Sends the file and resolves when the server has it and goes on by itself. */
  upload(file: File, target: ImportTarget, onProgress: (sentRate: number) => void): Promise<Import>;
  read(importId: ImportId): Promise<Import>;
  /** Resolves to what the import has become. */
  cancel(importId: ImportId): Promise<Import>;
  monotonic(): number;
}

export type RunState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending'; readonly fileName: string }
  | { readonly kind: 'running'; readonly job: Import }
  | { readonly kind: 'ended'; readonly result: Import }
  | { readonly kind: 'failed'; readonly message: string };

interface Reading {
  readonly at: number;
  readonly rows: number;
}

const LOOK_EVERY_MS = 700;
/** The pace is that of the last few seconds, so that it follows what happens and does not flicker. */
const PACE_OVER_MS = 5000;

/** One file on its way into a list; it goes on while somebody looks at other pages. */
export class ImportRun {
  readonly #ports: ImportPorts;
  #state = $state.raw<RunState>({ kind: 'idle' });
  #sentRate = $state(0);
  #rowsPerSecond = $state<number | null>(null);
  #isCancelling = $state(false);
  #cancelProblem = $state<string | null>(null);
  #readings: readonly Reading[] = [];

  constructor(ports: ImportPorts) {
    this.#ports = ports;
  }

  get state(): RunState {
    return this.#state;
  }

  /** The file has not left this computer yet: a closed tab would end it. */
  get isSending(): boolean {
    return this.#state.kind === 'sending';
  }

  /** 0…1 of the file that has left this computer. */
  get sentRate(): number {
    return this.#sentRate;
  }

  get rowsPerSecond(): number | null {
    return this.#rowsPerSecond;
  }

  get isCancelling(): boolean {
    return this.#isCancelling;
  }

  /** Why it could not be cancelled, in one sentence: it goes on then. */
  get cancelProblem(): string | null {
    return this.#cancelProblem;
  }

  /** 0…1 of the rows; null while their number is not known. Never quite there before the server has said so. */
  get doneRate(): number | null {
    const { rowsRead, rowsExpected } = this.#progress;
    return rowsExpected === null ? null : Math.min(0.99, rowsRead / Math.max(1, rowsExpected));
  }

  /** At the pace of now; null while it is not known. */
  get secondsLeft(): number | null {
    const { rowsRead, rowsExpected } = this.#progress;
    if (rowsExpected === null || this.#rowsPerSecond === null || this.#rowsPerSecond <= 0) return null;
    return Math.max(0, rowsExpected - rowsRead) / this.#rowsPerSecond;
  }

  get #progress(): Pick<Import, 'rowsRead' | 'rowsExpected'> {
    return this.#state.kind === 'running' ? this.#state.job : { rowsRead: 0, rowsExpected: null };
  }

  async start(file: File, target: ImportTarget): Promise<void> {
    if (this.#state.kind === 'sending' || this.#state.kind === 'running') return;
    this.#state = { kind: 'sending', fileName: file.name };
    this.#sentRate = 0;
    try {
      await this.watch(await this.#ports.upload(file, target, (rate) => (this.#sentRate = rate)));
    } catch (error) {
      this.#state = { kind: 'failed', message: describeApiError(error) };
    }
  }

  /** Follows an import that runs already until it ends. */
  async watch(job: Import): Promise<void> {
    this.#isCancelling = false;
    this.#cancelProblem = null;
    this.#rowsPerSecond = null;
    this.#readings = [{ at: this.#ports.monotonic(), rows: job.rowsRead }];
    this.#show(job);
    while (this.#state.kind === 'running') {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      // An answer that does not come is asked for again: the import goes on without us.
      const now = await this.#ports.read(job.importId).catch(() => null);
      if (now !== null) this.#show(now);
    }
  }

  async cancel(): Promise<void> {
    if (this.#state.kind !== 'running') return;
    this.#isCancelling = true;
    this.#cancelProblem = null;
    try {
      this.#show(await this.#ports.cancel(this.#state.job.importId));
    } catch (error) {
      this.#cancelProblem = describeApiError(error);
    } finally {
      this.#isCancelling = false;
    }
  }

  /** Back to choosing a file. */
  forget(): void {
    if (this.#state.kind === 'ended' || this.#state.kind === 'failed') this.#state = { kind: 'idle' };
  }

  #show(job: Import): void {
    // What was asked before the end may be answered after it.
    if (this.#state.kind === 'ended') return;
    if (job.state === 'failed') this.#state = { kind: 'failed', message: job.error ?? '' };
    else if (job.state === 'queued' || job.state === 'running') this.#state = { kind: 'running', job };
    else this.#state = { kind: 'ended', result: job };
    const now = this.#ports.monotonic();
    this.#readings = [...this.#readings, { at: now, rows: job.rowsRead }].filter(
      (reading, i, all) => now - reading.at <= PACE_OVER_MS || i === all.length - 1,
    );
    this.#rowsPerSecond = pace(this.#readings);
  }
}

/** Rows per second between the first and the last reading; null while there is no time between them. */
export function pace(readings: readonly Reading[]): number | null {
  const [first] = readings;
  const last = readings.at(-1);
  if (!first || !last || last.at <= first.at) return null;
  return Math.max(0, ((last.rows - first.rows) / (last.at - first.at)) * 1000);
}
