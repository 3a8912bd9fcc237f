import { expect, test } from 'vitest';
import type { ImportPreview } from '../../../server/api.ts';
import { ApiError } from '../api/api-client.ts';
import { FilePreview, type PreviewFile } from './import-preview.svelte.ts';

const file = new File(['phone\n'], 'leads.csv');
const preview = (change: Partial<ImportPreview> = {}): ImportPreview => ({
  format: 'text',
  encoding: 'utf-8',
  delimiter: ',',
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
  expect(asked.at(-1)).toEqual({ encoding: 'gb18030', delimiter: ';', hasHeader: null, country: 'CN' });
  await shown.open(new File([''], 'other.csv'), 'CN');
  expect(asked.at(-1)).toMatchObject({ encoding: null, delimiter: null });
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
