import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvCell, csvLine } from './csv.ts';

test.each(['=1+1', '+cmd|calc', '-1+1', '@SUM(A1)', '\t=1', '\r=1', '+1-2', '-'])(
  'a cell that begins like a formula is made text: %j',
  (cell) => {
    expect(csvCell(cell).replace(/^"/, '')).toMatch(/^'/);
  },
);

test.each([
  ['x;=1+cmd|calc', "x;'=1+cmd|calc"],
  ['x; \t@SUM(A1)', "x; \t'@SUM(A1)"],
  [' =1', " '=1"],
  ['x\n-1+1;+2+cmd', "x\n'-1+1;'+2+cmd"],
  ['＝1+1', "'＝1+1"],
  ['=1;=2', "'=1;'=2"],
])('nor does one begin a formula for a spreadsheet that separates by semicolons: %j', (cell, kept) => {
  expect(parse(csvLine([cell]))).toEqual([[kept]]);
});

test.each([
  '+1 (305) 555-0100',
  'Home: +13055550123; +12125550123\n-5',
  'a;b',
  'a; 5',
  '+13055550123',
  '-12',
  '-0.5',
  '12',
  'a=b',
  '',
  'Li, Wei',
])('others keep what they say: %j', (cell) => {
  expect(parse(csvLine([cell, 'x']))).toEqual([[cell, 'x']]);
});

test('whatever the cells are, a reader finds as many of them, and none that a spreadsheet would run', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', '1', '=', '+', '-', '@', ',', ';', '"', "'", '\n', '\r', '\t', ' ', '中'),
  });
  const without = (cell: string): string => cell.replaceAll("'", '');
  fc.assert(
    fc.property(fc.array(text, { minLength: 2, maxLength: 5 }), (row) => {
      const [read]: string[][] = parse(csvLine(row));
      expect(read).toHaveLength(row.length);
      for (const [i, cell] of read!.entries()) {
        expect(without(cell)).toBe(without(row[i]!));
        expect(cell.length).toBeGreaterThanOrEqual(row[i]!.length);
        for (const part of cell.split(/[;\t\r\n]/))
          if (/^\s*[=@+-]/.test(part)) expect(part).toMatch(/^ *-?\d+(\.\d+)? *$|^ *\+([ ().-]*\d){7,15} *$/);
        if (/^[=@\t\r]/.test(row[i]!)) expect(cell).toMatch(/^'/);
      }
    }),
    { numRuns: 1000 },
  );
});
