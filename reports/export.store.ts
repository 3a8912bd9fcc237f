import type { Query, Tx } from '../kernel/database.ts';
import type { Locale } from '../compliance/locale.ts';
import type { OrganizationId, UserId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { ExportId, ExportRequest, ExportState } from './export.ts';

/** Wakes the process that runs exports; the payload is the organization's id. */
export const EXPORT_CHANNEL = 'ringline_export';

export interface NewExport {
  readonly exportId: ExportId;
  readonly request: ExportRequest;
  readonly requestedBy: UserId;
  readonly requestedAt: EpochMs;
  readonly locale: Locale;
  readonly hasFullPhones: boolean;
}

export interface ExportJob extends NewExport {
  readonly state: ExportState;
  readonly requestedByName: string;
  readonly rows: number;
  readonly bytes: number;
  /** 0 to 1. */
  readonly progress: number;
  readonly error: string | null;
  readonly finishedAt: EpochMs | null;
  readonly expiresAt: EpochMs | null;
  readonly downloads: number;
}

export async function insertExport(
  query: Tx,
  organizationId: OrganizationId,
  { exportId, request, requestedBy, requestedAt, locale, hasFullPhones }: NewExport,
): Promise<void> {
  await query`
    insert into export_job (export_id, organization_id, kind, request, requested_by, requested_at, locale, has_full_phones)
    values (${exportId}, ${organizationId}, ${request.kind}, ${JSON.stringify(request)}::text::jsonb, ${requestedBy},
            ${new Date(requestedAt)}, ${locale}, ${hasFullPhones})`;
  await query`select pg_notify(${EXPORT_CHANNEL}, ${organizationId})`;
}

/** How many of a person's exports are waiting or running. */
export async function countUnfinished(
  query: Query,
  organizationId: OrganizationId,
  userId: UserId,
): Promise<number> {
  const [row] = await query<{ count: number }>`
    select count(*)::int as count from export_job
     where organization_id = ${organizationId} and requested_by = ${userId} and state in ('waiting', 'running')`;
  return row?.count ?? 0;
}

const EXPORTS_SHOWN = 100;

/** The newest exports, of one person or of all (null). */
export async function listExports(
  query: Query,
  organizationId: OrganizationId,
  { userId, exportId = null }: { readonly userId: UserId | null; readonly exportId?: ExportId | null },
): Promise<readonly ExportJob[]> {
  return await query<ExportJob>`
    select e.export_id as "exportId", e.request, e.requested_by as "requestedBy", u.name as "requestedByName",
           e.requested_at as "requestedAt", e.locale, e.has_full_phones as "hasFullPhones", e.state, e.rows, e.bytes, e.progress,
           e.error, e.finished_at as "finishedAt", e.expires_at as "expiresAt",
           (select count(*)::int from export_download d where d.export_id = e.export_id) as downloads
      from export_job e join app_user u on u.user_id = e.requested_by
     where e.organization_id = ${organizationId} and (${userId}::uuid is null or e.requested_by = ${userId})
       and (${exportId}::uuid is null or e.export_id = ${exportId})
     order by e.requested_at desc, e.export_id limit ${EXPORTS_SHOWN}`;
}

/** False when it has ended already. */
export async function cancelExport(
  query: Query,
  organizationId: OrganizationId,
  { exportId, at }: { readonly exportId: ExportId; readonly at: EpochMs },
): Promise<boolean> {
  const rows = await query<{ cancelled: boolean }>`
    with cancelled as (
      update export_job set state = 'cancelled', finished_at = ${new Date(at)}, attempt = attempt + 1
       where organization_id = ${organizationId} and export_id = ${exportId} and state in ('waiting', 'running') returning export_id
    ), emptied as (delete from export_piece p using cancelled where p.export_id = cancelled.export_id)
    select true as cancelled from cancelled`;
  return rows.length > 0;
}

/** Exports that nobody has finished, the oldest first. */
export async function readUnfinished(
  query: Query,
  organizationId: OrganizationId,
): Promise<readonly ExportId[]> {
  const rows = await query<{ exportId: ExportId }>`
    select export_id as "exportId" from export_job
     where organization_id = ${organizationId} and state in ('waiting', 'running') order by requested_at`;
  return rows.map(({ exportId }) => exportId);
}

/** Begins a run and takes the file from whoever wrote it before; null when it was cancelled or has ended. */
export async function beginExport(
  query: Tx,
  organizationId: OrganizationId,
  exportId: ExportId,
): Promise<(Pick<NewExport, 'request' | 'locale' | 'hasFullPhones'> & { readonly attempt: number }) | null> {
  const [begun] = await query<Pick<NewExport, 'request' | 'locale' | 'hasFullPhones'> & { attempt: number }>`
    update export_job set state = 'running', attempt = attempt + 1, rows = 0, bytes = 0, progress = 0
     where organization_id = ${organizationId} and export_id = ${exportId} and state in ('waiting', 'running')
    returning request, locale, has_full_phones as "hasFullPhones", attempt`;
  if (!begun) return null;
  await query`delete from export_piece where export_id = ${exportId}`;
  return begun;
}

export interface ExportRun {
  readonly exportId: ExportId;
  readonly attempt: number;
}

/** Adds a piece of the file; false when the run was cancelled or another one has taken over. */
export async function addPiece(
  query: Query,
  { exportId, attempt }: ExportRun,
  piece: {
    readonly number: number;
    readonly packed: Uint8Array;
    readonly rows: number;
    readonly bytes: number;
    readonly progress: number;
  },
): Promise<boolean> {
  const rows = await query<{ added: boolean }>`
    with running as (
      update export_job set rows = rows + ${piece.rows}, bytes = bytes + ${piece.bytes}, progress = ${piece.progress}
       where export_id = ${exportId} and attempt = ${attempt} and state = 'running' returning organization_id
    )
    insert into export_piece (export_id, organization_id, piece, packed)
    select ${exportId}, organization_id, ${piece.number}, decode(${Buffer.from(piece.packed).toString('base64')}, 'base64') from running
    returning true as added`;
  return rows.length > 0;
}

export async function finishExport(
  query: Query,
  { exportId, attempt }: ExportRun,
  { at, expiresAt }: { readonly at: EpochMs; readonly expiresAt: EpochMs },
): Promise<void> {
  await query`
    update export_job set state = 'done', finished_at = ${new Date(at)}, expires_at = ${new Date(expiresAt)}, progress = 1
     where export_id = ${exportId} and attempt = ${attempt} and state = 'running'`;
}

/** Gives an export up after its last try. */
export async function failExport(
  query: Query,
  organizationId: OrganizationId,
  { exportId, at }: { readonly exportId: ExportId; readonly at: EpochMs },
): Promise<void> {
  await query`
    update export_job set state = 'failed', error = 'stopped', finished_at = ${new Date(at)}, attempt = attempt + 1
     where organization_id = ${organizationId} and export_id = ${exportId} and state in ('waiting', 'running')`;
}

/** A piece of the file, packed; null behind the last one. */
export async function readPiece(
  query: Query,
  exportId: ExportId,
  number: number,
): Promise<Uint8Array | null> {
  const [row] = await query<{ packed: string }>`
    select encode(packed, 'base64') as packed from export_piece where export_id = ${exportId} and piece = ${number}`;
  return row ? Buffer.from(row.packed, 'base64') : null;
}

export async function recordDownload(
  query: Query,
  organizationId: OrganizationId,
  download: { readonly exportId: ExportId; readonly userId: UserId; readonly at: EpochMs },
): Promise<void> {
  await query`
    insert into export_download (export_id, organization_id, downloaded_by, at)
    values (${download.exportId}, ${organizationId}, ${download.userId}, ${new Date(download.at)})`;
}

/** Takes away files whose time is over; who took them stays on record. */
export async function removeExpired(
  query: Query,
  organizationId: OrganizationId,
  now: EpochMs,
): Promise<void> {
  await query`
    delete from export_piece p using export_job e
     where e.organization_id = ${organizationId} and p.export_id = e.export_id
       and (e.expires_at < ${new Date(now)} or e.state in ('failed', 'cancelled'))`;
}
