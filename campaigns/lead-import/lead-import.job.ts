import type { ImportId, ListId, OrganizationId, UserId } from '../../kernel/ids.ts';
import { refreshLeadStatistics } from '../campaign-list.store.ts';
import { findLeadList, findOrCreateLeadList } from '../lead-list.store.ts';
import type { ColumnMap } from './column-map.ts';
import type { FileLayout } from './columns.ts';
import { DEFAULT_DUPLICATE_RULES, type DuplicateRules } from './duplicate-rules.ts';
import type { Encoding } from './file-text.ts';
import { ImportFailed } from './import-failed.ts';
import { endImportJob, startImportJob, type ClaimedImport, type ImportKey } from './import-job.store.ts';
import { ImportRun, type ImportPorts, type ImportProgress, type RunResult } from './import-run.job.ts';
import { putLeadFields } from './lead-field.store.ts';
import { openImportFile, reopenImportFile, type FileSource } from './open-file.job.ts';

export interface ImportRequest {
  readonly organizationId: OrganizationId;
  /** A list that exists, or the name of one, which is made when it is new. */
  readonly list: { readonly listId: ListId } | { readonly name: string };
  /** ISO 3166-1 of numbers that are written without one; a list that exists keeps its own. */
  readonly country: string;
  readonly fileName: string;
  readonly source: FileSource;
  /** Empty: everything is guessed. */
  readonly map: ColumnMap;
  readonly encoding?: Encoding | null | undefined;
  readonly delimiter?: string | null | undefined;
  /** Of a workbook; null: the first with anything on it. */
  readonly sheet?: string | null | undefined;
  readonly rules?: DuplicateRules | undefined;
  readonly startedBy: UserId | null;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
}

export interface ImportResult extends RunResult {
  readonly importId: ImportId;
  readonly listId: ListId;
  readonly layout: FileLayout;
}

export type UnknownList = { readonly ok: false; readonly problem: 'unknown-list' };

/**
 * Imports a file of leads while it arrives, in batches that are each stored all or not at all. What cannot be read as a lead is kept as a
 * rejected row with its reason. The same file again changes nothing.
 * @throws ImportFailed with one sentence; when the file itself is no good, before anything was stored.
 */
export async function importLeads(
  ports: ImportPorts,
  request: ImportRequest,
): Promise<{ readonly ok: true; readonly result: ImportResult } | UnknownList> {
  const { database, clock, newId } = ports;
  const { organizationId } = request;
  const known = await findLeadList(database.query, organizationId, request.list);
  if ('listId' in request.list && known === null) return { ok: false, problem: 'unknown-list' };
  const startedAt = clock.now();
  const country = known?.country ?? request.country;
  const file = await openImportFile(request.source, { ...request, country });
  const list =
    'name' in request.list
      ? await findOrCreateLeadList(database.query, organizationId, {
          listId: newId<ListId>(startedAt),
          name: request.list.name,
          country,
          createdAt: startedAt,
        })
      : { listId: request.list.listId, country };
  const importId = newId<ImportId>(startedAt);
  const key: ImportKey = { organizationId, importId, listId: list.listId, startedAt, attempt: 0 };
  const { fileName, startedBy, rules = DEFAULT_DUPLICATE_RULES, onProgress } = request;
  await startImportJob(database.query, key, { fileName, startedBy, waiting: null });
  const { columns } = file.layout;
  await putLeadFields(database.query, organizationId, { columns, areChosen: false, at: startedAt });
  const { layout } = file;
  const reading = { layout, country: list.country, rules };
  const checkpoint = { recordsDone: 0, rowsExpected: null, misfits: [] };
  const run = new ImportRun(ports, { key, reading, checkpoint, file, onProgress });
  const ended = await runToEnd(ports, run, { key, records: file.records });
  if (ended === null) throw new ImportFailed({ type: 'cancelled', rows: run.storedRows });
  return { ok: true, result: { importId, listId: key.listId, layout, ...ended } };
}

/**
 * Goes on with an import whose file waits, from where it was left. Null: it was cancelled, or somebody else runs it now.
 * @throws ImportFailed when the rest cannot be imported; ConnectionLost passes, and the import may be claimed again.
 */
export async function resumeImport(
  ports: ImportPorts,
  { key, plan, ...checkpoint }: ClaimedImport,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
): Promise<RunResult | null> {
  const file = await reopenImportFile(path, plan);
  try {
    const { layout, country, rules } = plan;
    const run = new ImportRun(ports, { key, reading: { layout, country, rules }, checkpoint, file, signal });
    return await run.through(file.records);
  } finally {
    await file.close();
  }
}

async function runToEnd(
  { database, clock }: ImportPorts,
  run: ImportRun,
  { key, records }: { readonly key: ImportKey; readonly records: Parameters<ImportRun['through']>[0] },
): Promise<RunResult | null> {
  try {
    const result = await run.through(records);
    if (result === null) return null;
    await refreshLeadStatistics(database.query);
    await endImportJob(database.query, key, { finishedAt: clock.now(), error: null });
    return result;
  } catch (error) {
    const failed = new ImportFailed({ type: 'interrupted', rows: run.storedRows }, { cause: error });
    await endImportJob(database.query, key, { finishedAt: clock.now(), error: failed.message }).catch(
      () => undefined,
    );
    throw failed;
  }
}
