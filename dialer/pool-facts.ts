import { unreachable } from '../kernel/assert.ts';
import type { CallId, LegId } from '../kernel/ids.ts';
import { milliseconds } from '../kernel/time.ts';
import { canTalk } from './agent.ts';
import { answeredEvent, moveAgent, moveCall } from './pool-moves.ts';
import { reconcile } from './pool-recovery.ts';
import type { Turn } from './pool-state.ts';
import { gatewaySeen } from './pool-trunks.ts';
import type { ProofOfAnswer, SwitchFact } from './telephony.ts';

/** What the switch told. */
export function takeFact(turn: Turn, fact: SwitchFact): void {
  const { pool } = turn;
  const { at } = fact;
  switch (fact.type) {
    case 'dialled':
    case 'not-dialled':
      moveCall(turn, { callId: fact.callId, event: { type: fact.type }, at });
      return;
    case 'answered':
      answered(turn, fact.callId, fact);
      return;
    case 'waits':
      answerProven(turn, fact);
      return;
    case 'message-started':
      messageStarted(turn, fact);
      return;
    case 'rang':
      moveCall(turn, { callId: fact.callId, event: { type: 'rang' }, at });
      return;
    case 'bridged':
      takeBridge(turn, fact);
      return;
    case 'bridge-failed':
      bridgeFailed(turn, fact);
      return;
    case 'hold-failed':
      holdFailed(turn, fact);
      return;
    case 'call-ended': {
      const { hungUpBy, unanswered, raw } = fact;
      answerProven(turn, fact);
      moveCall(turn, { callId: fact.callId, event: { type: 'ended', hungUpBy, unanswered, raw }, at });
      return;
    }
    case 'leg-answered':
      legEvent(turn, fact.legId, 'phone-answered');
      return;
    case 'leg-ended':
      legEvent(turn, fact.legId, 'phone-ended');
      pool.agentOfLeg.delete(fact.legId);
      return;
    case 'leg-parked':
      return;
    case 'link-down':
      linkDown(turn, fact.reason);
      return;
    case 'link-up':
      pool.link = 'up';
      reconcile(turn, fact);
      turn.effects.push({ do: 'show', isUrgent: true });
      return;
    case 'channels-seen':
      reconcile(turn, fact);
      return;
    case 'gateway-seen':
      gatewaySeen(turn, fact);
      return;
    case 'superseded':
      pool.hasLeft = true;
      turn.effects.push({
        do: 'leave',
        reason: `another owner took this pool over with epoch ${String(fact.epoch)}`,
      });
      return;
    default:
      unreachable(fact);
  }
}

type Moment = Pick<Extract<SwitchFact, { type: 'answered' }>, 'at' | 'ageMs'>;

function answered(turn: Turn, callId: CallId, { at, ageMs = milliseconds(0) }: Moment): void {
  moveCall(turn, { callId, event: answeredEvent(turn.pool, callId), at, ageMs });
}

function linkDown({ pool, effects }: Turn, reason: string): void {
  pool.link = 'down';
  pool.linkReason = reason;
  // What was known of the carriers was known by that link.
  pool.trunkWatches.clear();
  for (const live of pool.calls.values()) live.mayHaveRung ||= live.call.state === 'dialling';
  effects.push({ do: 'show', isUrgent: true });
}

function takeBridge(turn: Turn, fact: Extract<SwitchFact, { type: 'bridged' }>): void {
  const { pool } = turn;
  const { callId, legId, at } = fact;
  const agentId = pool.agentOfLeg.get(legId);
  const agent = agentId === undefined ? undefined : pool.seats.get(agentId)?.agent;
  const live = pool.calls.get(callId);
  const isEarly = live?.call.state === 'dialling' || live?.call.state === 'ringing';
  // The agent who dials hears its early media: no answer yet.
  if (isEarly && agent && live.call.forAgentId === agent.id) live.isHeard = true;
  else if (agent && canTalk(agent, callId))
    moveCall(turn, { callId, event: { type: 'bridged', agentId: agent.id, legId }, at });
  else
    turn.effects.push({
      do: 'count-misfit',
      what: `bridged to an agent who is ${agent?.state ?? 'unknown'}`,
    });
}

function bridgeFailed(turn: Turn, fact: Extract<SwitchFact, { type: 'bridge-failed' }>): void {
  const { callId, legId, at } = fact;
  const call = turn.pool.calls.get(callId)?.call;
  // A bridge that we had given up already says nothing about the one that is being made now.
  if (call?.state === 'bridging' && call.legId === legId)
    moveCall(turn, { callId, event: { type: 'bridge-failed' }, at });
  else if (call?.state === 'connected' && call.legId === legId)
    moveAgent(turn, { agentId: call.agentId, event: { type: 'held' } }); // The way back from hold failed.
  else turn.effects.push({ do: 'count-misfit', what: 'bridge-failed of another bridge' });
}

/** Whose answer we missed is a person all the same: he is in the ledger, and gets an agent while there is time. */
function answerProven(
  turn: Turn,
  { callId, answeredAt = null, ageMs }: ProofOfAnswer & { readonly callId: CallId },
): void {
  const call = turn.pool.calls.get(callId)?.call;
  if (answeredAt === null || call?.times.answeredAt !== null) return;
  if (call.state !== 'dialling' && call.state !== 'ringing') return;
  answered(turn, callId, { at: answeredAt, ...(ageMs === undefined ? {} : { ageMs }) });
}

/** The switch took him over, for the legal moment is past: no bridge any more. To whoever lost his agent it speaks at our own wish. */
function messageStarted(turn: Turn, fact: Extract<SwitchFact, { type: 'message-started' }>): void {
  answerProven(turn, fact);
  const { callId, at } = fact;
  const call = turn.pool.calls.get(callId)?.call;
  if (call?.state === 'waiting' && call.lostAgent === null)
    moveCall(turn, { callId, event: { type: 'message-heard' }, at });
}

/** He must know that he is heard. */
function holdFailed(turn: Turn, { callId, legId }: Extract<SwitchFact, { type: 'hold-failed' }>): void {
  const { pool } = turn;
  const agentId = pool.agentOfLeg.get(legId);
  const agent = agentId === undefined ? undefined : pool.seats.get(agentId)?.agent;
  if (agent?.state === 'on-hold' && agent.callId === callId)
    moveAgent(turn, { agentId: agent.id, event: { type: 'resumed' } });
}

function legEvent(turn: Turn, legId: LegId, type: 'phone-answered' | 'phone-ended'): void {
  const { pool } = turn;
  const agentId = pool.agentOfLeg.get(legId);
  if (agentId !== undefined) moveAgent(turn, { agentId, event: { type, legId } });
  // He signed out while his phone was ringing.
  else if (type === 'phone-answered')
    turn.effects.push({ do: 'switch', command: { do: 'hang-up', channelId: legId } });
}
