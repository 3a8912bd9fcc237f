import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';
import type { Query } from '../../kernel/database.ts';
import {
  cancelExport,
  countUnfinished,
  insertExport,
  listExports,
  readPiece,
  recordDownload,
  type ExportJob,
} from '../../reports/export.store.ts';
import type { ExportId, ExportRequest } from '../../reports/export.ts';
import { exportSchema, exportsSchema, newExportSchema } from '../api/export.schema.ts';
import { doneSchema, idOf } from '../api/scalar.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import { seesFullPhones, type SignedIn } from '../auth/signed-in.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { conflict, forbidden, HttpProblem, notFound } from '../http-problem.ts';
import { WATCHERS } from './campaign.route.ts';
import { scopeOf } from './report-scope.ts';

const tags = ['reports'];
const params = z.object({ exportId: idOf<ExportId>() });
/** One person's waiting and running files: more would only wait for each other. */
const UNFINISHED_MAX = 5;
const SEES_ALL: readonly string[] = ['admin', 'manager', 'auditor'];

export function exportRoutes(app: App, ports: RoutePorts): void {
  startRoute(app, ports);
  app.get(
    '/api/exports',
    {
      config: { roles: WATCHERS },
      schema: {
        tags,
        summary: 'Files that I asked for, the newest first; managers, admins and auditors see everybody’s',
        response: { 200: exportsSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const userId = SEES_ALL.includes(me.role) ? null : me.userId;
      const jobs = await listExports(me.database.query, me.organizationId, { userId });
      return { exports: jobs.map((job) => shown(me, job)) };
    },
  );
  app.get(
    '/api/exports/:exportId',
    {
      config: { roles: WATCHERS },
      schema: { tags, summary: 'One file and how far it is', params, response: { 200: exportSchema } },
    },
    async (request) => {
      const me = whoAsks(request);
      return shown(me, await visible(me, request.params.exportId));
    },
  );
  app.post(
    '/api/exports/:exportId/cancel',
    {
      config: { roles: WATCHERS },
      schema: { tags, summary: 'Stop writing a file of mine', params, response: { 200: doneSchema } },
    },
    async (request) => {
      const me = whoAsks(request);
      const { exportId } = await mine(me, request.params.exportId);
      const at = ports.clock.now();
      if (!(await cancelExport(me.database.query, me.organizationId, { exportId, at })))
        throw conflict('already-ended', 'This export has ended already.');
      return { ok: true as const };
    },
  );
  downloadRoute(app, ports);
}

function startRoute(app: App, { clock, newId }: RoutePorts): void {
  app.post(
    '/api/exports',
    {
      config: { roles: WATCHERS },
      schema: {
        tags,
        summary: 'Have a CSV file of calls or leads written; numbers are masked as my role sees them',
        body: newExportSchema,
        response: { 202: exportSchema },
      },
    },
    async (request, reply) => {
      const me = whoAsks(request);
      const { organizationId, userId } = me;
      const { body } = request;
      const today = { from: '2000-01-01', to: '2000-01-01' };
      await scopeOf(me, body.kind === 'calls' ? body : { ...today, campaignId: body.campaignId });
      if ((await countUnfinished(me.database.query, organizationId, userId)) >= UNFINISHED_MAX)
        throw conflict(
          'too-many-exports',
          `You have ${UNFINISHED_MAX} exports that are not finished; wait for one or cancel it.`,
        );
      const requestedAt = clock.now();
      const exportId = newId<ExportId>(requestedAt);
      await me.database.tx((query) =>
        insertExport(query, organizationId, {
          exportId,
          request: body satisfies ExportRequest,
          requestedBy: userId,
          requestedAt,
          locale: me.locale,
          hasFullPhones: seesFullPhones(me.role),
        }),
      );
      return reply.code(202).send(shown(me, await mine(me, exportId)));
    },
  );
}

function downloadRoute(app: App, { clock }: RoutePorts): void {
  app.get(
    '/api/exports/:exportId/file.csv',
    {
      config: { roles: WATCHERS },
      schema: { tags, summary: 'The file, for who asked for it, for seven days', params },
    },
    async (request, reply) => {
      const me = whoAsks(request);
      const job = await mine(me, request.params.exportId);
      const at = clock.now();
      if (job.state !== 'done') throw conflict('not-ready', 'This file is not finished; wait for it.');
      if (job.expiresAt === null || job.expiresAt <= at)
        throw new HttpProblem(410, 'expired', {
          message: 'This file was kept for seven days; export it again.',
        });
      if (job.hasFullPhones && !seesFullPhones(me.role))
        throw forbidden('This file has full numbers, which your role may not see any more; export it again.');
      const { exportId } = job;
      await recordDownload(me.database.query, me.organizationId, { exportId, userId: me.userId, at });
      const day = new Date(job.requestedAt).toISOString().slice(0, 10);
      return reply
        .type('text/csv; charset=utf-8')
        .header(
          'content-disposition',
          `attachment; filename="${job.request.kind}-${day}-${exportId.slice(-4)}.csv"`,
        )
        .header('cache-control', 'no-store')
        .send(Readable.from(textOf(me.database.query, exportId)));
    },
  );
}

const unpack = promisify(gunzip);

/** Piece by piece, as fast as the browser takes them. */
async function* textOf(query: Query, exportId: ExportId): AsyncGenerator<Buffer> {
  for (let number = 0; ; number += 1) {
    const packed = await readPiece(query, exportId, number);
    if (packed === null) return;
    yield await unpack(packed);
  }
}

/** @throws HttpProblem for what is not there or not his to see. */
async function visible(me: SignedIn, exportId: ExportId): Promise<ExportJob> {
  const userId = SEES_ALL.includes(me.role) ? null : me.userId;
  const [job] = await listExports(me.database.query, me.organizationId, { userId, exportId });
  if (!job) throw notFound('export');
  return job;
}

async function mine(me: SignedIn, exportId: ExportId): Promise<ExportJob> {
  const job = await visible(me, exportId);
  if (job.requestedBy !== me.userId) throw forbidden('Only who asked for this export may do that.');
  return job;
}

const shown = (
  me: SignedIn,
  { requestedBy, locale: _locale, ...job }: ExportJob,
): z.output<typeof exportSchema> => ({
  ...job,
  request: newExportSchema.parse(job.request),
  isMine: requestedBy === me.userId,
});
