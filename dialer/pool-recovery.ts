import type { AgentId, CallId, LegId } from '../kernel/ids.ts';
import {
  after,
  afterMonotonic,
  elapsed,
  elapsedMonotonic,
  milliseconds,
  seconds,
  type EpochMs,
  type MonotonicMs,
} from '../kernel/time.ts';
import { canTalk, foundTalking, isInTalk, type Agent } from './agent.ts';
import { newCall, type Call, type CallStage, type CallTimes } from './call.ts';
import { answeredEvent, moveAgent, moveCall, overAt } from './pool-moves.ts';
import type { OpenAttempt } from './pool-event.ts';
import { newLiveCall, type LiveCall, type Turn } from './pool-state.ts';
import type { ChannelSnapshot } from './telephony.ts';

/** An unseen attempt is called lost no sooner than this after the takeover, and after two empty looks. */
const LOST_AFTER_MS = seconds(5);
const LOOK_AGAIN_MS = seconds(3);
/** Looks without its channel after which a call of ours is taken for ended. */
const MISSED_MAX = 2;
/** Looks after which a talk without its bridge is bridged again, and one with a bridge is no longer taken for held: the first may fall between the two ends of a call. */
const MISBRIDGED_MAX = 2;
/** The switch's list of channels is a table that it writes behind its events: 0.1–0.3 s, more on a busy machine (measured). */
const LISTED_LATE_MS = seconds(2.5);
/** A look takes no longer: what was asked for meanwhile need not be in it. */
const LOOK_MAX_MS = seconds(12);

/** What the owner before us left: nothing is believed of it until the switch has shown its channels. */
export function tookOver(
  turn: Turn,
  left: { attempts: readonly OpenAttempt[]; agents: readonly Agent[] },
): void {
  const { pool } = turn;
  for (const attempt of left.attempts) pool.missing.set(attempt.identity.id, { attempt, looks: 0 });
  for (const agent of left.agents) {
    const seat = pool.seats.get(agent.id);
    if (!seat) continue;
    seat.agent = agent;
    seat.overAt = overAt(turn, agent) ?? seat.overAt;
    if ('legId' in agent) pool.agentOfLeg.set(agent.legId, agent.id);
  }
  pool.lostNotBefore = afterMonotonic(turn.monotonic, LOST_AFTER_MS);
  pool.nextLookAt = pool.missing.size > 0 ? afterMonotonic(turn.monotonic, LOOK_AGAIN_MS) : null;
}

/** Compares what is up with what we believe. After every (re)connection and at every periodic look. */
export function reconcile(turn: Turn, fact: Pick<Look, 'at' | 'channels'>): void {
  const { pool } = turn;
  const { channels } = fact;
  const seen = new Map(channels.map((channel) => [channel.channelId as string, channel]));
  const look: Look = { ...fact, seen };
  for (const channel of channels) if (channel.purpose === 'call') reconcileCall(turn, channel, look);
  for (const channel of channels) if (channel.purpose === 'agent-leg') reconcileLeg(turn, channel);
  for (const live of [...pool.calls.values()]) if (!seen.has(live.call.id)) missed(turn, live, look);
  for (const [legId, agentId] of [...pool.agentOfLeg]) {
    if (!seen.has(legId)) legMissed(turn, { legId, agentId });
  }
  settleAgents(turn);
  pool.hasRecovered = true;
  giveUpMissing(turn, seen);
}

/** What the switch showed. */
interface Look {
  /** When the look began, by the switch's clock: what happened later may be shown or not. */
  readonly at: EpochMs;
  readonly channels: readonly ChannelSnapshot[];
  readonly seen: ReadonlyMap<string, ChannelSnapshot>;
}

function reconcileCall(turn: Turn, channel: ChannelSnapshot, look: Look): void {
  const { pool } = turn;
  const callId = channel.channelId as CallId;
  const left = pool.missing.get(callId);
  if (left) {
    pool.missing.delete(callId);
    adopt(turn, left.attempt, { channel, look });
  }
  const live = pool.calls.get(callId);
  if (!live) {
    // Nobody's: an attempt that was ended in the tables, or one of an older epoch that never came to them.
    turn.effects.push({ do: 'switch', command: { do: 'hang-up', channelId: callId } });
    return;
  }
  live.missed = 0;
  // Facts that were lost on the way are made up for by what is there now.
  if (channel.answeredAt !== null && live.call.times.answeredAt === null) {
    const ageMs = milliseconds(Math.max(0, elapsed(channel.answeredAt, look.at)));
    moveCall(turn, { callId, event: answeredEvent(pool, callId), at: channel.answeredAt, ageMs });
  }
  const legId = channel.bridgedTo as LegId | null;
  const agentId = legId === null ? undefined : pool.agentOfLeg.get(legId);
  const agent = agentId === undefined ? undefined : pool.seats.get(agentId)?.agent;
  checkBridge(turn, live, { legId, look });
  if (legId === null || !agent || !canTalk(agent, callId)) return;
  const at = channel.bridgedAt ?? turn.now;
  moveCall(turn, { callId, event: { type: 'bridged', agentId: agent.id, legId }, at });
}

/**
 * Both are on the line and do not hear each other: somebody else's hand parked one of them; they are bridged again. Or they hear each
 * other while the agent believes that he holds: the wish was lost on its way, and he must know. Both only after a second look.
 */
function checkBridge(turn: Turn, live: LiveCall, { legId, look }: { legId: LegId | null; look: Look }): void {
  const { call } = live;
  const agent = call.state === 'connected' ? turn.pool.seats.get(call.agentId)?.agent : undefined;
  if (call.state !== 'connected' || !agent || !isInTalk(agent) || agent.callId !== call.id) return;
  const isHeard = legId === call.legId;
  const isDeaf = legId === null && look.seen.has(call.legId);
  if (agent.state === 'talking' ? !isDeaf : !isHeard) {
    live.misbridged = 0;
    return;
  }
  const since = Math.max(call.since, agent.since) as EpochMs;
  const isYoung = elapsed(since, look.at) < LISTED_LATE_MS;
  if (isYoung && agent.state === 'talking') return;
  // A hold that was asked for just now is looked for once more.
  live.misbridged = isYoung ? 1 : live.misbridged + 1;
  if (live.misbridged < MISBRIDGED_MAX) return;
  live.misbridged = 0;
  if (agent.state === 'talking')
    turn.effects.push({ do: 'switch', command: { do: 'resume', callId: call.id, legId: call.legId } });
  else moveAgent(turn, { agentId: agent.id, event: { type: 'resumed' } });
}

/** Answered calls go on; an unanswered one of an older epoch is ended, for nobody paced it. */
function adopt(turn: Turn, attempt: OpenAttempt, found: Found): void {
  const { pool } = turn;
  const { id: callId, campaignId } = attempt.identity;
  const stage = adoptedStage(turn, attempt, found);
  const proven = provenTimes(attempt);
  let times: CallTimes = { ...proven, answeredAt: proven.answeredAt ?? found.channel.answeredAt };
  if (stage.state === 'connected') {
    times = { ...times, bridgedAt: times.bridgedAt ?? stage.since, agentId: stage.agentId };
    putInTalk(turn, { ...stage, callId });
  }
  const live = newLiveCall(
    { ...newCall(attempt.identity), times, ...stage },
    {
      lead: attempt.lead,
      trunkId: pool.campaigns.get(campaignId)?.settings.trunk?.id ?? null,
      heardAt: turn.monotonic,
      // The legal clock of a waiting person ran on while nobody was there.
      waitsFrom: (turn.monotonic -
        (stage.state === 'waiting' ? waitedMs(stage.since, found.look) : 0)) as MonotonicMs,
    },
  );
  pool.calls.set(callId, live);
  if (stage.state === 'dialling')
    moveCall(turn, { callId, event: { type: 'cancelled', reason: 'taken-over' }, at: turn.now });
  else turn.effects.push({ do: 'store-call', call: live.call });
}

const waitedMs = (since: EpochMs, look: Look): number => Math.max(0, elapsed(since, look.at));

interface Found {
  readonly channel: ChannelSnapshot;
  readonly look: Look;
}

function putInTalk(
  turn: Turn,
  talk: { agentId: AgentId; legId: LegId; callId: CallId; since: EpochMs },
): void {
  const { pool } = turn;
  const { agentId, legId, callId, since } = talk;
  pool.agentOfLeg.set(legId, agentId);
  const seat = pool.seats.get(agentId);
  if (!seat) return;
  const agent = foundTalking(seat.agent, { legId, callId }, since);
  if (agent !== seat.agent) turn.effects.push({ do: 'store-agent', agent, isNewState: true });
  seat.agent = agent;
}

/** An INVITE that nobody can prove was not sent counts as sent. */
const provenTimes = ({ times, identity }: OpenAttempt): CallTimes => ({
  ...times,
  dialledAt: times.dialledAt ?? identity.placedAt,
});

function adoptedStage({ pool, now }: Turn, { identity, times }: OpenAttempt, found: Found): CallStage {
  const { channel, look } = found;
  const answeredAt = times.answeredAt ?? channel.answeredAt;
  if (answeredAt === null) return { state: 'dialling', cancelled: null };
  if (times.messageAt !== null) return { state: 'message', since: times.messageAt };
  const bridgedLeg = channel.bridgedTo as LegId | null;
  // The leg itself says whose it is, where the tables do not yet.
  const bridgedAgent =
    bridgedLeg === null
      ? null
      : (pool.agentOfLeg.get(bridgedLeg) ?? look.seen.get(bridgedLeg)?.agentId ?? times.agentId);
  const since = times.bridgedAt ?? channel.bridgedAt ?? now;
  if (bridgedLeg !== null && bridgedAgent !== null)
    return { state: 'connected', since, agentId: bridgedAgent, legId: bridgedLeg };
  const last = times.agentId === null ? undefined : pool.seats.get(times.agentId)?.agent;
  // On hold nobody is bridged to him, and his agent is still there.
  if (last?.state === 'on-hold' && last.callId === identity.id && look.seen.has(last.legId))
    return { state: 'connected', since, agentId: last.id, legId: last.legId };
  if (times.bridgedAt === null) return { state: 'waiting', since: answeredAt, lostAgent: null };
  // His agent went while nobody was there to see it.
  return { state: 'waiting', since: look.at, lostAgent: times.agentId };
}

function reconcileLeg(turn: Turn, channel: ChannelSnapshot): void {
  const { pool } = turn;
  const legId = channel.channelId as LegId;
  const agentId = pool.agentOfLeg.get(legId);
  if (agentId === undefined) {
    turn.effects.push({ do: 'switch', command: { do: 'hang-up', channelId: legId } });
    return;
  }
  if (channel.answeredAt !== null) {
    const agent = pool.seats.get(agentId)?.agent;
    if (agent?.state === 'phone-connecting')
      moveAgent(turn, { agentId, event: { type: 'phone-answered', legId } });
  }
}

/** A leg that the switch no longer has; one that is being called may not be there yet. */
function legMissed(turn: Turn, leg: { legId: LegId; agentId: AgentId }): void {
  const { pool } = turn;
  const agent = pool.seats.get(leg.agentId)?.agent;
  const isYoung = agent?.state === 'phone-connecting' && turn.now - agent.since < LOOK_MAX_MS;
  if (isYoung) return;
  pool.agentOfLeg.delete(leg.legId);
  moveAgent(turn, { agentId: leg.agentId, event: { type: 'phone-ended', legId: leg.legId } });
}

/** A look may miss a channel that was made after it began, or just before. One that was long up and is not shown is gone at once. */
function missed(turn: Turn, live: LiveCall, look: Look): void {
  const { dialledAt, rangAt, answeredAt } = live.call.times;
  const provenAt = answeredAt ?? rangAt ?? dialledAt;
  // What a call does later proves that it is there, not that the table has it: only its beginning tells how old its row is.
  const since = dialledAt ?? provenAt;
  const isYoung =
    since === null
      ? elapsedMonotonic(live.begunAt, turn.monotonic) < LOOK_MAX_MS
      : elapsed(since, look.at) < LISTED_LATE_MS || (provenAt !== null && provenAt >= look.at);
  if (isYoung) return;
  live.missed += 1;
  if (provenAt !== null || live.missed >= MISSED_MAX)
    moveCall(turn, { callId: live.call.id, event: { type: 'vanished' }, at: turn.now });
}

/** Agents whose call ended, or went to somebody else, while nobody listened. */
function settleAgents(turn: Turn): void {
  const { pool } = turn;
  for (const { agent } of [...pool.seats.values()]) {
    if (agent.state === 'dialling') settleDialler(turn, agent);
    if (agent.state !== 'reserved' && !isInTalk(agent)) continue;
    const { id: agentId, callId } = agent;
    const call = pool.calls.get(callId)?.call;
    const state = agent.state === 'reserved' ? 'bridging' : 'connected';
    if (call?.state === state && call.agentId === agentId) continue;
    if (agent.state === 'reserved') {
      moveAgent(turn, { agentId, event: { type: 'offer-failed', callId } });
    } else {
      const campaign = call && pool.campaigns.get(call.campaignId);
      const wrapUntil = after(turn.now, campaign?.settings.wrapUpMs ?? seconds(30));
      moveAgent(turn, { agentId, event: { type: 'talk-ended', callId, wrapUntil } });
    }
  }
}

/** His call is nowhere: not on its way to the gate, not on the line, and not looked for. */
function settleDialler(turn: Turn, { id: agentId, callId }: Extract<Agent, { state: 'dialling' }>): void {
  const { pool } = turn;
  if (pool.orders.has(callId) || pool.missing.has(callId) || pool.calls.has(callId)) return;
  moveAgent(turn, { agentId, event: { type: 'offer-failed', callId } });
}

/** Attempts that nobody can show: lost after the time and after two empty looks. */
function giveUpMissing(turn: Turn, seen: ReadonlyMap<string, ChannelSnapshot>): void {
  const { pool } = turn;
  for (const [callId, entry] of [...pool.missing]) {
    if (seen.has(callId)) continue;
    entry.looks += 1;
    if (entry.looks < 2 || turn.monotonic < pool.lostNotBefore) continue;
    pool.missing.delete(callId);
    const { attempt } = entry;
    const stage: CallStage =
      attempt.times.bridgedAt !== null && attempt.times.agentId !== null
        ? {
            state: 'connected',
            since: attempt.times.bridgedAt,
            agentId: attempt.times.agentId,
            legId: '' as LegId,
          }
        : { state: 'dialling', cancelled: null };
    const call: Call = { ...newCall(attempt.identity), times: provenTimes(attempt), ...stage };
    pool.calls.set(callId, newLiveCall(call, { lead: attempt.lead, trunkId: null, heardAt: turn.monotonic }));
    moveCall(turn, { callId, event: { type: 'vanished' }, at: turn.now });
  }
  const mustLook = pool.missing.size > 0 || [...pool.calls.values()].some(({ misbridged }) => misbridged > 0);
  pool.nextLookAt = mustLook ? afterMonotonic(turn.monotonic, LOOK_AGAIN_MS) : null;
}

/** Asks for another look while attempts of the owner before us, or the bridge of a talk, are missing. */
export function lookAgain(turn: Turn): void {
  const { pool } = turn;
  if (pool.nextLookAt === null || turn.monotonic < pool.nextLookAt || pool.link === 'down') return;
  pool.nextLookAt = afterMonotonic(turn.monotonic, LOOK_AGAIN_MS);
  turn.effects.push({ do: 'switch', command: { do: 'see-channels' } });
}
