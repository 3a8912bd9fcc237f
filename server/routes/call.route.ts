import { z } from 'zod';
import {
  disposeCall,
  ownCallNumber,
  type DispositionProblem,
  type Disposed,
} from '../../campaigns/call-disposition.store.ts';
import { callbackObjectionSentence } from '../../campaigns/callback-time.ts';
import { addDoNotCall } from '../../compliance/do-not-call.store.ts';
import type { Locale } from '../../compliance/locale.ts';
import type { CallId } from '../../kernel/ids.ts';
import { callDispositionSchema } from '../api/agent-desk.schema.ts';
import { callDoNotCallSchema } from '../api/do-not-call.schema.ts';
import { doneSchema, idOf } from '../api/scalar.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { HttpProblem, notFound } from '../http-problem.ts';
import { agentIdOf, ownerOf } from './agent.route.ts';

const tags = ['agent'];
const params = z.object({ callId: idOf<CallId>() });

export function callRoutes(app: App, ports: RoutePorts): void {
  app.post(
    '/api/calls/:callId/disposition',
    {
      config: { roles: ['agent'] },
      schema: {
        tags,
        summary: 'What came out of my call: stored first, then the owner of my pool is told that I go on',
        params,
        body: callDispositionSchema,
        response: { 200: doneSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const agentId = agentIdOf(me);
      const { callId } = request.params;
      const { commandId, next, callbackAt = null, ...word } = request.body;
      const at = ports.clock.now();
      const stored = await disposeCall(me.database, me.organizationId, {
        ...word,
        callId,
        agentId,
        callbackAt,
        at,
      });
      if (!stored.ok) throw problemOf(stored, me.locale);
      const connection = await ownerOf(ports, me).catch(() => null);
      // "No" means that the agent has gone on already: a corrected word for an earlier call.
      await connection?.owner
        .command({ type: 'disposed', commandId, agentId, callId, next })
        .catch(storedOnly);
      if (!connection) storedOnly();
      ports.desks.refresh(agentId);
      return { ok: true as const };
    },
  );

  app.post(
    '/api/calls/:callId/do-not-call',
    {
      config: { roles: ['agent'] },
      schema: {
        tags,
        summary: 'The person of my call wants no more calls; in force when it answers',
        params,
        body: callDoNotCallSchema,
        response: { 200: doneSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { callId } = request.params;
      const call = await ownCallNumber(me.database.query, me.organizationId, {
        callId,
        agentId: agentIdOf(me),
      });
      if (!call) throw notFound('call of yours');
      const campaignId = request.body.scope === 'campaign' ? call.campaignId : null;
      const entry = {
        phone: call.phone,
        campaignId,
        source: 'agent',
        addedBy: me.userId,
        addedAt: ports.clock.now(),
      };
      await addDoNotCall(me.database.query, me.organizationId, [entry]);
      return { ok: true as const };
    },
  );
}

/** The browser asks again with the same commandId: storing it again changes nothing, telling it again is what is needed. */
function storedOnly(): never {
  throw new HttpProblem(503, 'stored-only', {
    message:
      'Your disposition is stored, but nobody runs your pool at the moment; send it again in a few seconds to go on.',
  });
}

const SENTENCES: Readonly<
  Record<DispositionProblem, readonly [status: number, field: string | null, message: string]>
> = {
  'unknown-call': [404, null, 'There is no such call.'],
  'not-your-call': [403, null, 'This call was not yours.'],
  'unknown-code': [422, 'code', 'There is no such disposition; choose another one.'],
  'callback-without-time': [422, 'callbackAt', 'Say when to call back.'],
  'time-without-callback': [422, 'callbackAt', 'This disposition makes no appointment; leave the time away.'],
  'callback-in-the-past': [422, 'callbackAt', 'The time to call back is over already; choose a later one.'],
  'form-incomplete': [
    422,
    'answers',
    'A field of the form that must be filled in is empty; fill it in first.',
  ],
  'answer-misfit': [
    422,
    'answers',
    'An answer in the form is not of the kind that its field takes; correct it.',
  ],
};

function problemOf(refused: Extract<Disposed, { ok: false }>, locale: Locale): HttpProblem {
  const { problem } = refused;
  if (problem === 'callback-not-allowed') {
    const message = callbackObjectionSentence(refused.objection, locale);
    return new HttpProblem(422, problem, { message, field: 'callbackAt' });
  }
  const [status, field, message] = SENTENCES[problem];
  return new HttpProblem(status, problem, { message, ...(field !== null && { field }) });
}
