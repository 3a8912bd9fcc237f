import { z } from 'zod';
import { listSavedFilters, removeFilter, saveFilter } from '../../campaigns/lead-filter.store.ts';
import type { LeadFilterId } from '../../kernel/ids.ts';
import { newSavedFilterSchema, savedFilterSchema, savedFiltersSchema } from '../api/lead.schema.ts';
import { doneSchema, idOf } from '../api/scalar.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { notFound } from '../http-problem.ts';
import { MANAGERS, WATCHERS } from './campaign.route.ts';

const tags = ['leads'];

export function leadFilterRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/api/lead-filters',
    {
      config: { roles: WATCHERS },
      schema: { tags, summary: 'Filters that were kept, by name', response: { 200: savedFiltersSchema } },
    },
    async (request) => {
      const me = whoAsks(request);
      return { filters: [...(await listSavedFilters(me.database.query, me.organizationId))] };
    },
  );

  app.post(
    '/api/lead-filters',
    {
      config: { roles: MANAGERS },
      schema: {
        tags,
        summary: 'Keep a filter under a name; one of the same name is replaced',
        body: newSavedFilterSchema,
        response: { 201: savedFilterSchema },
      },
    },
    async (request, reply) => {
      const me = whoAsks(request);
      const savedAt = ports.clock.now();
      const saved = { filterId: ports.newId<LeadFilterId>(savedAt), savedAt, ...request.body };
      const { organizationId, userId: savedBy } = me;
      const filterId = await saveFilter(me.database.query, { ...saved, organizationId, savedBy });
      return reply.code(201).send({ ...saved, filterId });
    },
  );

  app.delete(
    '/api/lead-filters/:filterId',
    {
      config: { roles: MANAGERS },
      schema: {
        tags,
        summary: 'Forget a filter',
        params: z.object({ filterId: idOf<LeadFilterId>() }),
        response: { 200: doneSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const isRemoved = await removeFilter(me.database.query, me.organizationId, request.params.filterId);
      if (!isRemoved) throw notFound('filter');
      return { ok: true } as const;
    },
  );
}
