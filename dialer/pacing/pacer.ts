import type { DialMode } from '../../campaigns/campaign.ts';
import { unreachable } from '../../kernel/assert.ts';
import { elapsed, type EpochMs } from '../../kernel/time.ts';
import {
  AbandonmentController,
  headroomOf,
  type AbandonmentLimits,
  type AnswerCounts,
} from './abandonment-controller.ts';
import { Chances } from './chances.ts';
import { DurationModel } from './duration-model.ts';
import { ANSWERS_WITHIN_MS, freeWithinMs, LookAhead } from './look-ahead.ts';
import { RingModel } from './ring-model.ts';

export type { DialMode } from '../../campaigns/campaign.ts';

/** What the pacer may know at one moment. Nothing of the simulated world's truth is in it. */
export interface PacingInputs {
  readonly now: EpochMs;
  readonly mode: DialMode;
  readonly linesPerAgent: number;
  readonly limits: AbandonmentLimits;
  /** How long a person may wait for an agent and still be served in time. */
  readonly legalMs: number;
  readonly today: AnswerCounts;
  readonly period: AnswerCounts;
  /** Ready and not about to leave. */
  readonly idleAgents: number;
  readonly answersWaiting: number;
  readonly talkingSince: readonly EpochMs[];
  readonly wrappingUp: readonly { readonly since: EpochMs; readonly until: EpochMs }[];
  /** Lines without an answer yet; a claimed line that is not placed yet counts from now. */
  readonly dialledAt: readonly EpochMs[];
  /** Free trunk channels and rate tokens. */
  readonly linesMax: number;
}

/** How many lines more, and why: enough to say it in words. */
export interface PacingDecision {
  readonly lines: number;
  readonly effectiveMode: DialMode;
  readonly idleAgents: number;
  readonly ringing: number;
  readonly waiting: number;
  /** P(abandoned | answered) of the marginal line, and the threshold it was held against; null outside predictive. */
  readonly risk: number | null;
  readonly theta: number | null;
  /** Why it dials progressively although another mode is set. */
  readonly fallback: 'limit' | 'learning' | null;
}

/** Before so many people have answered the models are guesses, and guesses overdial nobody. */
const LEARNED_ANSWERS_MIN = 30;

/** So many left alone are covered already: the two that the limit allows in any period, and one that is not planned with. */
const FEW_ALONE = 3;
/** Until about when those are free for whom is dialled now. */
const DOUBT_AHEAD_MS = 12_000;

/** Learns from each call of a campaign and decides how many lines to dial now. */
export class Pacer {
  readonly rings = new RingModel();
  readonly talks = new DurationModel({ binMs: 5000, bins: 120, priorMeanMs: 120_000 });
  readonly wraps = new DurationModel({ binMs: 2000, bins: 60, priorMeanMs: 15_000 });
  readonly controller = new AbandonmentController();
  readonly #lookAhead: Pick<LookAhead, 'decide'>;
  readonly #ringing = new Chances(ANSWERS_WITHIN_MS.length);
  readonly #busy = new Chances(ANSWERS_WITHIN_MS.length);

  /** Another arithmetic than the product's is for comparisons only. */
  constructor(lookAhead: Pick<LookAhead, 'decide'> = new LookAhead()) {
    this.#lookAhead = lookAhead;
  }

  decide(inputs: PacingInputs): PacingDecision {
    const said = {
      idleAgents: inputs.idleAgents,
      ringing: inputs.dialledAt.length,
      waiting: inputs.answersWaiting,
      risk: null,
      theta: null,
      fallback: null,
    };
    const spare = inputs.idleAgents - inputs.answersWaiting - inputs.dialledAt.length;
    const progressive = Math.max(0, Math.min(inputs.linesMax, spare));
    switch (inputs.mode) {
      case 'progressive':
        return { ...said, lines: progressive, effectiveMode: 'progressive' };
      case 'power':
        return this.#power(inputs, said);
      case 'predictive':
        return this.#predictive(inputs, { ...said, lines: progressive, effectiveMode: 'progressive' });
      case 'preview':
      case 'manual':
        // Agents dial: see what they ask for.
        return { ...said, lines: 0, effectiveMode: inputs.mode };
      default:
        return unreachable(inputs.mode);
    }
  }

  #power(inputs: PacingInputs, said: Said): PacingDecision {
    const headroom = Math.floor(this.#headroom(inputs));
    const isWithin = headroom >= 1;
    const { idleAgents, linesPerAgent } = inputs;
    // All lines beyond the idle agents may be answered at once: no more of them than may be abandoned.
    const linesMax = Math.min(Math.floor(linesPerAgent * idleAgents), idleAgents + Math.max(0, headroom));
    const wanted = linesMax - inputs.answersWaiting - inputs.dialledAt.length;
    const lines = Math.max(0, Math.min(inputs.linesMax, wanted));
    if (!isWithin) return { ...said, lines, effectiveMode: 'progressive', fallback: 'limit' };
    return { ...said, lines, effectiveMode: 'power' };
  }

  #predictive(inputs: PacingInputs, progressive: PacingDecision): PacingDecision {
    const { now, today, limits } = inputs;
    this.rings.humanWithinEach(
      inputs.dialledAt.map((at) => Math.max(0, elapsed(at, now))),
      ANSWERS_WITHIN_MS,
      this.#ringing,
    );
    const headroom = this.#headroom(inputs) - this.#reserve(inputs);
    if (headroom < 1) return { ...progressive, fallback: 'limit' };
    if (this.rings.humansSeen < LEARNED_ANSWERS_MIN) return { ...progressive, fallback: 'learning' };
    const theta = this.controller.theta(today, limits);
    const freesDoubt = this.#foreseeFree(inputs);
    const decision = this.#lookAhead.decide({
      idleAgents: inputs.idleAgents,
      answersWaiting: inputs.answersWaiting,
      theta,
      headroom,
      linesMax: inputs.linesMax,
      newDial: ANSWERS_WITHIN_MS.map((withinMs) => this.rings.humanWithin(0, withinMs)),
      ringing: this.#ringing,
      busy: this.#busy,
      known: { answersDoubt: this.rings.doubt(), freesDoubt },
    });
    return { ...progressive, lines: decision.lines, effectiveMode: 'predictive', risk: decision.risk, theta };
  }

  /**
   * Busy agents by the moments at which they may be free: whoever talks still has a wrap-up before him. Returns how little is known of it.
   */
  #foreseeFree({ now, legalMs, talkingSince, wrappingUp }: PacingInputs): number {
    const chances = this.#busy;
    chances.begin(talkingSince.length + wrappingUp.length);
    const wrapMeanMs = this.wraps.meanMs();
    const talkedMs = talkingSince.map((since) => elapsed(since, now));
    const wrappedMs = wrappingUp.map(({ since }) => elapsed(since, now));
    const wrapsWithinMs = freeWithinMs(legalMs);
    const talksWithinMs = wrapsWithinMs.map((withinMs) => withinMs - wrapMeanMs);
    this.talks.endsWithinEach(talkedMs, talksWithinMs, { chances, first: 0 });
    this.wraps.endsWithinEach(wrappedMs, wrapsWithinMs, { chances, first: talkedMs.length });
    const talks = this.talks.ending(talkedMs, DOUBT_AHEAD_MS);
    const wraps = this.wraps.ending(wrappedMs, DOUBT_AHEAD_MS);
    const mean = talks.mean + wraps.mean;
    return mean > 0 ? (talks.variance + wraps.variance) / (mean * mean) : 0;
  }

  /**
   * Room for the people who would be left alone if everybody went home now, as agents do when their shift ends: at most half of what the
   * target leaves below the limit, so that a morning that has no such room yet is not spent on it.
   */
  #reserve({ today, limits, idleAgents, answersWaiting }: PacingInputs): number {
    const answers = this.#ringing.sumAt(ANSWERS_WITHIN_MS.length - 1);
    const alone = Math.max(0, answers - Math.max(0, idleAgents - answersWaiting) - FEW_ALONE);
    return Math.min(alone, ((limits.rateMax - limits.rateTarget) * today.humanAnswers) / 2);
  }

  /** Of the stricter legal window, after those who wait with nobody free for them. */
  #headroom({ today, period, limits, answersWaiting, idleAgents }: PacingInputs): number {
    const unserved = Math.max(0, answersWaiting - idleAgents);
    return Math.min(headroomOf(today, limits), headroomOf(period, limits)) - unserved;
  }
}

type Said = Omit<PacingDecision, 'lines' | 'effectiveMode'>;
