import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvRecords, type CsvRecord } from './csv-records.ts';

function read(text: string, delimiter = ','): CsvRecord[] {
  return new CsvRecords(delimiter).push(text, true);
}
const cellsOf = (records: readonly CsvRecord[]) =>
  records.map((record) => (record.type === 'cells' ? record.cells : `broken: ${record.text}`));
const linesOf = (records: readonly CsvRecord[]) => records.map(({ line }) => line);

const someCell = fc.string({
  unit: fc.constantFrom('a', 'b', ' ', ',', ';', '"', '\n', '\r\n', 'é', '电', '😀', "'", '\\'),
  maxLength: 6,
});
const someTable = fc.array(fc.array(someCell, { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 6,
});

/** Quotes what must be quoted. */
function write(rows: readonly (readonly string[])[], lineEnd: string, delimiter: string): string {
  const cell = (text: string): string => (/[",;\s]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => row.map(cell).join(delimiter) + lineEnd).join('');
}

test('reads back every table that was written', () => {
  fc.assert(
    fc.property(
      someTable,
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.constantFrom(',', ';', '\t'),
      (rows, end, delimiter) => {
        const trimmed = rows
          .map((row) => row.map((cell) => cell.trim()))
          .filter((row) => row.length > 1 || row[0] !== '');
        expect(cellsOf(read(write(rows, end, delimiter), delimiter))).toEqual(trimmed);
      },
    ),
    { numRuns: 500 },
  );
});

test('gives the same records and lines however the text is cut', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r'), maxLength: 40 }),
      fc.array(fc.nat(12)),
      (text, sizes) => {
        const csv = new CsvRecords(',');
        const records: CsvRecord[] = [];
        let rest = text;
        for (const size of sizes) {
          records.push(...csv.push(rest.slice(0, size), false));
          rest = rest.slice(size);
        }
        records.push(...csv.push(rest, true));
        expect(records).toEqual(read(text));
      },
    ),
    { numRuns: 1500 },
  );
});

test('numbers lines as an editor does, also behind cells with line breaks', () => {
  const records = read('a,b\n\n"x\r\ny",1\r\nz,2\rw,3\n');
  expect(linesOf(records)).toEqual([1, 3, 5, 6]);
  expect(linesOf(read('"a\n",b\nc,d\n'))).toEqual([1, 3]);
});

test('takes line ends of all systems and blanks around cells and quotation marks', () => {
  expect(cellsOf(read('a, b \r\n "c" , "d""e" \n"f" ,g\rh,'))).toEqual([
    ['a', 'b'],
    ['"c"', '"d""e"'],
    ['f', 'g'],
    ['h', ''],
  ]);
});

describe('a broken quotation mark costs its own line and nothing else', () => {
  test.each([
    ['open to the end of the file', 'n,p\n"Joe,2\nAnn,3\nBob,4\n', 2],
    ['open until the next quotation mark', 'n,p\n"Joe,2\n"Ann",3\n"Bob",4\n', 2],
    ['followed by text', 'n,p\n"Joe" Smith,2\nAnn,3\n"Bob",4\n', 2],
  ])('%s', (_, text, line) => {
    const records = read(text);
    expect(records.filter(({ type }) => type === 'broken').map((record) => record.line)).toEqual([line]);
    expect(cellsOf(records)).toEqual([
      ['n', 'p'],
      expect.stringMatching(/^broken: "Joe/),
      ['Ann', '3'],
      ['Bob', '4'],
    ]);
  });

  test('in a file of many megabytes, with bounded memory', () => {
    const csv = new CsvRecords(',');
    const rows = 'Ann,13055550100\n'.repeat(4096);
    const records = csv.push('"Joe,1\n', false);
    for (let i = 0; i < 40; i += 1) records.push(...csv.push(rows, false));
    records.push(...csv.push('', true));
    expect(records.length).toBe(1 + 40 * 4096);
    expect(records[0]).toMatchObject({ type: 'broken', line: 1, text: '"Joe,1' });
    expect(records.at(-1)).toMatchObject({ line: 1 + 40 * 4096, cells: ['Ann', '13055550100'] });
  });
});

test('keeps a quotation mark in the middle of a cell, and says that there was one', () => {
  expect(read('5" pipe,1\n')).toEqual([
    { type: 'cells', line: 1, cells: ['5" pipe', '1'], hasStrayQuote: true },
  ]);
});

test('of what csv-parse refuses, only the records at fault are rejected', () => {
  // The framing knows delimiters of one character only: here it takes the quoted cell for two records.
  const records = read('a😀b\nc😀"d\ne"\nf😀g\n', '😀');
  expect(cellsOf(records)).toEqual([['a', 'b'], 'broken: c😀"d', ['e"'], ['f', 'g']]);
  expect(linesOf(records)).toEqual([1, 2, 3, 4]);
});
