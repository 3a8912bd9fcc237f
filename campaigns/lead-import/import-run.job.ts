import type { LeadId, NumberId } from '../../kernel/ids.ts';
import type { Clock } from '../../kernel/time.ts';
import type { NewId } from '../../kernel/uuid.ts';
import { refreshLeadStatistics } from '../campaign-list.store.ts';
import type { CsvRecord } from './csv-records.ts';
import type { Checkpoint, ImportKey } from './import-job.store.ts';
import { Misfits } from './import-misfits.ts';
import type { ImportPlan, Misfit } from './import-plan.ts';
import { writeBatch, type BatchCounts, type ImportDatabase } from './lead-import.store.ts';
import { readRow, type LeadInFile, type RejectedRow, type RejectReason } from './lead-row.ts';
import type { OpenFile } from './open-file.job.ts';
import { SeenInFile } from './seen-in-file.ts';

export interface ImportPorts {
  readonly database: ImportDatabase;
  readonly clock: Clock;
  readonly newId: NewId;
}

export interface ImportProgress {
  readonly rows: number;
  readonly rowsPerSecond: number;
}

/** Of what this run has stored. */
export interface RunResult {
  readonly rows: number;
  readonly imported: number;
  readonly updated: number;
  readonly skipped: number;
  readonly rejected: number;
  readonly byReason: Readonly<Partial<Record<RejectReason, number>>>;
  /** Imported, and on a do-not-call list: they will be refused. */
  readonly suppressed: number;
  readonly misfits: readonly Misfit[];
  readonly seconds: number;
}

/** Rows of one transaction: large enough to be fast, small enough that a stop loses a second's work. */
const ROWS_PER_BATCH = 2500;

/** When the planner is first told how the tables have grown; then at ten times as many. */
const FIRST_STATISTICS_ROWS = 10_000;

interface RunSettings {
  readonly key: ImportKey;
  readonly reading: Pick<ImportPlan, 'layout' | 'country' | 'rules'>;
  /** Where an earlier run has come to. */
  readonly checkpoint: Checkpoint;
  readonly file: Pick<OpenFile, 'expectRows'>;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  /** Stops between two batches. */
  readonly signal?: AbortSignal | undefined;
}

/** One import on its way: reads the next batch while the database stores the last one. */
export class ImportRun {
  storedRows = 0;
  private readonly ports: ImportPorts;
  private readonly settings: RunSettings;
  private readonly seen = new SeenInFile();
  private readonly misfits: Misfits;
  private readonly startedMs: number;
  private recordsRead = 0;
  private leads: LeadInFile[] = [];
  private rejects: RejectedRow[] = [];
  private writing: Promise<void> = Promise.resolve();
  private isStopped = false;
  private rowsBeforeStatistics = FIRST_STATISTICS_ROWS;
  private readonly counts = { imported: 0, updated: 0, skipped: 0, rejected: 0, suppressed: 0 };
  private readonly byReason: Partial<Record<RejectReason, number>> = {};

  constructor(ports: ImportPorts, settings: RunSettings) {
    this.ports = ports;
    this.settings = settings;
    this.misfits = new Misfits(settings.reading.layout.columns, settings.checkpoint.misfits);
    this.startedMs = ports.clock.monotonic();
  }

  /** Null when it was stopped, cancelled or taken over on the way. Rejects after the batch in hand has ended. */
  async through(records: AsyncIterable<readonly CsvRecord[]>): Promise<RunResult | null> {
    try {
      for await (const piece of records) {
        await this.take(piece);
        if (this.hasToStop()) break;
      }
      if (!this.hasToStop()) await this.flush();
    } finally {
      await this.writing.catch(() => undefined);
    }
    await this.writing;
    return this.hasToStop() ? null : this.result();
  }

  private hasToStop(): boolean {
    return this.isStopped || this.settings.signal?.aborted === true;
  }

  private async take(records: readonly CsvRecord[]): Promise<void> {
    const { layout, country } = this.settings.reading;
    const rows = { columns: layout.columns, dateOrder: layout.dateOrder, country };
    for (const record of records) {
      const read = readRow(record, rows);
      this.recordsRead += 1;
      if (this.recordsRead <= this.settings.checkpoint.recordsDone) {
        // Stored by an earlier run: only what later rows are compared with is needed again.
        if (read.type === 'lead') this.seen.add(read.lead);
        continue;
      }
      if (read.type === 'rejected') this.rejects.push(read.rejected);
      else {
        this.misfits.add(read.lead);
        this.leads.push(read.lead);
      }
      if (this.leads.length + this.rejects.length >= ROWS_PER_BATCH) await this.flush();
      if (this.hasToStop()) return;
    }
  }

  /** Hands the batch over once the one before it is stored; a failure of that one surfaces here. */
  private async flush(): Promise<void> {
    await this.writing;
    const { leads, rejects } = this;
    if (leads.length + rejects.length === 0 || this.hasToStop()) return;
    this.leads = [];
    this.rejects = [];
    const checkpoint: Checkpoint = {
      recordsDone: this.recordsRead,
      rowsExpected: this.settings.file.expectRows(this.recordsRead),
      misfits: this.misfits.list(),
    };
    this.writing = this.write({ leads, rejects, checkpoint });
    // It is awaited by the next flush; without this a failure in between would count as unhandled.
    this.writing.catch(() => undefined);
  }

  private async write(batch: {
    readonly leads: readonly LeadInFile[];
    readonly rejects: readonly RejectedRow[];
    readonly checkpoint: Checkpoint;
  }): Promise<void> {
    const { database, clock, newId } = this.ports;
    const at = clock.now();
    const { rules, layout } = this.settings.reading;
    const stored = await writeBatch(database, this.settings.key, {
      ...batch,
      at,
      rules,
      seen: this.seen,
      columns: layout.columns,
      ids: { lead: () => newId<LeadId>(at), number: () => newId<NumberId>(at) },
    });
    if (stored === null) {
      this.isStopped = true;
      return;
    }
    this.count(stored, batch.leads.length + batch.rejects.length);
    if (this.storedRows >= this.rowsBeforeStatistics) {
      this.rowsBeforeStatistics *= 10;
      await refreshLeadStatistics(database.query);
    }
  }

  private count(stored: BatchCounts, rows: number): void {
    this.storedRows += rows;
    this.counts.imported += stored.imported;
    this.counts.updated += stored.updated;
    this.counts.skipped += stored.skipped;
    this.counts.suppressed += stored.suppressed;
    this.counts.rejected += stored.rejects.length;
    for (const { reason } of stored.rejects) this.byReason[reason] = (this.byReason[reason] ?? 0) + 1;
    const seconds = this.seconds();
    const rowsPerSecond = seconds > 0 ? Math.round(this.storedRows / seconds) : 0;
    this.settings.onProgress?.({ rows: this.storedRows, rowsPerSecond });
  }

  private result(): RunResult {
    const { storedRows: rows, counts, byReason } = this;
    return { rows, ...counts, byReason, misfits: this.misfits.list(), seconds: this.seconds() };
  }

  private seconds(): number {
    return (this.ports.clock.monotonic() - this.startedMs) / 1000;
  }
}
