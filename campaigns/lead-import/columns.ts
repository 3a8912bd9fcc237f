import { readPhone } from '../../compliance/read-phone.ts';
import { applyMap, type ColumnMap } from './column-map.ts';
import type { Column } from './column.ts';
import type { CsvRecord } from './csv-records.ts';
import { guessDelimiter, namedDelimiter, sampleRecords } from './delimiter.ts';
import { guessDateOrder, guessFieldType, type DateOrder } from './field-type.ts';
import { fieldByName, isCode, type LeadField } from './header-words.ts';
import { ImportFailed } from './import-failed.ts';

/** How a file is read: decided from its first rows before anything is stored. */
export interface FileLayout {
  readonly delimiter: string;
  /** Records at the beginning that are no rows: the header, and a line "sep=;". */
  readonly linesAhead: number;
  readonly hasHeader: boolean;
  readonly columns: readonly Column[];
  readonly dateOrder: DateOrder;
}

/** What somebody has said of a file; the rest is guessed. */
export interface LayoutOptions {
  readonly country: string;
  readonly map: ColumnMap;
  readonly delimiter?: string | null | undefined;
  readonly hasHeader?: boolean | null | undefined;
  /** All columns, as they were chosen from a preview or the last time. */
  readonly columns?: readonly Column[] | null | undefined;
}

const COLUMNS_MAX = 500;
/** A column is one of phone numbers when so many of its filled cells are. */
const PHONE_SHARE_MIN = 0.5;
/** Also one that does not exist or is damaged: 07700 900123, 1.21E+10. */
const MAYBE_PHONE = /^[^\p{L}]*\d(?:[^\p{L}]*\d){5}|^\d[.,]\d+e\+?\d+$|^#{3,}$/iu;

/**
 * Reads the layout from the first text of a file: delimiter, header, and what each column is, by its name and by what stands in it.
 * @throws ImportFailed when the file cannot be imported as it is, or what was chosen does not fit it.
 */
export function readLayout(
  sample: string,
  options: LayoutOptions & { readonly isWhole: boolean },
): FileLayout & { readonly sample: readonly (readonly string[])[] } {
  const named = namedDelimiter(sample);
  const delimiter = options.delimiter ?? named ?? guessDelimiter(sample, options.isWhole);
  const records = sampleRecords(sample, delimiter, options.isWhole);
  const linesAhead = named === null ? 0 : 1;
  return { ...layoutOfRecords(records.slice(linesAhead), options, linesAhead), delimiter };
}

/** The layout of records that are cells already, as those of a workbook; the sample are its first rows. */
export function layoutOfRecords(
  records: readonly CsvRecord[],
  options: LayoutOptions & { readonly isWhole: boolean },
  linesAhead = 0,
): FileLayout & { readonly sample: readonly (readonly string[])[] } {
  const [first] = records;
  if (first === undefined) throw new ImportFailed({ type: 'empty' });
  if (first.type === 'broken' && !first.text.includes('"')) throw new ImportFailed({ type: 'not-text' });
  if (first.type === 'broken' || first.hasStrayQuote)
    throw new ImportFailed({ type: 'bad-quote', line: first.line });
  if (first.cells.length > COLUMNS_MAX) {
    throw new ImportFailed({ type: 'too-many-columns', columns: first.cells.length, max: COLUMNS_MAX });
  }
  const isPhone = (cell: string): boolean => readPhone(cell, options.country).ok;
  const hasHeader = options.hasHeader ?? !first.cells.some(isPhone);
  const names = uniqueNames(hasHeader ? first.cells : first.cells.map(() => ''));
  const rows = (hasHeader ? records.slice(1) : records).flatMap((record) =>
    record.type === 'cells' ? [record.cells] : [],
  );
  if (hasHeader && records.length === 1 && options.isWhole) throw new ImportFailed({ type: 'no-rows' });
  const cellsOf = (index: number): readonly string[] =>
    rows.map((row) => row[index] ?? '').filter((cell) => cell !== '');
  const dateOrder = guessDateOrder(rows.flat(), options.country);
  const shares = names.map((_, index) => shareOf(cellsOf(index), isPhone));
  const isHopeless = names.map((_, index) => !cellsOf(index).some((cell) => MAYBE_PHONE.test(cell)));
  const typed = guessColumns(names, { shares, isHopeless }).map((column, index) =>
    typeColumn(column, cellsOf(index), dateOrder),
  );
  const columns = applyMap(options.columns ? chosenColumns(names, options.columns) : typed, options.map);
  return {
    delimiter: ',',
    linesAhead: linesAhead + (hasHeader ? 1 : 0),
    hasHeader,
    columns,
    dateOrder,
    sample: rows,
  };
}

/** @throws ImportFailed when no column holds phone numbers. */
export function requirePhoneColumn({ columns }: FileLayout, otherSheets: readonly string[] = []): void {
  if (columns.some(({ field }) => field === 'phone')) return;
  const names = columns.map(({ name }) => name);
  throw new ImportFailed({ type: 'no-phone-column', columns: names, sheets: otherSheets });
}

function chosenColumns(names: readonly string[], chosen: readonly Column[]): readonly Column[] {
  const strange = chosen.find(({ name }, i) => names[i] !== name) ?? null;
  if (strange === null && chosen.length === names.length) return chosen;
  throw new ImportFailed({
    type: 'unknown-column',
    column: strange?.name ?? names[chosen.length] ?? '',
    columns: names,
  });
}

function typeColumn(column: Column, cells: readonly string[], order: DateOrder): Column {
  if (column.field !== 'other') return column;
  const type = guessFieldType(cells, order);
  return type === 'text' || (type === 'number' && isCode(column.name)) ? column : { ...column, type };
}

function uniqueNames(cells: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return cells.map((cell, index) => {
    const name = cell === '' ? `Column ${index + 1}` : cell.slice(0, 100);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

/** The share of a column's filled cells that are numbers; null = nothing stands in it. */
function shareOf(filled: readonly string[], isPhone: (cell: string) => boolean): number | null {
  return filled.length === 0 ? null : filled.filter(isPhone).length / filled.length;
}

interface Contents {
  /** Of each column's filled cells, those that are numbers; null = nothing stands in it. */
  readonly shares: readonly (number | null)[];
  /** Nothing in it has enough digits for a number, damaged or not. */
  readonly isHopeless: readonly boolean[];
}

function guessColumns(names: readonly string[], contents: Contents): readonly Column[] {
  const named = names.map(fieldByName);
  const taken = new Set<LeadField>();
  const fields = named.map((field): LeadField => {
    if (field === 'phone') return field;
    // Two columns cannot both be the first name: the second is kept as it came.
    if (field !== 'other' && taken.has(field)) return 'other';
    taken.add(field);
    return field;
  });
  return names.map((name, index) => ({ name, field: phoneOr(fields, contents, index) }));
}

/** What stands in a column decides over its name, as long as any column holds numbers at all. */
function phoneOr(fields: readonly LeadField[], { shares, isHopeless }: Contents, index: number): LeadField {
  const field = fields[index] ?? 'other';
  const share = shares[index] ?? null;
  const holdsNumbers = (other: number | null): boolean => (other ?? 0) >= PHONE_SHARE_MIN;
  if (field === 'phone') {
    const isWrong = share === 0 && isHopeless[index] === true && shares.some(holdsNumbers);
    return isWrong ? 'other' : 'phone';
  }
  const isNamed = fields.some((other, i) => other === 'phone' && (shares[i] ?? 0) > 0);
  if (isNamed || !holdsNumbers(share)) return field;
  // No column is named so: the one with the most numbers, the first among equals.
  const most = Math.max(...shares.map((other) => other ?? 0));
  return shares.indexOf(most) === index ? 'phone' : field;
}
