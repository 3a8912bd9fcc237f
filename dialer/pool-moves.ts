import { unreachable } from '../kernel/assert.ts';
import type { AgentId, CallId } from '../kernel/ids.ts';
import { maskPhone } from '../kernel/phone.ts';
import {
  after,
  afterMonotonic,
  elapsed,
  seconds,
  type DurationMs,
  type EpochMs,
  type MonotonicMs,
} from '../kernel/time.ts';
import { permitAgentLeg } from './agent-leg-permit.ts';
import { advanceAgent, type Agent, type AgentEffect, type AgentEvent } from './agent.ts';
import { advanceCall, type Call, type CallEffect, type CallEvent, type EndedCall } from './call.ts';
import { ledgerEntryOf, type LedgerEntry } from './ledger-entry.ts';
import { LAST_CALLS_MAX } from './live-view.ts';
import type { LoopTime } from './pool-event.ts';
import {
  limitsOf,
  type CampaignRun,
  type LiveCall,
  type PoolState,
  type Seat,
  type Turn,
} from './pool-state.ts';

interface CallMove {
  readonly callId: CallId;
  readonly event: CallEvent;
  /** The switch's time stamp of the fact. */
  readonly at: EpochMs;
  /** How long ago that was; just now when absent. */
  readonly ageMs?: DurationMs;
}

/** Moves one call and does what follows from it. */
export function moveCall(turn: Turn, moved: CallMove): void {
  const { pool } = turn;
  const live = pool.calls.get(moved.callId);
  if (!live) {
    turn.effects.push({ do: 'count-misfit', what: `call ${moved.event.type} of an unknown call` });
    return;
  }
  const before = live.call;
  const step = advanceCall(before, moved.event, moved.at);
  if (step.call === before) {
    turn.effects.push({ do: 'count-misfit', what: `call ${moved.event.type} while ${before.state}` });
    return;
  }
  live.call = step.call;
  hear(turn, live, { before, ageMs: moved.ageMs ?? 0 });
  if (moved.event.type === 'bridge-failed' && before.state === 'bridging') {
    live.notAgents.add(before.agentId);
    // One of the two legs may be gone without our having heard of it.
    pool.nextLookAt = turn.monotonic;
  }
  learn(turn, before, step.call);
  for (const effect of step.effects) performForCall(turn, live, effect);
  if (step.call.state !== 'ended') turn.effects.push({ do: 'store-call', call: step.call });
  turn.effects.push({
    do: 'show',
    isUrgent: step.call.state === 'connected' || before.state === 'connected',
  });
}

/** An answer, with the agent whose own leg makes the call, if he is still on it. */
export function answeredEvent(pool: PoolState, callId: CallId): CallEvent {
  const live = pool.calls.get(callId);
  const { forAgentId = null } = live?.call ?? {};
  const agent = forAgentId === null ? undefined : pool.seats.get(forAgentId)?.agent;
  if (agent?.state !== 'dialling' || agent.callId !== callId) return { type: 'answered' };
  const { id: agentId, legId } = agent;
  return { type: 'answered', by: { agentId, legId, isHeard: live?.isHeard ?? false } };
}

/** Starts the clocks of the new state. */
function hear(turn: Turn, live: LiveCall, { before, ageMs }: { before: Call; ageMs: number }): void {
  const { call } = live;
  const isCancelled = 'cancelled' in call && call.cancelled !== null;
  const wasCancelled = 'cancelled' in before && before.cancelled !== null;
  if (call.state !== before.state || isCancelled !== wasCancelled) live.heardAt = turn.monotonic;
  if (call.state !== before.state) live.isEndAsked = false;
  // He has waited since his answer, not since we heard of it; and a bridge that fails gives nobody a new legal moment.
  if (call.state === 'waiting' && before.state !== 'waiting' && before.state !== 'bridging')
    live.waitsFrom = (turn.monotonic - ageMs) as MonotonicMs;
}

function performForCall(turn: Turn, live: LiveCall, effect: CallEffect): void {
  const { pool } = turn;
  const { call } = live;
  switch (effect.do) {
    case 'find-agent':
      turn.mustOffer = true;
      return;
    case 'bridge':
      turn.effects.push({
        do: 'switch',
        command: { do: 'bridge', callId: call.id, legId: effect.legId, agentId: effect.agentId },
      });
      return;
    case 'release-agent':
      moveAgent(turn, { agentId: effect.agentId, event: { type: 'offer-failed', callId: call.id } });
      return;
    case 'talk-began':
      talkBegan(turn, effect.agentId, call);
      return;
    case 'talk-ended':
      moveAgent(turn, {
        agentId: effect.agentId,
        event: {
          type: 'talk-ended',
          callId: call.id,
          wrapUntil: after(turn.now, pool.campaigns.get(call.campaignId)?.settings.wrapUpMs ?? seconds(30)),
        },
      });
      return;
    case 'play-message': {
      const file = pool.campaigns.get(call.campaignId)?.settings.messageFile;
      if (file !== undefined)
        turn.effects.push({ do: 'switch', command: { do: 'play-message', callId: call.id, file } });
      return;
    }
    case 'hang-up':
      turn.effects.push({ do: 'switch', command: { do: 'hang-up', channelId: call.id } });
      return;
    case 'store-ending':
      if (call.state === 'ended') ended(turn, live, call);
      return;
    default:
      unreachable(effect);
  }
}

function talkBegan(turn: Turn, agentId: AgentId, call: Call): void {
  const { pool } = turn;
  moveAgent(turn, { agentId, event: { type: 'talk-began', callId: call.id } });
  const seat = pool.seats.get(agentId);
  if (!seat) return;
  seat.callsToday += 1;
  if (call.state === 'connected') {
    // Who has dialled himself hears by himself that somebody answers.
    if (call.forAgentId === null)
      turn.effects.push({ do: 'switch', command: { do: 'play-tone', legId: call.legId } });
    const variables = { ringline_agent: agentId, ringline_stage: 'connected' };
    turn.effects.push({ do: 'switch', command: { do: 'mark', channelId: call.id, variables } });
  }
}

function ended(turn: Turn, live: LiveCall, call: EndedCall): void {
  const { pool } = turn;
  pool.calls.delete(call.id);
  const run = pool.campaigns.get(call.campaignId);
  const ledger = run ? ledgerEntryOf(call, run.settings) : null;
  turn.effects.push({ do: 'store-ending', call, lead: live.lead, ledger });
  if (run) count(run, call, ledger);
  const { answeredAt, bridgedAt, agentId } = call.times;
  const seat = agentId === null ? undefined : pool.seats.get(agentId);
  if (seat) seat.lastCall = call;
  pool.lastCalls = [
    {
      callId: call.id,
      campaignId: call.campaignId,
      leadId: call.leadId,
      phone: maskPhone(call.phone),
      ending: call.ending,
      endedAt: call.endedAt,
      agentId,
      answerToAgentMs: answeredAt !== null && bridgedAt !== null ? elapsed(answeredAt, bridgedAt) : null,
    },
    ...pool.lastCalls.slice(0, LAST_CALLS_MAX - 1),
  ];
}

function count(run: CampaignRun, call: EndedCall, ledger: LedgerEntry | null): void {
  const isAttempt = call.times.dialledAt !== null && call.ending !== 'carrier-failure';
  const add = (before: CampaignRun['today'], isSameDay: boolean): CampaignRun['today'] => ({
    ...before,
    attempts: before.attempts + (isAttempt ? 1 : 0),
    connected: before.connected + (call.ending === 'connected' ? 1 : 0),
    humanAnswers: before.humanAnswers + (ledger && isSameDay ? 1 : 0),
    abandoned: before.abandoned + (ledger?.isAbandoned && isSameDay ? 1 : 0),
  });
  run.today = add(run.today, ledger === null || ledger.localDay === run.today.day);
  if (!ledger) return;
  const { period } = run;
  run.period = {
    ...period,
    humanAnswers: period.humanAnswers + 1,
    abandoned: period.abandoned + (ledger.isAbandoned ? 1 : 0),
  };
  const limits = limitsOf(run);
  run.pacer.controller.learn(run.today, limits);
}

/** What the pacer's models take from a step; carrier failures teach nothing. */
function learn(turn: Turn, before: Call, now: Call): void {
  const run = turn.pool.campaigns.get(now.campaignId);
  const dialledAt = now.times.dialledAt;
  if (!run || dialledAt === null) return;
  // What an agent dials himself says nothing about those that the pacer dials.
  const wasUnanswered =
    before.times.answeredAt === null && before.state !== 'ended' && now.forAgentId === null;
  if (wasUnanswered && now.times.answeredAt !== null)
    run.pacer.rings.learn(dialledAt, now.times.answeredAt, 'human');
  else if (
    wasUnanswered &&
    now.state === 'ended' &&
    now.ending !== 'carrier-failure' &&
    now.ending !== 'lost'
  ) {
    run.pacer.rings.learn(dialledAt, now.endedAt, 'other');
  }
  if (before.state === 'connected' && now.state !== 'connected') {
    run.pacer.talks.learn(before.since, now.state === 'ended' ? now.endedAt : turn.now);
  }
}

/** Moves one agent and does what follows from it; false when the event did not fit his state. */
export function moveAgent(turn: Turn, moved: { agentId: AgentId; event: AgentEvent }): boolean {
  const { pool } = turn;
  const seat = pool.seats.get(moved.agentId);
  if (!seat) return false;
  const before = seat.agent;
  const step = advanceAgent(before, moved.event, turn.now);
  if (!step.fits) {
    turn.effects.push({ do: 'count-misfit', what: `agent ${moved.event.type} while ${before.state}` });
    return false;
  }
  seat.agent = step.agent;
  seat.overAt = overAt(turn, seat.agent) ?? seat.overAt;
  learnWrapUp(turn, before, step.agent);
  for (const effect of step.effects) performForAgent(turn, seat, effect);
  const isNewState = before.state !== step.agent.state || before.since !== step.agent.since;
  turn.effects.push({ do: 'store-agent', agent: seat.agent, isNewState });
  turn.effects.push({ do: 'show', isUrgent: isNewState });
  return true;
}

/** The end of a wrap-up or preview by the clock that never jumps; null in other states. */
export function overAt({ now, monotonic }: LoopTime, agent: Agent): MonotonicMs | null {
  const until =
    agent.state === 'wrapping-up' ? agent.until : agent.state === 'previewing' ? agent.preview.until : null;
  return until === null ? null : afterMonotonic(monotonic, elapsed(now, until));
}

function performForAgent(turn: Turn, seat: Seat, effect: AgentEffect): void {
  const { pool } = turn;
  switch (effect.do) {
    case 'call-phone': {
      const permit = permitAgentLeg(seat.seat.agentId, effect.legId, seat.seat.extension);
      // A seat with an impossible extension never gets this far: `command` refuses it with a sentence.
      if (permit) turn.effects.push({ do: 'switch', command: { do: 'call-agent', permit } });
      return;
    }
    case 'hang-up-phone':
      pool.agentOfLeg.delete(effect.legId);
      turn.effects.push({ do: 'switch', command: { do: 'hang-up', channelId: effect.legId } });
      return;
    case 'leave-preview': {
      const { campaignId, leadId } = effect.preview;
      turn.effects.push({ do: 'put-back', campaignId, leadIds: [leadId] });
      return;
    }
    case 'leave-call': {
      const order = pool.orders.get(effect.callId);
      if (order) {
        order.isUnwanted = true;
        return;
      }
      moveCall(turn, { callId: effect.callId, event: { type: 'agent-vanished' }, at: turn.now });
      const live = pool.calls.get(effect.callId);
      const file = live && pool.campaigns.get(live.call.campaignId)?.settings.messageFile;
      if (live?.call.state === 'waiting' && live.call.lostAgent !== null && file !== undefined) {
        turn.effects.push({ do: 'switch', command: { do: 'play-to-customer', callId: effect.callId, file } });
      }
      return;
    }
    case 'became-ready':
      turn.mustOffer = true;
      return;
    default:
      unreachable(effect);
  }
}

function learnWrapUp(turn: Turn, before: Agent, now: Agent): void {
  const { pool } = turn;
  if (before.state !== 'wrapping-up' || now.state === 'wrapping-up') return;
  for (const run of pool.campaigns.values()) run.pacer.wraps.learn(before.since, turn.now);
}
