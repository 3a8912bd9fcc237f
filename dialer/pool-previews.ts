import type { AgentId, LeadId } from '../kernel/ids.ts';
import { after, afterMonotonic, hours, milliseconds, seconds } from '../kernel/time.ts';
import type { DueCallback } from './agent-order.ts';
import type { Agent } from './agent.ts';
import { isDialling, type Trunk } from './campaign-settings.ts';
import type { BatchId, LeadForAgent, PoolEvent } from './pool-event.ts';
import { freeLines } from './pool-lines.ts';
import { moveAgent } from './pool-moves.ts';
import { dialPreview, orderClaimed } from './pool-orders.ts';
import {
  linesInFlight,
  previewsAwaited,
  whyNotDialling,
  type CampaignRun,
  type PoolState,
  type Seat,
  type Turn,
} from './pool-state.ts';

/** How often the table is asked whose callbacks are due. */
const LOOK_AGAIN_MS = seconds(2);
/** Due, and not to be had: its zone is closed, or somebody else has it just now. */
const NOT_TO_BE_HAD_MS = seconds(10);
const CLAIM_AGAIN_MS = milliseconds(1000);
/** A lead that was skipped is shown to nobody for this long. */
export const SKIPPED_REST_MS = hours(1);

type Ready = Extract<Agent, { state: 'ready' }>;

/** Waits for a call, and does not want to leave. */
const isFree = (agent: Agent): agent is Ready => agent.state === 'ready' && agent.wanted === null;

/** Asks now and then who has a callback of his own to make, while there is anybody who could. */
export function lookForCallbacks(turn: Turn): void {
  const { pool } = turn;
  if (pool.isLookingForCallbacks || turn.monotonic < pool.callbacksNotBefore || whyNotDialling(pool) !== null)
    return;
  const agentIds = [...pool.seats.values()]
    .filter(({ agent }) => agent.wanted === null && PRESENT.has(agent.state))
    .map(({ agent }) => agent.id);
  if (agentIds.length === 0) return;
  pool.isLookingForCallbacks = true;
  turn.effects.push({ do: 'look-for-callbacks', agentIds });
}

const PRESENT: ReadonlySet<Agent['state']> = new Set([
  'ready',
  'reserved',
  'previewing',
  'dialling',
  'talking',
  'on-hold',
  'wrapping-up',
]);

export function callbacksDue(turn: Turn, event: Extract<PoolEvent, { type: 'callbacks-due' }>): void {
  const { pool } = turn;
  pool.isLookingForCallbacks = false;
  pool.callbacksNotBefore = afterMonotonic(turn.monotonic, LOOK_AGAIN_MS);
  const due = new Map<AgentId, DueCallback>();
  for (const { agentId, campaignId } of event.due) {
    const run = pool.campaigns.get(campaignId);
    // In a campaign without automatic dialling he sees them and dials by himself.
    if (!run || run.settings.dialMode === 'manual' || !isDialling(run.settings, turn.now)) continue;
    const { since = turn.now } = pool.dueCallbacks.get(agentId) ?? {};
    if (!due.has(agentId)) due.set(agentId, { campaignId, since });
  }
  pool.dueCallbacks = due;
}

/** Leads for agents alone: callbacks of their own first, then, where the campaign shows leads before it dials, the next of the list. */
export function serveAgents(turn: Turn, run: CampaignRun, trunk: Trunk): void {
  if (run.errand !== null) return;
  const { pool } = turn;
  const callers = agentsWithCallback(pool, run).slice(0, freeLines(turn, trunk));
  if (callers.length > 0) {
    claim(turn, run, { what: 'own-callbacks', count: callers.length, agentIds: callers });
    return;
  }
  if (run.settings.dialMode !== 'preview' || turn.monotonic < run.previewNotBefore) return;
  const count = spareAgents(pool);
  if (count > 0) claim(turn, run, { what: 'previews', count, agentIds: [] });
}

type Wanted = Pick<
  Extract<Turn['effects'][number], { do: 'claim-for-agents' }>,
  'what' | 'count' | 'agentIds'
>;

function claim(turn: Turn, run: CampaignRun, wanted: Wanted): void {
  const id: BatchId = turn.pool.newId(turn.now);
  run.errand = { id, what: wanted.what, count: wanted.count };
  turn.effects.push({ do: 'claim-for-agents', batchId: id, campaignId: run.settings.id, ...wanted });
}

/** Free, with a callback of this campaign due, and no line left that was dialled for him before it was and that nobody else could take. */
function agentsWithCallback(pool: PoolState, { settings }: CampaignRun): AgentId[] {
  if (pool.dueCallbacks.size === 0) return [];
  const lines = linesInFlight(pool);
  const others = [...pool.seats.values()].filter(
    ({ agent }) => isFree(agent) && !pool.dueCallbacks.has(agent.id),
  );
  const oldestLineAt = lines.length <= others.length ? Infinity : Math.min(...lines);
  return [...pool.dueCallbacks].flatMap(([agentId, { campaignId, since }]) => {
    const agent = pool.seats.get(agentId)?.agent;
    const isNext = campaignId === settings.id && agent !== undefined && isFree(agent);
    return isNext && oldestLineAt > since ? [agentId] : [];
  });
}

/** Free agents whom nobody waits for and no line rings for. */
function spareAgents(pool: PoolState): number {
  const free = [...pool.seats.values()].filter(
    ({ agent }) => isFree(agent) && !pool.dueCallbacks.has(agent.id),
  );
  const waiting = [...pool.calls.values()].filter(({ call }) => call.state === 'waiting');
  return free.length - waiting.length - linesInFlight(pool).length - previewsAwaited(pool);
}

/** The leads are locked for agents: shown, or dialled at once. What finds nobody goes back. */
export function claimedForAgents(
  turn: Turn,
  event: Extract<PoolEvent, { type: 'claimed-for-agents' }>,
): void {
  const found = errandGone(turn, event.batchId);
  if (!found) return;
  const { run, what } = found;
  const { leads } = event;
  if (what === 'previews') run.isDry = leads.length === 0;
  if (leads.length === 0) {
    if (what === 'previews') run.previewNotBefore = afterMonotonic(turn.monotonic, CLAIM_AGAIN_MS);
    else notToBeHad(turn, run);
    return;
  }
  const left = leads.filter((lead) => !serve(turn, run, lead)).map(({ candidate }) => candidate.leadId);
  if (left.length > 0) putBack(turn, run, left);
}

function putBack(turn: Turn, { settings }: CampaignRun, leadIds: readonly LeadId[]): void {
  turn.effects.push({ do: 'put-back', campaignId: settings.id, leadIds });
}

/** The claim for agents is over, whatever came of it; null when it is not known. */
function errandGone(
  { pool }: Turn,
  batchId: BatchId,
): { readonly run: CampaignRun; readonly what: 'previews' | 'own-callbacks' } | null {
  for (const run of pool.campaigns.values()) {
    if (run.errand?.id !== batchId) continue;
    const { what } = run.errand;
    run.errand = null;
    return { run, what };
  }
  return null;
}

export function errandFailed(turn: Turn, batchId: BatchId): boolean {
  const found = errandGone(turn, batchId);
  if (!found) return false;
  found.run.previewNotBefore = afterMonotonic(turn.monotonic, CLAIM_AGAIN_MS);
  if (found.what === 'own-callbacks') notToBeHad(turn, found.run);
  return true;
}

function notToBeHad({ pool, monotonic }: Turn, { settings }: CampaignRun): void {
  pool.dueCallbacks = new Map([...pool.dueCallbacks].filter(([, due]) => due.campaignId !== settings.id));
  pool.callbacksNotBefore = afterMonotonic(monotonic, NOT_TO_BE_HAD_MS);
}

function serve(turn: Turn, run: CampaignRun, lead: LeadForAgent): boolean {
  const { pool } = turn;
  if (!isDialling(run.settings, turn.now) || whyNotDialling(pool) !== null) return false;
  const agent = lead.agentId === null ? longestFree(pool) : pool.seats.get(lead.agentId)?.agent;
  if (!agent || !isFree(agent)) return false;
  if (lead.agentId !== null)
    pool.dueCallbacks = new Map([...pool.dueCallbacks].filter(([agentId]) => agentId !== agent.id));
  if (run.settings.dialMode !== 'preview') return orderClaimed(turn, { run, agentId: agent.id, lead });
  const { campaignId, leadId, numberId, phone, purpose } = lead.candidate;
  const preview = {
    ...{ campaignId, leadId, numberId, phone },
    purpose: purpose === 'callback' ? purpose : 'preview',
    until: after(turn.now, run.settings.previewMs),
  } as const;
  return moveAgent(turn, { agentId: agent.id, event: { type: 'preview-shown', preview } });
}

function longestFree(pool: PoolState): Agent | undefined {
  const free = [...pool.seats.values()].filter(
    ({ agent }) => isFree(agent) && !pool.dueCallbacks.has(agent.id),
  );
  return free.sort(byIdleTime)[0]?.agent;
}

const byIdleTime = (a: Seat, b: Seat): number =>
  a.agent.idleSince - b.agent.idleSince || (a.agent.id < b.agent.id ? -1 : 1);

/** Ends previews whose time is over, and those of campaigns that run no more. */
export function checkPreviews(turn: Turn): void {
  const { pool } = turn;
  for (const seat of pool.seats.values()) {
    const { agent, overAt } = seat;
    if (agent.state !== 'previewing') continue;
    const run = pool.campaigns.get(agent.preview.campaignId);
    if (run?.settings.state !== 'running') {
      const { campaignId, leadId } = agent.preview;
      moveAgent(turn, { agentId: agent.id, event: { type: 'preview-over', leadId } });
      turn.effects.push({ do: 'put-back', campaignId, leadIds: [leadId] });
    } else if (turn.monotonic >= overAt) {
      const { previewThen } = run.settings;
      const isDialled =
        previewThen === 'dial' && dialPreview(turn, { agentId: agent.id, commandId: null }) === null;
      if (!isDialled) missPreview(turn, { seat, agent, missedMax: run.settings.previewsMissedMax });
    }
  }
}

type Previewing = Extract<Agent, { state: 'previewing' }>;

/** Nobody decided in time. Whoever is away would let the whole list go back unseen: he is paused instead. */
function missPreview(
  turn: Turn,
  {
    seat,
    agent,
    missedMax,
  }: { readonly seat: Seat; readonly agent: Previewing; readonly missedMax: number | null },
): void {
  seat.previewsMissed += 1;
  const isAway = missedMax !== null && seat.previewsMissed >= missedMax;
  if (isAway) seat.previewsMissed = 0;
  giveBack(turn, agent, { reason: null, isAway });
}

/** Back to the list with a due time; no attempt. `reason`: his words. */
export function skipPreview(turn: Turn, agent: Previewing, reason: string): void {
  giveBack(turn, agent, { reason, isAway: false });
}

function giveBack(
  turn: Turn,
  agent: Previewing,
  { reason, isAway }: { readonly reason: string | null; readonly isAway: boolean },
): void {
  const { id: agentId, preview } = agent;
  moveAgent(turn, { agentId, event: { type: 'preview-over', leadId: preview.leadId, isAway } });
  const dueAt = after(turn.now, SKIPPED_REST_MS);
  turn.effects.push({ do: 'skip-preview', agentId, preview, reason, at: turn.now, dueAt });
}
