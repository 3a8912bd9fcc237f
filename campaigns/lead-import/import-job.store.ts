import type { Query, Tx } from '../../kernel/database.ts';
import type { ImportId, ListId, OrganizationId, UserId } from '../../kernel/ids.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { ImportPlan, Misfit } from './import-plan.ts';
import type { RejectedRow } from './lead-row.ts';

export type ImportState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

export interface ImportKey {
  readonly organizationId: OrganizationId;
  readonly importId: ImportId;
  readonly listId: ListId;
  /** Leads made since then came with the file. */
  readonly startedAt: EpochMs;
  /** The run that may write. */
  readonly attempt: number;
}

/** Where an import goes on when its process is gone. */
export interface Checkpoint {
  /** Records of the file that are dealt with, without those ahead of the rows. */
  readonly recordsDone: number;
  readonly rowsExpected: number | null;
  readonly misfits: readonly Misfit[];
}

export interface NewImport {
  readonly fileName: string;
  readonly startedBy: UserId | null;
  /** Null: the file is read while it arrives, by this process and no other. */
  readonly waiting: { readonly plan: ImportPlan; readonly bytes: number } | null;
}

/**
 * What is read while it arrives renews its lease with each batch, which takes a second; the longest pause is that in which the planner
 * looks at a long table. By the database's clock: the command and the server need not have the same.
 */
const STREAMED_LEASE = '2 minutes';

export async function startImportJob(query: Query, key: ImportKey, job: NewImport): Promise<void> {
  const { waiting } = job;
  await query`
    insert into import_job (import_id, organization_id, list_id, file_name, state, plan, bytes, started_at, started_by, lease_until)
    values (${key.importId}, ${key.organizationId}, ${key.listId}, ${job.fileName}, ${waiting === null ? 'running' : 'queued'},
            ${waiting === null ? null : JSON.stringify(waiting.plan)}::text::jsonb, ${waiting?.bytes ?? null},
            ${new Date(key.startedAt)}, ${job.startedBy},
            case when ${waiting === null}::boolean then clock_timestamp() + ${STREAMED_LEASE}::interval end)`;
}

/** An import whose file waits, as the run that takes it over needs it. */
export interface ClaimedImport extends Checkpoint {
  readonly key: ImportKey;
  readonly plan: ImportPlan;
}

/**
 * Takes an import that nobody runs: one that waits, or whose runner has let its lease run out. Who ran it before cannot write any more.
 * Null: somebody runs it, or it has ended.
 */
export async function claimImport(
  query: Query,
  { organizationId, importId }: Pick<ImportKey, 'organizationId' | 'importId'>,
  lease: { readonly at: EpochMs; readonly until: EpochMs; readonly isOnlyProcess: boolean },
): Promise<ClaimedImport | null> {
  const [row] = await query<Omit<ClaimedImport, 'key'> & Omit<ImportKey, 'organizationId' | 'importId'>>`
    update import_job
       set state = 'running', attempt = attempt + 1, lease_until = ${new Date(lease.until)}
     where import_id = ${importId} and plan is not null and state in ('queued', 'running')
       and (lease_until is null or lease_until < ${new Date(lease.at)} or ${lease.isOnlyProcess}::boolean)
    returning list_id as "listId", started_at as "startedAt", attempt, plan, records_done as "recordsDone",
              rows_expected as "rowsExpected", misfits`;
  if (!row) return null;
  const { listId, startedAt, attempt, ...rest } = row;
  return { ...rest, key: { organizationId, importId, listId, startedAt, attempt } };
}

/** Imports that wait for a runner, the oldest first. */
export async function openImports(query: Query): Promise<readonly ImportId[]> {
  const rows = await query<{ importId: ImportId }>`
    select import_id as "importId" from import_job
     where state in ('queued', 'running') and plan is not null order by started_at, import_id`;
  return rows.map(({ importId }) => importId);
}

/** False when it is no longer this run's. */
export async function renewImport(query: Query, key: ImportKey, until: EpochMs | null): Promise<boolean> {
  const rows = await query`
    update import_job set lease_until = ${until === null ? null : new Date(until)}
     where import_id = ${key.importId} and attempt = ${key.attempt} and state = 'running' returning 1`;
  return rows.length > 0;
}

/** Keeps the import for this run until the transaction ends; false when it is cancelled or another run's. */
export async function holdImport(query: Tx, key: ImportKey): Promise<boolean> {
  const rows = await query`
    select from import_job
     where import_id = ${key.importId} and attempt = ${key.attempt} and state = 'running' for update`;
  return rows.length > 0;
}

export interface Progress {
  readonly rows: number;
  readonly imported: number;
  readonly updated: number;
  readonly skipped: number;
  readonly rejected: number;
  readonly suppressed: number;
  readonly checkpoint: Checkpoint;
}

export async function storeProgress(
  query: Tx,
  importId: ImportId,
  { checkpoint, ...done }: Progress,
): Promise<void> {
  await query`
    update import_job
       set rows_read = rows_read + ${done.rows}, imported = imported + ${done.imported}, updated = updated + ${done.updated},
           skipped = skipped + ${done.skipped}, rejected = rejected + ${done.rejected},
           suppressed = suppressed + ${done.suppressed}, records_done = ${checkpoint.recordsDone},
           rows_expected = ${checkpoint.rowsExpected}, misfits = ${JSON.stringify(checkpoint.misfits)}::text::jsonb,
           lease_until = case when plan is null then clock_timestamp() + ${STREAMED_LEASE}::interval else lease_until end
     where import_id = ${importId}`;
}

export async function hasEnded(query: Query, importId: ImportId): Promise<boolean> {
  const rows = await query`
    select from import_job where import_id = ${importId} and state not in ('queued', 'running')`;
  return rows.length > 0;
}

/** Does nothing when the import is cancelled or another run's. */
export async function endImportJob(
  query: Query,
  { importId, attempt }: Pick<ImportKey, 'importId' | 'attempt'>,
  end: { readonly finishedAt: EpochMs; readonly error: string | null },
): Promise<void> {
  await query`
    update import_job
       set state = ${end.error === null ? 'done' : 'failed'}, error = ${end.error}, finished_at = ${new Date(end.finishedAt)}
     where import_id = ${importId} and attempt = ${attempt} and state in ('queued', 'running')`;
}

/** The batch in hand is still stored or not at all; what is stored stays. False when it had ended. */
export async function cancelImport(query: Query, importId: ImportId, at: EpochMs): Promise<boolean> {
  const rows = await query`
    update import_job set state = 'cancelled', finished_at = ${new Date(at)}
     where import_id = ${importId} and state in ('queued', 'running') returning 1`;
  return rows.length > 0;
}

/** An import as lists and pages show it; a running one shows its progress. */
export interface ImportRecord {
  readonly importId: ImportId;
  readonly listId: ListId;
  readonly listName: string;
  readonly fileName: string;
  readonly state: ImportState;
  readonly rowsRead: number;
  readonly imported: number;
  readonly updated: number;
  readonly skipped: number;
  readonly rejected: number;
  readonly suppressed: number;
  readonly byReason: readonly { readonly reason: string; readonly rows: number }[];
  /** About how many rows the file has; null while that is not known. */
  readonly rowsExpected: number | null;
  readonly misfits: readonly Misfit[];
  readonly error: string | null;
  readonly startedAt: EpochMs;
  readonly finishedAt: EpochMs | null;
}

const IMPORTS_SHOWN = 100;

/** The newest first, at most a hundred. */
export async function listImports(
  query: Query,
  organizationId: OrganizationId,
  only: { readonly listId?: ListId | undefined; readonly importId?: ImportId | undefined } = {},
): Promise<readonly ImportRecord[]> {
  return await query<ImportRecord>`
    select j.import_id as "importId", j.list_id as "listId", l.name as "listName", j.file_name as "fileName", j.state,
           j.rows_read as "rowsRead", j.imported, j.updated, j.skipped, j.rejected, j.suppressed, j.error,
           j.rows_expected as "rowsExpected", j.misfits,
           j.started_at as "startedAt", j.finished_at as "finishedAt",
           coalesce((
             select jsonb_agg(jsonb_build_object('reason', r.reason, 'rows', r.rows) order by r.rows desc, r.reason)
               from (select reason, count(*) as rows from import_reject where import_id = j.import_id group by reason) r),
             '[]') as "byReason"
      from import_job j join lead_list l using (list_id)
     where j.organization_id = ${organizationId}
       and (${only.listId ?? null}::uuid is null or j.list_id = ${only.listId ?? null})
       and (${only.importId ?? null}::uuid is null or j.import_id = ${only.importId ?? null})
     order by j.started_at desc, j.import_id desc
     limit ${IMPORTS_SHOWN}`;
}

/** Imports that were read while they arrived, by a process which is gone: nobody has renewed their lease. */
export async function failAbandonedImports(query: Query, at: EpochMs): Promise<number> {
  // One that is locked is being written: it lives, and nobody waits for its batch here.
  const rows = await query<{ import_id: ImportId }>`
    with abandoned as (
      select import_id from import_job
       where state = 'running' and plan is null and (lease_until is null or lease_until < clock_timestamp())
         for update skip locked
    )
    update import_job j
       set state = 'failed', finished_at = ${new Date(at)},
           error = 'The import was stopped in the middle: import the same file again, no lead is stored twice.'
      from abandoned a where j.import_id = a.import_id
    returning j.import_id`;
  return rows.length;
}

const REJECTS_PER_PAGE = 1000;

/** All rejected rows of an import in the order of the file. */
export async function* readRejects(query: Query, importId: ImportId): AsyncGenerator<RejectedRow> {
  for (let line = 0, reason = ''; ;) {
    const rows = await query<RejectedRow>`
      select line, reason, "column", value, row from import_reject
       where import_id = ${importId} and (line, reason collate "C") > (${line}, ${reason})
       order by line, reason collate "C" limit ${REJECTS_PER_PAGE}`;
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < REJECTS_PER_PAGE) return;
    line = last.line;
    reason = last.reason;
  }
}
