import { z } from 'zod';
import type { AgentId } from '../../kernel/ids.ts';
import { agentDeskSchema, deskCommandSchema, type AgentDesk } from '../api/agent-desk.schema.ts';
import { SOCKET_CLOSE } from '../api/live-message.ts';
import { doneSchema } from '../api/scalar.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import type { SignedIn } from '../auth/signed-in.ts';
import { TRY_AGAIN_LATER } from '../desk-hub.ts';
import { passSocketOn, seatSocket } from '../desk-socket.ts';
import { loadInHand } from '../desk-call.store.ts';
import { loadOwnToday } from '../desk-today.store.ts';
import { loadDeskFrame } from '../desk.store.ts';
import { composeDesk } from '../desk.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { forbidden, ownerAway } from '../http-problem.ts';
import { keepAlive } from '../live-socket.ts';
import { commandProblem, manualLeadOf } from '../manual-dial.ts';
import type { PoolConnection } from '../pool-connection.ts';
import { poolOfAgent } from '../pool.store.ts';

const tags = ['agent'];
const screenQuery = z.object({ screen: z.string().max(64).optional() });
const NO_SEAT = 'You have no seat in a pool; ask your administrator.';

/** An agent is a user with a seat: the ids are the same. */
export const agentIdOf = ({ userId }: SignedIn): AgentId => userId as string as AgentId;

export function agentRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/api/agent',
    {
      config: { roles: ['agent'] },
      schema: { tags, summary: 'My desk: state, call, lead, words', response: { 200: agentDeskSchema } },
    },
    async (request) => deskOf(ports, whoAsks(request)),
  );

  app.post(
    '/api/agent/commands',
    {
      config: { roles: ['agent'] },
      schema: {
        tags,
        summary: 'Ask the owner of my pool for something; the same commandId again changes nothing',
        body: deskCommandSchema,
        response: { 200: doneSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const connection = await ownerOf(ports, me);
      const { body } = request;
      const now = { at: ports.clock.now(), newId: ports.newId };
      const command =
        body.type === 'dial-number'
          ? ({ ...(await manualLeadOf(me, body, now)), type: 'dial', commandId: body.commandId } as const)
          : body;
      const answer = await connection.owner.command({ ...command, agentId: agentIdOf(me) });
      if (!answer.ok) throw commandProblem(answer, me.locale);
      return { ok: true as const };
    },
  );

  deskSocketRoute(app, ports);
}

function deskSocketRoute(app: App, ports: RoutePorts): void {
  const { clock, desks, pools, settings, sockets } = ports;
  const { pingMs } = settings.live;
  app.get(
    '/api/agent/live',
    { websocket: true, config: { roles: ['agent'] }, schema: { querystring: screenQuery } },
    async (socket, request) => {
      const me = whoAsks(request);
      const agentId = agentIdOf(me);
      const { screen } = screenQuery.parse(request.query);
      sockets.add(socket, me);
      const poolId = await poolOfAgent(me.database, agentId);
      if (poolId === null) {
        socket.close(SOCKET_CLOSE.notFound, NO_SEAT);
        return;
      }
      const connection = await pools.connect(me.organizationId, poolId);
      if (socket.readyState !== socket.OPEN) return;
      const hub = connection?.local ? desks.find(poolId) : null;
      if (hub) {
        seatSocket(socket, hub, { agentId, screenId: screen ?? null, clock, pingMs });
      } else if (connection?.remote) {
        keepAlive(socket, { pingMs, monotonic: () => clock.monotonic() });
        const query = screen === undefined ? '' : `?screen=${encodeURIComponent(screen)}`;
        passSocketOn(socket, connection.remote, `/internal/pools/${poolId}/agents/${agentId}/desk${query}`);
      } else {
        socket.close(TRY_AGAIN_LATER, ownerAway().message);
      }
    },
  );
}

/** The owner of the pool in which this agent sits. */
export async function ownerOf({ pools }: RoutePorts, me: SignedIn): Promise<PoolConnection> {
  const poolId = await poolOfAgent(me.database, agentIdOf(me));
  if (poolId === null) throw forbidden(NO_SEAT);
  const connection = await pools.connect(me.organizationId, poolId);
  if (!connection) throw ownerAway();
  return connection;
}

async function deskOf(ports: RoutePorts, me: SignedIn): Promise<AgentDesk> {
  const agentId = agentIdOf(me);
  const connection = await ownerOf(ports, me);
  const view = connection.owner.desk(agentId);
  if (!view) throw ownerAway();
  const [frame, today, inHand] = await Promise.all([
    loadDeskFrame(me.database, agentId),
    loadOwnToday(me.database, { agentId, now: ports.clock.now() }),
    loadInHand(me.database, view),
  ]);
  if (!frame) throw forbidden(NO_SEAT);
  return composeDesk({ view, frame, inHand, today });
}
