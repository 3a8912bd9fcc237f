import { ImportFailed } from '../campaigns/lead-import/import-failed.ts';
import { findMapping, rememberedSheets } from '../campaigns/lead-import/import-mapping.store.ts';
import { listLeadFields } from '../campaigns/lead-import/lead-field.store.ts';
import type { Column } from '../campaigns/lead-import/column.ts';
import { fieldValue } from '../campaigns/lead-import/field-type.ts';
import { openAnyFile, type OpenFile, type Reading } from '../campaigns/lead-import/open-file.job.ts';
import type { ImportPreview } from './api/import.schema.ts';
import type { SignedIn } from './auth/signed-in.ts';

const ROWS_SHOWN = 15;
const CELL_CHARS_SHOWN = 200;

/**
 * How a file would be read, with its first rows. Columns are what they were the last time a file had this header; own fields have the
 * types that the organization knows them by, where anything in them is of that type. Of a workbook whose sheet nobody has named, the
 * one is shown that was imported the last time.
 * @throws ImportFailed when it cannot be read at all.
 */
export async function previewFile(
  me: SignedIn,
  path: string,
  reading: Omit<Reading, 'map'>,
): Promise<ImportPreview> {
  const { file, remembered } = await openForPreview(me, path, reading);
  const { format, layout, sample, sheet } = file;
  const { delimiter, hasHeader, columns } = layout;
  return {
    format,
    encoding: reading.encoding ?? file.encoding,
    delimiter,
    sheet,
    sheets: [...file.sheets],
    hasHeader,
    columns: [...(remembered ?? columns.map(await typesOf(me, file)))],
    isRemembered: remembered !== null,
    rows: sample.slice(0, ROWS_SHOWN).map((row) => row.map((cell) => cell.slice(0, CELL_CHARS_SHOWN))),
  };
}

interface Opened {
  readonly file: OpenFile;
  /** Null: no file with this header was imported before. */
  readonly remembered: readonly Column[] | null;
}

async function openForPreview(me: SignedIn, path: string, reading: Omit<Reading, 'map'>): Promise<Opened> {
  const first = await openWith(me, path, reading);
  if ((reading.sheet ?? null) !== null || first.remembered !== null || first.file.sheets.length < 2)
    return first;
  const { query } = me.database;
  for (const sheet of await rememberedSheets(query, me.organizationId, first.file.sheets)) {
    const other = await openWith(me, path, { ...reading, sheet }).catch(ignoreUnreadable);
    // Another workbook may have a sheet of that name with other columns.
    if (other?.remembered) return other;
  }
  return first;
}

async function openWith(
  { database, organizationId }: SignedIn,
  path: string,
  reading: Omit<Reading, 'map'>,
): Promise<Opened> {
  const file = await openAnyFile({ path }, { ...reading, map: new Map() });
  await file.close();
  const { hasHeader, columns } = file.layout;
  const names = columns.map(({ name }) => name);
  return { file, remembered: hasHeader ? await findMapping(database.query, organizationId, names) : null };
}

function ignoreUnreadable(error: unknown): null {
  if (error instanceof ImportFailed) return null;
  throw error;
}

async function typesOf(
  { database, organizationId }: SignedIn,
  { layout, sample }: OpenFile,
): Promise<(column: Column, index: number) => Column> {
  const known = await listLeadFields(database.query, organizationId);
  const types = new Map(known.map(({ name, type }) => [name, type]));
  return (column, index) => {
    const type = column.field === 'other' ? types.get(column.name) : undefined;
    const cells = sample.map((row) => row[index] ?? '').filter((cell) => cell !== '');
    const fits =
      type !== undefined && cells.some((cell) => fieldValue(type, cell, layout.dateOrder) !== null);
    return fits || (type !== undefined && cells.length === 0) ? { ...column, type } : column;
  };
}
