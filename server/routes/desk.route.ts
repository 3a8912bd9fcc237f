import { readLeadHistory } from '../../campaigns/lead-history.store.ts';
import { historyEntry } from '../../campaigns/lead-history.ts';
import type { LeadId } from '../../kernel/ids.ts';
import { deskRecentCallsSchema } from '../api/desk-callback.schema.ts';
import { historySchema } from '../api/lead.schema.ts';
import { pageQuerySchema } from '../api/scalar.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import { historyEntryFor, type SignedIn } from '../auth/signed-in.ts';
import { leadInHand } from '../desk-call.store.ts';
import { loadRecentCalls } from '../desk-recent.store.ts';
import { loadStoredCall } from '../desk.store.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { notFound } from '../http-problem.ts';
import { agentIdOf, ownerOf } from './agent.route.ts';

const tags = ['agent'];

/** What an agent's page reads beside its socket. */
export function deskRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/api/agent/lead/history',
    {
      config: { roles: ['agent'] },
      schema: {
        tags,
        summary: 'All that happened to the lead that I have in hand, in my language; the newest first',
        querystring: pageQuerySchema,
        response: { 200: historySchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const leadId = await leadIdInHand(ports, me);
      if (leadId === null) throw notFound('lead in your hands');
      const { limit, after: sealed } = request.query;
      const after = await ports.cursors.open(me, sealed);
      const key = { organizationId: me.organizationId, leadId };
      const page = await readLeadHistory(me.database.query, key, { limit, after });
      const entries = page.events.map((event) => historyEntryFor(me.role, historyEntry(event, me.locale)));
      return { entries, next: await ports.cursors.seal(me, page.next) };
    },
  );

  app.get(
    '/api/agent/recent-calls',
    {
      config: { roles: ['agent'] },
      schema: {
        tags,
        summary: 'Calls that I noted within a day, the newest first: for calling somebody once more',
        response: { 200: deskRecentCallsSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const key = { agentId: agentIdOf(me), now: ports.clock.now() };
      return { calls: [...(await loadRecentCalls(me.database, key))] };
    },
  );
}

/** An agent reads of people with whom he has to do now, and of nobody else. */
async function leadIdInHand(ports: RoutePorts, me: SignedIn): Promise<LeadId | null> {
  const { owner } = await ownerOf(ports, me);
  const view = owner.desk(agentIdOf(me));
  if (view === null) return null;
  const known = leadInHand(view)?.leadId ?? null;
  if (known !== null || view.call === null) return known;
  return (await loadStoredCall(me.database, view.call.callId))?.leadId ?? null;
}
