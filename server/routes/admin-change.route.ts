import { z } from 'zod';
import { listAdminChanges } from '../admin-change.store.ts';
import { adminChangesSchema } from '../api/admin-change.schema.ts';
import { pageQuerySchema } from '../api/scalar.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import type { App } from '../http-app.ts';

const query = pageQuerySchema.extend({ after: z.uuid({ error: 'is not the next of a page' }).optional() });

export function adminChangeRoutes(app: App): void {
  app.get(
    '/api/admin-changes',
    {
      config: { roles: ['admin', 'auditor'] },
      schema: {
        tags: ['changes of admins'],
        summary: 'What admins changed, the newest first',
        querystring: query,
        response: { 200: adminChangesSchema },
      },
    },
    async (request) => {
      const { after, limit } = request.query;
      const rows = await listAdminChanges(whoAsks(request).database.query, {
        before: after ?? null,
        limit: limit + 1,
      });
      const changes = rows.slice(0, limit);
      return { changes, next: rows.length > limit ? (changes.at(-1)?.changeId ?? null) : null };
    },
  );
}
