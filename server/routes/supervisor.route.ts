import { z } from 'zod';
import type { AgentId, OrganizationId, PoolId } from '../../kernel/ids.ts';
import type { AgentView } from '../../dialer/live-view.ts';
import { recordAdminChange } from '../admin-record.ts';
import { supervisorCommandSchema } from '../api/agent-desk.schema.ts';
import { idOf, pageQuerySchema } from '../api/scalar.schema.ts';
import {
  agentPageSchema,
  alarmLimitsSchema,
  boardSchema,
  helpAnswerSchema,
  helpHistorySchema,
  type ActionId,
} from '../api/supervisor.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import type { SignedIn } from '../auth/signed-in.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { conflict, notFound, ownerAway } from '../http-problem.ts';
import type { PoolConnection } from '../pool-connection.ts';
import { poolExists } from '../pool.store.ts';
import { doneSentence, mayReconnect, refusedSentence } from '../supervisor-sentence.ts';
import {
  answerAction,
  insertAction,
  loadAgentPage,
  loadAlarmLimits,
  loadBoard,
  loadHelp,
  loadSeat,
  putAlarmLimits,
  type NewAction,
} from '../supervisor.store.ts';

const tags = ['supervisors'];
/** Who sees the board, and who helps. */
export const WATCH_AGENTS = ['admin', 'manager', 'supervisor'] as const;
export const HELP_AGENTS = ['admin', 'supervisor'] as const;
const poolParams = z.object({ poolId: idOf<PoolId>() });
const agentParams = z.object({ agentId: idOf<AgentId>() });
const seatParams = z.object({ poolId: idOf<PoolId>(), agentId: idOf<AgentId>() });

export function supervisorRoutes(app: App, ports: RoutePorts): void {
  limitRoutes(app, ports);
  boardRoutes(app, ports);
  commandRoute(app, ports);
}

function limitRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/api/alarm-limits',
    {
      config: { roles: WATCH_AGENTS },
      schema: {
        tags,
        summary: 'After how long a wrap-up or a pause calls for help',
        response: { 200: alarmLimitsSchema },
      },
    },
    async (request) => loadAlarmLimits(whoAsks(request).database),
  );

  app.put(
    '/api/alarm-limits',
    {
      config: { roles: ['admin'] },
      schema: {
        tags,
        summary: 'Change after how long a wrap-up or a pause calls for help',
        body: alarmLimitsSchema,
        response: { 200: alarmLimitsSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      return me.database.tx(async (query) => {
        const before = await loadAlarmLimits({ query });
        await putAlarmLimits({ query }, request.body);
        const after = await loadAlarmLimits({ query });
        const what = 'organization.changed';
        await recordAdminChange(ports, { me, query }, { what, subject: '', before, after });
        return after;
      });
    },
  );
}

function boardRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/api/pools/:poolId/board',
    {
      config: { roles: WATCH_AGENTS },
      schema: {
        tags,
        summary: 'Teams, extensions, limits and pools beside the live feed of a pool',
        params: poolParams,
        response: { 200: boardSchema },
      },
    },
    async (request) => {
      const { database } = whoAsks(request);
      const { poolId } = request.params;
      if (!(await poolExists(database, poolId))) throw notFound('pool');
      const [limits, board] = await Promise.all([loadAlarmLimits(database), loadBoard(database, poolId)]);
      return { limits, ...board };
    },
  );

  app.get(
    '/api/agents/:agentId',
    {
      config: { roles: WATCH_AGENTS },
      schema: {
        tags,
        summary: 'One agent and his seat',
        params: agentParams,
        response: { 200: agentPageSchema },
      },
    },
    async (request) => {
      const page = await loadAgentPage(whoAsks(request).database, request.params.agentId);
      if (!page) throw notFound('agent');
      return page;
    },
  );

  app.get(
    '/api/agents/:agentId/help',
    {
      config: { roles: WATCH_AGENTS },
      schema: {
        tags,
        summary: 'What supervisors did for an agent and wrote to him, the newest first',
        params: agentParams,
        querystring: pageQuerySchema,
        response: { 200: helpHistorySchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { database } = me;
      const { after, limit } = request.query;
      const before = (await ports.cursors.open(me, after)) ?? null;
      if (!(await loadSeat(database, request.params.agentId))) throw notFound('agent');
      const entries = await loadHelp(database, { agentId: request.params.agentId, before, limit });
      const last = entries.length === limit ? (entries.at(-1)?.id ?? null) : null;
      return { entries: [...entries], next: await ports.cursors.seal(me, last) };
    },
  );
}

function commandRoute(app: App, ports: RoutePorts): void {
  app.post(
    '/api/pools/:poolId/agents/:agentId/commands',
    {
      config: { roles: HELP_AGENTS },
      schema: {
        tags,
        summary: 'Help an agent: pause, make ready, sign out, call his phone again; recorded with who asked',
        params: seatParams,
        body: supervisorCommandSchema,
        response: { 200: helpAnswerSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { poolId, agentId } = request.params;
      const connection = await ports.pools.connect(me.organizationId, poolId);
      if (!connection) throw ownerAway();
      const agent = agentOf(connection, agentId);
      if (!agent) throw notFound('agent in this pool');
      return { ok: true as const, message: await help(ports, me, { connection, agent, wish: request.body }) };
    },
  );
}

interface Help {
  readonly connection: PoolConnection;
  readonly agent: AgentView;
  readonly wish: z.output<typeof supervisorCommandSchema>;
}

const agentOf = ({ owner }: PoolConnection, agentId: AgentId): AgentView | null =>
  owner.view().agents.find((agent) => agent.agentId === agentId) ?? null;

/** Recorded, asked, answered. The sentence that the supervisor reads; throws it as a problem when the answer is no. */
async function help(ports: RoutePorts, me: SignedIn, { connection, agent, wish }: Help): Promise<string> {
  const { agentId } = agent;
  const kind = wish.type;
  const reason = wish.type === 'pause' ? wish.reason : null;
  const actionId = await recordAction(ports, me, { agentId, kind, reason, poolId: null });
  const answer =
    kind === 'connect-phone' && !mayReconnect(agent.state)
      ? { ok: false as const, code: 'not-now' }
      : await connection.owner.command({ ...wish, agentId });
  if (!answer.ok) {
    await answerAction(me.database, actionId, 'refused');
    // A word of its own, so that the console shows this sentence and not the agent's own.
    throw conflict(`agent-${answer.code}`, refusedSentence({ kind, code: answer.code }, agent, me.locale));
  }
  await changeShown(connection, agent);
  const said = doneSentence(kind, agentOf(connection, agentId) ?? agent, me.locale);
  await answerAction(me.database, actionId, said.outcome);
  return said.message;
}

/** How long another node's view may be behind its owner. */
const MIRROR_MS_MAX = 500;

/** An owner in this process shows a change at once; the mirror of another one a moment later. */
async function changeShown(connection: PoolConnection, before: AgentView): Promise<void> {
  if (connection.local) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const look = (): void => {
      const now = agentOf(connection, before.agentId);
      if (now?.state !== before.state || now.wanted !== before.wanted) done();
    };
    const stop = connection.owner.onChange(look);
    const timer = setTimeout(done, MIRROR_MS_MAX);
    look();
  });
}

export async function recordAction(
  { clock, newId }: RoutePorts,
  me: SignedIn,
  action: Pick<NewAction, 'agentId' | 'kind' | 'reason' | 'poolId'>,
): Promise<ActionId> {
  const at = clock.now();
  const actionId = newId<ActionId>(at);
  const organizationId: OrganizationId = me.organizationId;
  await insertAction(me.database, { ...action, actionId, organizationId, byUserId: me.userId, at });
  return actionId;
}
