import type { AgentId } from '../kernel/ids.ts';
import type { Agent } from './agent.ts';
import type { Call } from './call.ts';
import { moveAgent, moveCall } from './pool-moves.ts';
import { waitEndsAt, type LiveCall, type PoolState, type Seat, type Turn } from './pool-state.ts';

/** Gives waiting people to agents: whoever lost his agent first, then by answer; the longest idle agent takes the call. */
export function offer(turn: Turn): void {
  const { pool } = turn;
  if (pool.link === 'down') return;
  const waiting = [...pool.calls.values()]
    // After the legal moment there is no bridge any more: the next tick plays the message.
    .filter((live) => live.call.state === 'waiting' && turn.now <= waitEndsAt(pool, live))
    .sort(byTurn);
  if (waiting.length === 0) return;
  // After a takeover an agent's stored state may be older than his talk: a second bridge would cut it.
  const taken = new Set(
    [...pool.calls.values()].flatMap(({ call }) =>
      call.state === 'connected' || call.state === 'bridging' ? [call.agentId] : [],
    ),
  );
  const ready = [...pool.seats.values()]
    .filter(({ agent }) => agent.state === 'ready' && !taken.has(agent.id))
    .sort((a, b) => isAwaited(pool, a) - isAwaited(pool, b) || byIdleTime(a, b));
  for (const { call, notAgents } of waiting) {
    if (offerHisOwn(turn, call, notAgents)) continue;
    const index = ready.findIndex(({ agent }) => !notAgents.has(agent.id));
    const agent = ready[index]?.agent;
    if (agent?.state !== 'ready') continue;
    ready.splice(index, 1);
    const { legId, id: agentId } = agent;
    moveAgent(turn, { agentId, event: { type: 'reserved', callId: call.id } });
    moveCall(turn, {
      callId: call.id,
      event: { type: 'agent-reserved', agentId, legId },
      at: turn.now,
    });
  }
}

function byTurn(a: LiveCall, b: LiveCall): number {
  const rank = ({ call }: LiveCall): number => (call.state === 'waiting' && call.lostAgent !== null ? 0 : 1);
  return rank(a) - rank(b) || (a.call.times.answeredAt ?? 0) - (b.call.times.answeredAt ?? 0);
}

/** Whoever has a callback of his own to make comes last. */
const isAwaited = (pool: PoolState, { agent }: Seat): number => (pool.dueCallbacks.has(agent.id) ? 1 : 0);

const byIdleTime = (a: Seat, b: Seat): number =>
  a.agent.idleSince - b.agent.idleSince || compareIds(a.agent, b.agent);
const compareIds = (a: Agent, b: Agent): number => (a.id < b.id ? -1 : 1);

/** An answered call that was made for one agent alone goes to him while he is there for it. */
function offerHisOwn(turn: Turn, call: Call, notAgents: ReadonlySet<AgentId>): boolean {
  if (call.forAgentId === null || notAgents.has(call.forAgentId)) return false;
  const agent = turn.pool.seats.get(call.forAgentId)?.agent;
  if (agent?.state !== 'dialling' || agent.callId !== call.id) return false;
  const { id: agentId, legId } = agent;
  moveCall(turn, { callId: call.id, event: { type: 'agent-reserved', agentId, legId }, at: turn.now });
  return true;
}
