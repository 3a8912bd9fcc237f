import { clear, type Clearance } from '../compliance/gate.ts';
import { assert } from '../kernel/assert.ts';
import type { CallId, CampaignId } from '../kernel/ids.ts';
import {
  afterMonotonic,
  elapsed,
  milliseconds,
  seconds,
  type DurationMs,
  type EpochMs,
} from '../kernel/time.ts';
import { uuidMadeAt } from '../kernel/uuid.ts';
import { newCall } from './call.ts';
import { isDialling } from './campaign-settings.ts';
import { headroomOf, type AnswerCounts } from './pacing/abandonment-controller.ts';
import type { PacingInputs } from './pacing/pacer.ts';
import { PROGRESS_TIMEOUT_MS } from './pool-deadlines.ts';
import type { BatchId, ClaimedLead, PoolEvent } from './pool-event.ts';
import { freeLines, giveUp, standing, tookLine } from './pool-lines.ts';
import { serveAgents } from './pool-previews.ts';
import {
  limitsOf,
  isForAnybody,
  newLiveCall,
  previewsAwaited,
  whyNotDialling,
  type Batch,
  type CampaignRun,
  type PoolState,
  type Turn,
} from './pool-state.ts';

/** Keeps one statement short; raise it only with a benchmark that shows the claim inside its 20 ms. */
const BATCH_LINES_MAX = 100;
/** Leads of closed zones that are refused and re-dated in one go. */
const SWEEP_LEADS = 200;
const CLAIM_AGAIN_MS = milliseconds(1000);
const SWEEP_AGAIN_MS = seconds(5);
/** The switch takes over a person whom nobody served this long after the legal moment: then no owner lives. */
const ORPHAN_GRACE_MS = milliseconds(1500);

/** Asks for as many leads as the pacer wants lines, campaign by campaign in order of priority, in turns where that is equal. */
export function pace(turn: Turn): void {
  const { pool } = turn;
  observe(turn);
  if (whyNotDialling(pool) !== null) return;
  for (const run of inOrder(turn)) {
    const trunk = run.settings.trunk;
    if (trunk === null || run.settings.callerId === null) continue;
    serveAgents(turn, run, trunk);
    if (run.batch !== null) continue;
    run.decision = run.pacer.decide(pacingInputs(turn, run, freeLines(turn, trunk)));
    const count = Math.min(run.decision.lines, BATCH_LINES_MAX);
    if (count > 0 && turn.monotonic >= run.claimNotBefore) claim(turn, run, { count, isSweep: false });
    else if (turn.monotonic >= run.sweepNotBefore) {
      run.sweepNotBefore = afterMonotonic(turn.monotonic, SWEEP_AGAIN_MS);
      claim(turn, run, { count: SWEEP_LEADS, isSweep: true });
    }
  }
}

/** Shows every campaign's pacer what goes on and has not ended yet. */
function observe({ pool, now }: Turn): void {
  if (pool.campaigns.size === 0) return;
  const seen = new Map<CampaignId, { ringing: EpochMs[]; talking: EpochMs[] }>();
  for (const id of pool.campaigns.keys()) seen.set(id, { ringing: [], talking: [] });
  for (const { call } of pool.calls.values()) {
    const own = seen.get(call.campaignId);
    if (call.state === 'connected') own?.talking.push(call.since);
    else if (isForAnybody(call) && call.times.dialledAt !== null) own?.ringing.push(call.times.dialledAt);
  }
  const wrapping: EpochMs[] = [];
  for (const { agent } of pool.seats.values()) if (agent.state === 'wrapping-up') wrapping.push(agent.since);
  for (const [id, { pacer }] of pool.campaigns) {
    const { ringing = [], talking = [] } = seen.get(id) ?? {};
    pacer.rings.observe(ringing, now);
    pacer.talks.observe(talking, now);
    pacer.wraps.observe(wrapping, now);
  }
}

function claim(turn: Turn, run: CampaignRun, asked: { count: number; isSweep: boolean }): void {
  const { pool } = turn;
  const id: BatchId = pool.newId(turn.now);
  run.batch = {
    id,
    isSweep: asked.isSweep,
    lines: asked.isSweep ? 0 : asked.count,
    trunkId: run.settings.trunk?.id ?? null,
    leads: [],
    verdicts: [],
  };
  turn.effects.push({ do: 'claim', batchId: id, campaignId: run.settings.id, ...asked });
}

function inOrder({ pool, now }: Turn): CampaignRun[] {
  const running = [...pool.campaigns.values()].filter(({ settings }) => isDialling(settings, now));
  const shift = running.length === 0 ? 0 : pool.turn % running.length;
  const turned = [...running.slice(shift), ...running.slice(0, shift)];
  return turned.sort((a, b) => b.settings.priority - a.settings.priority);
}

function pacingInputs(turn: Turn, run: CampaignRun, linesMax: number): PacingInputs {
  const { dialMode, linesPerAgent, legalMs } = run.settings;
  const pending = pendingAbandonments(turn, run);
  const tight = tightOthers(turn, run);
  return {
    now: turn.now,
    mode: dialMode,
    linesPerAgent,
    limits: limitsOf(run),
    legalMs,
    today: withPending(run.today, pending),
    period: withPending(run.period, pending),
    ...agentsAhead(turn.pool, tight),
    ...linesAhead(turn, tight),
    linesMax,
  };
}

/** Who is there for an answer and who will be; whoever wants to leave, or has a callback of his own to make, is as good as gone. */
function agentsAhead(
  pool: PoolState,
  tight: ReadonlySet<CampaignId>,
): Pick<PacingInputs, 'idleAgents' | 'talkingSince' | 'wrappingUp'> {
  let ready = 0;
  const talkingSince: EpochMs[] = [];
  const wrappingUp: { since: EpochMs; until: EpochMs }[] = [];
  for (const { agent } of pool.seats.values()) {
    if (agent.wanted !== null || pool.dueCallbacks.has(agent.id)) continue;
    if (agent.state === 'ready') ready += 1;
    else if (agent.state === 'talking') talkingSince.push(agent.since);
    else if (agent.state === 'wrapping-up') wrappingUp.push(agent);
  }
  return {
    idleAgents: Math.max(0, ready - previewsAwaited(pool) - linesOf(pool, tight)),
    talkingSince,
    wrappingUp,
  };
}

/** Lines that may still be answered, those on their way from the list included, and people who wait already. */
function linesAhead(
  { pool, now }: Turn,
  tight: ReadonlySet<CampaignId>,
): Pick<PacingInputs, 'dialledAt' | 'answersWaiting'> {
  const dialledAt: EpochMs[] = [];
  let answersWaiting = 0;
  for (const { call } of pool.calls.values()) {
    if (call.state === 'waiting') answersWaiting += 1;
    else if (isForAnybody(call) && !tight.has(call.campaignId)) dialledAt.push(call.times.dialledAt ?? now);
  }
  for (const { batch, settings } of pool.campaigns.values()) {
    if (tight.has(settings.id)) continue;
    for (let line = 0; line < (batch?.lines ?? 0); line += 1) dialledAt.push(now);
  }
  return { dialledAt, answersWaiting };
}

/** Campaigns other than this one whose limit leaves room for nobody: an agent is kept for each of their lines. */
function tightOthers(turn: Turn, run: CampaignRun): ReadonlySet<CampaignId> {
  const others = [...turn.pool.campaigns.values()].filter((other) => other !== run && !hasRoom(turn, other));
  return new Set(others.map(({ settings }) => settings.id));
}

function linesOf(pool: PoolState, campaigns: ReadonlySet<CampaignId>): number {
  let lines = 0;
  for (const { call } of pool.calls.values())
    if (isForAnybody(call) && campaigns.has(call.campaignId)) lines += 1;
  for (const { batch, settings } of pool.campaigns.values())
    if (campaigns.has(settings.id)) lines += batch?.lines ?? 0;
  return lines;
}

/** Whether one more call of this campaign may be abandoned, in today's and the period's count. */
export function hasRoom(turn: Turn, run: CampaignRun): boolean {
  const pending = pendingAbandonments(turn, run);
  return [run.today, run.period].every(
    (counts) => headroomOf(withPending(counts, pending), limitsOf(run)) >= 1,
  );
}

/** People whom nobody served in time and whose call goes on: abandoned already, though the ledger hears of it at the end. */
function pendingAbandonments(turn: Turn, { settings }: CampaignRun): number {
  let pending = 0;
  for (const { call } of turn.pool.calls.values()) {
    const { answeredAt, bridgedAt } = call.times;
    if (answeredAt === null || call.campaignId !== settings.id) continue;
    const isLate = bridgedAt !== null && elapsed(answeredAt, bridgedAt) > settings.legalMs;
    if (isLate || (call.state === 'message' && bridgedAt === null)) pending += 1;
  }
  return pending;
}

const withPending = <Counts extends AnswerCounts>(counts: Counts, pending: number): Counts => ({
  ...counts,
  humanAnswers: counts.humanAnswers + pending,
  abandoned: counts.abandoned + pending,
});

/** The leads are locked for us: the gate judges each on its facts, and all verdicts are committed before anything is dialled. */
export function claimed(turn: Turn, event: Extract<PoolEvent, { type: 'claimed' }>): void {
  const { pool } = turn;
  const found = runOfBatch(pool, event.batchId);
  if (!found) return;
  const { run, batch } = found;
  if (!batch.isSweep) run.isDry = event.leads.length === 0;
  if (event.leads.length === 0) {
    run.batch = null;
    if (!batch.isSweep) run.claimNotBefore = afterMonotonic(turn.monotonic, CLAIM_AGAIN_MS);
    return;
  }
  const campaignId = run.settings.id;
  if (!isDialling(run.settings, turn.now) || whyNotDialling(pool) !== null) {
    run.batch = null;
    turn.effects.push({
      do: 'put-back',
      campaignId,
      leadIds: event.leads.map(({ candidate }) => candidate.leadId),
    });
    return;
  }
  batch.leads = event.leads;
  batch.verdicts = event.leads.map(({ candidate }) => clear(candidate, turn));
  const cleared = batch.verdicts.filter(({ kind }) => kind === 'cleared').length;
  batch.lines = batch.isSweep ? 0 : cleared;
  turn.effects.push({
    do: 'commit',
    batchId: batch.id,
    campaignId,
    verdicts: batch.verdicts,
    isSweep: batch.isSweep,
    at: turn.now,
    forAgent: null,
  });
}

/** Attempts exist for the ids that commit returned, and only these are dialled. */
export function committed(turn: Turn, event: Extract<PoolEvent, { type: 'committed' }>): void {
  const { pool } = turn;
  const found = runOfBatch(pool, event.batchId);
  if (!found) return;
  const { run, batch } = found;
  run.batch = null;
  run.today = { ...run.today, refused: run.today.refused + event.refusedCount };
  // A full batch of refusals is likely to be followed by another.
  if (batch.isSweep && batch.leads.length === SWEEP_LEADS)
    run.sweepNotBefore = afterMonotonic(turn.monotonic, CLAIM_AGAIN_MS);
  assert(!batch.isSweep || event.placed.length === 0, 'a sweep placed a call');
  const placed = new Set<CallId>(event.placed);
  for (const verdict of batch.verdicts) {
    if (verdict.kind === 'cleared' && placed.has(verdict.candidate.callId))
      dial(turn, { run, batch, clearance: verdict });
  }
}

function dial(turn: Turn, placed: { run: CampaignRun; batch: Batch; clearance: Clearance }): void {
  const { pool } = turn;
  const { run, batch } = placed;
  const { candidate } = placed.clearance;
  const lead = batch.leads.find((claimedLead) => claimedLead.candidate === candidate) as ClaimedLead;
  const { callId: id, purpose, campaignId, leadId, numberId, phone } = candidate;
  const { trunk, callerId } = run.settings;
  const call = newCall({
    ...{ id, purpose, campaignId, leadId, numberId, phone, placedAt: uuidMadeAt(id) },
    forAgentId: null,
  });
  pool.calls.set(
    id,
    newLiveCall(call, { lead: lead.lead, trunkId: trunk?.id ?? null, heardAt: turn.monotonic }),
  );
  const clearance = standing(turn, placed.clearance);
  const isReady = trunk !== null && callerId !== null && trunk.id === batch.trunkId;
  if (clearance.kind === 'refused' || !isReady || whyNotDialling(pool) !== null) {
    // Another refusal than a person's own is not for ever: the lead is judged again when it is due.
    giveUp(
      turn,
      id,
      clearance.kind === 'refused' && clearance.rule === 'do-not-call' ? 'revoked' : 'taken-over',
    );
    return;
  }
  tookLine(turn, trunk.id);
  turn.effects.push({
    do: 'switch',
    command: {
      do: 'originate',
      clearance,
      trunk,
      callerId,
      ringTimeoutMs: run.settings.ringTimeoutMs,
      progressTimeoutMs: PROGRESS_TIMEOUT_MS,
      orphanAfterMs: (run.settings.legalMs + ORPHAN_GRACE_MS) as DurationMs,
      messageFile: run.settings.messageFile,
      campaignId,
    },
  });
  turn.effects.push({ do: 'show', isUrgent: false });
}

/** The reply never came. Nothing is dialled; the store undoes what may have been written, then the campaign goes on. */
export function commitLost(turn: Turn, batchId: BatchId): void {
  const { pool } = turn;
  const found = runOfBatch(pool, batchId);
  if (!found) return;
  const { run, batch } = found;
  batch.lines = 0;
  turn.effects.push({
    do: 'undo-commit',
    batchId,
    campaignId: run.settings.id,
    verdicts: batch.verdicts,
    isManual: false,
  });
}

export function batchGone(turn: Turn, batchId: BatchId): void {
  const { pool } = turn;
  const found = runOfBatch(pool, batchId);
  if (!found) return;
  const { run } = found;
  run.batch = null;
  run.claimNotBefore = afterMonotonic(turn.monotonic, CLAIM_AGAIN_MS);
}

function runOfBatch(pool: PoolState, batchId: BatchId): { run: CampaignRun; batch: Batch } | null {
  for (const run of pool.campaigns.values()) if (run.batch?.id === batchId) return { run, batch: run.batch };
  return null;
}
