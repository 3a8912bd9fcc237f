import { assert, unreachable } from '../kernel/assert.ts';
import type { AgentId, CallId, CampaignId, LeadId, LegId, NumberId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { EpochMs } from '../kernel/time.ts';

/** A pause or sign-out that waits until the agent has nothing in hand and no line that was dialled for him rings. */
export type Wanted =
  | { readonly type: 'pause'; readonly reason: string; readonly askedAt: EpochMs }
  | { readonly type: 'sign-out'; readonly askedAt: EpochMs };

/** A lead that is locked for one agent who looks at it. */
export interface LeadPreview {
  readonly campaignId: CampaignId;
  readonly leadId: LeadId;
  readonly numberId: NumberId;
  readonly phone: PhoneNumber;
  /** `callback`: an appointment of the lead is due. */
  readonly purpose: 'preview' | 'callback';
  /** Then it is dialled or given back, as the campaign says. */
  readonly until: EpochMs;
}

export type AgentStage =
  | { readonly state: 'signed-out'; readonly unfinishedCallId: CallId | null }
  | { readonly state: 'phone-connecting'; readonly legId: LegId; readonly unfinishedCallId: CallId | null }
  /** His phone vanished; `unfinishedCallId` still wants a disposition. */
  | { readonly state: 'phone-lost'; readonly unfinishedCallId: CallId | null }
  | { readonly state: 'ready'; readonly legId: LegId }
  | { readonly state: 'reserved'; readonly legId: LegId; readonly callId: CallId }
  | { readonly state: 'previewing'; readonly legId: LegId; readonly preview: LeadPreview }
  /** A call is made for him alone: the gate is asked, then his own leg dials. */
  | { readonly state: 'dialling'; readonly legId: LegId; readonly callId: CallId }
  | {
      readonly state: 'talking';
      readonly legId: LegId;
      readonly callId: CallId;
      readonly isDisposed: boolean;
    }
  | {
      readonly state: 'on-hold';
      readonly legId: LegId;
      readonly callId: CallId;
      readonly isDisposed: boolean;
    }
  | {
      readonly state: 'consulting';
      readonly legId: LegId;
      readonly callId: CallId;
      readonly isDisposed: boolean;
    }
  | { readonly state: 'wrapping-up'; readonly legId: LegId; readonly callId: CallId; readonly until: EpochMs }
  | {
      readonly state: 'paused';
      readonly legId: LegId;
      readonly reason: string;
      readonly unfinishedCallId: CallId | null;
    };

export type AgentState = AgentStage['state'];
export type Agent = {
  readonly id: AgentId;
  /** When this state began. */
  readonly since: EpochMs;
  /** Since when he waits for a call; kept when an offer fails, so that he keeps his place. */
  readonly idleSince: EpochMs;
  readonly wanted: Wanted | null;
} & AgentStage;

/** Reason of the pause of somebody who let the time of one preview after the other run out. */
export const PREVIEWS_MISSED = 'previews-missed';
/** Reason of the pause that a wrap-up without a disposition ends in. */
export const NO_DISPOSITION = 'no-disposition';

export type AgentEvent =
  | { readonly type: 'phone-called'; readonly legId: LegId }
  | { readonly type: 'phone-answered'; readonly legId: LegId }
  | { readonly type: 'phone-ended'; readonly legId: LegId }
  | { readonly type: 'ready-asked' }
  | { readonly type: 'pause-asked'; readonly reason: string; readonly isBound: boolean }
  | { readonly type: 'sign-out-asked'; readonly isBound: boolean }
  /** No line that was in flight when he asked is left. */
  | { readonly type: 'unbound' }
  | { readonly type: 'reserved'; readonly callId: CallId }
  /** Nothing came of the call that he was reserved for, or that was made for him: he keeps his place. */
  | { readonly type: 'offer-failed'; readonly callId: CallId }
  | { readonly type: 'preview-shown'; readonly preview: LeadPreview }
  /** He skipped it, or the time is over; `isAway`: so often that nobody seems to be there. */
  | { readonly type: 'preview-over'; readonly leadId: LeadId; readonly isAway?: boolean }
  | { readonly type: 'dial-began'; readonly callId: CallId }
  | { readonly type: 'talk-began'; readonly callId: CallId }
  | { readonly type: 'held' }
  | { readonly type: 'resumed' }
  | { readonly type: 'talk-ended'; readonly callId: CallId; readonly wrapUntil: EpochMs }
  | { readonly type: 'disposed'; readonly callId: CallId; readonly next: 'ready' | 'pause' }
  | { readonly type: 'wrap-extended'; readonly callId: CallId; readonly until: EpochMs }
  | { readonly type: 'wrap-expired' };

export type AgentEffect =
  | { readonly do: 'call-phone'; readonly legId: LegId }
  | { readonly do: 'hang-up-phone'; readonly legId: LegId }
  /** He vanished with a customer on the line. */
  | { readonly do: 'leave-call'; readonly callId: CallId }
  /** He cannot look at it any more: it goes back untouched. */
  | { readonly do: 'leave-preview'; readonly preview: LeadPreview }
  | { readonly do: 'became-ready' };

export const NEXT_AGENT_STATES = {
  'signed-out': ['phone-connecting'],
  'phone-connecting': ['paused', 'phone-lost', 'signed-out'],
  'phone-lost': ['phone-connecting', 'signed-out'],
  ready: ['reserved', 'previewing', 'dialling', 'paused', 'phone-lost', 'signed-out', 'talking'],
  reserved: ['ready', 'talking', 'paused', 'phone-lost', 'signed-out'],
  previewing: ['dialling', 'ready', 'paused', 'phone-lost', 'signed-out'],
  dialling: ['talking', 'ready', 'paused', 'phone-lost', 'signed-out'],
  talking: ['on-hold', 'consulting', 'wrapping-up', 'ready', 'paused', 'phone-lost', 'signed-out'],
  'on-hold': ['talking', 'wrapping-up', 'ready', 'paused', 'phone-lost', 'signed-out'],
  consulting: ['talking', 'wrapping-up', 'ready', 'paused', 'phone-lost', 'signed-out'],
  'wrapping-up': ['ready', 'paused', 'phone-lost', 'signed-out'],
  paused: ['ready', 'dialling', 'phone-lost', 'signed-out'],
} as const satisfies Record<AgentState, readonly AgentState[]>;

export interface AgentStep {
  readonly agent: Agent;
  readonly effects: readonly AgentEffect[];
  /** False when the event did not fit the state; a command then gets a sentence, a fact is counted. */
  readonly fits: boolean;
}

export function newAgent(id: AgentId, at: EpochMs): Agent {
  return { id, since: at, idleSince: at, wanted: null, state: 'signed-out', unfinishedCallId: null };
}

/** What the agent becomes, and what must be done about it. Pure: no clock, no I/O. */
export function advanceAgent(agent: Agent, event: AgentEvent, at: EpochMs): AgentStep {
  const step = decide(agent, event, at);
  const allowed: readonly AgentState[] = NEXT_AGENT_STATES[agent.state];
  const isSame = step.agent.state === agent.state;
  assert(isSame || allowed.includes(step.agent.state), `${agent.state} -> ${step.agent.state}`);
  return step;
}

function decide(agent: Agent, event: AgentEvent, at: EpochMs): AgentStep {
  switch (event.type) {
    case 'phone-called':
      return phoneCalled(agent, event.legId, at);
    case 'phone-answered':
      if (agent.state !== 'phone-connecting' || agent.legId !== event.legId) return misfit(agent);
      return become([agent, at], { ...agent, state: 'paused', reason: 'signed-in' });
    case 'phone-ended':
      return phoneEnded(agent, event.legId, at);
    case 'ready-asked':
      return readyAsked(agent, at);
    case 'pause-asked':
      return asked(
        agent,
        { type: 'pause', reason: event.reason, askedAt: at },
        { at, isBound: event.isBound },
      );
    case 'sign-out-asked':
      return asked(agent, { type: 'sign-out', askedAt: at }, { at, isBound: event.isBound });
    case 'unbound':
      return agent.state === 'ready' && agent.wanted !== null
        ? leave(agent, agent.wanted, at)
        : misfit(agent);
    case 'reserved':
      if (agent.state !== 'ready') return misfit(agent);
      return become([agent, at], { state: 'reserved', legId: agent.legId, callId: event.callId });
    case 'offer-failed':
      if (agent.state !== 'reserved' && agent.state !== 'dialling') return misfit(agent);
      return agent.callId === event.callId ? free(agent, at, agent.idleSince) : misfit(agent);
    case 'preview-shown':
      if (agent.state !== 'ready' || agent.wanted !== null) return misfit(agent);
      return become([agent, at], { state: 'previewing', legId: agent.legId, preview: event.preview });
    case 'preview-over':
      if (agent.state !== 'previewing' || agent.preview.leadId !== event.leadId) return misfit(agent);
      return event.isAway === true
        ? leave(agent, { type: 'pause', reason: PREVIEWS_MISSED, askedAt: at }, at)
        : free(agent, at, agent.idleSince);
    case 'dial-began':
      return dialBegan(agent, event.callId, at);
    case 'talk-began':
      return talkBegan(agent, event.callId, at);
    case 'held':
      return agent.state === 'talking'
        ? become([agent, at], { ...talk(agent), state: 'on-hold' })
        : misfit(agent);
    case 'resumed':
      return agent.state === 'on-hold'
        ? become([agent, at], { ...talk(agent), state: 'talking' })
        : misfit(agent);
    case 'talk-ended':
      return talkEnded(agent, event, at);
    case 'disposed':
      return disposed(agent, event, at);
    case 'wrap-extended':
      if (agent.state !== 'wrapping-up' || agent.callId !== event.callId) return misfit(agent);
      return { agent: { ...agent, until: event.until }, effects: [], fits: true };
    case 'wrap-expired':
      if (agent.state !== 'wrapping-up' || at < agent.until) return misfit(agent);
      return become([agent, at], {
        state: 'paused',
        legId: agent.legId,
        reason: NO_DISPOSITION,
        unfinishedCallId: agent.callId,
      });
    default:
      return unreachable(event);
  }
}

type InTalk = Extract<Agent, { state: 'talking' | 'on-hold' | 'consulting' }>;
export const isInTalk = (agent: Agent): agent is InTalk =>
  agent.state === 'talking' || agent.state === 'on-hold' || agent.state === 'consulting';

const talk = ({ legId, callId, isDisposed }: InTalk): Pick<InTalk, 'legId' | 'callId' | 'isDisposed'> => ({
  legId,
  callId,
  isDisposed,
});

/**
 * An agent whom a new owner finds on the line with a customer, whatever the tables say of him: they are up to 100 ms old. Not a
 * step of the machine but a belief put right.
 */
export function foundTalking(agent: Agent, talk: { legId: LegId; callId: CallId }, at: EpochMs): Agent {
  if (isInTalk(agent) && agent.callId === talk.callId && agent.legId === talk.legId) return agent;
  const { id, idleSince, wanted } = agent;
  return { id, since: at, idleSince, wanted, state: 'talking', ...talk, isDisposed: false };
}

/** Whether he has nothing else in hand and may be bridged to this call. */
export function canTalk(agent: Agent, callId: CallId): agent is Agent & { legId: LegId } {
  if (agent.state === 'reserved' || agent.state === 'dialling') return agent.callId === callId;
  return agent.state === 'ready';
}

/** Whoever dials out of a pause goes back to it, unless he says that he is ready meanwhile. */
function dialBegan(agent: Agent, callId: CallId, at: EpochMs): AgentStep {
  if (agent.state === 'ready' || agent.state === 'previewing')
    return become([agent, at], { state: 'dialling', legId: agent.legId, callId });
  if (agent.state !== 'paused' || agent.unfinishedCallId !== null) return misfit(agent);
  const wanted: Wanted = { type: 'pause', reason: agent.reason, askedAt: at };
  return become([{ ...agent, idleSince: at, wanted }, at], { state: 'dialling', legId: agent.legId, callId });
}

function talkBegan(agent: Agent, callId: CallId, at: EpochMs): AgentStep {
  if (!canTalk(agent, callId)) return misfit(agent);
  return become([agent, at], { state: 'talking', legId: agent.legId, callId, isDisposed: false });
}

function talkEnded(agent: Agent, event: { callId: CallId; wrapUntil: EpochMs }, at: EpochMs): AgentStep {
  if (!isInTalk(agent) || agent.callId !== event.callId) return misfit(agent);
  if (agent.isDisposed) return free(agent, at, at);
  const { legId, callId } = agent;
  return become([agent, at], { state: 'wrapping-up', legId, callId, until: event.wrapUntil });
}

function readyAsked(agent: Agent, at: EpochMs): AgentStep {
  // Whoever asks to be ready takes back his wish to leave.
  if (agent.wanted !== null && agent.state !== 'paused')
    return { agent: { ...agent, wanted: null }, effects: [], fits: true };
  if (agent.state !== 'paused' || agent.unfinishedCallId !== null) return misfit(agent);
  return become(
    [{ ...agent, idleSince: at, wanted: null }, at],
    { state: 'ready', legId: agent.legId },
    { do: 'became-ready' },
  );
}

/** A wish to leave is granted at once unless a call is in hand or a line rings for him (`isBound`). */
function asked(agent: Agent, wanted: Wanted, when: { at: EpochMs; isBound: boolean }): AgentStep {
  switch (agent.state) {
    case 'signed-out':
      return misfit(agent);
    case 'phone-connecting':
    case 'phone-lost':
      return wanted.type === 'sign-out' ? leave(agent, wanted, when.at) : misfit(agent);
    case 'paused':
      if (wanted.type === 'sign-out') return leave(agent, wanted, when.at);
      return become([agent, when.at], { ...agent, reason: wanted.reason });
    case 'ready':
      return when.isBound
        ? { agent: { ...agent, wanted }, effects: [], fits: true }
        : leave(agent, wanted, when.at);
    case 'previewing': {
      const step = leave(agent, wanted, when.at);
      return { ...step, effects: [{ do: 'leave-preview', preview: agent.preview }, ...step.effects] };
    }
    case 'reserved':
    case 'dialling':
    case 'talking':
    case 'on-hold':
    case 'consulting':
    case 'wrapping-up':
      return { agent: { ...agent, wanted }, effects: [], fits: true };
    default:
      return unreachable(agent);
  }
}

function disposed(agent: Agent, event: { callId: CallId; next: 'ready' | 'pause' }, at: EpochMs): AgentStep {
  if (isInTalk(agent) && agent.callId === event.callId) {
    const wanted = agent.wanted ?? (event.next === 'pause' ? pauseWish(at) : null);
    return { agent: { ...agent, isDisposed: true, wanted }, effects: [], fits: true };
  }
  if (agent.state === 'wrapping-up' && agent.callId === event.callId) {
    return event.next === 'pause' && agent.wanted === null
      ? leave(agent, pauseWish(at), at)
      : free(agent, at, at);
  }
  if ('unfinishedCallId' in agent && agent.unfinishedCallId === event.callId) {
    const done = { ...agent, unfinishedCallId: null };
    if (done.state === 'paused' && event.next === 'ready') return free(done, at, at);
    return { agent: done, effects: [], fits: true };
  }
  return misfit(agent);
}

const pauseWish = (at: EpochMs): Wanted => ({ type: 'pause', reason: 'after-call', askedAt: at });

function phoneCalled(agent: Agent, legId: LegId, at: EpochMs): AgentStep {
  if (agent.state !== 'signed-out' && agent.state !== 'phone-lost') return misfit(agent);
  const stage: AgentStage = { state: 'phone-connecting', legId, unfinishedCallId: unfinished(agent) };
  return become([{ ...agent, wanted: null }, at], stage, { do: 'call-phone', legId });
}

function phoneEnded(agent: Agent, legId: LegId, at: EpochMs): AgentStep {
  if (!('legId' in agent) || agent.legId !== legId) return misfit(agent);
  const effects: AgentEffect[] = [];
  if (isInTalk(agent) || agent.state === 'reserved' || agent.state === 'dialling')
    effects.push({ do: 'leave-call', callId: agent.callId });
  if (agent.state === 'previewing') effects.push({ do: 'leave-preview', preview: agent.preview });
  return become([agent, at], { state: 'phone-lost', unfinishedCallId: unfinished(agent) }, ...effects);
}

/** The call that still wants a disposition of this agent. */
export function unfinished(agent: Agent): CallId | null {
  if (isInTalk(agent)) return agent.isDisposed ? null : agent.callId;
  if (agent.state === 'wrapping-up') return agent.callId;
  return 'unfinishedCallId' in agent ? agent.unfinishedCallId : null;
}

/** Nothing in hand any more: the wish to leave is granted, or he waits for the next call. */
function free(agent: Agent, at: EpochMs, idleSince: EpochMs): AgentStep {
  if (agent.wanted !== null) return leave(agent, agent.wanted, at);
  if (!('legId' in agent)) return misfit(agent);
  return become(
    [{ ...agent, idleSince }, at],
    { state: 'ready', legId: agent.legId },
    { do: 'became-ready' },
  );
}

function leave(agent: Agent, wanted: Wanted, at: EpochMs): AgentStep {
  const done = { ...agent, wanted: null };
  const unfinishedCallId = 'unfinishedCallId' in agent ? agent.unfinishedCallId : null;
  if (wanted.type === 'pause' && 'legId' in agent) {
    return become([done, at], {
      state: 'paused',
      legId: agent.legId,
      reason: wanted.reason,
      unfinishedCallId,
    });
  }
  const effects: AgentEffect[] = 'legId' in agent ? [{ do: 'hang-up-phone', legId: agent.legId }] : [];
  return become([done, at], { state: 'signed-out', unfinishedCallId }, ...effects);
}

function become(
  [agent, at]: readonly [Agent, EpochMs],
  stage: AgentStage,
  ...effects: AgentEffect[]
): AgentStep {
  const { id, idleSince, wanted } = agent;
  // A state that goes on keeps its beginning.
  const since = stage.state === agent.state && stage.state !== 'paused' ? agent.since : at;
  return { agent: { id, since, idleSince, wanted, ...stage }, effects, fits: true };
}

const misfit = (agent: Agent): AgentStep => ({ agent, effects: [], fits: false });
