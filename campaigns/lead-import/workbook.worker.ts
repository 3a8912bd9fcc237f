import { open } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parentPort, workerData } from 'node:worker_threads';
import { readSheet } from 'read-excel-file/node';
import { fromFd, type Entry, type ZipFile } from 'yauzl';
import type { ImportProblem } from './import-failed.ts';
import { cellText } from './workbook-cell.ts';
import { sheetNamed, sheetNames } from './workbook-sheets.ts';
import {
  WORKBOOK_ENTRIES_MAX,
  WORKBOOK_FILE_BYTES_MAX,
  WORKBOOK_LIST_BYTES_MAX,
  WORKBOOK_ROWS_MAX,
  WORKBOOK_ROWS_PER_MESSAGE,
  WORKBOOK_UNPACKED_BYTES_MAX,
} from './workbook-limits.ts';

/** What this thread says. It waits for an answer after each of `rows`. */
export type WorkbookMessage =
  | ({ readonly type: 'rows'; readonly rows: readonly (readonly string[])[] } & SheetFacts)
  | { readonly type: 'end' }
  | { readonly type: 'problem'; readonly problem: ImportProblem };

export interface WorkbookRequest {
  readonly file: string;
  /** Null: the first with anything on it. */
  readonly sheet: string | null;
}

export interface SheetFacts {
  /** Rows of the whole sheet. */
  readonly total: number;
  /** The sheet that is read; null when the workbook names none. */
  readonly sheet: string | null;
  readonly sheets: readonly string[];
}

const port = parentPort;
if (port === null) throw new Error('Bug: this file is a worker thread');
const say = (message: WorkbookMessage): void => port.postMessage(message);

type Checked = { readonly problem: ImportProblem } | { readonly sheets: readonly string[] };
const refused = (type: 'workbook-too-large' | 'workbook-damaged' | 'packed'): Checked => ({
  problem: { type },
});

/** Says in the zip's own directory and by unpacking it once what it would become, before anything holds all of it. */
async function check(file: string): Promise<Checked> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    if (size > WORKBOOK_FILE_BYTES_MAX) return refused('workbook-too-large');
    const zip = await openZip(handle.fd);
    const entries = await entriesOf(zip);
    if (entries === null) return refused('workbook-too-large');
    if (!entries.some(({ fileName }) => fileName === BOOK)) return refused('packed');
    if (!isContiguous(entries)) return refused('workbook-damaged');
    const unpacked = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
    if (unpacked > WORKBOOK_UNPACKED_BYTES_MAX) return refused('workbook-too-large');
    let sheets: readonly string[] = [];
    for (const entry of entries) {
      const isSheet = /^xl\/worksheets\/[^/]+\.xml$/.test(entry.fileName);
      if ((await rowsOf(zip, entry, isSheet)) > WORKBOOK_ROWS_MAX + 1) return refused('workbook-too-large');
      if (entry.fileName === BOOK) sheets = sheetNames(await textOf(zip, entry));
    }
    return { sheets };
  } catch {
    return refused('workbook-damaged');
  } finally {
    await handle.close();
  }
}

const BOOK = 'xl/workbook.xml';

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

function openEntry(zip: ZipFile, entry: Entry): Promise<NodeJS.ReadableStream> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, opened) => {
      if (error) reject(error);
      else resolve(opened);
    });
  });
}

/** The list of sheets; one that is longer than any that a spreadsheet program writes is not read. */
async function textOf(zip: ZipFile, entry: Entry): Promise<string> {
  if (entry.uncompressedSize > WORKBOOK_LIST_BYTES_MAX) return '';
  return text(await openEntry(zip, entry));
}

/** Unpacks an entry without keeping it; how many rows it has, as long as it is not too many. */
async function rowsOf(zip: ZipFile, entry: Entry, isSheet: boolean): Promise<number> {
  const stream = await openEntry(zip, entry);
  let rows = 0;
  let rest = '';
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (!isSheet) continue;
    const seen = rest + chunk.toString('latin1');
    rows += seen.match(/<(?:x:)?row[ >]/g)?.length ?? 0;
    // A tag that is cut; shorter than one, so that none counts twice.
    rest = seen.slice(-4);
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

type Rows = readonly (readonly string[])[];

async function readRows(file: string, sheetToRead: string | 1): Promise<Rows> {
  const sheet = await readSheet<NumberCell>(file, sheetToRead, {
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

/** The wanted sheet, else the first with anything on it: a workbook may begin with an empty one. */
async function findRows(
  file: string,
  names: readonly string[],
): Promise<{ sheet: string | null; rows: Rows }> {
  const [first, ...others] = names;
  if (first === undefined) return { sheet: null, rows: await readRows(file, 1) };
  const rows = await readRows(file, first);
  return rows.length > 0 || others.length === 0 ? { sheet: first, rows } : findRows(file, others);
}

async function read(file: string, wanted: string | null): Promise<ImportProblem | null> {
  const checked = await check(file);
  if ('problem' in checked) return checked.problem;
  const { sheets } = checked;
  const named = wanted === null ? null : sheetNamed(sheets, wanted);
  if (wanted !== null && named === null) return { type: 'unknown-sheet', sheet: wanted, sheets };
  const { sheet, rows } = await findRows(file, named === null ? sheets : [named]);
  const facts: SheetFacts = { total: rows.length, sheet, sheets };
  for (let from = 0; from < rows.length; from += WORKBOOK_ROWS_PER_MESSAGE) {
    const answered = new Promise((resolve) => port?.once('message', resolve));
    say({ type: 'rows', rows: rows.slice(from, from + WORKBOOK_ROWS_PER_MESSAGE), ...facts });
    await answered;
  }
  return null;
}

async function main({ file, sheet }: WorkbookRequest): Promise<void> {
  try {
    const problem = await read(file, sheet);
    say(problem === null ? { type: 'end' } : { type: 'problem', problem });
  } catch {
    // It is a zip in order, so what the library does not like is in the sheets.
    say({ type: 'problem', problem: { type: 'workbook-damaged' } });
  }
}

await main(workerData as WorkbookRequest);
port.close();
