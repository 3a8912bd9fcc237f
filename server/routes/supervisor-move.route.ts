import { z } from 'zod';
import { countCallbacksLeft } from '../../campaigns/orphaned-callback.store.ts';
import type { AgentId, CommandId, PoolId } from '../../kernel/ids.ts';
import { helpAnswerSchema, moveInputSchema } from '../api/supervisor.schema.ts';
import { idOf } from '../api/scalar.schema.ts';
import { loadWaitingMoves, putWaitingMove, finishMove } from '../agent-move.store.ts';
import { sendMessages } from '../agent-message.store.ts';
import type { MessageId } from '../api/supervisor.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import type { SignedIn } from '../auth/signed-in.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { conflict, notFound, ownerAway } from '../http-problem.ts';
import { listPools } from '../pool.store.ts';
import { callbacksLeftSentence, MOVE_SENTENCES } from '../supervisor-sentence.ts';
import { answerAction, loadSeat, type Seat } from '../supervisor.store.ts';
import { HELP_AGENTS, recordAction } from './supervisor.route.ts';

const tags = ['supervisors'];
const params = z.object({ agentId: idOf<AgentId>() });

export function supervisorMoveRoutes(app: App, ports: RoutePorts): void {
  app.post(
    '/api/agents/:agentId/move',
    {
      config: { roles: HELP_AGENTS },
      schema: {
        tags,
        summary: 'Give an agent his seat in another pool, now or when his call and its outcome are finished',
        params,
        body: moveInputSchema,
        response: { 200: helpAnswerSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { agentId } = request.params;
      const { poolId, commandId } = request.body;
      const seat = await loadSeat(me.database, agentId);
      if (!seat) throw notFound('agent');
      const pool = (await listPools(me.database)).find((one) => one.poolId === poolId);
      if (!pool) throw notFound('pool');
      if (seat.poolId === poolId)
        throw conflict('agent-there-already', MOVE_SENTENCES.same[me.locale](seat.name, pool.name));
      if (!(await ports.pools.connect(me.organizationId, poolId)))
        throw conflict('pool-not-run', MOVE_SENTENCES.nobody[me.locale](seat.name, pool.name));
      const move = { agentId, commandId, seat, pool };
      return { ok: true as const, message: await moveAgent(ports, me, move) };
    },
  );

  app.delete(
    '/api/agents/:agentId/move',
    {
      config: { roles: HELP_AGENTS },
      schema: {
        tags,
        summary: 'Take back a move that still waits',
        params,
        response: { 200: helpAnswerSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { agentId } = request.params;
      const { organizationId } = me;
      const seat = await loadSeat(me.database, agentId);
      if (!seat) throw notFound('agent');
      const [move] = await loadWaitingMoves(me.database, { poolId: seat.poolId, agentId });
      const isBack =
        move !== undefined &&
        (await me.database.tx((query) => finishMove(query, { organizationId, move, outcome: 'taken-back' })));
      if (!isBack) throw notFound('move that still waits');
      return { ok: true as const, message: MOVE_SENTENCES.takenBack[me.locale](seat.name, '') };
    },
  );
}

interface Move {
  readonly agentId: AgentId;
  readonly commandId: CommandId;
  readonly seat: Seat;
  readonly pool: { readonly poolId: PoolId; readonly name: string };
}

/** First he is asked to finish here; then the move waits for it, which may be over already. */
async function moveAgent(
  ports: RoutePorts,
  me: SignedIn,
  { agentId, commandId, seat, pool }: Move,
): Promise<string> {
  const { organizationId, locale } = me;
  const connection = await ports.pools.connect(organizationId, seat.poolId);
  if (!connection) throw ownerAway();
  const { owner } = connection;
  const left = await countCallbacksLeft(me.database.query, { agentId, toPoolId: pool.poolId });
  const leavesBehind = callbacksLeftSentence(left, locale);
  const actionId = await recordAction(ports, me, {
    agentId,
    kind: 'move',
    reason: null,
    poolId: pool.poolId,
  });
  const { state } = owner.desk(agentId)?.agent ?? { state: 'signed-out' };
  if (state !== 'signed-out') {
    const answer = await owner.command({ type: 'sign-out', commandId, agentId });
    if (!answer.ok) {
      await answerAction(me.database, actionId, 'refused');
      throw conflict(`agent-${answer.code}`, answer.message);
    }
  }
  await me.database.tx((query) => putWaitingMove(query, { organizationId, agentId, actionId }));
  const [move] = await loadWaitingMoves(me.database, { poolId: seat.poolId, agentId });
  // Gone already: the process that owns the pool was quicker.
  const isDone = !move || (await ports.moves.tryNow(organizationId, move, owner.desk(agentId)));
  if (isDone) return MOVE_SENTENCES.done[locale](seat.name, pool.name) + leavesBehind;
  const sentAt = ports.clock.now();
  await sendMessages(me.database.query, {
    organizationId,
    fromUserId: me.userId,
    text: MOVE_SENTENCES.toldBefore[seat.locale](seat.name, pool.name),
    sentAt,
    messageIds: [ports.newId<MessageId>(sentAt)],
    agentIds: [agentId],
  });
  return MOVE_SENTENCES.waits[locale](seat.name, pool.name) + leavesBehind;
}
