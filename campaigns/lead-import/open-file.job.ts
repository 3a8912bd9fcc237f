import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import {
  layoutOfRecords,
  readLayout,
  requirePhoneColumn,
  type FileLayout,
  type LayoutOptions,
} from './columns.ts';
import { CsvRecords, type CsvRecord } from './csv-records.ts';
import { fileText, suggestEncoding, type Encoding } from './file-text.ts';
import { ImportFailed } from './import-failed.ts';
import type { FileFormat, ImportPlan } from './import-plan.ts';
import { workbookRows } from './workbook.job.ts';

/** Where the bytes come from: a file that stays, or a stream that is read once (text only). */
export type FileSource = { readonly path: string } | { readonly chunks: AsyncIterable<Uint8Array> };

/** What somebody has said of the file; the rest is found out. */
export interface Reading extends LayoutOptions {
  readonly encoding?: Encoding | null | undefined;
  /** Of a workbook; null: the first with anything on it. */
  readonly sheet?: string | null | undefined;
  /** Only the beginning of a file is there: its last row is not whole. */
  readonly isCut?: boolean | undefined;
}

export interface OpenFile {
  readonly format: FileFormat;
  /** Null while all is ASCII. */
  readonly encoding: Encoding | null;
  /** The sheet that is read, of a workbook that names its sheets. */
  readonly sheet: string | null;
  readonly sheets: readonly string[];
  readonly layout: FileLayout;
  /** The first rows, for a preview. */
  readonly sample: readonly (readonly string[])[];
  /** Without those ahead of the rows. */
  readonly records: AsyncIterable<readonly CsvRecord[]>;
  /** About how many rows there are when `rows` of them have been read; null when nobody can tell. */
  expectRows(rows: number): number | null;
  close(): Promise<void>;
}

const LAYOUT_SAMPLE_CHARS = 65_536;
/** A file without a line end in so much text is not CSV. */
const FIRST_LINE_CHARS_MAX = 2_097_152;
const WORKBOOK_START = [0x50, 0x4b, 0x03, 0x04];

/**
 * Opens a file and finds out from its beginning how it is read.
 * @throws ImportFailed when it cannot be imported as it is.
 */
export async function openImportFile(source: FileSource, reading: Reading): Promise<OpenFile> {
  const file = await openAnyFile(source, reading);
  try {
    requirePhoneColumn(
      file.layout,
      file.sheets.filter((name) => name !== file.sheet),
    );
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Also a file in which no column of phone numbers is found, for a preview. */
export async function openAnyFile(source: FileSource, reading: Reading): Promise<OpenFile> {
  if ('path' in source && (await isWorkbook(source.path))) return openWorkbook(source.path, reading);
  if ((reading.sheet ?? null) !== null) throw new ImportFailed({ type: 'no-sheets' });
  return openText(source, reading);
}

/** Opens a file again, to be read as it was decided. */
export async function reopenImportFile(
  path: string,
  { format, encoding, sheet: sheetName = null, layout, country }: ImportPlan,
): Promise<Pick<OpenFile, 'records' | 'expectRows' | 'close'>> {
  if (format === 'workbook') {
    const sheet = new Sheet(workbookRows(path, sheetName), layout);
    return { records: sheet.records([]), expectRows: () => sheet.rowsExpected(), close: () => sheet.close() };
  }
  const total = (await stat(path)).size;
  const bytes = new CountedBytes(createReadStream(path));
  const text = fileText(bytes.chunks(), { country, encoding });
  return {
    records: textRecords('', text, layout),
    expectRows: (rows) => bytes.expectRows(rows, total),
    close: () => endOf(text),
  };
}

async function endOf(text: AsyncGenerator<string>): Promise<void> {
  await text.return(undefined);
}

async function isWorkbook(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && WORKBOOK_START.every((byte, i) => buffer[i] === byte);
  } finally {
    await file.close();
  }
}

async function openText(source: FileSource, reading: Reading): Promise<OpenFile> {
  const isPath = 'path' in source;
  const bytes = new CountedBytes(isPath ? createReadStream(source.path) : source.chunks);
  const total = isPath ? (await stat(source.path)).size : null;
  const { country, encoding = null } = reading;
  const text = fileText(bytes.chunks(), { country, encoding });
  try {
    const { sample, isWhole } = await sampleOf(text);
    const isAll = isWhole && reading.isCut !== true;
    const { sample: rows, ...layout } = readLayout(sample, { ...reading, isWhole: isAll });
    return {
      format: 'text',
      encoding: encoding ?? suggestEncoding(bytes.first(), country),
      sheet: null,
      sheets: [],
      layout,
      sample: rows,
      records: textRecords(sample, text, layout),
      expectRows: (done) => (total === null ? null : bytes.expectRows(done, total)),
      close: () => endOf(text),
    };
  } catch (error) {
    await text.return(undefined);
    throw error;
  }
}

async function sampleOf(
  text: AsyncGenerator<string>,
): Promise<{ readonly sample: string; readonly isWhole: boolean }> {
  let sample = '';
  const isEnough = (): boolean =>
    sample.length >= (/[\r\n]/.test(sample) ? LAYOUT_SAMPLE_CHARS : FIRST_LINE_CHARS_MAX);
  while (!isEnough()) {
    const next = await text.next();
    if (next.done === true) return { sample, isWhole: true };
    sample += next.value;
  }
  return { sample, isWhole: false };
}

async function* textRecords(
  sample: string,
  text: AsyncGenerator<string>,
  { delimiter, linesAhead }: FileLayout,
): AsyncGenerator<readonly CsvRecord[]> {
  const csv = new CsvRecords(delimiter);
  let ahead = linesAhead;
  const rowsOf = (records: readonly CsvRecord[]): readonly CsvRecord[] => {
    const rows = records.slice(ahead);
    ahead -= records.length - rows.length;
    return rows;
  };
  yield rowsOf(csv.push(sample, false));
  for await (const piece of text) yield rowsOf(csv.push(piece, false));
  yield rowsOf(csv.push('', true));
}

async function openWorkbook(path: string, reading: Reading): Promise<OpenFile> {
  const rows = workbookRows(path, reading.sheet ?? null);
  const first = await rows.next();
  if (first.done === true) {
    const { sheet = null } = reading;
    throw new ImportFailed(sheet === null ? { type: 'empty' } : { type: 'empty-sheet', sheet });
  }
  const { records, total } = first.value;
  const { sheet: sheetName, sheets } = first.value;
  try {
    const isWhole = records.length >= total;
    const { sample, ...layout } = layoutOfRecords(records.slice(0, SAMPLE_RECORDS), { ...reading, isWhole });
    const sheet = new Sheet(rows, layout, total);
    return {
      format: 'workbook',
      encoding: null,
      sheet: sheetName,
      sheets,
      layout,
      sample,
      records: sheet.records(records),
      expectRows: () => sheet.rowsExpected(),
      close: () => sheet.close(),
    };
  } catch (error) {
    await rows.return(undefined);
    throw error;
  }
}

const SAMPLE_RECORDS = 200;

/** The rows of a sheet behind those that are ahead of them. */
class Sheet {
  private readonly rows: ReturnType<typeof workbookRows>;
  private ahead: number;
  private total: number | null;
  private readonly linesAhead: number;

  constructor(
    rows: ReturnType<typeof workbookRows>,
    { linesAhead }: FileLayout,
    total: number | null = null,
  ) {
    this.rows = rows;
    this.linesAhead = linesAhead;
    this.ahead = linesAhead;
    this.total = total;
  }

  rowsExpected(): number | null {
    return this.total === null ? null : Math.max(0, this.total - this.linesAhead);
  }

  async *records(first: readonly CsvRecord[]): AsyncGenerator<readonly CsvRecord[]> {
    yield this.behindHeader(first);
    for await (const { records, total } of this.rows) {
      this.total = total;
      yield this.behindHeader(records);
    }
  }

  async close(): Promise<void> {
    await this.rows.return(undefined);
  }

  private behindHeader(records: readonly CsvRecord[]): readonly CsvRecord[] {
    const rows = records.slice(this.ahead);
    this.ahead -= records.length - rows.length;
    return rows;
  }
}

/** Bytes on their way, counted, and the first of them kept. */
class CountedBytes {
  private readonly source: AsyncIterable<Uint8Array>;
  private head: Uint8Array = new Uint8Array();
  private count = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.source = source;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.source) {
      if (this.count < LAYOUT_SAMPLE_CHARS) this.head = Buffer.concat([this.head, chunk]);
      this.count += chunk.length;
      yield chunk;
    }
  }

  first(): Uint8Array {
    return this.head;
  }

  expectRows(rows: number, total: number): number | null {
    return this.count === 0 || rows === 0 ? null : Math.max(rows, Math.round((rows / this.count) * total));
  }
}
