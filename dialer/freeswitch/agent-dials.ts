import type { CallId, LegId } from '../../kernel/ids.ts';
import { milliseconds } from '../../kernel/time.ts';
import type { DialScript } from './originate-command.ts';
import type { Cancel, Timers } from './timers.ts';

export interface AgentDialsOptions {
  readonly timers: Timers;
  /** The leg is not parked yet: in a bridge, or on its way out of one. */
  readonly isAway: (legId: LegId) => boolean;
  /** The leg leaves its park for the script. */
  readonly onLeaves: (legId: LegId) => void;
  /** Sends the script; resolves with null when the switch took it, with its words when not. Rejects when nobody knows. */
  readonly send: (legId: LegId, script: DialScript) => Promise<string | null>;
  /** The switch refused the script: no call was made. */
  readonly onRefused: (callId: CallId, reason: string) => void;
  /** The leg has its script behind it and the call was not answered: its end is known, or was lost. */
  readonly onGivenUp: (callId: CallId, hangupCause: string) => void;
}

interface AgentDial {
  readonly callId: CallId;
  /** Null once it was sent. */
  readonly heldBack: { readonly script: DialScript; readonly cancel: Cancel } | null;
}

/** A leg parks within 40 ms of its customer's end; after this its event was lost. */
const PARK_LATE_MS = milliseconds(300);

/** Calls that agents' own legs are making, until they are answered: the leg tells when nothing comes of one. */
export class AgentDials {
  readonly #options: AgentDialsOptions;
  readonly #dials = new Map<LegId, AgentDial>();

  constructor(options: AgentDialsOptions) {
    this.#options = options;
  }

  dial(callId: CallId, legId: LegId, script: DialScript): void {
    if (!this.#options.isAway(legId)) {
      this.#sendNow(callId, legId, script);
      return;
    }
    const cancel = this.#options.timers.schedule(() => this.#sendNow(callId, legId, script), PARK_LATE_MS);
    this.#dials.set(legId, { callId, heldBack: { script, cancel } });
  }

  /** The call was given up or its number revoked: one that was held back is never sent. False when it is on its way, or unknown. */
  cancel(callId: CallId): boolean {
    for (const [legId, dial] of this.#dials) {
      if (dial.callId !== callId || !dial.heldBack) continue;
      dial.heldBack.cancel();
      this.#dials.delete(legId);
      this.#options.onRefused(callId, 'it was given up before it was dialled');
      return true;
    }
    return false;
  }

  legParked(legId: LegId, hangupCause: string): void {
    const dial = this.#dials.get(legId);
    if (!dial) return;
    if (dial.heldBack) {
      dial.heldBack.cancel();
      this.#sendNow(dial.callId, legId, dial.heldBack.script);
    } else this.#givenUp(legId, dial, hangupCause);
  }

  /** From now on the call is one like any other: the leg also parks while it is on hold. */
  answered(callId: CallId): void {
    for (const [legId, dial] of this.#dials) if (dial.callId === callId) this.#dials.delete(legId);
  }

  callEnded(callId: CallId): void {
    this.answered(callId);
  }

  legEnded(legId: LegId): void {
    const dial = this.#dials.get(legId);
    if (!dial) return;
    if (dial.heldBack) {
      dial.heldBack.cancel();
      this.#dials.delete(legId);
      this.#options.onRefused(dial.callId, "the agent's leg ended");
    } else this.#givenUp(legId, dial, 'ORIGINATOR_CANCEL');
  }

  /** The connection is gone: what was held back was never sent, the rest shows in the next look. */
  forget(): void {
    const dials = [...this.#dials.values()];
    this.#dials.clear();
    for (const { callId, heldBack } of dials) {
      heldBack?.cancel();
      if (heldBack) this.#options.onRefused(callId, 'the connection to FreeSWITCH was lost');
    }
  }

  #sendNow(callId: CallId, legId: LegId, script: DialScript): void {
    this.#dials.set(legId, { callId, heldBack: null });
    this.#options.onLeaves(legId);
    this.#options.send(legId, script).then(
      (refusal) => {
        if (refusal === null) return;
        if (this.#dials.get(legId)?.callId === callId) this.#dials.delete(legId);
        this.#options.onRefused(callId, refusal);
      },
      // The connection died with the command in flight: the next look tells.
      () => undefined,
    );
  }

  #givenUp(legId: LegId, { callId }: AgentDial, hangupCause: string): void {
    this.#dials.delete(legId);
    this.#options.onGivenUp(callId, hangupCause);
  }
}
