import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { LOCALES } from '../../compliance/locale.ts';
import { REJECT_REASONS, type RejectedRow } from './lead-row.ts';
import { rejectSentence, rejectsCsv } from './rejects-file.ts';

async function csvOf(...rows: RejectedRow[]): Promise<string> {
  let text = '';
  for await (const piece of rejectsCsv(
    (async function* () {
      yield* rows;
    })(),
    'en',
  )) {
    text += piece;
  }
  return text;
}

test('has line, column, value and reason, then the row as it came', async () => {
  const text = await csvOf({
    line: 3,
    reason: 'phone-damaged',
    column: 'Phone',
    value: '1.21E+10',
    row: [
      ['Name', 'Smith, "Ann"'],
      ['Phone', '1.21E+10'],
    ],
  });
  expect(text.startsWith('\ufeff')).toBe(true);
  expect(parse(text, { bom: true })).toEqual([
    ['line', 'column', 'value', 'reason', 'explanation', 'Name', 'Phone'],
    [
      '3',
      'Phone',
      '1.21E+10',
      'phone-damaged',
      'a spreadsheet has turned the number into a power of ten, or into hashes, and its digits are lost',
      'Smith, "Ann"',
      '1.21E+10',
    ],
  ]);
});

test('gives the spreadsheet that opens it no formula to run', async () => {
  const cells = ['=1+1', '@SUM(A1)', '+cmd', '-2+3+cmd', '+1 (305) 555-0100', '-5'];
  const text = await csvOf({
    line: 2,
    reason: 'phone-missing',
    column: null,
    value: null,
    row: cells.map((cell) => ['c', cell]),
  });
  const [, row] = parse(text, { bom: true });
  expect(row?.slice(5)).toEqual(["'=1+1", "'@SUM(A1)", "'+cmd", "'-2+3+cmd", '+1 (305) 555-0100', '-5']);
});

test('is a header alone when nothing was rejected', async () => {
  expect(parse(await csvOf(), { bom: true })).toHaveLength(1);
});

test('every reason has its sentence in every language', () => {
  for (const locale of LOCALES)
    for (const reason of REJECT_REASONS) expect(rejectSentence(reason, locale)).not.toBe(reason);
  expect(rejectSentence('of-tomorrow', 'en')).toBe('of-tomorrow');
});
