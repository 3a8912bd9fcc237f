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

test.each(['+13055550123', '-12', '-0.5', '12', 'a=b', '', 'Li, Wei'])(
  'others keep what they say: %j',
  (cell) => {
    expect(parse(csvLine([cell, 'x']))).toEqual([[cell, 'x']]);
  },
);

test('whatever the cells are, a reader finds as many of them, and none that a spreadsheet would run', () => {
  const cells = fc.array(
    fc.string({
      unit: fc.constantFrom('a', '1', '=', '+', '-', '@', ',', '"', "'", '\n', '\r', '\t', ' ', '中'),
    }),
    {
      minLength: 2,
      maxLength: 5,
    },
  );
  fc.assert(
    fc.property(cells, (row) => {
      const [read]: string[][] = parse(csvLine(row));
      expect(read).toHaveLength(row.length);
      for (const [i, cell] of read!.entries()) {
        expect(cell === row[i] || cell === `'${row[i]!}`).toBe(true);
        if (/^[=@\t\r]/.test(row[i]!)) expect(cell).toMatch(/^'/);
      }
    }),
    { numRuns: 300 },
  );
});
