import { rename } from 'node:fs/promises';
import type { ColumnMap } from '../campaigns/lead-import/column-map.ts';
import { DEFAULT_DUPLICATE_RULES } from '../campaigns/lead-import/duplicate-rules.ts';
import { startImportJob, type ImportKey } from '../campaigns/lead-import/import-job.store.ts';
import { rememberMapping } from '../campaigns/lead-import/import-mapping.store.ts';
import { putLeadFields } from '../campaigns/lead-import/lead-field.store.ts';
import { openImportFile, type Reading } from '../campaigns/lead-import/open-file.job.ts';
import { findLeadList, findOrCreateLeadList } from '../campaigns/lead-list.store.ts';
import type { ImportId, ListId } from '../kernel/ids.ts';
import type { importOptionsSchema } from './api/import.schema.ts';
import type { SignedIn } from './auth/signed-in.ts';
import type { RoutePorts } from './http-app.ts';
import type { Upload } from './upload-file.ts';
import type { z } from 'zod';

export interface WantedImport {
  readonly list: { readonly listId: ListId } | { readonly name: string };
  readonly country: string;
  readonly map: ColumnMap;
  readonly reading: Pick<Reading, 'encoding' | 'delimiter' | 'hasHeader' | 'sheet'>;
  readonly options: z.output<typeof importOptionsSchema>;
}

/**
 * Decides how an uploaded file is read and hands it to the runner. Null: there is no such list.
 * @throws ImportFailed when the file cannot be imported as it is.
 */
export async function startImport(
  { imports, clock, newId }: Pick<RoutePorts, 'imports' | 'clock' | 'newId'>,
  { organizationId, userId, database, locale }: SignedIn,
  { upload, wanted }: { readonly upload: Upload; readonly wanted: WantedImport },
): Promise<ImportId | null> {
  const known = await findLeadList(database.query, organizationId, wanted.list);
  if (known === null && 'listId' in wanted.list) return null;
  const startedAt = clock.now();
  const country = known?.country ?? wanted.country;
  const { columns = null, duplicates: rules = DEFAULT_DUPLICATE_RULES } = wanted.options;
  const { map, reading } = wanted;
  const file = await openImportFile({ path: upload.path }, { ...reading, country, columns, map });
  await file.close();
  const list =
    'name' in wanted.list
      ? await findOrCreateLeadList(database.query, organizationId, {
          listId: newId<ListId>(startedAt),
          name: wanted.list.name,
          country,
          createdAt: startedAt,
        })
      : { listId: wanted.list.listId, country };
  const { format, layout, sheet } = file;
  const encoding = reading.encoding ?? file.encoding;
  const plan = { format, encoding, sheet, layout, country: list.country, rules, locale };
  const chosen = { columns: layout.columns, sheet, areChosen: columns !== null, at: startedAt };
  await putLeadFields(database.query, organizationId, chosen);
  if (columns !== null && layout.hasHeader) await rememberMapping(database.query, organizationId, chosen);
  const importId = newId<ImportId>(startedAt);
  const key: ImportKey = { organizationId, importId, listId: list.listId, startedAt, attempt: 0 };
  await rename(upload.path, imports.fileOf(importId));
  const { fileName, bytes } = upload;
  await startImportJob(database.query, key, { fileName, startedBy: userId, waiting: { plan, bytes } });
  imports.wake();
  return importId;
}
