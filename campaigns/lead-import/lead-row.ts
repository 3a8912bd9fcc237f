import { placeOfNumber, zoneKey } from '../../compliance/number-place.ts';
import { PHONE_PROBLEMS, readPhone, type PhoneProblem } from '../../compliance/read-phone.ts';
import type { PhoneNumber } from '../../kernel/phone.ts';
import type { Column } from './column.ts';
import type { CsvRecord } from './csv-records.ts';
import { fieldValue, type DateOrder } from './field-type.ts';

/** Why a row was not stored; the words stand in the rejects file. */
export const REJECT_REASONS = [
  ...PHONE_PROBLEMS,
  'duplicate-in-file',
  'duplicate-in-list',
  'duplicate-in-organization',
  'number-of-other-lead',
  'bad-quote',
  'too-many-cells',
  'unreadable-text',
  'row-too-large',
] as const;
export type RejectReason = PhoneProblem | (typeof REJECT_REASONS)[number];

export interface RejectedRow {
  readonly line: number;
  readonly reason: RejectReason;
  /** The column at fault, and what stands in it; null when it is the row as a whole. */
  readonly column: string | null;
  readonly value: string | null;
  /** The row as it came: name and value of each column, in their order. */
  readonly row: readonly (readonly [string, string])[];
}

export interface RowNumber {
  readonly phone: PhoneNumber;
  readonly zoneKey: string;
}

export interface LeadInFile {
  readonly line: number;
  readonly externalId: string | null;
  readonly firstName: string;
  readonly lastName: string;
  /** Columns of the file that are not ours, in the form of their types. */
  readonly fields: Readonly<Record<string, string>>;
  /** Columns whose cell is not of their type and stands in `fields` as it came. */
  readonly misfits: readonly string[];
  /** At least one, each once. */
  readonly numbers: readonly RowNumber[];
  /** The row as it came. */
  readonly cells: readonly string[];
}

/** How the rows of a file are read. */
export interface RowLayout {
  readonly columns: readonly Column[];
  /** ISO 3166-1 of numbers that are written without one. */
  readonly country: string;
  readonly dateOrder: DateOrder;
}

export type ReadRow =
  | { readonly type: 'lead'; readonly lead: LeadInFile }
  | { readonly type: 'rejected'; readonly rejected: RejectedRow };

const ROW_CHARS_MAX = 32_768;
/** What TextDecoder puts in the place of bytes that are no character. */
const UNREADABLE = '\ufffd';
/** PostgreSQL stores no zeros in text, and nobody misses them. */
const ZERO = '\0';

/** A row of the file as a lead, or the reason why it is none. */
export function readRow(record: CsvRecord, layout: RowLayout): ReadRow {
  const { line } = record;
  if (record.type === 'broken') {
    const row = [['line', record.text.slice(0, ROW_CHARS_MAX).replaceAll(ZERO, '')]] as const;
    return { type: 'rejected', rejected: { line, reason: 'bad-quote', column: null, value: null, row } };
  }
  const { columns } = layout;
  let chars = 0;
  let oddities = record.cells.length > columns.length;
  for (const cell of record.cells) {
    chars += cell.length;
    oddities ||= cell.includes(UNREADABLE) || cell.includes(ZERO);
  }
  const row = { line, cells: record.cells };
  if (chars > ROW_CHARS_MAX) {
    return reject({ line, cells: row.cells.map((cell) => cell.slice(0, 200)) }, columns, {
      reason: 'row-too-large',
    });
  }
  return oddities ? readOddRow(row, layout) : leadOf(row, layout);
}

interface SourceRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Rows that few files have: with more cells than columns, characters that no encoding gives, or zeros. */
function readOddRow({ line, cells: given }: SourceRow, layout: RowLayout): ReadRow {
  const { columns } = layout;
  const source = { line, cells: given.map((cell) => cell.replaceAll(ZERO, '')) };
  const extra = source.cells.slice(columns.length).find((cell) => cell !== '');
  if (extra !== undefined) return reject(source, columns, { reason: 'too-many-cells', value: extra });
  const damaged = source.cells.findIndex((cell) => cell.includes(UNREADABLE));
  if (damaged === -1) return leadOf(source, layout);
  const column = columns[damaged]?.name ?? null;
  return reject(source, columns, { reason: 'unreadable-text', column, value: source.cells[damaged] ?? '' });
}

/** Name and value of each column, for the file of rejected rows. */
export function rowAsItCame(cells: readonly string[], columns: readonly Column[]): RejectedRow['row'] {
  return columns.map(({ name }, i) => [name, cells[i] ?? ''] as const);
}

interface Fault {
  readonly reason: RejectReason;
  readonly column?: string | null;
  readonly value?: string;
}

function reject({ line, cells }: SourceRow, columns: readonly Column[], fault: Fault): ReadRow {
  const { reason, column = null, value = null } = fault;
  return { type: 'rejected', rejected: { line, reason, column, value, row: rowAsItCame(cells, columns) } };
}

const NO_MISFITS: readonly string[] = [];

/** What is found in the cells of one row, column by column. */
class RowFinding {
  readonly numbers: RowNumber[] = [];
  readonly fields: Record<string, string> = {};
  misfits: readonly string[] = NO_MISFITS;
  problem: { readonly reason: PhoneProblem; readonly column: string; readonly value: string } | null = null;
  firstName = '';
  lastName = '';
  externalId: string | null = null;
  private readonly layout: RowLayout;

  constructor(layout: RowLayout) {
    this.layout = layout;
  }

  take({ name, field, type = 'text' }: Column, value: string): void {
    switch (field) {
      case 'phone':
        this.takePhone(name, value);
        break;
      case 'firstName':
        this.firstName = value;
        break;
      case 'lastName':
        this.lastName = value;
        break;
      case 'fullName':
        [this.firstName, this.lastName] = splitName(value);
        break;
      case 'externalId':
        this.externalId = value;
        break;
      case 'other': {
        const typed = type === 'text' ? value : fieldValue(type, value, this.layout.dateOrder);
        if (typed === null) this.misfits = [...this.misfits, name];
        this.fields[name] = typed ?? value;
        break;
      }
      case 'ignore':
        break;
    }
  }

  private takePhone(column: string, value: string): void {
    const read = readPhone(value, this.layout.country);
    if (read.ok) addNumber(this.numbers, read.phone);
    else {
      this.problem ??= { reason: read.problem, column, value };
      this.fields[column] = value;
    }
  }
}

function leadOf(source: SourceRow, layout: RowLayout): ReadRow {
  const { columns } = layout;
  const found = new RowFinding(layout);
  for (let i = 0; i < columns.length; i += 1) {
    const column = columns[i];
    const value = source.cells[i] ?? '';
    if (column !== undefined && value !== '') found.take(column, value);
  }
  const { numbers, problem, externalId, firstName, lastName, fields, misfits } = found;
  if (numbers.length === 0) {
    const column = columns.find(({ field }) => field === 'phone')?.name ?? null;
    return reject(source, columns, problem ?? { reason: 'phone-missing', column, value: '' });
  }
  const { line, cells } = source;
  const lead = { line, cells, externalId, firstName, lastName, fields, misfits, numbers };
  return { type: 'lead', lead };
}

function addNumber(numbers: RowNumber[], phone: PhoneNumber): void {
  if (numbers.some((number) => number.phone === phone)) return;
  numbers.push({ phone, zoneKey: zoneKey(placeOfNumber(phone).zones) });
}

/** "Smith, Ann" and "Ann Smith"; a name in one word, or in Chinese, is all last name. */
function splitName(name: string): [string, string] {
  const comma = name.indexOf(',');
  if (comma > 0) return [name.slice(comma + 1).trim(), name.slice(0, comma).trim()];
  const space = name.lastIndexOf(' ');
  return space > 0 ? [name.slice(0, space).trim(), name.slice(space + 1)] : ['', name];
}
