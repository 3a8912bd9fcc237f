import { clear, type Clearance, type Verdict } from '../compliance/gate.ts';
import { refusalSentence } from '../compliance/refusal-sentence.ts';
import type { Refusal } from '../compliance/verdict.ts';
import type { AgentId, CallId, CommandId } from '../kernel/ids.ts';
import { uuidMadeAt } from '../kernel/uuid.ts';
import type { AgentCommand, CommandAnswer } from './agent-command.ts';
import type { AgentOrder } from './agent-order.ts';
import { newCall } from './call.ts';
import { openingOf, type Trunk } from './campaign-settings.ts';
import { notDiallingSentence } from './not-dialling-sentence.ts';
import { PROGRESS_TIMEOUT_MS } from './pool-deadlines.ts';
import type { BatchId, ClaimedLead, PoolEvent } from './pool-event.ts';
import { freeLines, giveUp, standing, tookLine } from './pool-lines.ts';
import { moveAgent } from './pool-moves.ts';
import { trunkTrouble } from './pool-trunks.ts';
import { linesInFlight, newLiveCall, whyNotDialling, type CampaignRun, type Turn } from './pool-state.ts';

/** An answer at once; null: it comes when the database and the gate have been asked; `misfit`: not in this state. */
export type OrderAnswer = CommandAnswer | null | 'misfit';
type No = Extract<CommandAnswer, { ok: false }>;

const no = (code: string, message: string): No => ({ ok: false, code, message });
const LINES_RINGING = no(
  'lines-ringing',
  'Lines are ringing for you just now; take a break first, then dial by hand.',
);
const NOT_RUNNING = no('campaign-not-running', 'This campaign is not running; choose another one.');
const CLOSED = no('campaign-closed', 'This campaign makes no calls on this day or at this hour.');
const NO_LINE = no('no-line', 'All lines are in use just now; try again in a moment.');
const TRUNK_DOWN = no(
  'trunk-down',
  'The carrier of this campaign cannot be reached just now; try again later, or tell your supervisor.',
);
const LEAD_BUSY = no(
  'lead-busy',
  'This lead cannot be called just now: somebody is calling it, its last call still wants a disposition, or it is not of this campaign.',
);
const NUMBER_BUSY = no(
  'number-busy',
  'This number or person is being called already, or was put on the do-not-call list just now.',
);
const GIVEN_UP = no('given-up', 'The call was given up before it was dialled.');
const DATABASE_SILENT = no(
  'database-down',
  'The database did not answer; nothing was dialled. Try again in a moment.',
);

/** By hand, or once more. */
export function dialByHand(turn: Turn, asked: Extract<AgentCommand, { type: 'dial' }>): OrderAnswer {
  const { pool } = turn;
  const { agentId, campaignId, leadId, numberId, commandId } = asked;
  const agent = pool.seats.get(agentId)?.agent;
  if (agent?.state === 'ready' && linesInFlight(pool).length > 0) return LINES_RINGING;
  if (agent?.state !== 'ready' && agent?.state !== 'paused') return 'misfit';
  const wish = { agentId, campaignId, leadId, numberId, phone: null, commandId, purpose: 'manual' } as const;
  return place(turn, wish, false);
}

/** The lead on his screen: at his click, or when the time is over (then nobody waits for an answer). */
export function dialPreview(
  turn: Turn,
  asked: { readonly agentId: AgentId; readonly commandId: CommandId | null },
): OrderAnswer {
  const agent = turn.pool.seats.get(asked.agentId)?.agent;
  if (agent?.state !== 'previewing') return 'misfit';
  const { campaignId, leadId, numberId, phone, purpose } = agent.preview;
  return place(turn, { ...asked, campaignId, leadId, numberId, phone, purpose }, true);
}

type Wish = Pick<
  AgentOrder,
  'agentId' | 'campaignId' | 'leadId' | 'numberId' | 'phone' | 'purpose' | 'commandId'
>;

/** Reserves the agent and has the lead's facts read; `isHeld`: the lead is locked for him already. */
function place(turn: Turn, wish: Wish, isHeld: boolean): OrderAnswer {
  const { pool } = turn;
  const trunk = trunkFor(turn, pool.campaigns.get(wish.campaignId));
  if ('ok' in trunk) return trunk;
  const id: CallId = pool.newId(turn.now);
  if (!begin(turn, { ...wish, id, trunkId: trunk.id, lead: null, verdict: null })) return 'misfit';
  const { campaignId, leadId, numberId, purpose } = wish;
  turn.effects.push({ do: 'claim-lead', orderId: id, campaignId, leadId, numberId, purpose, isHeld });
  return null;
}

function trunkFor(turn: Turn, run: CampaignRun | undefined): Trunk | No {
  if (run?.settings.state !== 'running') return NOT_RUNNING;
  if (!openingOf(run.settings, turn.now).isOpen) return CLOSED;
  const why = whyNotDialling(turn.pool);
  if (why !== null) return no('not-dialling', notDiallingSentence(why, 'en'));
  const { trunk, callerId } = run.settings;
  if (trunk === null || callerId === null)
    return no('no-trunk', 'This campaign has no trunk or no number to call from; ask your manager.');
  if (trunkTrouble(turn.pool, trunk.id) !== null) return TRUNK_DOWN;
  return freeLines(turn, trunk) < 1 ? NO_LINE : trunk;
}

function begin(turn: Turn, order: Omit<AgentOrder, 'since' | 'isUnwanted'>): boolean {
  const { agentId, id: callId } = order;
  if (!moveAgent(turn, { agentId, event: { type: 'dial-began', callId } })) return false;
  turn.pool.orders.set(callId, { ...order, since: turn.now, isUnwanted: false });
  return true;
}

/** A lead that was claimed for this agent with its facts, to be dialled without asking him. False when he is busy by now. */
export function orderClaimed(
  turn: Turn,
  claimed: { readonly run: CampaignRun; readonly agentId: AgentId; readonly lead: ClaimedLead },
): boolean {
  const { run, agentId, lead } = claimed;
  const { callId: id, campaignId, leadId, numberId, phone } = lead.candidate;
  const trunkId = run.settings.trunk?.id;
  if (trunkId === undefined) return false;
  const wish = {
    agentId,
    campaignId,
    leadId,
    numberId,
    phone,
    purpose: 'callback',
    commandId: null,
  } as const;
  if (!begin(turn, { ...wish, id, trunkId, lead: null, verdict: null })) return false;
  judge(turn, id, lead);
  return true;
}

export function leadClaimed(turn: Turn, event: Extract<PoolEvent, { type: 'lead-claimed' }>): void {
  const { pool } = turn;
  const { orderId, lead } = event;
  const order = pool.orders.get(orderId);
  const run = order && pool.campaigns.get(order.campaignId);
  const mayGoOn = order !== undefined && !order.isUnwanted && run?.settings.state === 'running';
  if (lead !== null && mayGoOn && whyNotDialling(pool) === null) {
    judge(turn, orderId, lead);
    return;
  }
  if (lead !== null) putBack(turn, lead);
  if (order) release(turn, order, order.isUnwanted ? GIVEN_UP : LEAD_BUSY);
}

function putBack(turn: Turn, { candidate: { campaignId, leadId } }: ClaimedLead): void {
  turn.effects.push({ do: 'put-back', campaignId, leadIds: [leadId] });
}

/** The gate, with fresh facts; its word is committed before anything is dialled. */
function judge(turn: Turn, orderId: CallId, lead: ClaimedLead): void {
  const order = turn.pool.orders.get(orderId);
  if (!order) return;
  order.lead = lead;
  order.phone = lead.candidate.phone;
  order.verdict = clear(lead.candidate, turn);
  const { agentId, campaignId, verdict } = order;
  turn.effects.push({
    do: 'commit',
    batchId: batchOf(order),
    campaignId,
    verdicts: [verdict],
    isSweep: false,
    at: turn.now,
    forAgent: { agentId, isManual: order.purpose === 'manual' },
  });
}

/** An order and its commit share one id. */
const batchOf = ({ id }: AgentOrder): BatchId => id as string as BatchId;
export const orderOfBatch = (turn: Turn, batchId: BatchId): AgentOrder | undefined =>
  turn.pool.orders.get(batchId as string as CallId);

export function orderCommitted(
  turn: Turn,
  order: AgentOrder,
  event: Extract<PoolEvent, { type: 'committed' }>,
): void {
  const run = turn.pool.campaigns.get(order.campaignId);
  const { verdict, lead } = order;
  if (!run || verdict === null || lead === null) return;
  run.today = { ...run.today, refused: run.today.refused + event.refusedCount };
  if (verdict.kind === 'refused') release(turn, order, refusedAnswer(turn, verdict));
  else if (!event.placed.includes(order.id)) release(turn, order, NUMBER_BUSY);
  else dial(turn, { order, run, clearance: verdict, lead });
}

interface Cleared {
  readonly order: AgentOrder;
  readonly run: CampaignRun;
  readonly clearance: Clearance;
  readonly lead: ClaimedLead;
}

function dial(turn: Turn, { order, run, clearance, lead }: Cleared): void {
  const { pool } = turn;
  const { callId: id, purpose, campaignId, leadId, numberId, phone } = lead.candidate;
  const { trunk, callerId } = run.settings;
  const identity = { id, purpose, campaignId, leadId, numberId, phone, placedAt: uuidMadeAt(id) };
  const call = newCall({ ...identity, forAgentId: order.agentId });
  pool.orders.delete(order.id);
  pool.calls.set(id, newLiveCall(call, { lead: lead.lead, trunkId: order.trunkId, heardAt: turn.monotonic }));
  const agent = pool.seats.get(order.agentId)?.agent;
  const isThere = agent?.state === 'dialling' && agent.callId === id;
  const verdict: Verdict = standing(turn, clearance);
  const isReady = trunk?.id === order.trunkId && callerId !== null && whyNotDialling(pool) === null;
  if (verdict.kind === 'refused' || !isThere || order.isUnwanted || !isReady) {
    const isRevoked = verdict.kind === 'refused' && verdict.rule === 'do-not-call';
    giveUp(turn, id, isRevoked ? 'revoked' : 'taken-over');
    answer(turn, order, verdict.kind === 'refused' ? refusedAnswer(turn, verdict) : GIVEN_UP);
    return;
  }
  tookLine(turn, trunk.id);
  const { ringTimeoutMs } = run.settings;
  turn.effects.push({
    do: 'switch',
    command: {
      ...{ do: 'dial-for-agent', clearance: verdict, trunk, callerId, ringTimeoutMs, campaignId },
      progressTimeoutMs: PROGRESS_TIMEOUT_MS,
      legId: agent.legId,
      agentId: agent.id,
    },
  });
  turn.effects.push({ do: 'show', isUrgent: true });
  answer(turn, order, { ok: true });
}

/** The reply never came. Nothing is dialled, and the store undoes what may have been written. */
export function orderLost(turn: Turn, order: AgentOrder): void {
  const { campaignId, verdict, purpose } = order;
  const verdicts = verdict === null ? [] : [verdict];
  const batchId = batchOf(order);
  turn.effects.push({ do: 'undo-commit', batchId, campaignId, verdicts, isManual: purpose === 'manual' });
  release(turn, order, DATABASE_SILENT);
}

/** He gave it up, or cannot make it any more, before it was dialled. False when it is on the line already. */
export function giveUpOrder(turn: Turn, callId: CallId): boolean {
  const order = turn.pool.orders.get(callId);
  if (!order) return false;
  order.isUnwanted = true;
  letGo(turn, order);
  return true;
}

function release(turn: Turn, order: AgentOrder, said: No): void {
  turn.pool.orders.delete(order.id);
  letGo(turn, order);
  answer(turn, order, said);
}

function letGo(turn: Turn, { agentId, id: callId }: AgentOrder): void {
  const agent = turn.pool.seats.get(agentId)?.agent;
  if (agent?.state === 'dialling' && agent.callId === callId)
    moveAgent(turn, { agentId, event: { type: 'offer-failed', callId } });
}

function answer(turn: Turn, { commandId }: AgentOrder, said: CommandAnswer): void {
  if (commandId !== null) turn.effects.push({ do: 'answer-command', commandId, answer: said });
}

function refusedAnswer(turn: Turn, { candidate, rule, facts, retryAt }: Refusal): No {
  const { phone, zones } = candidate;
  const refusal = { rule, facts, phone, zones, at: turn.now, retryAt };
  return { ...no('refused', refusalSentence(refusal, 'en')), refusal };
}
