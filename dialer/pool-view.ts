import { unfinished, isInTalk, type Agent } from './agent.ts';
import type { Call, EndedCall } from './call.ts';
import { openingOf } from './campaign-settings.ts';
import type { AgentId, CallId } from '../kernel/ids.ts';
import { maskPhone } from '../kernel/phone.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { AgentView, CallView, CampaignView, CampaignWhy, PoolView } from './live-view.ts';
import type { AgentDeskView } from './pool-owner.ts';
import { trunkTrouble } from './pool-trunks.ts';
import { whyNotDialling, type CampaignRun, type PoolState, type Seat } from './pool-state.ts';

/** A screen shows no more; the counts beside it are complete. */
const CALLS_SHOWN_MAX = 200;

export function poolView(pool: PoolState, now: EpochMs): PoolView {
  const calls = [...pool.calls.values()].map(({ call }) => call);
  return {
    poolId: pool.poolId,
    at: now,
    health: {
      switch: pool.link,
      database: pool.isDatabaseUp ? 'up' : 'down',
      notDialling: whyNotDialling(pool),
    },
    agents: [...pool.seats.values()].map((seat) => agentView(pool, seat)),
    campaigns: [...pool.campaigns.values()].map((run) => campaignView(pool, run, { calls, now })),
    calls: calls.slice(-CALLS_SHOWN_MAX).map(callView),
    lastCalls: pool.lastCalls,
  };
}

function agentView(pool: PoolState, inSeat: Seat): AgentView {
  const { seat, agent, callsToday } = inSeat;
  const call = shownCall(pool, inSeat);
  return {
    agentId: seat.agentId,
    name: seat.name,
    isAutomatic: seat.isAutomatic,
    state: agent.state,
    reason: agent.state === 'paused' ? agent.reason : null,
    since: agent.since,
    callId: 'callId' in agent ? agent.callId : null,
    campaignId: call?.campaignId ?? null,
    leadId: call?.leadId ?? null,
    phone: call ? maskPhone(call.phone) : '',
    wrapUntil: agent.state === 'wrapping-up' ? agent.until : null,
    wanted: agent.wanted?.type ?? null,
    wantedReason: agent.wanted?.type === 'pause' ? agent.wanted.reason : null,
    callsToday,
  };
}

/** The call that is offered to an agent, in his hands, or still wants his disposition. */
function shownCall(pool: PoolState, { agent, lastCall }: Seat): Call | EndedCall | null {
  const callId = 'callId' in agent ? agent.callId : unfinished(agent);
  if (callId === null) return null;
  return pool.calls.get(callId)?.call ?? (lastCall?.id === callId ? lastCall : null);
}

function campaignView(
  pool: PoolState,
  run: CampaignRun,
  { calls, now }: { calls: readonly Call[]; now: EpochMs },
): CampaignView {
  const { settings, decision } = run;
  const own = calls.filter(({ campaignId }) => campaignId === settings.id);
  const inState = (...states: Call['state'][]): number =>
    own.filter(({ state }) => states.includes(state)).length;
  const { attempts, humanAnswers, abandoned, connected, refused } = run.today;
  return {
    campaignId: settings.id,
    name: settings.name,
    state: settings.state,
    dialMode: settings.dialMode,
    effectiveMode: decision?.effectiveMode ?? settings.dialMode,
    why: whyOf(pool, run, now),
    fallback: decision?.fallback ?? null,
    ringing: inState('dialling', 'ringing'),
    waiting: inState('waiting', 'bridging'),
    talking: inState('connected'),
    today: { attempts, humanAnswers, abandoned, connected, refused },
    abandonRateMax: settings.abandonRateMax,
    abandonRateTarget: settings.abandonRateMax * settings.abandonTargetShare,
  };
}

function whyOf(
  pool: PoolState,
  { settings, isDry, decision }: CampaignRun,
  now: EpochMs,
): CampaignWhy | null {
  const opening = openingOf(settings, now);
  if (settings.state === 'running' && !opening.isOpen)
    return { kind: 'closed', opensAt: opening.opensAt, timeZone: settings.timeZone };
  const trouble = settings.trunk && trunkTrouble(pool, settings.trunk.id);
  if (trouble) return { kind: 'trunk', ...trouble };
  if (isDry) return { kind: 'nobody-due' };
  if (!decision) return null;
  const { lines, idleAgents, ringing, waiting, fallback, risk, theta } = decision;
  return { kind: 'decided', lines, idleAgents, ringing, waiting, fallback, risk, riskMax: theta };
}

function callView(call: Call): CallView {
  return {
    callId: call.id,
    campaignId: call.campaignId,
    leadId: call.leadId,
    phone: maskPhone(call.phone),
    state: call.state,
    since: 'since' in call ? call.since : (call.times.rangAt ?? call.times.dialledAt ?? call.placedAt),
    agentId: 'agentId' in call ? call.agentId : null,
  };
}

export function deskView(pool: PoolState, agentId: AgentId, now: EpochMs): AgentDeskView | null {
  const seat = pool.seats.get(agentId);
  if (!seat) return null;
  const campaigns = [...pool.campaigns.values()]
    .filter(({ settings }) => settings.state === 'running')
    .map(({ settings: { id: campaignId, name, dialMode } }) => ({ campaignId, name, dialMode }));
  return {
    at: now,
    agent: agentView(pool, seat),
    call: deskCall(pool, seat),
    preview: previewOf(pool, seat.agent),
    dialling: diallingOf(pool, seat.agent),
    campaigns,
  };
}

function previewOf(pool: PoolState, agent: Agent): AgentDeskView['preview'] {
  if (agent.state !== 'previewing') return null;
  const settings = pool.campaigns.get(agent.preview.campaignId)?.settings;
  const { name: campaignName = '', previewThen = 'skip' } = settings ?? {};
  return { ...agent.preview, campaignName, since: agent.since, then: previewThen };
}

/** The call that is made for him, until he is in it. */
function diallingOf(pool: PoolState, agent: Agent): AgentDeskView['dialling'] {
  if (agent.state !== 'dialling') return null;
  const { callId, since } = agent;
  const call = pool.calls.get(callId)?.call;
  const order = pool.orders.get(callId);
  const shown = call ?? order;
  if (!shown) return null;
  const { campaignId, leadId, numberId } = shown;
  return {
    ...{ callId, campaignId, leadId, numberId, since },
    campaignName: pool.campaigns.get(campaignId)?.settings.name ?? '',
    phone: shown.phone,
    purpose: shown.purpose === 'campaign' ? 'manual' : shown.purpose,
    stage: !call ? 'asking' : call.state === 'dialling' || call.state === 'ringing' ? call.state : 'answered',
  };
}

function deskCall(pool: PoolState, { agent, lastCall }: Seat): AgentDeskView['call'] {
  const callId = callInHand(agent);
  if (callId === null) return null;
  const live = pool.calls.get(callId)?.call;
  const call = live ?? (lastCall?.id === callId ? lastCall : null);
  const { campaignId = null, leadId = null, numberId = null, phone = '' } = call ?? {};
  return {
    callId,
    campaignId,
    leadId,
    numberId,
    phone,
    connectedAt: call?.times.bridgedAt ?? agent.since,
    endedAt: live ? null : lastCall?.id === callId ? lastCall.endedAt : agent.since,
    needsDisposition: unfinished(agent) === callId,
  };
}

function callInHand(agent: Agent): CallId | null {
  if (isInTalk(agent)) return agent.callId;
  return unfinished(agent);
}
