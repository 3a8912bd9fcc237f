import type { AgentId } from '../kernel/ids.ts';
import type { Agent } from './agent.ts';
import type { Call } from './call.ts';
import { hasRoom } from './pool-dialling.ts';
import { moveAgent, moveCall } from './pool-moves.ts';
import { waitEndsAt, type LiveCall, type PoolState, type Turn } from './pool-state.ts';

/**
 * Gives waiting people to agents: whoever lost his agent first, then those of campaigns whose limit leaves no room for another one left
 * alone (campaigns that share agents share their misses otherwise), then by answer; the longest idle agent takes the call.
 */
export function offer(turn: Turn): void {
  const { pool } = turn;
  if (pool.link === 'down') return;
  const waiting: LiveCall[] = [];
  for (const live of pool.calls.values()) {
    // After the legal moment there is no bridge any more: the next tick plays the message.
    if (live.call.state === 'waiting' && turn.monotonic <= waitEndsAt(pool, live)) waiting.push(live);
  }
  if (waiting.length > 1) waiting.sort((a, b) => rank(turn, a) - rank(turn, b) || byAnswer(a, b));
  for (const { call, notAgents } of waiting) {
    if (offerHisOwn(turn, call, notAgents)) continue;
    const agent = nextAgent(pool, notAgents);
    if (agent === null) continue;
    const { legId, id: agentId } = agent;
    moveAgent(turn, { agentId, event: { type: 'reserved', callId: call.id } });
    moveCall(turn, {
      callId: call.id,
      event: { type: 'agent-reserved', agentId, legId },
      at: turn.now,
    });
  }
}

type ReadyAgent = Extract<Agent, { state: 'ready' }>;

/** Of those who are ready: whoever has no callback of his own to make, and has been idle for longest. */
function nextAgent(pool: PoolState, notAgents: ReadonlySet<AgentId>): ReadyAgent | null {
  let passedOver = notAgents;
  for (;;) {
    const agent = longestIdle(pool, passedOver);
    if (agent === null || !isOnTheLine(pool, agent.id)) return agent;
    passedOver = new Set(passedOver).add(agent.id);
  }
}

function longestIdle(pool: PoolState, notAgents: ReadonlySet<AgentId>): ReadyAgent | null {
  let first: ReadyAgent | null = null;
  for (const { agent } of pool.seats.values()) {
    if (agent.state !== 'ready' || notAgents.has(agent.id)) continue;
    if (first === null || byIdleTime(pool, agent, first) < 0) first = agent;
  }
  return first;
}

/** After a takeover an agent's stored state may be older than his talk: a second bridge would cut it. */
function isOnTheLine(pool: PoolState, agentId: AgentId): boolean {
  for (const { call } of pool.calls.values()) {
    if ((call.state === 'connected' || call.state === 'bridging') && call.agentId === agentId) return true;
  }
  return false;
}

function rank(turn: Turn, { call }: LiveCall): number {
  if (call.state === 'waiting' && call.lostAgent !== null) return 0;
  const run = turn.pool.campaigns.get(call.campaignId);
  return run && !hasRoom(turn, run) ? 1 : 2;
}

const byAnswer = (a: LiveCall, b: LiveCall): number =>
  (a.call.times.answeredAt ?? 0) - (b.call.times.answeredAt ?? 0);

/** Whoever has a callback of his own to make comes last. */
const byIdleTime = (pool: PoolState, a: Agent, b: Agent): number =>
  Number(pool.dueCallbacks.has(a.id)) - Number(pool.dueCallbacks.has(b.id)) ||
  a.idleSince - b.idleSince ||
  (a.id < b.id ? -1 : 1);

/** An answered call that was made for one agent alone goes to him while he is there for it. */
function offerHisOwn(turn: Turn, call: Call, notAgents: ReadonlySet<AgentId>): boolean {
  if (call.forAgentId === null || notAgents.has(call.forAgentId)) return false;
  const agent = turn.pool.seats.get(call.forAgentId)?.agent;
  if (agent?.state !== 'dialling' || agent.callId !== call.id) return false;
  const { id: agentId, legId } = agent;
  moveCall(turn, { callId: call.id, event: { type: 'agent-reserved', agentId, legId }, at: turn.now });
  return true;
}
