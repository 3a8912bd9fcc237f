import { unreachable } from '../kernel/assert.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import { minutes, seconds, type MonotonicMs } from '../kernel/time.ts';
import type { AgentId, CampaignId, LeadId } from '../kernel/ids.ts';
import type { AgentCommand, CommandAnswer } from './agent-command.ts';
import type { PoolView } from './live-view.ts';
import type { AgentDeskView } from './pool-owner.ts';
import { command, isBound } from './pool-commands.ts';
import { checkAgents, checkDeadlines } from './pool-deadlines.ts';
import { batchGone, claimed, commitLost, committed, pace } from './pool-dialling.ts';
import type { AgentSeat, LoopTime, PoolEffect, PoolEvent } from './pool-event.ts';
import { leadClaimed, orderCommitted, orderLost, orderOfBatch } from './pool-orders.ts';
import { takeFact } from './pool-facts.ts';
import { moveAgent, moveCall } from './pool-moves.ts';
import { offer } from './pool-offers.ts';
import {
  callbacksDue,
  checkPreviews,
  claimedForAgents,
  errandFailed,
  lookForCallbacks,
} from './pool-previews.ts';
import { lookAgain, tookOver } from './pool-recovery.ts';
import {
  newCampaignRun,
  newPoolState,
  newSeat,
  type NewPool,
  type PoolState,
  type Turn,
  unansweredCalls,
} from './pool-state.ts';
import { watchTrunks } from './pool-trunks.ts';
import { deskView, poolView } from './pool-view.ts';

/** How long a revoked number is remembered for calls that were committed just before. */
const REVOKED_KEPT_MS = minutes(5);
const SHOWN_AGAIN_MS = seconds(1);
/** Enough for every command that may be repeated after a lost answer. */
const ANSWERS_KEPT = 2000;

/**
 * The loop of one pool: events in, effects out, synchronous. It claims leads, has them judged, dials what was committed, gives
 * answers to agents and keeps every deadline. It does no I/O and reads no clock, so that virtual time runs the same code.
 */
export class PoolLoop {
  readonly #pool: PoolState;
  /** Null while the answer is still to come. */
  readonly #answers = new Map<string, CommandAnswer | null>();

  constructor(pool: NewPool) {
    this.#pool = newPoolState(pool);
  }

  handle(event: PoolEvent, time: LoopTime): readonly PoolEffect[] {
    return this.#turn(time, (turn) => {
      take(turn, event);
    });
  }

  /**
   * An agent's wish. One that comes again is answered again and changes nothing. Null: the database and the gate have to be asked,
   * and the answer comes as the effect `answer-command`.
   */
  command(
    asked: AgentCommand,
    time: LoopTime,
  ): { readonly answer: CommandAnswer | null; readonly effects: readonly PoolEffect[] } {
    const known = this.#answers.get(asked.commandId);
    if (known !== undefined) return { answer: known, effects: [] };
    let answer: CommandAnswer | null = {
      ok: false,
      code: 'not-owner',
      message: 'This pool has just moved to another process; try again.',
    };
    const effects = this.#turn(time, (turn) => {
      answer = command(turn, asked);
    });
    this.#answers.set(asked.commandId, answer);
    this.#keepAnswers(effects);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > ANSWERS_KEPT && oldest !== undefined) this.#answers.delete(oldest);
    return { answer, effects };
  }

  ringingCount(): number {
    return unansweredCalls(this.#pool).length;
  }

  /** Numbers that are being called or are about to be: those a new do-not-call entry may still stop. */
  phonesInHand(): PhoneNumber[] {
    const phones = [...this.#pool.calls.values()].map(({ call }) => call.phone);
    for (const { batch } of this.#pool.campaigns.values()) {
      for (const { candidate } of batch?.leads ?? []) phones.push(candidate.phone);
    }
    for (const { phone } of this.#pool.orders.values()) if (phone !== null) phones.push(phone);
    return phones;
  }

  /** Leads of a campaign that are locked for agents: previewed, or on their way to the gate. */
  leadsForAgents(campaignId: CampaignId): LeadId[] {
    const previewed = [...this.#pool.seats.values()].flatMap(({ agent }) =>
      agent.state === 'previewing' ? [agent.preview] : [],
    );
    return [...previewed, ...this.#pool.orders.values()]
      .filter((held) => held.campaignId === campaignId)
      .map(({ leadId }) => leadId);
  }

  view(time: LoopTime): PoolView {
    return poolView(this.#pool, time.now);
  }

  desk(agentId: AgentId, time: LoopTime): AgentDeskView | null {
    return deskView(this.#pool, agentId, time.now);
  }

  /** Facts first, then offers. Pacing has its own beat, the tick: nothing is dialled inside the handling of a fact. */
  #turn(time: LoopTime, work: (turn: Turn) => void): readonly PoolEffect[] {
    const turn: Turn = { ...time, pool: this.#pool, effects: [], mustOffer: false };
    if (this.#pool.hasLeft) return turn.effects;
    this.#pool.turn += 1;
    work(turn);
    if (turn.mustOffer) offer(turn);
    this.#keepAnswers(turn.effects);
    return turn.effects;
  }

  #keepAnswers(effects: readonly PoolEffect[]): void {
    for (const effect of effects) {
      if (effect.do === 'answer-command') this.#answers.set(effect.commandId, effect.answer);
    }
  }
}

function take(turn: Turn, event: PoolEvent): void {
  const { pool } = turn;
  switch (event.type) {
    case 'switch':
      takeFact(turn, event.fact);
      return;
    case 'campaigns-read':
      campaignsRead(turn, event);
      return;
    case 'seats-read':
      seatsRead(turn, event.seats);
      return;
    case 'took-over':
      tookOver(turn, event);
      return;
    case 'claimed':
      claimed(turn, event);
      return;
    case 'claim-failed':
      if (!errandFailed(turn, event.batchId)) batchGone(turn, event.batchId);
      return;
    case 'commit-undone':
      batchGone(turn, event.batchId);
      return;
    case 'committed':
    case 'commit-lost':
      takeCommit(turn, event);
      return;
    case 'callbacks-due':
      callbacksDue(turn, event);
      return;
    case 'claimed-for-agents':
      claimedForAgents(turn, event);
      return;
    case 'lead-claimed':
      leadClaimed(turn, event);
      return;
    case 'do-not-call-added':
      doNotCallAdded(turn, event.entries);
      return;
    case 'database-seen':
      if (pool.isDatabaseUp !== event.isUp) turn.effects.push({ do: 'show', isUrgent: true });
      pool.isDatabaseUp = event.isUp;
      return;
    case 'clock-checked':
      pool.clockOffsetMs = event.offsetMs;
      return;
    case 'closing':
      closing(turn, event.endsRinging);
      return;
    case 'tick':
      checkDeadlines(turn);
      checkAgents(turn);
      checkPreviews(turn);
      lookForCallbacks(turn);
      lookAgain(turn);
      watchTrunks(turn);
      // Offers are asked for where they arise; the tick makes up for one that found the link down.
      offer(turn);
      pace(turn);
      showNowAndThen(turn);
      return;
    default:
      unreachable(event);
  }
}

function takeCommit(turn: Turn, event: Extract<PoolEvent, { type: 'committed' | 'commit-lost' }>): void {
  const order = orderOfBatch(turn, event.batchId);
  if (event.type === 'committed') {
    if (order) orderCommitted(turn, order, event);
    else committed(turn, event);
  } else if (order) orderLost(turn, order);
  else commitLost(turn, event.batchId);
}

function closing(turn: Turn, endsRinging: boolean): void {
  turn.pool.isClosing = true;
  if (!endsRinging) return;
  for (const { call } of unansweredCalls(turn.pool)) {
    moveCall(turn, { callId: call.id, event: { type: 'cancelled', reason: 'taken-over' }, at: turn.now });
  }
}

/** The pacer's words change without any event of their own. */
function showNowAndThen(turn: Turn): void {
  const { pool } = turn;
  if (turn.monotonic - pool.shownAt < SHOWN_AGAIN_MS) return;
  pool.shownAt = turn.monotonic;
  turn.effects.push({ do: 'show', isUrgent: false });
}

/** Whoever has no seat any more is signed out as soon as nothing is in his hands. */
function seatsRead(turn: Turn, seats: readonly AgentSeat[]): void {
  const { pool } = turn;
  for (const seat of seats) {
    const known = pool.seats.get(seat.agentId);
    if (known) known.seat = seat;
    else pool.seats.set(seat.agentId, newSeat(seat, turn.now));
  }
  const seated = new Set(seats.map(({ agentId }) => agentId));
  for (const [agentId, { agent }] of [...pool.seats]) {
    if (seated.has(agentId)) continue;
    if (agent.state === 'signed-out') pool.seats.delete(agentId);
    else if (agent.wanted?.type !== 'sign-out')
      moveAgent(turn, { agentId, event: { type: 'sign-out-asked', isBound: isBound(pool) } });
  }
  turn.effects.push({ do: 'show', isUrgent: false });
}

function campaignsRead(turn: Turn, read: Extract<PoolEvent, { type: 'campaigns-read' }>): void {
  const { pool } = turn;
  const counts = new Map(read.counts.map((count) => [count.campaignId, count]));
  for (const settings of read.campaigns) {
    const run = pool.campaigns.get(settings.id);
    const count = counts.get(settings.id);
    if (!run) {
      if (count) pool.campaigns.set(settings.id, newCampaignRun(settings, count, pool.newPacer()));
      continue;
    }
    if (run.settings.state !== settings.state) run.claimNotBefore = turn.monotonic;
    run.settings = settings;
    // Read anew only when a local day began or the campaign came back to the pool: then the ledger knows better.
    if (count) {
      run.today = count.today;
      run.period = count.period;
    }
  }
  // One that moved to another pool: its calls here go on, and nothing more is dialled for it.
  const ids = new Set(read.campaigns.map(({ id }) => id));
  for (const [id, run] of pool.campaigns)
    if (!ids.has(id)) run.settings = { ...run.settings, state: 'paused' };
  turn.effects.push({ do: 'show', isUrgent: false });
}

function doNotCallAdded(
  turn: Turn,
  entries: Extract<PoolEvent, { type: 'do-not-call-added' }>['entries'],
): void {
  const { pool } = turn;
  for (const [phone, scopes] of [...pool.revoked]) {
    for (const [scope, at] of [...scopes]) if (turn.monotonic - at > REVOKED_KEPT_MS) scopes.delete(scope);
    if (scopes.size === 0) pool.revoked.delete(phone);
  }
  for (const { phone, campaignId } of entries) {
    const scopes = pool.revoked.get(phone) ?? new Map<CampaignId | null, MonotonicMs>();
    pool.revoked.set(phone, scopes.set(campaignId, turn.monotonic));
    for (const { call } of [...pool.calls.values()]) {
      const isHit = call.phone === phone && (campaignId === null || campaignId === call.campaignId);
      if (isHit && (call.state === 'dialling' || call.state === 'ringing')) {
        moveCall(turn, {
          callId: call.id,
          event: { type: 'cancelled', reason: 'revoked' },
          at: turn.now,
        });
      }
    }
  }
}
