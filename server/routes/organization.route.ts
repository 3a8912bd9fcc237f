import type { Query } from '../../kernel/database.ts';
import { recordAdminChange } from '../admin-record.ts';
import {
  organizationChangeSchema,
  organizationSchema,
  type Organization,
} from '../api/organization.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { sent } from '../http-change.ts';
import { notFound } from '../http-problem.ts';
import { readOrganization, updateOrganization } from '../organization-settings.store.ts';

const tags = ['organization'];

export function organizationRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/api/organization',
    {
      config: { roles: ['admin', 'manager'] },
      schema: { tags, summary: 'Settings of my organization', response: { 200: organizationSchema } },
    },
    async (request) => one(whoAsks(request).database.query),
  );

  app.patch(
    '/api/organization',
    {
      // A key must not take the second factor off its administrators.
      config: { roles: ['admin'], isForPeople: true },
      schema: {
        tags,
        summary: 'Change settings of my organization',
        body: organizationChangeSchema,
        response: { 200: organizationSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      return me.database.tx(async (query) => {
        const before = await one(query);
        const after = { ...before, ...sent(request.body) };
        await updateOrganization(query, after);
        await recordAdminChange(
          ports,
          { me, query },
          { what: 'organization.changed', subject: after.name, before: { ...before }, after: { ...after } },
        );
        return after;
      });
    },
  );
}

async function one(query: Query): Promise<Organization> {
  const organization = await readOrganization(query);
  if (!organization) throw notFound('organization');
  return organization;
}
