import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { AgentCommand } from '../../dialer/agent-command.ts';
import type { AgentDeskView } from '../../dialer/pool-owner.ts';
import type { AgentId, CallId, CommandId, PoolId } from '../../kernel/ids.ts';
import type { PhoneNumber } from '../../kernel/phone.ts';
import { ownerCommandOptions } from '../api/agent-desk.schema.ts';
import { idOf, instantSchema } from '../api/scalar.schema.ts';
import { bearer } from '../auth/guard.ts';
import { isSameSecret } from '../auth/sessions.ts';
import { showsTheSame } from '../desk.ts';
import { seatSocket } from '../desk-socket.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { notFound, ownerAway, signedOut } from '../http-problem.ts';
import { readerOf } from '../live-feed.ts';
import { keepAlive } from '../live-socket.ts';
import { FEED_BEAT_MS, type OwnerFeedMessage } from '../owner-feed.ts';
import type { OwnedPool } from '../pool-connection.ts';

const params = z.object({ poolId: idOf<PoolId>() });
const deskParams = z.object({ poolId: idOf<PoolId>(), agentId: idOf<AgentId>() });
const screenQuery = z.object({ screen: z.string().max(64).optional() });
const agentId = idOf<AgentId>();

/** What an agent's page may ask, with the agent named, and what the API tells after it has stored a disposition. */
const commandSchema = z.union([
  ...ownerCommandOptions.map((option) => option.extend({ agentId })),
  z.strictObject({
    commandId: idOf<CommandId>(),
    agentId,
    type: z.literal('disposed'),
    callId: idOf<CallId>(),
    next: z.enum(['ready', 'pause']),
  }),
]);
const answerSchema = z.union([
  z.object({ ok: z.literal(true) }),
  z.object({
    ok: z.literal(false),
    code: z.string(),
    message: z.string(),
    refusal: z
      .object({
        rule: z.string(),
        facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
        phone: z.string().transform((phone) => phone as PhoneNumber),
        zones: z.array(z.string()).readonly(),
        at: instantSchema,
        retryAt: instantSchema.nullable(),
      })
      .optional(),
  }),
]);

/** For other nodes: they found our address and this epoch's secret in `pool_owner`. */
export function ownerRoutes(app: App, ports: RoutePorts): void {
  app.post(
    '/internal/pools/:poolId/commands',
    {
      config: { roles: 'owner-secret' },
      schema: { hide: true, params, body: commandSchema, response: { 200: answerSchema } },
    },
    async (request) =>
      ownedPool(ports, request, request.params.poolId).owner.command(request.body as AgentCommand),
  );

  app.get(
    '/internal/pools/:poolId/feed',
    {
      websocket: true,
      config: { roles: 'owner-secret' },
      schema: { params },
      preHandler: async (request) => void ownedPool(ports, request, params.parse(request.params).poolId),
    },
    async (socket, request) => {
      const pool = ownedPool(ports, request, params.parse(request.params).poolId);
      const { pingMs } = ports.settings.live;
      keepAlive(socket, { pingMs, monotonic: () => ports.clock.monotonic() });
      const reader = readerOf(socket);
      const say = (message: OwnerFeedMessage): void => reader.send(JSON.stringify(message));
      const stopDesks = tellDesks(pool, say);
      const { poolId } = pool.owner;
      const detach = ports.feeds.attach({ organizationId: pool.organizationId, poolId, by: 'nodes' }, reader);
      const beat = setInterval(() => say({ type: 'beat' }), FEED_BEAT_MS);
      socket.once('close', () => {
        clearInterval(beat);
        stopDesks();
        detach();
      });
    },
  );

  app.get(
    '/internal/pools/:poolId/agents/:agentId/desk',
    {
      websocket: true,
      config: { roles: 'owner-secret' },
      schema: { params: deskParams, querystring: screenQuery },
      preHandler: async (request) => void ownedPool(ports, request, deskParams.parse(request.params).poolId),
    },
    async (socket, request) => {
      const { poolId, agentId: agent } = deskParams.parse(request.params);
      const hub = ports.desks.find(ownedPool(ports, request, poolId).owner.poolId);
      if (!hub) throw ownerAway();
      const { screen } = screenQuery.parse(request.query);
      const { clock, settings } = ports;
      seatSocket(socket, hub, {
        agentId: agent,
        screenId: screen ?? null,
        clock,
        pingMs: settings.live.pingMs,
      });
    },
  );
}

/** The pool, when it is ours and the asker knows this epoch's secret. */
function ownedPool({ pools }: RoutePorts, request: FastifyRequest, poolId: PoolId): OwnedPool {
  const local = pools.localConnection(poolId)?.local;
  if (!local) throw notFound('pool here');
  if (!isSameSecret(local.secret, bearer(request))) throw signedOut();
  return local;
}

/** All desks first, then each that changed, at once. */
function tellDesks({ owner }: OwnedPool, say: (message: OwnerFeedMessage) => void): () => void {
  const told = new Map<AgentId, AgentDeskView | null>();
  const tell = (): void => {
    for (const { agentId: agent } of owner.view().agents) {
      const desk = owner.desk(agent);
      if (showsTheSame(told.get(agent) ?? null, desk)) continue;
      told.set(agent, desk);
      say({ type: 'desk', agentId: agent, desk });
    }
  };
  tell();
  return owner.onChange(tell);
}
