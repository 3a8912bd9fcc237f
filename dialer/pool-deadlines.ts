import { unreachable } from '../kernel/assert.ts';
import { elapsedMonotonic, milliseconds, seconds } from '../kernel/time.ts';
import type { CallEvent } from './call.ts';
import { moveAgent, moveCall } from './pool-moves.ts';
import { linesInFlight, waitEndsAt, type LiveCall, type Turn } from './pool-state.ts';

/** A ring shorter than this is never cut: 16 CFR 310.4(b)(4)(ii), at least 15 seconds. */
export const RING_MIN_MS = seconds(15);
/** Without 180/183 by then the trunk has failed, not the person. */
export const PROGRESS_TIMEOUT_MS = seconds(12);
/** A hang-up that we asked for is asked again when nothing came of it. */
const HANG_UP_AGAIN_MS = milliseconds(2000);
/** No message is longer; the switch hangs up after it by itself. */
const MESSAGE_MAX_MS = seconds(60);
/** A bridge without success or failure by then is taken for failed; the switch needs 40–80 ms. */
export const BRIDGE_TIMEOUT_MS = milliseconds(1500);

/** Deadlines: ringing, progress, the legal moment, bridges and hang-ups that nothing was heard of. */
export function checkDeadlines(turn: Turn): void {
  const { pool } = turn;
  // Nothing can be asked for and nothing is heard: what is there now is seen when the link is back.
  if (pool.link === 'down') return;
  for (const live of pool.calls.values()) {
    const event = overdue(turn, live);
    if (event === 'hang-up-again') {
      live.heardAt = turn.monotonic;
      turn.effects.push({ do: 'switch', command: { do: 'hang-up', channelId: live.call.id } });
    } else if (event) moveCall(turn, { callId: live.call.id, event, at: turn.now });
  }
}

function overdue(turn: Turn, live: LiveCall): CallEvent | 'hang-up-again' | null {
  const { call } = live;
  const ringTimeoutMs = turn.pool.campaigns.get(call.campaignId)?.settings.ringTimeoutMs ?? 0;
  const ringMs = Math.max(RING_MIN_MS, ringTimeoutMs);
  const waitedMs = elapsedMonotonic(live.heardAt, turn.monotonic);
  switch (call.state) {
    case 'dialling':
      if (call.cancelled !== null) return waitedMs > HANG_UP_AGAIN_MS ? 'hang-up-again' : null;
      if (live.mayHaveRung)
        return waitedMs > PROGRESS_TIMEOUT_MS + ringMs ? { type: 'cancelled', reason: 'ring-timeout' } : null;
      return waitedMs > PROGRESS_TIMEOUT_MS ? { type: 'cancelled', reason: 'no-progress' } : null;
    case 'ringing':
      if (call.cancelled !== null) return waitedMs > HANG_UP_AGAIN_MS ? 'hang-up-again' : null;
      return waitedMs > ringMs ? { type: 'cancelled', reason: 'ring-timeout' } : null;
    case 'waiting':
      return turn.monotonic >= waitEndsAt(turn.pool, live) ? { type: 'wait-expired' } : null;
    case 'bridging':
      return waitedMs > BRIDGE_TIMEOUT_MS ? { type: 'bridge-failed' } : null;
    case 'message': {
      const isHungUp = call.times.bridgedAt !== null;
      return waitedMs > (isHungUp ? HANG_UP_AGAIN_MS : MESSAGE_MAX_MS) ? 'hang-up-again' : null;
    }
    case 'connected':
      return live.isEndAsked && waitedMs > HANG_UP_AGAIN_MS ? 'hang-up-again' : null;
    case 'ended':
      return null;
    default:
      return unreachable(call);
  }
}

/** Ends wrap-ups that ran out, and lets go whoever asked to leave once the lines dialled for him are gone. */
export function checkAgents(turn: Turn): void {
  const { pool } = turn;
  // Hardly ever asked for, and a walk over all calls.
  let oldestLineAt: number | null = null;
  for (const { agent, overAt } of pool.seats.values()) {
    if (agent.state === 'wrapping-up' && turn.monotonic >= overAt) {
      // The wall clock was set back meanwhile: the end that was written down is not the one that he was given.
      if (turn.now < agent.until)
        moveAgent(turn, {
          agentId: agent.id,
          event: { type: 'wrap-extended', callId: agent.callId, until: turn.now },
        });
      moveAgent(turn, { agentId: agent.id, event: { type: 'wrap-expired' } });
    } else if (agent.state === 'ready' && agent.wanted !== null) {
      oldestLineAt ??= Math.min(...linesInFlight(pool));
      if (oldestLineAt > agent.wanted.askedAt)
        moveAgent(turn, { agentId: agent.id, event: { type: 'unbound' } });
    }
  }
}
