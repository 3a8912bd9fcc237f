import { findMapping } from '../campaigns/lead-import/import-mapping.store.ts';
import { listLeadFields } from '../campaigns/lead-import/lead-field.store.ts';
import type { Column } from '../campaigns/lead-import/column.ts';
import { fieldValue } from '../campaigns/lead-import/field-type.ts';
import { openAnyFile, type Reading } from '../campaigns/lead-import/open-file.job.ts';
import type { ImportPreview } from './api/import.schema.ts';
import type { SignedIn } from './auth/signed-in.ts';

const ROWS_SHOWN = 15;
const CELL_CHARS_SHOWN = 200;

/**
 * How a file would be read, with its first rows. Columns are what they were the last time a file had this header; own fields have the
 * types that the organization knows them by, where anything in them is of that type.
 * @throws ImportFailed when it cannot be read at all.
 */
export async function previewFile(
  { database, organizationId }: SignedIn,
  path: string,
  reading: Omit<Reading, 'map'>,
): Promise<ImportPreview> {
  const file = await openAnyFile({ path }, { ...reading, map: new Map() });
  await file.close();
  const { format, layout, sample } = file;
  const { delimiter, hasHeader, columns } = layout;
  const names = columns.map(({ name }) => name);
  const remembered = hasHeader ? await findMapping(database.query, organizationId, names) : null;
  const known = await listLeadFields(database.query, organizationId);
  const types = new Map(known.map(({ name, type }) => [name, type]));
  const typed = (column: Column, index: number): Column => {
    const type = column.field === 'other' ? types.get(column.name) : undefined;
    const cells = sample.map((row) => row[index] ?? '').filter((cell) => cell !== '');
    const fits =
      type !== undefined && cells.some((cell) => fieldValue(type, cell, layout.dateOrder) !== null);
    return fits || (type !== undefined && cells.length === 0) ? { ...column, type } : column;
  };
  return {
    format,
    encoding: reading.encoding ?? file.encoding,
    delimiter,
    hasHeader,
    columns: [...(remembered ?? columns.map(typed))],
    isRemembered: remembered !== null,
    rows: sample.slice(0, ROWS_SHOWN).map((row) => row.map((cell) => cell.slice(0, CELL_CHARS_SHOWN))),
  };
}
