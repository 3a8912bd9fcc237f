import { unreachable } from '../../kernel/assert.ts';
import type { CallId, LegId } from '../../kernel/ids.ts';
import { milliseconds, seconds } from '../../kernel/time.ts';
import type { Cancel, Timers } from './timers.ts';

export interface BridgeKeeperOptions {
  readonly timers: Timers;
  /** Sends uuid_bridge; resolves with null when the switch took it, with its words when not. Rejects when nobody knows. */
  readonly send: (callId: CallId, legId: LegId) => Promise<string | null>;
  readonly park: (legId: LegId) => void;
  readonly onFailed: (callId: CallId, legId: LegId, reason: string) => void;
}

type Stage =
  | { readonly at: 'unanswered' }
  /**
   * The originate's thread still has the leg, or the leg has not begun yet what it was told to play: either would take it back out of
   * a bridge (the first measured: 1 in 120).
   */
  | { readonly at: 'answered' }
  | {
      readonly at: 'held-back';
      readonly legId: LegId;
      readonly isAnswering: boolean;
      readonly cancel: Cancel;
    }
  | { readonly at: 'waiting' }
  | { readonly at: 'bridging'; readonly legId: LegId; readonly cancel: Cancel };

/** The first event of the script, or of the park, comes within two ticks of the answer (40 ms); after this it was lost. */
const SCRIPT_LATE_MS = milliseconds(300);
/** CHANNEL_BRIDGE comes 40–100 ms after the command, or never: the reply says nothing about it. */
const BRIDGE_LATE_MS = seconds(1);

const NO_BRIDGE = 'no bridge came about within a second';

/**
 * Keeps uuid_bridge from the races that FreeSWITCH leaves open around it: sent only once the customer's leg is out of the
 * originate's hands and the agent's is parked, watched until the bridge stands, and the agent's leg brought home when it never does.
 */
export class BridgeKeeper {
  readonly #options: BridgeKeeperOptions;
  readonly #stages = new Map<CallId, Stage>();
  /** Agents' legs that are not parked: just called, in a bridge, or on their way out of one. */
  readonly #away = new Set<LegId>();

  constructor(options: BridgeKeeperOptions) {
    this.#options = options;
  }

  dialled(callId: CallId): void {
    if (!this.#stages.has(callId)) this.#stages.set(callId, { at: 'unanswered' });
  }

  answered(callId: CallId): void {
    const stage = this.#stages.get(callId);
    if (!stage || stage.at === 'unanswered') this.#stages.set(callId, { at: 'answered' });
  }

  /** The leg runs its script, or a look has shown it answered. */
  waiting(callId: CallId): void {
    const stage = this.#stages.get(callId);
    if (stage?.at === 'held-back') {
      this.#stages.set(callId, { ...stage, isAnswering: false });
      if (!this.#away.has(stage.legId)) this.#release(callId);
    } else if (stage?.at === 'unanswered' || stage?.at === 'answered') {
      this.#stages.set(callId, { at: 'waiting' });
    }
  }

  /** The customer was told to hear something while he waits: a bridge must not overtake that. */
  scriptChanged(callId: CallId): void {
    const at = this.#stages.get(callId)?.at ?? 'waiting';
    if (at === 'waiting') this.#stages.set(callId, { at: 'answered' });
  }

  legCreated(legId: LegId): void {
    this.#away.add(legId);
  }

  legParked(legId: LegId): void {
    if (!this.#away.delete(legId)) return;
    for (const [callId, stage] of this.#stages) {
      if (stage.at === 'held-back' && stage.legId === legId && !stage.isAnswering) this.#release(callId);
    }
  }

  isAway(legId: LegId): boolean {
    return this.#away.has(legId);
  }

  /** The leg was told to do something else than to wait. */
  legLeft(legId: LegId): void {
    this.#away.add(legId);
  }

  bridge(callId: CallId, legId: LegId): void {
    // A call that we took over counts as waiting.
    const at = this.#stages.get(callId)?.at ?? 'waiting';
    switch (at) {
      case 'unanswered':
        this.#options.onFailed(callId, legId, 'the customer has not answered');
        return;
      case 'held-back':
      case 'bridging':
        this.#options.onFailed(callId, legId, 'another bridge of this call is being made');
        return;
      case 'answered':
      case 'waiting':
        if (at === 'answered' || this.#away.has(legId)) this.#holdBack(callId, legId, at === 'answered');
        else this.#bridgeNow(callId, legId);
        return;
      default:
        unreachable(at);
    }
  }

  bridged(callId: CallId, legId: LegId): void {
    this.#away.add(legId);
    const stage = this.#stages.get(callId);
    if (stage?.at === 'bridging' || stage?.at === 'held-back') stage.cancel();
    if (stage) this.#stages.set(callId, { at: 'waiting' });
  }

  /** A customer who goes while the bridge is made leaves the agent's leg hanging between states (measured): it is parked again. */
  callEnded(callId: CallId): void {
    const stage = this.#stages.get(callId);
    this.#stages.delete(callId);
    if (stage?.at === 'held-back') stage.cancel();
    if (stage?.at !== 'bridging') return;
    stage.cancel();
    this.#park(stage.legId);
  }

  legEnded(legId: LegId): void {
    this.#away.delete(legId);
    for (const [callId, stage] of this.#stages) {
      if ((stage.at !== 'bridging' && stage.at !== 'held-back') || stage.legId !== legId) continue;
      stage.cancel();
      const isAnswering = stage.at === 'held-back' && stage.isAnswering;
      this.#stages.set(callId, { at: isAnswering ? 'answered' : 'waiting' });
      this.#options.onFailed(callId, legId, "the agent's leg ended");
      return;
    }
  }

  /** The connection is gone: nobody knows what became of the bridges under way; the next look tells. */
  forget(): void {
    for (const stage of this.#stages.values()) {
      if (stage.at === 'bridging' || stage.at === 'held-back') stage.cancel();
    }
    this.#stages.clear();
    this.#away.clear();
  }

  #holdBack(callId: CallId, legId: LegId, isAnswering: boolean): void {
    const cancel = this.#options.timers.schedule(() => this.#release(callId), SCRIPT_LATE_MS);
    this.#stages.set(callId, { at: 'held-back', legId, isAnswering, cancel });
  }

  #release(callId: CallId): void {
    const stage = this.#stages.get(callId);
    if (stage?.at !== 'held-back') return;
    stage.cancel();
    this.#bridgeNow(callId, stage.legId);
  }

  #bridgeNow(callId: CallId, legId: LegId): void {
    const cancel = this.#options.timers.schedule(
      () => this.#failed(callId, legId, NO_BRIDGE),
      BRIDGE_LATE_MS,
    );
    this.#stages.set(callId, { at: 'bridging', legId, cancel });
    this.#options.send(callId, legId).then(
      (refusal) => {
        if (refusal !== null) this.#failed(callId, legId, refusal);
      },
      // The connection died with the command in flight: `forget` has been called.
      () => undefined,
    );
  }

  #park(legId: LegId): void {
    this.#away.add(legId);
    this.#options.park(legId);
  }

  #failed(callId: CallId, legId: LegId, reason: string): void {
    const stage = this.#stages.get(callId);
    if (stage?.at !== 'bridging' || stage.legId !== legId) return;
    stage.cancel();
    this.#stages.set(callId, { at: 'waiting' });
    // Taken by the switch and nothing came of it: both legs may hang between states.
    if (reason === NO_BRIDGE) this.#park(legId);
    this.#options.onFailed(callId, legId, reason);
  }
}
