import { unreachable } from '../kernel/assert.ts';
import type { CallId, LegId } from '../kernel/ids.ts';
import { after, milliseconds, minutes } from '../kernel/time.ts';
import type { AgentCommand, CommandAnswer } from './agent-command.ts';
import { permitAgentLeg } from './agent-leg-permit.ts';
import { isInTalk, type Agent, type AgentEvent } from './agent.ts';
import { moveAgent, moveCall } from './pool-moves.ts';
import { dialByHand, dialPreview, giveUpOrder, type OrderAnswer } from './pool-orders.ts';
import { skipPreview } from './pool-previews.ts';
import { linesInFlight, type PoolState, type Seat, type Turn } from './pool-state.ts';

/** What one press of "more time" adds to a wrap-up. */
const WRAP_UP_EXTENSION_MS = minutes(1);

/** What an agent asks for, answered at once with yes or one clear sentence; null: when the gate has been asked. */
export function command(turn: Turn, asked: AgentCommand): CommandAnswer | null {
  const { pool } = turn;
  const seat = pool.seats.get(asked.agentId);
  if (!seat) return no('no-seat', 'You have no seat in this pool; ask an administrator to give you one.');
  const { agentId } = asked;
  // Somebody is there.
  seat.previewsMissed = 0;
  const move = (event: AgentEvent): CommandAnswer =>
    moveAgent(turn, { agentId, event }) ? yes : misfit(seat.agent);
  switch (asked.type) {
    case 'sign-in':
    case 'connect-phone':
      return connectPhone(turn, seat);
    case 'ready':
      return move({ type: 'ready-asked' });
    case 'pause':
      return move({ type: 'pause-asked', reason: asked.reason, isBound: isBound(pool) });
    case 'sign-out':
      return move({ type: 'sign-out-asked', isBound: isBound(pool) });
    case 'hang-up':
      return hangUp(turn, seat.agent);
    case 'hold':
      return hold(turn, seat, { do: 'hold', event: { type: 'held' } });
    case 'resume':
      return hold(turn, seat, { do: 'resume', event: { type: 'resumed' } });
    case 'disposed':
      return move({ type: 'disposed', callId: asked.callId, next: asked.next });
    case 'extend-wrap-up': {
      const leftMs = Math.max(0, Math.round(seat.overAt - turn.monotonic));
      const until = after(turn.now, milliseconds(leftMs + WRAP_UP_EXTENSION_MS));
      return move({ type: 'wrap-extended', callId: asked.callId, until });
    }
    case 'preview-dial':
    case 'preview-skip':
      return preview(turn, seat.agent, asked);
    case 'dial':
      return ordered(dialByHand(turn, asked), seat.agent);
    default:
      return unreachable(asked);
  }
}

function connectPhone(turn: Turn, seat: Seat): CommandAnswer {
  const { pool } = turn;
  if (pool.link === 'down') return SWITCH_DOWN;
  const { extension, agentId } = seat.seat;
  const legId: LegId = pool.newId(turn.now);
  if (!permitAgentLeg(agentId, legId, extension)) {
    return no(
      'bad-extension',
      `Your phone's number "${extension}" is not an extension of ours (2 to 8 digits); ask an administrator to correct it.`,
    );
  }
  if (seat.agent.state !== 'signed-out' && seat.agent.state !== 'phone-lost') return misfit(seat.agent);
  pool.agentOfLeg.set(legId, agentId);
  moveAgent(turn, { agentId, event: { type: 'phone-called', legId } });
  return yes;
}

/** The agent's leg stays up: only the customer's is ended. What cannot be told to the switch now is not promised. */
function hangUp(turn: Turn, agent: Agent): CommandAnswer {
  if (agent.state === 'dialling') {
    const { callId } = agent;
    const call = turn.pool.calls.get(callId)?.call;
    if (call?.state === 'dialling' || call?.state === 'ringing') {
      // Its hang-up is asked for again when the link is back.
      moveCall(turn, { callId, event: { type: 'agent-vanished' }, at: turn.now });
      return yes;
    }
    return giveUpOrder(turn, callId) ? yes : endTalk(turn, callId);
  }
  return isInTalk(agent) ? endTalk(turn, agent.callId) : misfit(agent);
}

function endTalk(turn: Turn, callId: CallId): CommandAnswer {
  if (turn.pool.link === 'down') return SWITCH_DOWN;
  const live = turn.pool.calls.get(callId);
  if (live) {
    live.isEndAsked = true;
    live.heardAt = turn.monotonic;
  }
  turn.effects.push({ do: 'switch', command: { do: 'hang-up', channelId: callId } });
  return yes;
}

type PreviewCommand = Extract<AgentCommand, { type: 'preview-dial' | 'preview-skip' }>;

function preview(turn: Turn, agent: Agent, asked: PreviewCommand): CommandAnswer | null {
  if (agent.state !== 'previewing') return misfit(agent);
  if (agent.preview.leadId !== asked.leadId)
    return no('preview-over', 'The time for that lead is over; there is another one on your screen now.');
  if (asked.type === 'preview-dial') return ordered(dialPreview(turn, asked), agent);
  skipPreview(turn, agent, asked.reason);
  return yes;
}

const ordered = (answer: OrderAnswer, agent: Agent): CommandAnswer | null =>
  answer === 'misfit' ? misfit(agent) : answer;

function hold(turn: Turn, seat: Seat, wish: { do: 'hold' | 'resume'; event: AgentEvent }): CommandAnswer {
  const { agent } = seat;
  if (!isInTalk(agent)) return misfit(agent);
  // He would say what the customer must not hear.
  if (turn.pool.link === 'down') return SWITCH_DOWN;
  const { legId, callId } = agent;
  if (!moveAgent(turn, { agentId: agent.id, event: wish.event })) return misfit(agent);
  turn.effects.push({ do: 'switch', command: { do: wish.do, legId, callId } });
  return yes;
}

/** True while lines ring, or are about to, that were asked for because somebody was ready. */
export const isBound = (pool: PoolState): boolean => linesInFlight(pool).length > 0;

const yes: CommandAnswer = { ok: true };
const no = (code: string, message: string): CommandAnswer => ({ ok: false, code, message });
const SWITCH_DOWN = no(
  'switch-down',
  'The telephone switch cannot be reached just now; try again in a moment.',
);

function misfit(agent: Agent): CommandAnswer {
  if ('unfinishedCallId' in agent && agent.unfinishedCallId !== null) {
    return no('disposition-missing', 'Your last call still needs a disposition; choose one, then go on.');
  }
  return no('not-now', `That is not possible while you are ${STATE_WORDS[agent.state]}.`);
}

const STATE_WORDS: Readonly<Record<Agent['state'], string>> = {
  'signed-out': 'signed out',
  'phone-connecting': 'waiting for your phone to answer',
  'phone-lost': 'without a phone',
  ready: 'ready',
  reserved: 'being given a call',
  previewing: 'looking at a lead',
  dialling: 'dialling',
  talking: 'talking',
  'on-hold': 'holding a call',
  consulting: 'consulting',
  'wrapping-up': 'wrapping up a call',
  paused: 'paused',
};
