import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { CsvRecord } from './csv-records.ts';
import { ImportFailed } from './import-failed.ts';
import { WORKBOOK_HEAP_MEGABYTES_MAX } from './workbook-limits.ts';
import type { SheetFacts, WorkbookMessage, WorkbookRequest } from './workbook.worker.ts';

export interface WorkbookRows extends SheetFacts {
  readonly records: readonly CsvRecord[];
}

/**
 * The rows of a sheet of an .xlsx file, read by a thread of its own; without a name the first sheet with anything on it.
 * @throws ImportFailed when it is too large, damaged, no workbook at all, or has no such sheet.
 */
export async function* workbookRows(file: string, sheet: string | null = null): AsyncGenerator<WorkbookRows> {
  const worker = new Worker(new URL('./workbook.worker.ts', import.meta.url), {
    workerData: { file, sheet } satisfies WorkbookRequest,
    // Not those of whoever runs us, such as a test runner's loader.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: WORKBOOK_HEAP_MEGABYTES_MAX },
  });
  try {
    let line = 1;
    for (;;) {
      const message = await nextMessage(worker);
      if (message.type === 'problem') throw new ImportFailed(message.problem);
      if (message.type === 'end') return;
      const records = message.rows.map((cells, i) => recordOf(cells, line + i));
      line += message.rows.length;
      yield {
        records: records.filter(({ cells }) => cells.some((cell) => cell !== '')),
        total: message.total,
        sheet: message.sheet,
        sheets: message.sheets,
      };
      worker.postMessage('next');
    }
  } finally {
    await worker.terminate();
  }
}

const recordOf = (cells: readonly string[], line: number): CsvRecord & { type: 'cells' } => ({
  type: 'cells',
  line,
  cells,
  hasStrayQuote: false,
});

async function nextMessage(worker: Worker): Promise<WorkbookMessage> {
  const aborted = new AbortController();
  const { signal } = aborted;
  try {
    return await Promise.race([
      once(worker, 'message', { signal }).then(([message]) => message as WorkbookMessage),
      once(worker, 'exit', { signal }).then(() => {
        throw new ImportFailed({ type: 'workbook-damaged' });
      }),
    ]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY')
      throw new ImportFailed({ type: 'workbook-too-large' });
    throw error;
  } finally {
    aborted.abort();
  }
}
