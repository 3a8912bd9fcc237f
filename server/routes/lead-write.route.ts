import { addLeads, changeLeads, removeLeads } from '../../campaigns/lead-write.store.ts';
import { LEAD_PROBLEM_SENTENCES, type LeadWritten } from '../../campaigns/lead-write.ts';
import {
  leadChangesSchema,
  leadRemovalsSchema,
  leadsWrittenSchema,
  newLeadsSchema,
  type LeadsWritten,
} from '../api/lead.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import type { SignedIn } from '../auth/signed-in.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { notFound } from '../http-problem.ts';
import { MANAGERS } from './campaign.route.ts';

const tags = ['leads'];
const response = { 200: leadsWrittenSchema };
/** A thousand leads with their fields; one request of it is read into memory. */
const BODY_BYTES_MAX = 4_000_000;

/** Leads one by one or a thousand at once, while campaigns run; also for programs with a key. */
export function leadWriteRoutes(app: App, ports: RoutePorts): void {
  app.post(
    '/api/leads',
    {
      bodyLimit: BODY_BYTES_MAX,
      config: { roles: MANAGERS },
      schema: {
        tags,
        summary:
          'Add leads to a list and its campaigns, due at once; those of high priority are dialled next',
        body: newLeadsSchema,
        response,
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const writing = { organizationId: me.organizationId, at: ports.clock.now(), newId: ports.newId };
      const results = await addLeads(me.database, writing, request.body);
      if (results === null) throw notFound('list');
      return told(me, results);
    },
  );

  app.patch(
    '/api/leads',
    {
      bodyLimit: BODY_BYTES_MAX,
      config: { roles: MANAGERS },
      schema: {
        tags,
        summary: 'Change leads: names, fields, numbers, priority; holds from the next call on',
        body: leadChangesSchema,
        response,
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const writing = { organizationId: me.organizationId, at: ports.clock.now(), newId: ports.newId };
      return told(me, await changeLeads(me.database, writing, request.body.leads));
    },
  );

  app.delete(
    '/api/leads',
    {
      config: { roles: MANAGERS },
      schema: {
        tags,
        summary: 'Remove leads with their numbers; their calls are kept',
        body: leadRemovalsSchema,
        response,
      },
    },
    async (request) => {
      const me = whoAsks(request);
      return told(me, await removeLeads(me.database, me.organizationId, request.body.leadIds));
    },
  );
}

function told({ locale }: SignedIn, results: readonly LeadWritten[]): LeadsWritten {
  const written = results.filter(({ ok }) => ok).length;
  return {
    written,
    refused: results.length - written,
    results: results.map((result) => {
      if (result.ok) return { leadId: result.leadId, problem: null };
      const { problem, value } = result;
      const sentence = LEAD_PROBLEM_SENTENCES[locale][problem];
      const isAboutValue = value !== null && problem !== 'unknown-lead' && problem !== 'in-call';
      return {
        leadId: null,
        problem: { code: problem, message: isAboutValue ? `${value}: ${sentence}` : sentence },
      };
    }),
  };
}
