import type { LeadContext } from '../campaigns/recycling.ts';
import type { Verdict } from '../compliance/gate.ts';
import type {
  AgentId,
  CallId,
  CampaignId,
  Epoch,
  LegId,
  OrganizationId,
  PoolId,
  TrunkId,
} from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import { afterMonotonic, milliseconds, seconds, type EpochMs, type MonotonicMs } from '../kernel/time.ts';
import { uuidMadeAt, type NewId } from '../kernel/uuid.ts';
import { newAgent, type Agent } from './agent.ts';
import type { AgentOrder, DueCallback, Errand } from './agent-order.ts';
import type { Call, EndedCall } from './call.ts';
import type { CampaignSettings } from './campaign-settings.ts';
import type { EndedCallView, NotDialling, TrunkTrouble } from './live-view.ts';
import { Pacer, type PacingDecision } from './pacing/pacer.ts';
import type {
  AgentSeat,
  BatchId,
  CampaignCounts,
  ClaimedLead,
  DayCounts,
  LoopTime,
  PeriodCounts,
  OpenAttempt,
  PoolEffect,
} from './pool-event.ts';

/** Leads on their way from the list to the line: claimed, judged, being committed. */
export interface Batch {
  readonly id: BatchId;
  readonly isSweep: boolean;
  /** Lines that the pacer counts as ringing at age 0. */
  lines: number;
  /** Where they hold a place. */
  readonly trunkId: TrunkId | null;
  leads: readonly ClaimedLead[];
  verdicts: readonly Verdict[];
}

/** One campaign while the pool is ours. */
export interface CampaignRun {
  settings: CampaignSettings;
  readonly pacer: Pacer;
  today: DayCounts;
  period: PeriodCounts;
  /** One batch at a time. */
  batch: Batch | null;
  /** An empty claim is not repeated before this. */
  claimNotBefore: MonotonicMs;
  /** The last claim found no lead that is due in an open zone. */
  isDry: boolean;
  sweepNotBefore: MonotonicMs;
  /** One claim for agents at a time. */
  errand: (Errand & { readonly id: BatchId }) | null;
  /** No preview was found: not asked again before this. */
  previewNotBefore: MonotonicMs;
  decision: PacingDecision | null;
}

/** One call while it lives. */
export interface LiveCall {
  call: Call;
  readonly lead: LeadContext;
  readonly trunkId: TrunkId | null;
  /** When we heard of the present state (or asked for its end), by our clock: deadlines run from here. */
  heardAt: MonotonicMs;
  /** When we dialled it or took it over, by our clock. */
  readonly begunAt: MonotonicMs;
  /** Since when he waits for an agent: the legal moment runs from here, however many bridges fail meanwhile. */
  waitsFrom: MonotonicMs;
  /** Agents whose bridge with him failed: he is not offered to them again. */
  readonly notAgents: Set<AgentId>;
  /** The agent for whom it is made hears its early media already. */
  isHeard: boolean;
  /** The link was down while it was dialled: it may have rung without our hearing of it. */
  mayHaveRung: boolean;
  /** Looks at the switch that did not show its channel. */
  missed: number;
  /** Looks at the switch that showed it without the bridge that its talk needs, or with one while its agent holds it. */
  misbridged: number;
  /** The agent asked for the end of this talk. */
  isEndAsked: boolean;
}

export interface Seat {
  seat: AgentSeat;
  agent: Agent;
  /** When his wrap-up or preview is over; his state says the same by the wall clock, for screens and tables. */
  overAt: MonotonicMs;
  callsToday: number;
  /** The call he talked in last, for his screen while he wraps up. */
  lastCall: EndedCall | null;
  /** Previews in a row whose time ran out. Only here: a new owner begins to count anew. */
  previewsMissed: number;
}

/** One trunk that goes through a gateway, and what was heard of it last. */
export interface TrunkWatch {
  readonly gateway: string;
  readonly nextLookAt: MonotonicMs;
  readonly trouble: TrunkTrouble | null;
}

/** Before anything began: the origin of a monotonic clock is nobody's business. */
const LONG_AGO = -Infinity as MonotonicMs;

/** Everything that the loop of one pool knows. Changed by the files named pool-*.ts and by nothing else. */
export interface PoolState {
  readonly poolId: PoolId;
  readonly organizationId: OrganizationId;
  readonly epoch: Epoch;
  readonly newId: NewId;
  readonly newPacer: () => Pacer;
  readonly campaigns: Map<CampaignId, CampaignRun>;
  readonly seats: Map<AgentId, Seat>;
  readonly agentOfLeg: Map<LegId, AgentId>;
  readonly calls: Map<CallId, LiveCall>;
  /** Calls for one agent alone that are not dialled yet. */
  readonly orders: Map<CallId, AgentOrder>;
  /** Agents who have a callback of their own to make: they are idle for nobody else. */
  dueCallbacks: ReadonlyMap<AgentId, DueCallback>;
  callbacksNotBefore: MonotonicMs;
  isLookingForCallbacks: boolean;
  /** Of the trunks that go through a gateway of the switch. */
  readonly trunkWatches: Map<TrunkId, TrunkWatch>;
  /** When each trunk dialled within its last second. */
  readonly dialledLately: Map<TrunkId, MonotonicMs[]>;
  /**
   * Numbers that were revoked lately, by campaign (null = all), for calls that are committed but not dialled yet; with the moment,
   * so that it stays small.
   */
  readonly revoked: Map<PhoneNumber, Map<CampaignId | null, MonotonicMs>>;
  /** Attempts of an earlier owner whose channel has not been seen; how often it was looked for. */
  readonly missing: Map<CallId, { attempt: OpenAttempt; looks: number }>;
  /** When an unseen attempt may be called lost. */
  lostNotBefore: MonotonicMs;
  nextLookAt: MonotonicMs | null;
  link: 'up' | 'down';
  linkReason: string;
  isDatabaseUp: boolean;
  /** Null until it was held against the database's: an unchecked clock places no call. */
  clockOffsetMs: number | null;
  hasRecovered: boolean;
  shownAt: MonotonicMs;
  hasLeft: boolean;
  isClosing: boolean;
  turn: number;
  lastCalls: EndedCallView[];
}

/** One turn of the loop: what it knows, when it is, and what is to be done in the end. */
export interface Turn extends LoopTime {
  readonly pool: PoolState;
  readonly effects: PoolEffect[];
  /** Somebody waits or became free: offers are made at the end of the turn, when all its facts are in. */
  mustOffer: boolean;
}

export interface NewPool {
  /** Another way of pacing than the product's; for comparisons in virtual time. */
  readonly newPacer?: () => Pacer;
  readonly poolId: PoolId;
  readonly organizationId: OrganizationId;
  readonly epoch: Epoch;
  readonly newId: NewId;
}

export function newPoolState({ poolId, organizationId, epoch, newId, newPacer }: NewPool): PoolState {
  return {
    newPacer: newPacer ?? (() => new Pacer()),
    poolId,
    organizationId,
    epoch,
    newId,
    campaigns: new Map(),
    seats: new Map(),
    agentOfLeg: new Map(),
    calls: new Map(),
    orders: new Map(),
    dueCallbacks: new Map(),
    callbacksNotBefore: LONG_AGO,
    isLookingForCallbacks: false,
    trunkWatches: new Map(),
    dialledLately: new Map(),
    revoked: new Map(),
    missing: new Map(),
    lostNotBefore: LONG_AGO,
    nextLookAt: null,
    link: 'down',
    linkReason: 'not connected yet',
    isDatabaseUp: true,
    clockOffsetMs: null,
    hasRecovered: false,
    shownAt: LONG_AGO,
    hasLeft: false,
    isClosing: false,
    turn: 0,
    lastCalls: [],
  };
}

export function newCampaignRun(
  settings: CampaignSettings,
  counts: CampaignCounts,
  pacer: Pacer,
): CampaignRun {
  for (const { dialledAt, answeredAt, bridgedAt, endedAt } of counts.recent) {
    pacer.rings.learn(dialledAt, answeredAt ?? endedAt, answeredAt === null ? 'other' : 'human');
    if (bridgedAt !== null) pacer.talks.learn(bridgedAt, endedAt);
  }
  return {
    settings,
    pacer,
    today: counts.today,
    period: counts.period,
    batch: null,
    claimNotBefore: LONG_AGO,
    isDry: false,
    sweepNotBefore: LONG_AGO,
    errand: null,
    previewNotBefore: LONG_AGO,
    decision: null,
  };
}

export const newSeat = (seat: AgentSeat, at: EpochMs): Seat => ({
  seat,
  agent: newAgent(seat.agentId, at),
  overAt: LONG_AGO,
  callsToday: 0,
  lastCall: null,
  previewsMissed: 0,
});

export function newLiveCall(
  call: Call,
  known: Pick<LiveCall, 'lead' | 'trunkId' | 'heardAt'> & Partial<Pick<LiveCall, 'waitsFrom' | 'missed'>>,
): LiveCall {
  return {
    waitsFrom: known.heardAt,
    begunAt: known.heardAt,
    missed: 0,
    misbridged: 0,
    isEndAsked: false,
    ...known,
    call,
    notAgents: new Set(),
    isHeard: false,
    mayHaveRung: false,
  };
}

/** When he who waits is waited for no longer: the legal moment, or the end of a returned caller's patience. */
export function waitEndsAt(pool: PoolState, { call, waitsFrom }: LiveCall): MonotonicMs {
  const isReturned = call.state === 'waiting' && call.lostAgent !== null;
  const legalMs = pool.campaigns.get(call.campaignId)?.settings.legalMs ?? milliseconds(0);
  return afterMonotonic(waitsFrom, isReturned ? RETURNED_CALLER_WAIT_MS : legalMs);
}

/** Unanswered lines of one campaign, or of all. */
export function unansweredCalls(pool: PoolState, campaignId: CampaignId | null = null): LiveCall[] {
  return [...pool.calls.values()].filter(
    ({ call }) =>
      (call.state === 'dialling' || call.state === 'ringing') &&
      (campaignId === null || call.campaignId === campaignId),
  );
}

/** An unanswered line whose answer goes to whoever is free: an agent who dials by himself waits for his own. */
export const isForAnybody = (call: Call): boolean =>
  (call.state === 'dialling' || call.state === 'ringing') && call.forAgentId === null;

/** When each line was asked for that nobody has answered yet, those on their way from the list included. */
export function linesInFlight(pool: PoolState): EpochMs[] {
  const lines: EpochMs[] = [];
  for (const { call } of pool.calls.values()) if (isForAnybody(call)) lines.push(call.placedAt);
  for (const { batch } of pool.campaigns.values()) {
    if (batch && batch.lines > 0) lines.push(uuidMadeAt(batch.id));
  }
  return lines;
}

/** Agents for whom leads are being fetched to look at: as good as busy. */
export function previewsAwaited(pool: PoolState): number {
  let awaited = 0;
  for (const { errand } of pool.campaigns.values()) if (errand?.what === 'previews') awaited += errand.count;
  return awaited;
}

export function limitsOf(run: CampaignRun): { rateMax: number; rateTarget: number } {
  const { abandonRateMax, abandonTargetShare } = run.settings;
  return { rateMax: abandonRateMax, rateTarget: abandonRateMax * abandonTargetShare };
}

/** A node whose clock is further off than this places no call: rules are judged by the wall clock. */
export const CLOCK_OFFSET_MAX_MS = 1000;

/** Null while calls may be placed. */
export function whyNotDialling(pool: PoolState): NotDialling | null {
  if (pool.hasLeft) return { code: 'taken-over' };
  if (pool.isClosing) return { code: 'closing' };
  if (!pool.isDatabaseUp) return { code: 'database-down' };
  if (pool.link === 'down') return { code: 'switch-down', detail: pool.linkReason };
  if (!pool.hasRecovered) return { code: 'taking-over' };
  if (pool.clockOffsetMs === null) return { code: 'clock-unknown' };
  if (Math.abs(pool.clockOffsetMs) > CLOCK_OFFSET_MAX_MS)
    return { code: 'clock-off', offsetMs: pool.clockOffsetMs };
  return null;
}

/** How long a customer whose agent's phone vanished is kept for the next agent. */
export const RETURNED_CALLER_WAIT_MS = seconds(30);
