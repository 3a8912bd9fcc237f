import { z } from 'zod';
import { localDay, startOfLocalDay } from '../../compliance/local-time.ts';
import { readOrganizationZone } from '../../reports/report-scope.store.ts';
import {
  agentsOfPool,
  loadMessagesSince,
  loadUnread,
  markSeen,
  sendMessages,
} from '../agent-message.store.ts';
import { doneSchema, idOf } from '../api/scalar.schema.ts';
import {
  dayMessagesSchema,
  messageSentSchema,
  newMessageSchema,
  unreadMessagesSchema,
  type MessageId,
} from '../api/supervisor.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { notFound } from '../http-problem.ts';
import { poolExists } from '../pool.store.ts';
import { agentIdOf } from './agent.route.ts';
import { HELP_AGENTS } from './supervisor.route.ts';

const messageParams = z.object({ messageId: idOf<MessageId>() });

export function supervisorMessageRoutes(app: App, ports: RoutePorts): void {
  app.post(
    '/api/agent-messages',
    {
      config: { roles: HELP_AGENTS },
      schema: {
        tags: ['supervisors'],
        summary: 'Write to some agents or to all of a pool; it stays on their desks until they have seen it',
        body: newMessageSchema,
        response: { 200: messageSentSchema },
      },
    },
    async (request) => {
      const { database, organizationId, userId: fromUserId } = whoAsks(request);
      const { text, to } = request.body;
      if ('poolId' in to && !(await poolExists(database, to.poolId))) throw notFound('pool');
      const agentIds = 'poolId' in to ? await agentsOfPool(database, to.poolId) : [...new Set(to.agentIds)];
      const sentAt = ports.clock.now();
      const messageIds = agentIds.map(() => ports.newId<MessageId>(sentAt));
      const message = { organizationId, fromUserId, text, sentAt, messageIds, agentIds };
      const sent = await sendMessages(database.query, message);
      if (sent === 0) throw notFound('agent');
      return { sent };
    },
  );

  ownMessageRoutes(app, ports);
}

/** Of the agent who asks. */
function ownMessageRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/api/agent/messages',
    {
      config: { roles: ['agent'] },
      schema: {
        tags: ['agent'],
        summary: 'Messages to me that I have not seen, the oldest first',
        response: { 200: unreadMessagesSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      return { messages: [...(await loadUnread(me.database, agentIdOf(me)))] };
    },
  );

  app.get(
    '/api/agent/messages/today',
    {
      config: { roles: ['agent'] },
      schema: {
        tags: ['agent'],
        summary: 'Messages to me since the midnight at which my day began, the newest first',
        response: { 200: dayMessagesSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { database, organizationId } = me;
      const agentId = agentIdOf(me);
      const zone = await readOrganizationZone(database.query, organizationId);
      const since = startOfLocalDay(zone, localDay(zone, ports.clock.now()));
      return { messages: [...(await loadMessagesSince(database, { agentId, since }))] };
    },
  );

  app.post(
    '/api/agent/messages/:messageId/seen',
    {
      config: { roles: ['agent'] },
      schema: {
        tags: ['agent'],
        summary: 'I have seen a message',
        params: messageParams,
        response: { 200: doneSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { messageId } = request.params;
      const { organizationId, database } = me;
      const seen = { organizationId, agentId: agentIdOf(me), messageId, at: ports.clock.now() };
      if (!(await markSeen(database, seen))) throw notFound('message to you');
      return { ok: true as const };
    },
  );
}
