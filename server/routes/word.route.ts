import {
  deletePauseReason,
  listDispositions,
  listPauseReasons,
  ownerOfHotKey,
  putDispositions,
  putPauseReasons,
} from '../../campaigns/agent-word.store.ts';
import { recordAdminChange } from '../admin-record.ts';
import {
  codeParamsSchema,
  pauseReasonInputSchema,
  pauseReasonSchema,
  pauseReasonsSchema,
} from '../api/agent-desk.schema.ts';
import { doneSchema } from '../api/scalar.schema.ts';
import {
  dispositionWordInputSchema,
  dispositionWordSchema,
  dispositionWordsSchema,
} from '../api/word.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import { SIGNED_IN } from '../http-access.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { violatedUnique } from '../http-error.ts';
import { conflict, notFound } from '../http-problem.ts';
import { MANAGERS } from './campaign.route.ts';

const tags = ['dispositions and pause reasons'];
const params = codeParamsSchema;

export function wordRoutes(app: App, ports: RoutePorts): void {
  dispositionRoutes(app);
  pauseReasonRoutes(app, ports);
}

function dispositionRoutes(app: App): void {
  app.get(
    '/api/dispositions',
    {
      config: { roles: SIGNED_IN },
      schema: { tags, summary: 'All dispositions', response: { 200: dispositionWordsSchema } },
    },
    async (request) => {
      const { database, organizationId } = whoAsks(request);
      return { dispositions: [...(await listDispositions(database.query, organizationId))] };
    },
  );

  app.put(
    '/api/dispositions/:code',
    {
      config: { roles: MANAGERS },
      schema: {
        tags,
        summary: 'Add or change a disposition; none is ever removed, because reports name it',
        params,
        body: dispositionWordInputSchema,
        response: { 200: dispositionWordSchema },
      },
    },
    async (request) => {
      const { database, organizationId } = whoAsks(request);
      const disposition = { ...request.params, ...request.body };
      const owner =
        disposition.isActive && disposition.hotKey !== null
          ? await ownerOfHotKey(database.query, organizationId, disposition)
          : null;
      if (owner !== null) throw conflict('taken', `“${owner}” has this key already: choose another one.`);
      try {
        await putDispositions(database.query, organizationId, [disposition]);
      } catch (error) {
        if (violatedUnique(error) === null) throw error;
        throw conflict('taken', 'Another disposition has this key already.');
      }
      return disposition;
    },
  );
}

function pauseReasonRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/api/pause-reasons',
    {
      config: { roles: SIGNED_IN },
      schema: { tags, summary: 'All reasons to pause', response: { 200: pauseReasonsSchema } },
    },
    async (request) => {
      const { database, organizationId } = whoAsks(request);
      return { pauseReasons: [...(await listPauseReasons(database.query, organizationId))] };
    },
  );

  app.put(
    '/api/pause-reasons/:code',
    {
      config: { roles: MANAGERS },
      schema: {
        tags,
        summary: 'Add or change a reason to pause',
        params,
        body: pauseReasonInputSchema,
        response: { 200: pauseReasonSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const reason = { ...request.params, ...request.body };
      const { organizationId } = me;
      await me.database.tx(async (query) => {
        const known = await listPauseReasons(query, organizationId);
        const before = known.find(({ code }) => code === reason.code) ?? {};
        await putPauseReasons(query, organizationId, [reason]);
        const what = 'pause-reason.changed';
        const subject = reason.label;
        await recordAdminChange(
          ports,
          { me, query },
          { what, subject, before: { ...before }, after: reason },
        );
      });
      return reason;
    },
  );

  app.delete(
    '/api/pause-reasons/:code',
    {
      config: { roles: MANAGERS },
      schema: { tags, summary: 'Remove a reason to pause', params, response: { 200: doneSchema } },
    },
    async (request) => {
      const me = whoAsks(request);
      const { code } = request.params;
      await me.database.tx(async (query) => {
        if (!(await deletePauseReason(query, me.organizationId, code))) throw notFound('reason to pause');
        await recordAdminChange(ports, { me, query }, { what: 'pause-reason.removed', subject: code });
      });
      return { ok: true as const };
    },
  );
}
