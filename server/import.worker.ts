import { parentPort, workerData } from 'node:worker_threads';
import { ImportFailed, type ImportProblem } from '../campaigns/lead-import/import-failed.ts';
import type { ClaimedImport } from '../campaigns/lead-import/import-job.store.ts';
import type { RunResult } from '../campaigns/lead-import/import-run.job.ts';
import { resumeImport } from '../campaigns/lead-import/lead-import.job.ts';
import { ConnectionLost, SqlError } from '../kernel/database-error.ts';
import type { DurationMs } from '../kernel/time.ts';
import { uuidV7 } from '../kernel/uuid.ts';
import { offsetClock, systemClock } from './clock.ts';
import { openDatabase } from './database.ts';

export interface ImportRequest {
  /** Contains a password. */
  readonly databaseUrl: string;
  /** How far the domain's clock is from the machine's. */
  readonly clockOffsetMs: DurationMs;
  readonly claimed: ClaimedImport;
  readonly path: string;
}

/** What this thread says at its end. It stops after the batch in hand when it is sent anything. */
export type ImportMessage =
  /** Null: it was stopped, cancelled or taken over. */
  | { readonly type: 'done'; readonly result: RunResult | null }
  | { readonly type: 'problem'; readonly problem: ImportProblem }
  | { readonly type: 'connection-lost'; readonly message: string }
  /** The runner decides whether the same may succeed in a moment. */
  | {
      readonly type: 'refused';
      readonly message: string;
      readonly code: string;
      readonly constraint: string | null;
    }
  | { readonly type: 'warning'; readonly message: string };

/** Reading ahead by one batch while the other is stored, and the questions in between. */
const CONNECTIONS_MAX = 3;

const port = parentPort;
if (port === null) throw new Error('Bug: this file is a worker thread');
const say = (message: ImportMessage): void => port.postMessage(message);
const stopping = new AbortController();
port.once('message', () => stopping.abort());

async function run({ databaseUrl, clockOffsetMs, claimed, path }: ImportRequest): Promise<RunResult | null> {
  const database = await openDatabase({
    url: databaseUrl,
    applicationName: 'ringline import',
    log: { warn: (_, message) => say({ type: 'warning', message }) },
    connectionsMax: CONNECTIONS_MAX,
  });
  try {
    const rows = database.organization(claimed.key.organizationId);
    const ports = {
      database: rows,
      clock: offsetClock(systemClock, clockOffsetMs),
      newId: uuidV7((into) => void crypto.getRandomValues(into)),
    };
    return await resumeImport(ports, claimed, { path, signal: stopping.signal });
  } finally {
    await database.close();
  }
}

try {
  say({ type: 'done', result: await run(workerData as ImportRequest) });
} catch (error) {
  if (error instanceof ImportFailed) say({ type: 'problem', problem: error.problem });
  else if (error instanceof ConnectionLost) say({ type: 'connection-lost', message: error.message });
  else if (error instanceof SqlError) {
    const { message, code, constraint } = error;
    say({ type: 'refused', message, code, constraint });
  } else throw error;
} finally {
  port.close();
}
