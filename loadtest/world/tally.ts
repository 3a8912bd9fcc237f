import type { LedgerEntry } from '../../dialer/ledger-entry.ts';
import type { CallId } from '../../kernel/ids.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Violation } from './violations.ts';
import { isAbandoned, isEarlyHangUp, isHumanAnswer, type WorldCall } from './world-call.ts';

/** Counts of calls as the world saw them. */
export interface CallCounts {
  callsPlaced: number;
  humanAnswers: number;
  connected: number;
  abandoned: number;
  earlyHangups: number;
  lateServed: number;
  machineAnswers: number;
  carrierFailures: number;
}

export const noCalls = (): CallCounts => ({
  callsPlaced: 0,
  humanAnswers: 0,
  connected: 0,
  abandoned: 0,
  earlyHangups: 0,
  lateServed: 0,
  machineAnswers: 0,
  carrierFailures: 0,
});

export interface TallyPorts {
  readonly legalMs: number;
  readonly violated: (violation: Violation) => void;
  /** A person answered, and it is known whether he was served. */
  readonly onHumanAnswer: (at: EpochMs, wasAbandoned: boolean) => void;
}

/** Counts the truth, and holds the product's ledger against it. */
export class Tally {
  readonly counts = noCalls();
  readonly answerToAgentMs: number[] = [];
  /** What the product believes. */
  readonly ledger = { humanAnswers: 0, abandoned: 0 };
  readonly #ports: TallyPorts;
  readonly #endings = new Set<CallId>();

  constructor(ports: TallyPorts) {
    this.#ports = ports;
  }

  ended(call: WorldCall): void {
    const { legalMs, onHumanAnswer } = this.#ports;
    const { counts } = this;
    counts.callsPlaced += 1;
    if (call.isCarrierFailure) counts.carrierFailures += 1;
    if (call.answeredAt === null) return;
    if (!isHumanAnswer(call)) {
      counts.machineAnswers += 1;
      return;
    }
    const wasAbandoned = isAbandoned(call, legalMs);
    counts.humanAnswers += 1;
    if (wasAbandoned) counts.abandoned += 1;
    if (isEarlyHangUp(call, legalMs)) counts.earlyHangups += 1;
    if (call.audioAt !== null) {
      counts.connected += 1;
      if (wasAbandoned) counts.lateServed += 1;
      this.answerToAgentMs.push(Math.max(0, call.audioAt - (call.greetingEndsAt ?? call.answeredAt)));
    }
    onHumanAnswer(call.answeredAt, wasAbandoned);
  }

  /** The product has stored how a call ended; `call` null = the whole's tally holds it against the truth. */
  stored(callId: CallId, entry: LedgerEntry | null, call: WorldCall | null | undefined): void {
    const { violated } = this.#ports;
    if (call !== null && this.#endings.has(callId)) violated('twoEndings');
    this.#endings.add(callId);
    if (entry) {
      this.ledger.humanAnswers += 1;
      if (entry.isAbandoned) this.ledger.abandoned += 1;
    }
    if (!call) return;
    // For the product every answer that it hears of is a person's; what it calls served must have been served.
    const isRight =
      (entry !== null) === call.isTold &&
      (entry === null || entry.isAbandoned || !isAbandoned(call, this.#ports.legalMs));
    if (!isRight) violated('ledgerDiffers');
  }

  /** Every call that was placed must have had its ending. */
  close(placed: Iterable<CallId>): void {
    for (const callId of placed) if (!this.#endings.has(callId)) this.#ports.violated('noEnding');
  }
}
