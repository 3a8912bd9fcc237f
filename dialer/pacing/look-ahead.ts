import type { Chances } from './chances.ts';
import { Surplus, type Knowledge } from './surplus.ts';

/** Moments ahead at which a new dial may be answered, in ms: the grid of the pacing study, section 5.3. */
export const ANSWERS_WITHIN_MS = [
  2000, 4000, 6000, 8000, 10_000, 12_000, 15_000, 18_000, 21_000, 24_000, 26_000,
] as const;
/** Between an agent's becoming free and the moment at which the person hears him: tick, offer and bridge. */
const OFFER_MS = 500;
/** The last moments at which an agent may become free for those who answer at the former. */
export const freeWithinMs = (legalMs: number): readonly number[] =>
  ANSWERS_WITHIN_MS.map((withinMs) => withinMs + Math.max(0, legalMs - OFFER_MS));

export interface LookAheadInputs {
  readonly idleAgents: number;
  /** Answered calls that nobody serves yet. */
  readonly answersWaiting: number;
  /** Lines that have not been answered: P(a person answers) within each of {@link ANSWERS_WITHIN_MS}. */
  readonly ringing: Chances;
  /** Busy agents: P(free) within each of {@link freeWithinMs}. */
  readonly busy: Chances;
  /** P(a dial placed now is answered by a person) within each of {@link ANSWERS_WITHIN_MS}. */
  readonly newDial: readonly number[];
  /** Dial while P(this dial would be abandoned | a person answers it) is at most this. */
  readonly theta: number;
  /** How many calls may still be abandoned before the limit is broken; those who wait already are counted in. */
  readonly headroom: number;
  /** How well the chances are known; absent = exactly. */
  readonly known?: Knowledge;
  readonly linesMax: number;
}

export interface LookAheadDecision {
  readonly lines: number;
  /** P(abandoned | answered) of the last line that was taken, or of the first one that was not. */
  readonly risk: number;
}

/**
 * The chance that is taken of going beyond the limit by arithmetic, for each decision. There are some 500 independent ones in a
 * shift, and the models err: with 1e-3 and no reserve half of the simulated shifts of 20 agents broke the limit at some moment.
 */
const BREACH_CHANCE_MAX = 1e-4;
/** Abandoned calls that the limit would still allow and that are not planned with. */
const HEADROOM_RESERVE = 1;

/**
 * How many lines more: dial one while P(no agent | answered) ≤ theta and the limit holds even if most lines are answered at once
 * (P(abandoned in flight > headroom - 1) ≤ 0.01 %), and always fill up to the idle agents (which cannot abandon by itself). The
 * arithmetic of the sums holds from one agent upwards. Keeps its room from one decision to the next, and nothing else.
 */
export class LookAhead {
  readonly #surplus = ANSWERS_WITHIN_MS.map(() => new Surplus());

  decide(inputs: LookAheadInputs): LookAheadDecision {
    const { linesMax, theta, ringing, busy, newDial } = inputs;
    const trials = { answers: ringing, frees: busy, known: inputs.known };
    for (let moment = 0; moment < this.#surplus.length; moment += 1)
      this.#surplus[moment]?.begin(trials, moment);
    const spare = inputs.idleAgents - inputs.answersWaiting;
    const floor = Math.max(0, spare - ringing.count);
    const within = spare + Math.floor(inputs.headroom) - HEADROOM_RESERVE;
    let lines = 0;
    // Those that are dialled anyway; the risk of the last of them is worth knowing.
    for (; lines < Math.min(floor, linesMax - 1); lines += 1) this.#addLine(newDial);
    let risk = 0;
    while (lines < linesMax) {
      risk = this.#abandonRisk(newDial, spare);
      if (lines >= floor && risk > theta) break;
      this.#addLine(newDial);
      if (lines >= floor && this.#breachChance(within) > BREACH_CHANCE_MAX) break;
      lines += 1;
    }
    return { lines, risk };
  }

  #addLine(newDial: readonly number[]): void {
    for (let moment = 0; moment < this.#surplus.length; moment += 1)
      this.#surplus[moment]?.addAnswer(newDial[moment] ?? 0);
  }

  /** Σ w(τ) · P(G(τ) ≥ spare + F(τ)) ÷ Σ w(τ): the lines before ours took every agent who was free or became so. */
  #abandonRisk(newDial: readonly number[], spare: number): number {
    let risk = 0;
    let total = 0;
    for (let moment = 0; moment < this.#surplus.length; moment += 1) {
      const weight = (newDial[moment] ?? 0) - (newDial[moment - 1] ?? 0);
      if (weight <= 0) continue;
      total += weight;
      risk += weight * (this.#surplus[moment]?.atLeast(spare) ?? 0);
    }
    return total > 0 ? risk / total : 0;
  }

  /** The largest chance, over the moments ahead, that more people are left alone than `within` allows. */
  #breachChance(within: number): number {
    let most = 0;
    for (let moment = 0; moment < this.#surplus.length; moment += 1)
      most = Math.max(most, this.#surplus[moment]?.atLeast(within + 1) ?? 0);
    return most;
  }
}
