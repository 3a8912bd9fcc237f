import type { Import, ImportPreview } from '../../../server/api.ts';
import { api, withQuery } from '../api/api-client.ts';
import type { PreviewFile } from './import-preview.svelte.ts';
import { ImportRun } from './import-run.svelte.ts';
import { sendForm } from './send-form.ts';

/** Of a text file the server needs no more to suggest how it is read. */
const PREVIEW_BYTES = 256 * 1024;
const WORKBOOK_START = [0x50, 0x4b, 0x03, 0x04];

/** The one import of this page. */
export const importRun = new ImportRun({
  upload: (file, { list, country, reading, options }, onProgress) => {
    const form = new FormData();
    form.append('options', JSON.stringify(options));
    form.append('file', file, file.name);
    const address = withQuery('/api/imports', { ...list, country, ...reading });
    return sendForm<Import>(api, { address, form }, onProgress);
  },
  read: (importId) => api.get<Import>(`/api/imports/${importId}`),
  cancel: (importId) => api.send<Import>('POST', `/api/imports/${importId}/cancel`),
  monotonic: () => performance.now(),
});

export const previewFile: PreviewFile = async (file, reading) => {
  const isCut = file.size > PREVIEW_BYTES && !(await isWorkbook(file));
  const form = new FormData();
  form.append('file', isCut ? file.slice(0, PREVIEW_BYTES) : file, file.name);
  const address = withQuery('/api/import-previews', { ...reading, isCut });
  return sendForm<ImportPreview>(api, { address, form });
};

/** Its directory stands at its end. */
async function isWorkbook(file: File): Promise<boolean> {
  const start = new Uint8Array(await file.slice(0, WORKBOOK_START.length).arrayBuffer());
  return WORKBOOK_START.every((byte, i) => start[i] === byte);
}
