import type { FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { readColumnMap } from '../../campaigns/lead-import/column-map.ts';
import { ImportFailed, importProblemSentence } from '../../campaigns/lead-import/import-failed.ts';
import {
  cancelImport,
  listImports,
  readRejects,
  type ImportRecord,
} from '../../campaigns/lead-import/import-job.store.ts';
import { listLeadFields } from '../../campaigns/lead-import/lead-field.store.ts';
import { rejectsCsv } from '../../campaigns/lead-import/rejects-file.ts';
import { WORKBOOK_FILE_BYTES_MAX } from '../../campaigns/lead-import/workbook-limits.ts';
import type { ImportId } from '../../kernel/ids.ts';
import {
  importOptionsSchema,
  importPreviewSchema,
  importQuerySchema,
  importSchema,
  importsQuerySchema,
  importsSchema,
  leadFieldTypesSchema,
  previewQuerySchema,
  type Import,
} from '../api/import.schema.ts';
import { idOf, type Locale } from '../api/scalar.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import type { SignedIn } from '../auth/signed-in.ts';
import { loadOrganizationAndSeat } from '../auth/user.store.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { HttpProblem, notFound, wrongInput } from '../http-problem.ts';
import { previewFile } from '../preview-import.ts';
import { startImport, type WantedImport } from '../start-import.ts';
import { storeUpload } from '../upload-file.ts';
import { MANAGERS } from './campaign.route.ts';
import { LIST_READERS } from './list.route.ts';

const tags = ['lists and imports'];
const params = z.object({ importId: idOf<ImportId>() });

export function importRoutes(app: App, ports: RoutePorts): void {
  uploadRoute(app, ports);
  previewRoute(app, ports);
  cancelRoute(app, ports);
  fieldsRoute(app);

  app.get(
    '/api/imports',
    {
      config: { roles: LIST_READERS },
      schema: {
        tags,
        summary: 'Imports, the newest first; a running one shows its progress',
        querystring: importsQuerySchema,
        response: { 200: importsSchema },
      },
    },
    async (request) => {
      const { database, organizationId } = whoAsks(request);
      const imports = await listImports(database.query, organizationId, request.query);
      return { imports: imports.map(asImport) };
    },
  );

  app.get(
    '/api/imports/:importId',
    {
      config: { roles: LIST_READERS },
      schema: { tags, summary: 'One import', params, response: { 200: importSchema } },
    },
    async (request) => one(whoAsks(request), request.params.importId),
  );

  app.get(
    '/api/imports/:importId/rejects.csv',
    {
      config: { roles: MANAGERS },
      schema: { tags, summary: 'The rows that were not taken, as they came and with the reason', params },
    },
    async (request, reply) => {
      const me = whoAsks(request);
      const { importId } = await one(me, request.params.importId);
      const lines = rejectsCsv(readRejects(me.database.query, importId), me.locale);
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="rejects-${importId}.csv"`)
        .send(Readable.from(lines));
    },
  );
}

function uploadRoute(app: App, ports: RoutePorts): void {
  app.post(
    '/api/imports',
    {
      config: { roles: MANAGERS, isUpload: true },
      schema: {
        tags,
        summary: 'Import a file of leads in the background; answers when it is on our disk and can be read',
        consumes: ['multipart/form-data'],
        querystring: importQuerySchema,
        response: { 201: importSchema },
      },
    },
    async (request, reply) => {
      const me = whoAsks(request);
      const { query } = request;
      const list = listOf(query);
      const map = said(request, me, () => readColumnMap(query.map ?? ''));
      const { country } = await loadOrganizationAndSeat(me.database, me.userId);
      const upload = await storeUpload(request, {
        path: ports.imports.partOf(randomUUID()),
        bytesMax: ports.settings.uploadBytesMax,
      });
      try {
        const wanted = {
          list,
          map: await map,
          country: query.country ?? country,
          reading: readingOf(query),
          options: readOptions(upload.options),
        };
        const importId = await said(request, me, () => startImport(ports, me, { upload, wanted }));
        if (importId === null) throw wrongInput('listId', 'There is no such list.');
        return await reply.code(201).send(await one(me, importId));
      } finally {
        await rm(upload.path, { force: true });
      }
    },
  );
}

function previewRoute(app: App, ports: RoutePorts): void {
  app.post(
    '/api/import-previews',
    {
      config: { roles: MANAGERS, isUpload: true },
      schema: {
        tags,
        summary: 'How a file would be read: encoding, delimiter, columns and first rows',
        consumes: ['multipart/form-data'],
        querystring: previewQuerySchema,
        response: { 200: importPreviewSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { query } = request;
      const { country } = await loadOrganizationAndSeat(me.database, me.userId);
      const upload = await storeUpload(request, {
        path: ports.imports.partOf(randomUUID()),
        bytesMax: Math.min(ports.settings.uploadBytesMax, WORKBOOK_FILE_BYTES_MAX),
      });
      try {
        const reading = {
          ...readingOf(query),
          country: query.country ?? country,
          isCut: query.isCut === 'true',
        };
        return await said(request, me, () => previewFile(me, upload.path, reading));
      } finally {
        await rm(upload.path, { force: true });
      }
    },
  );
}

const readingOf = ({ encoding, delimiter, sheet, hasHeader }: z.output<typeof previewQuerySchema>) => ({
  encoding,
  delimiter,
  sheet: sheet ?? null,
  hasHeader: hasHeader === undefined ? null : hasHeader === 'true',
});

function readOptions(text: string | null): z.output<typeof importOptionsSchema> {
  if (text === null) return {};
  try {
    return importOptionsSchema.parse(JSON.parse(text));
  } catch {
    throw wrongInput('options', 'The options of the import are not in order.');
  }
}

function cancelRoute(app: App, { clock }: RoutePorts): void {
  app.post(
    '/api/imports/:importId/cancel',
    {
      config: { roles: MANAGERS },
      schema: {
        tags,
        summary: 'Stop an import after the batch in hand; what is imported stays',
        params,
        response: { 200: importSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { importId } = await one(me, request.params.importId);
      await cancelImport(me.database.query, importId, clock.now());
      return one(me, importId);
    },
  );
}

function fieldsRoute(app: App): void {
  app.get(
    '/api/lead-fields',
    {
      config: { roles: LIST_READERS },
      schema: {
        tags,
        summary: 'The organization’s own fields of its leads, with their types',
        response: { 200: leadFieldTypesSchema },
      },
    },
    async (request) => {
      const { database, organizationId } = whoAsks(request);
      return { fields: [...(await listLeadFields(database.query, organizationId))] };
    },
  );
}

type ListOfImport = WantedImport['list'];

function listOf({ listId, listName }: z.output<typeof importQuerySchema>): ListOfImport {
  if (listId !== undefined && listName !== undefined) {
    throw wrongInput('listName', 'Name the list or give its id, not both.');
  }
  if (listId !== undefined) return { listId };
  if (listName !== undefined) return { name: listName };
  throw wrongInput('listName', 'Say into which list the file goes.');
}

/** Says what is wrong with a file in the language of whoever brings it. */
async function said<T>(
  request: FastifyRequest,
  { locale }: SignedIn,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw sayFailure(error, { locale, request });
  }
}

function sayFailure(
  error: unknown,
  { locale, request }: { locale: Locale; request: FastifyRequest },
): unknown {
  if (!(error instanceof ImportFailed)) return error;
  const { problem } = error;
  if (problem.type === 'interrupted') request.log.error({ err: error }, 'import interrupted');
  const status = problem.type === 'interrupted' ? 503 : 422;
  return new HttpProblem(status, `import-${problem.type}`, {
    message: importProblemSentence(problem, locale),
  });
}

async function one({ database, organizationId }: SignedIn, importId: ImportId): Promise<Import> {
  const [row] = await listImports(database.query, organizationId, { importId });
  if (!row) throw notFound('import');
  return asImport(row);
}

const asImport = (row: ImportRecord): Import => ({
  ...row,
  byReason: [...row.byReason],
  misfits: [...row.misfits],
});
