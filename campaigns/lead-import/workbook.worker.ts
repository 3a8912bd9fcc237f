import { open } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { readSheet } from 'read-excel-file/node';
import { fromFd, type Entry, type ZipFile } from 'yauzl';
import type { ImportProblem } from './import-failed.ts';
import { cellText } from './workbook-cell.ts';
import {
  WORKBOOK_ENTRIES_MAX,
  WORKBOOK_FILE_BYTES_MAX,
  WORKBOOK_ROWS_MAX,
  WORKBOOK_ROWS_PER_MESSAGE,
  WORKBOOK_UNPACKED_BYTES_MAX,
} from './workbook-limits.ts';

/** What this thread says. It waits for an answer after each of `rows`. */
export type WorkbookMessage =
  | { readonly type: 'rows'; readonly rows: readonly (readonly string[])[]; readonly total: number }
  | { readonly type: 'end' }
  | { readonly type: 'problem'; readonly problem: ImportProblem };

const port = parentPort;
if (port === null) throw new Error('Bug: this file is a worker thread');
const say = (message: WorkbookMessage): void => port.postMessage(message);

/** Says in the zip's own directory and by unpacking it once what it would become, before anything holds all of it. */
async function problemOf(file: string): Promise<ImportProblem | null> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    if (size > WORKBOOK_FILE_BYTES_MAX) return { type: 'workbook-too-large' };
    const zip = await openZip(handle.fd);
    const entries = await entriesOf(zip);
    if (entries === null) return { type: 'workbook-too-large' };
    if (!entries.some(({ fileName }) => fileName === 'xl/workbook.xml')) return { type: 'packed' };
    if (!isContiguous(entries)) return { type: 'workbook-damaged' };
    const unpacked = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
    if (unpacked > WORKBOOK_UNPACKED_BYTES_MAX) return { type: 'workbook-too-large' };
    for (const entry of entries) {
      const isSheet = /^xl\/worksheets\/[^/]+\.xml$/.test(entry.fileName);
      if ((await rowsOf(zip, entry, isSheet)) > WORKBOOK_ROWS_MAX + 1) return { type: 'workbook-too-large' };
    }
    return null;
  } catch {
    return { type: 'workbook-damaged' };
  } finally {
    await handle.close();
  }
}

function openZip(fd: number): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    // It refuses, while it unpacks, an entry that becomes more than the directory says.
    const options = { lazyEntries: true, autoClose: false, validateEntrySizes: true };
    fromFd(fd, options, (error, zip) => {
      if (error) reject(error);
      else resolve(zip);
    });
  });
}

function entriesOf(zip: ZipFile): Promise<readonly Entry[] | null> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    zip.on('error', reject);
    zip.on('end', () => resolve(entries));
    zip.on('entry', (entry: Entry) => {
      entries.push(entry);
      if (entries.length > WORKBOOK_ENTRIES_MAX) resolve(null);
      else zip.readEntry();
    });
    zip.readEntry();
  });
}

/** The longest a local header with its names, and a data descriptor, may be between two entries. */
const BETWEEN_ENTRIES_BYTES_MAX = 70_000;

/** The reader goes through the file from its beginning: nothing may stand there that the directory, which we have checked, does not name. */
function isContiguous(entries: readonly Entry[]): boolean {
  const sorted = entries.toSorted((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
  let end = 0;
  for (const { relativeOffsetOfLocalHeader: start, compressedSize } of sorted) {
    if (start < end || start - end > BETWEEN_ENTRIES_BYTES_MAX) return false;
    end = start + compressedSize;
  }
  return true;
}

/** Unpacks an entry without keeping it; how many rows it has, as long as it is not too many. */
async function rowsOf(zip: ZipFile, entry: Entry, isSheet: boolean): Promise<number> {
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    zip.openReadStream(entry, (error, opened) => {
      if (error) reject(error);
      else resolve(opened);
    });
  });
  let rows = 0;
  let rest = '';
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (!isSheet) continue;
    const text = rest + chunk.toString('latin1');
    rows += text.match(/<(?:x:)?row[ >]/g)?.length ?? 0;
    // A tag that is cut; shorter than one, so that none counts twice.
    rest = text.slice(-4);
  }
  return rows;
}

/** Numbers come with all their digits, wrapped so that they can be told from text. */
class NumberCell {
  readonly digits: string;
  constructor(digits: string) {
    this.digits = digits;
  }
}

async function readRows(file: string): Promise<readonly (readonly string[])[]> {
  const sheet = await readSheet<NumberCell>(file, 1, {
    trim: false,
    parseNumber: (digits) => new NumberCell(digits),
  });
  return sheet.map((row) =>
    row.map((cell: unknown) =>
      cell instanceof NumberCell
        ? cellText(cell.digits, true)
        : cellText(cell as string | boolean | Date | null, false),
    ),
  );
}

async function main(file: string): Promise<void> {
  const problem = await problemOf(file);
  if (problem !== null) {
    say({ type: 'problem', problem });
    return;
  }
  let rows: readonly (readonly string[])[];
  try {
    rows = await readRows(file);
  } catch {
    // It is a zip in order, so what the library does not like is in the sheets.
    say({ type: 'problem', problem: { type: 'workbook-damaged' } });
    return;
  }
  for (let from = 0; from < rows.length; from += WORKBOOK_ROWS_PER_MESSAGE) {
    const answered = new Promise((resolve) => port?.once('message', resolve));
    say({ type: 'rows', rows: rows.slice(from, from + WORKBOOK_ROWS_PER_MESSAGE), total: rows.length });
    await answered;
  }
  say({ type: 'end' });
}

await main((workerData as { readonly file: string }).file);
port.close();
