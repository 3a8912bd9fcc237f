import { expect, test } from 'vitest';
import type { ImportPreview } from '../../../server/api.ts';
import { ApiError } from '../api/api-client.ts';
import { FilePreview, type PreviewFile } from './import-preview.svelte.ts';

const file = new File(['phone\n'], 'leads.csv');
const preview = (change: Partial<ImportPreview> = {}): ImportPreview => ({
  format: 'text',
  encoding: 'utf-8',
  delimiter: ',',
  sheet: null,
  sheets: [],
  hasHeader: true,
  columns: [
    { name: 'Who', field: 'other' },
    { name: 'Line', field: 'phone' },
  ],
  isRemembered: false,
  rows: [['Ann', '1']],
  ...change,
});

function previewOf(answer: PreviewFile) {
  const asked: Parameters<PreviewFile>[1][] = [];
  const shown = new FilePreview((one, reading) => {
    asked.push(reading);
    return answer(one, reading);
  });
  return { shown, asked };
}

test('what is said of a file is asked for, and forgotten with the next file', async () => {
  const { shown, asked } = previewOf(async () => preview());
  await shown.open(file, 'CN');
  await shown.read({ encoding: 'gb18030' });
  await shown.read({ delimiter: ';' });
  expect(asked.at(-1)).toEqual({
    encoding: 'gb18030',
    delimiter: ';',
    hasHeader: null,
    sheet: null,
    country: 'CN',
  });
  await shown.open(new File([''], 'other.csv'), 'CN');
  expect(asked.at(-1)).toMatchObject({ encoding: null, delimiter: null });
});

test('another sheet is asked for without what was said of the one before, and can be left again when it is no good', async () => {
  const sheets = ['Cover', 'Empty', 'Leads'];
  const { shown, asked } = previewOf(async (_, { sheet }) => {
    if (sheet === 'Empty')
      throw new ApiError({ status: 422, code: 'import-empty-sheet', message: 'Nothing.' });
    return preview({ format: 'workbook', sheet: sheet ?? 'Cover', sheets });
  });
  await shown.open(file, null);
  expect([shown.sheet, shown.sheets]).toEqual(['Cover', sheets]);
  await shown.read({ hasHeader: false });
  await shown.readSheet('Empty');
  expect(asked.at(-1)).toMatchObject({ sheet: 'Empty', hasHeader: null });
  expect([shown.problem, shown.sheet, shown.sheets]).toEqual(['Nothing.', 'Empty', sheets]);
  await shown.readSheet('Leads');
  expect([shown.problem, shown.shown?.sheet]).toEqual([null, 'Leads']);
  await shown.open(new File([''], 'other.csv'), null);
  expect(asked.at(-1)).toMatchObject({ sheet: null });
});

test('columns are those of the server until somebody chooses others', async () => {
  const { shown } = previewOf(async () => preview());
  await shown.open(file, null);
  expect(shown.hasPhoneColumn).toBe(true);
  shown.choose(1, { field: 'ignore' });
  expect(shown.hasPhoneColumn).toBe(false);
});

test('a file that cannot be read says why, and an answer that comes late is not shown', async () => {
  let refuse: (error: Error) => void = () => undefined;
  const answers = [
    new Promise<ImportPreview>((_, reject) => (refuse = reject)),
    Promise.resolve(preview({ delimiter: ';' })),
  ];
  const { shown } = previewOf(() => answers.shift() ?? Promise.resolve(preview()));
  const first = shown.open(file, null);
  await shown.read({ delimiter: ';' });
  refuse(new ApiError({ status: 422, code: 'import-packed', message: 'The file is compressed.' }));
  await first;
  expect([shown.problem, shown.shown?.delimiter]).toEqual([null, ';']);
  const broken = previewOf(async () => {
    throw new ApiError({ status: 422, code: 'import-packed', message: 'The file is compressed.' });
  });
  await broken.shown.open(file, null);
  expect(broken.shown.problem).toBe('The file is compressed.');
});
