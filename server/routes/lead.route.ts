import { z } from 'zod';
import { readLeadHistory } from '../../campaigns/lead-history.store.ts';
import { historyEntry } from '../../campaigns/lead-history.ts';
import { addLeadNote } from '../../campaigns/lead-note.store.ts';
import { countLeads, LEADS_COUNTED_MAX, searchLeads } from '../../campaigns/lead-search.store.ts';
import { readLead } from '../../campaigns/lead.store.ts';
import type { LeadId, LeadNoteId } from '../../kernel/ids.ts';
import {
  historySchema,
  leadCountQuerySchema,
  leadCountSchema,
  leadSchema,
  leadsQuerySchema,
  leadsSchema,
  newLeadNoteSchema,
} from '../api/lead.schema.ts';
import { doneSchema, idOf, pageQuerySchema } from '../api/scalar.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import { fieldsFor, historyEntryFor, phoneFor } from '../auth/signed-in.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { notFound } from '../http-problem.ts';
import { MANAGERS, WATCHERS } from './campaign.route.ts';
import { leadFilterRoutes } from './lead-filter.route.ts';
import { leadWriteRoutes } from './lead-write.route.ts';

const tags = ['leads'];
const params = z.object({ leadId: idOf<LeadId>() });
/** A search or count ends after so long with what it has, and goes on where it stopped when it is asked again. */
const SEARCH_MS = 80;

export function leadRoutes(app: App, ports: RoutePorts): void {
  searchRoutes(app, ports);
  pageRoutes(app, ports);
  noteRoute(app, ports);
  leadWriteRoutes(app, ports);
  leadFilterRoutes(app, ports);
}

function stopwatch({ clock }: RoutePorts): () => boolean {
  const began = clock.now();
  return () => clock.now() - began >= SEARCH_MS;
}

function searchRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/api/leads',
    {
      config: { roles: WATCHERS },
      schema: {
        tags,
        summary:
          'Leads by list, campaign, filter, name, external id or phone number; a page may be short while `next` is not null',
        querystring: leadsQuerySchema,
        response: { 200: leadsSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { q, after: sealed, ...question } = request.query;
      const after = await ports.cursors.open(me, sealed);
      const search = { ...question, text: q, after, isEnough: stopwatch(ports) };
      const found = await searchLeads(me.database.query, me.organizationId, search);
      const leads = found.leads.map((lead) => ({
        ...lead,
        phones: lead.phones.map((phone) => phoneFor(me.role, phone)),
        fields: { ...fieldsFor(me.role, lead.fields) },
      }));
      return { leads, next: await ports.cursors.seal(me, found.next) };
    },
  );

  app.get(
    '/api/leads/count',
    {
      config: { roles: WATCHERS },
      schema: {
        tags,
        summary: `How many leads, at most ${String(LEADS_COUNTED_MAX)}; ask again with \`next\` and add, until it is null`,
        querystring: leadCountQuerySchema,
        response: { 200: leadCountSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { q, after: sealed, ...question } = request.query;
      const after = await ports.cursors.open(me, sealed);
      const search = { ...question, text: q, after, isEnough: stopwatch(ports) };
      const { leads, next } = await countLeads(me.database.query, me.organizationId, search);
      return { leads, next: await ports.cursors.seal(me, next), isCapped: leads >= LEADS_COUNTED_MAX };
    },
  );
}

function pageRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/api/leads/:leadId',
    {
      config: { roles: WATCHERS },
      schema: { tags, summary: 'One lead', params, response: { 200: leadSchema } },
    },
    async (request) => {
      const me = whoAsks(request);
      const key = { organizationId: me.organizationId, leadId: request.params.leadId };
      const lead = await readLead(me.database.query, key, ports.clock.now());
      if (!lead) throw notFound('lead');
      const numbers = lead.numbers.map((number) => ({
        ...number,
        phone: phoneFor(me.role, number.phone),
        zones: [...number.zones],
      }));
      const campaigns = lead.campaigns.map((campaign) => ({
        ...campaign,
        phone: phoneFor(me.role, campaign.phone),
      }));
      return { ...lead, fields: { ...fieldsFor(me.role, lead.fields) }, numbers, campaigns };
    },
  );

  app.get(
    '/api/leads/:leadId/history',
    {
      config: { roles: WATCHERS },
      schema: {
        tags,
        summary: 'All that happened to a lead, and why it was not called, in my language; the newest first',
        params,
        querystring: pageQuerySchema,
        response: { 200: historySchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const key = { organizationId: me.organizationId, leadId: request.params.leadId };
      const { limit, after: sealed } = request.query;
      const after = await ports.cursors.open(me, sealed);
      const page = await readLeadHistory(me.database.query, key, { limit, after, now: ports.clock.now() });
      // Every lead was imported at least.
      if (page.events.length === 0 && after === undefined) throw notFound('lead');
      const entries = page.events.map((event) => historyEntryFor(me.role, historyEntry(event, me.locale)));
      return { entries, next: await ports.cursors.seal(me, page.next) };
    },
  );
}

function noteRoute(app: App, ports: RoutePorts): void {
  app.post(
    '/api/leads/:leadId/notes',
    {
      config: { roles: [...MANAGERS, 'supervisor', 'agent'] },
      schema: {
        tags,
        summary: 'Write a note about a lead; it stands in its history',
        params,
        body: newLeadNoteSchema,
        response: { 201: doneSchema },
      },
    },
    async (request, reply) => {
      const me = whoAsks(request);
      const at = ports.clock.now();
      const { noteId = ports.newId<LeadNoteId>(at), text } = request.body;
      const note = { noteId, at, text, writtenBy: me.apiKeyId === null ? me.userId : null };
      const key = { organizationId: me.organizationId, leadId: request.params.leadId };
      if (!(await addLeadNote(me.database.query, key, note))) throw notFound('lead');
      return reply.code(201).send({ ok: true });
    },
  );
}
