import type { Ending } from '../campaigns/ending.ts';
import type { CallPurpose } from '../compliance/candidate.ts';
import { assert, unreachable } from '../kernel/assert.ts';
import type { AgentId, CallId, CampaignId, LeadId, LegId, NumberId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { RawEnd, UnansweredEnding } from './telephony.ts';

/** What stays the same while a call moves. */
export interface CallIdentity {
  readonly id: CallId;
  readonly purpose: CallPurpose;
  readonly campaignId: CampaignId;
  readonly leadId: LeadId;
  readonly numberId: NumberId;
  readonly phone: PhoneNumber;
  readonly placedAt: EpochMs;
  /** Whose own leg makes the call: he hears it ring and is there at the answer. Null: whoever is free gets the answer. */
  readonly forAgentId: AgentId | null;
}

/** Who did what when, by the switch's time stamps; null until it happened. */
export interface CallTimes {
  /** The INVITE was sent; only then is it an attempt. */
  readonly dialledAt: EpochMs | null;
  readonly rangAt: EpochMs | null;
  readonly answeredAt: EpochMs | null;
  /** The first bridge. */
  readonly bridgedAt: EpochMs | null;
  readonly messageAt: EpochMs | null;
  /** The last agent who was bridged. */
  readonly agentId: AgentId | null;
}

/** Why we asked the switch to end a call that nobody had answered. */
export type CancelReason =
  | 'ring-timeout'
  | 'no-progress'
  | 'revoked'
  | 'taken-over'
  /** The agent for whom it is made gave it up, or his phone is gone. */
  | 'agent';

export type CallStage =
  | { readonly state: 'dialling'; readonly cancelled: CancelReason | null }
  | { readonly state: 'ringing'; readonly cancelled: CancelReason | null }
  /** A person waits. `lostAgent` is set when his agent's phone vanished: he goes first and is no answer of ours twice. */
  | { readonly state: 'waiting'; readonly since: EpochMs; readonly lostAgent: AgentId | null }
  | {
      readonly state: 'bridging';
      readonly since: EpochMs;
      readonly agentId: AgentId;
      readonly legId: LegId;
      readonly lostAgent: AgentId | null;
    }
  | { readonly state: 'connected'; readonly since: EpochMs; readonly agentId: AgentId; readonly legId: LegId }
  /** Nobody was free at the legal moment (or for a returned caller): the message plays and no bridge follows any more. */
  | { readonly state: 'message'; readonly since: EpochMs }
  | {
      readonly state: 'ended';
      readonly ending: Ending;
      readonly endedAt: EpochMs;
      readonly hungUpBy: HungUpBy;
      readonly raw: RawEnd | null;
    };

export type HungUpBy = 'customer' | 'agent' | 'us' | 'carrier';
export type CallState = CallStage['state'];
export type Call = CallIdentity & { readonly times: CallTimes } & CallStage;
export type EndedCall = Extract<Call, { state: 'ended' }>;

export type CallEvent =
  | { readonly type: 'dialled' }
  | { readonly type: 'not-dialled' }
  | { readonly type: 'rang' }
  /** `by`: the agent whose leg makes the call, while it is there; `isHeard` when early media has joined them already. */
  | {
      readonly type: 'answered';
      readonly by?: { readonly agentId: AgentId; readonly legId: LegId; readonly isHeard: boolean };
    }
  | { readonly type: 'agent-reserved'; readonly agentId: AgentId; readonly legId: LegId }
  | { readonly type: 'bridge-failed' }
  | { readonly type: 'bridged'; readonly agentId: AgentId; readonly legId: LegId }
  /** The legal time is over, or a returned caller waited long enough. */
  | { readonly type: 'wait-expired' }
  /** The switch began the message by itself. */
  | { readonly type: 'message-heard' }
  | { readonly type: 'agent-vanished' }
  | { readonly type: 'cancelled'; readonly reason: CancelReason }
  | {
      readonly type: 'ended';
      readonly hungUpBy: HungUpBy;
      readonly unanswered: UnansweredEnding;
      readonly raw: RawEnd;
    }
  /** Recovery found neither a channel nor a proof of how it ended. */
  | { readonly type: 'vanished' };

export type CallEffect =
  | { readonly do: 'find-agent' }
  | { readonly do: 'bridge'; readonly agentId: AgentId; readonly legId: LegId }
  | { readonly do: 'release-agent'; readonly agentId: AgentId }
  | { readonly do: 'talk-began'; readonly agentId: AgentId }
  | { readonly do: 'talk-ended'; readonly agentId: AgentId }
  | { readonly do: 'play-message' }
  | { readonly do: 'hang-up' }
  | { readonly do: 'store-ending' };

/** Drawn in README.md by a test; every edge is used by the property test beside this file and none beside it. */
export const NEXT_CALL_STATES = {
  dialling: ['ringing', 'waiting', 'bridging', 'connected', 'ended'],
  ringing: ['waiting', 'bridging', 'connected', 'ended'],
  waiting: ['bridging', 'connected', 'message', 'ended'],
  bridging: ['waiting', 'connected', 'ended'],
  connected: ['waiting', 'ended'],
  message: ['ended'],
  ended: [],
} as const satisfies Record<CallState, readonly CallState[]>;

export interface CallStep {
  readonly call: Call;
  readonly effects: readonly CallEffect[];
}

export function newCall(identity: CallIdentity): Call {
  const times: CallTimes = {
    dialledAt: null,
    rangAt: null,
    answeredAt: null,
    bridgedAt: null,
    messageAt: null,
    agentId: null,
  };
  return { ...identity, times, state: 'dialling', cancelled: null };
}

/** What the call becomes, and what must be done about it. Pure: no clock, no I/O. */
export function advanceCall(call: Call, event: CallEvent, at: EpochMs): CallStep {
  const step = decide(call, event, at);
  const allowed: readonly CallState[] = NEXT_CALL_STATES[call.state];
  assert(
    step.call.state === call.state || allowed.includes(step.call.state),
    `${call.state} -> ${step.call.state}`,
  );
  return step;
}

function decide(call: Call, event: CallEvent, at: EpochMs): CallStep {
  // Switches and carriers repeat, reorder and lose events: one that does not fit changes nothing.
  const ignore: CallStep = { call, effects: [] };
  if (call.state === 'ended') return ignore;
  switch (event.type) {
    case 'dialled':
      return call.times.dialledAt === null
        ? { call: withTimes(call, { dialledAt: at }), effects: [] }
        : ignore;
    case 'not-dialled':
      return call.state === 'dialling'
        ? end(call, at, {
            hungUpBy: 'us',
            raw: null,
            ending: cancelledEnding(call.cancelled) ?? 'carrier-failure',
          })
        : ignore;
    case 'rang':
      if (call.state !== 'dialling') return ignore;
      return become(withTimes(call, { rangAt: at, dialledAt: call.times.dialledAt ?? at }), {
        state: 'ringing',
        cancelled: call.cancelled,
      });
    case 'answered':
      return answered(call, event.by ?? null, at);
    case 'agent-reserved':
      if (call.state !== 'waiting') return ignore;
      return become(
        call,
        {
          state: 'bridging',
          since: at,
          agentId: event.agentId,
          legId: event.legId,
          lostAgent: call.lostAgent,
        },
        { do: 'bridge', agentId: event.agentId, legId: event.legId },
      );
    case 'bridge-failed':
      if (call.state !== 'bridging') return ignore;
      return become(
        call,
        { state: 'waiting', since: at, lostAgent: call.lostAgent },
        { do: 'release-agent', agentId: call.agentId },
        { do: 'find-agent' },
      );
    case 'bridged':
      return bridged(call, event, at);
    case 'wait-expired':
      return waitExpired(call, at);
    case 'message-heard':
      if (call.state !== 'waiting') return ignore;
      return become(withTimes(call, { messageAt: at }), { state: 'message', since: at });
    case 'agent-vanished':
      return agentVanished(call, at);
    case 'cancelled':
      if (call.state !== 'dialling' && call.state !== 'ringing') return ignore;
      if (call.cancelled !== null) return ignore;
      return become(call, { state: call.state, cancelled: event.reason }, { do: 'hang-up' });
    case 'ended':
      // A call that has ended was dialled, also when that fact was lost; `not-dialled` says otherwise.
      return end(withTimes(call, { dialledAt: call.times.dialledAt ?? call.placedAt }), at, {
        ...event,
        ending: endingOf(call, event),
      });
    case 'vanished':
      return vanished(call, at);
    default:
      return unreachable(event);
  }
}

function answered(call: Call, by: Answerer | null, at: EpochMs): CallStep {
  if ((call.state !== 'dialling' && call.state !== 'ringing') || call.times.answeredAt !== null)
    return { call, effects: [] };
  // Revoked while it rang: neither answered nor abandoned, and the channel is going already.
  if (call.cancelled === 'revoked') return { call, effects: [] };
  const answeredCall = withTimes(call, { answeredAt: at, dialledAt: call.times.dialledAt ?? at });
  if (by !== null && call.cancelled !== 'taken-over') return answeredFor(answeredCall, by, at);
  // Our CANCEL crossed the 200: the channel is going, so nobody may be offered to it, but a person did answer.
  if (call.cancelled !== null) return { call: answeredCall, effects: [] };
  return become(answeredCall, { state: 'waiting', since: at, lostAgent: null }, { do: 'find-agent' });
}

type Answerer = NonNullable<Extract<CallEvent, { type: 'answered' }>['by']>;

/** The switch joins them by itself, or has done so with the early media. A cancel that crossed the answer still ends the talk. */
function answeredFor(call: Call, { agentId, legId, isHeard }: Answerer, at: EpochMs): CallStep {
  if (!isHeard) return become(call, { state: 'bridging', since: at, agentId, legId, lostAgent: null });
  return become(
    withTimes(call, { bridgedAt: at, agentId }),
    { state: 'connected', since: at, agentId, legId },
    { do: 'talk-began', agentId },
  );
}

function bridged(call: Call, event: { agentId: AgentId; legId: LegId }, at: EpochMs): CallStep {
  if (call.state !== 'bridging' && call.state !== 'waiting' && call.state !== 'connected')
    return { call, effects: [] };
  const effects: CallEffect[] = [{ do: 'talk-began', agentId: event.agentId }];
  // A bridge that we had given up came about late: whom the switch bridged last has the call, and nobody else.
  if (call.state !== 'waiting' && call.agentId !== event.agentId) {
    effects.unshift({
      do: call.state === 'bridging' ? 'release-agent' : 'talk-ended',
      agentId: call.agentId,
    });
  } else if (call.state === 'connected') return { call, effects: [] };
  const times = { agentId: event.agentId, bridgedAt: call.times.bridgedAt ?? at };
  return become(
    withTimes(call, times),
    { state: 'connected', since: at, agentId: event.agentId, legId: event.legId },
    ...effects,
  );
}

function waitExpired(call: Call, at: EpochMs): CallStep {
  if (call.state !== 'waiting') return { call, effects: [] };
  // Who lost his agent has heard the message already: there is nothing left but to end the call.
  const effect: CallEffect = { do: call.lostAgent === null ? 'play-message' : 'hang-up' };
  return become(withTimes(call, { messageAt: at }), { state: 'message', since: at }, effect);
}

function agentVanished(call: Call, at: EpochMs): CallStep {
  if (call.state === 'connected') {
    return become(
      call,
      { state: 'waiting', since: at, lostAgent: call.agentId },
      { do: 'talk-ended', agentId: call.agentId },
      { do: 'find-agent' },
    );
  }
  if (call.state === 'bridging')
    return become(call, { state: 'waiting', since: at, lostAgent: call.lostAgent }, { do: 'find-agent' });
  if (call.state !== 'dialling' && call.state !== 'ringing') return { call, effects: [] };
  if (call.forAgentId === null || call.cancelled !== null) return { call, effects: [] };
  // It was made for him alone, and nobody has answered: there is nobody to wait for.
  return become(call, { state: call.state, cancelled: 'agent' }, { do: 'hang-up' });
}

/** Decided from the stage, who hung up and the translated cause together. */
function endingOf(call: Call, event: { hungUpBy: HungUpBy; unanswered: UnansweredEnding }): Ending {
  switch (call.state) {
    case 'dialling':
    case 'ringing':
      if (call.times.answeredAt !== null) return 'human-abandoned';
      return cancelledEnding(call.cancelled) ?? event.unanswered;
    case 'waiting':
    case 'bridging':
      if (call.lostAgent !== null) return 'agent-lost';
      return event.hungUpBy === 'customer' ? 'hung-up-waiting' : 'human-abandoned';
    case 'connected':
      return 'connected';
    case 'message':
      return call.times.bridgedAt === null ? 'human-abandoned' : 'agent-lost';
    case 'ended':
      return call.ending;
    default:
      return unreachable(call);
  }
}

function cancelledEnding(reason: CancelReason | null): Ending | null {
  switch (reason) {
    case null:
      return null;
    case 'ring-timeout':
    case 'agent':
      return 'no-answer';
    case 'no-progress':
      return 'carrier-failure';
    case 'revoked':
      return 'revoked';
    case 'taken-over':
      return 'lost';
    default:
      return unreachable(reason);
  }
}

function vanished(call: Call, at: EpochMs): CallStep {
  const ending = vanishedEnding(call);
  // Nobody can prove that no INVITE left: it counts as an attempt.
  const gone =
    ending === 'lost' ? withTimes(call, { dialledAt: call.times.dialledAt ?? call.placedAt }) : call;
  return end(gone, at, { hungUpBy: 'carrier', raw: null, ending });
}

/** What cannot be proven counts against us: answered and not shown to have been bridged is abandoned. */
function vanishedEnding(call: Call): Ending {
  if (call.times.bridgedAt !== null) return call.state === 'connected' ? 'connected' : 'agent-lost';
  if (call.times.answeredAt !== null) return 'human-abandoned';
  return cancelledEnding('cancelled' in call ? call.cancelled : null) ?? 'lost';
}

interface EndFacts {
  readonly ending: Ending;
  readonly hungUpBy: HungUpBy;
  readonly raw: RawEnd | null;
}

function end(call: Call, at: EpochMs, facts: EndFacts): CallStep {
  const { ending, raw } = facts;
  // In a talk only the agent asks us to hang up.
  const isAgents = call.state === 'connected' || ('cancelled' in call && call.cancelled === 'agent');
  const hungUpBy = isAgents && facts.hungUpBy === 'us' ? 'agent' : facts.hungUpBy;
  const effects: CallEffect[] = [{ do: 'store-ending' }];
  if ((call.state === 'dialling' || call.state === 'ringing') && call.forAgentId !== null)
    effects.push({ do: 'release-agent', agentId: call.forAgentId });
  if (call.state === 'bridging') effects.push({ do: 'release-agent', agentId: call.agentId });
  if (call.state === 'connected') effects.push({ do: 'talk-ended', agentId: call.agentId });
  return become(call, { state: 'ended', ending, endedAt: at, hungUpBy, raw }, ...effects);
}

function become(call: Call, stage: CallStage, ...effects: CallEffect[]): CallStep {
  const { id, purpose, campaignId, leadId, numberId, phone, placedAt, forAgentId, times } = call;
  const identity: CallIdentity = { id, purpose, campaignId, leadId, numberId, phone, placedAt, forAgentId };
  return { call: { ...identity, times, ...stage }, effects };
}

function withTimes(call: Call, times: Partial<CallTimes>): Call {
  return { ...call, times: { ...call.times, ...times } };
}
