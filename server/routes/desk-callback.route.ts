import {
  cancelAgentCallback,
  listAgentCallbacks,
  moveAgentCallback,
  type CallbackChanged,
} from '../../campaigns/agent-callback.store.ts';
import { callbackObjectionSentence } from '../../campaigns/callback-time.ts';
import { deskCallbackChangeSchema, deskCallbackParamsSchema } from '../api/desk-callback.schema.ts';
import { deskCallbacksSchema } from '../api/desk-dial.schema.ts';
import { doneSchema } from '../api/scalar.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import { phoneFor, type SignedIn } from '../auth/signed-in.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { HttpProblem, conflict } from '../http-problem.ts';
import { agentIdOf } from './agent.route.ts';

const tags = ['agent'];
const CALLBACKS_MAX = 50;

/** An agent's own appointments. */
export function deskCallbackRoutes(app: App, { clock, desks }: RoutePorts): void {
  app.get(
    '/api/agent/callbacks',
    {
      config: { roles: ['agent'] },
      schema: {
        tags,
        summary: 'Appointments that only I keep; the next first, at most fifty',
        response: { 200: deskCallbacksSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const rows = await listAgentCallbacks(me.database.query, whose(me), CALLBACKS_MAX);
      const callbacks = rows.map((row) => ({
        ...row,
        phone: phoneFor(me.role, row.phone),
        zones: [...row.zones],
      }));
      return { callbacks };
    },
  );

  app.patch(
    '/api/agent/callbacks/:campaignId/:leadId',
    {
      config: { roles: ['agent'] },
      schema: {
        tags,
        summary: 'Another time for an appointment of mine, or leave it to whoever is free',
        params: deskCallbackParamsSchema,
        body: deskCallbackChangeSchema,
        response: { 200: doneSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const change = { ...request.body, now: clock.now() };
      const moved = await moveAgentCallback(me.database.query, { ...whose(me), ...request.params }, change);
      if (!moved.ok) throw problemOf(moved, me);
      desks.refresh(agentIdOf(me));
      return { ok: true as const };
    },
  );

  app.delete(
    '/api/agent/callbacks/:campaignId/:leadId',
    {
      config: { roles: ['agent'] },
      schema: {
        tags,
        summary: 'The person wants no call back: the lead is finished in this campaign',
        params: deskCallbackParamsSchema,
        response: { 200: doneSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const isDone = await cancelAgentCallback(me.database.query, { ...whose(me), ...request.params });
      if (!isDone) throw gone();
      desks.refresh(agentIdOf(me));
      return { ok: true as const };
    },
  );
}

const whose = (me: SignedIn) => ({ organizationId: me.organizationId, agentId: agentIdOf(me) });

const gone = (): HttpProblem =>
  conflict('callback-gone', 'This callback is not yours to change any more: it is done or being dialled.');

function problemOf(changed: Extract<CallbackChanged, { ok: false }>, { locale }: SignedIn): HttpProblem {
  switch (changed.problem) {
    case 'gone':
      return gone();
    case 'past':
      return new HttpProblem(422, 'callback-in-the-past', {
        message: 'The time to call back is over already; choose a later one.',
        field: 'dueAt',
      });
    case 'not-allowed':
      return new HttpProblem(422, 'callback-not-allowed', {
        message: callbackObjectionSentence(changed.objection, locale),
        field: 'dueAt',
      });
  }
}
