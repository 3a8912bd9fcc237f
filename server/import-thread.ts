import { Worker } from 'node:worker_threads';
import { ImportFailed } from '../campaigns/lead-import/import-failed.ts';
import type { RunResult } from '../campaigns/lead-import/import-run.job.ts';
import { ConnectionLost, SqlError } from '../kernel/database-error.ts';
import type { HttpLog } from './http-log.ts';
import type { ImportMessage, ImportRequest } from './import.worker.ts';

/**
 * What is alive of an import is a quarter of it, whatever the size of the file. Without bounds V8 lets garbage grow where the machine has
 * memory to spare, and the process that dials would keep what it once took.
 */
const HEAP = { maxOldGenerationSizeMb: 160, maxYoungGenerationSizeMb: 24 } as const;

/**
 * Goes on with an import in a thread of its own: it neither holds up calls nor fills their heap. Null when it was stopped, cancelled or
 * taken over.
 * @throws ImportFailed, ConnectionLost, as the import does.
 */
export async function runImportThread(
  request: ImportRequest,
  { signal, log }: { readonly signal: AbortSignal; readonly log: HttpLog },
): Promise<RunResult | null> {
  const worker = new Worker(new URL('./import.worker.ts', import.meta.url), {
    workerData: request,
    // Not those of whoever runs us, such as a test runner's loader.
    execArgv: [],
    resourceLimits: HEAP,
  });
  const stop = (): void => worker.postMessage('stop');
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  try {
    return await endOf(worker, log);
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}

function endOf(worker: Worker, log: HttpLog): Promise<RunResult | null> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: ImportMessage) => {
      switch (message.type) {
        case 'done':
          resolve(message.result);
          return;
        case 'problem':
          reject(new ImportFailed(message.problem));
          return;
        case 'connection-lost':
          reject(new ConnectionLost(message.message, { mayHaveHappened: true }));
          return;
        case 'refused': {
          const { code, constraint } = message;
          reject(new SqlError(message.message, { code, constraint, cause: null }));
          return;
        }
        case 'warning':
          log.warn(message.message);
      }
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the thread of an import ended without an answer')));
  });
}
