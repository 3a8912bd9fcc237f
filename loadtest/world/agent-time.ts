import type { Agent } from '../../dialer/agent.ts';
import { unreachable } from '../../kernel/assert.ts';
import type { AgentId, CallId } from '../../kernel/ids.ts';
import type { EpochMs } from '../../kernel/time.ts';

/** What an agent's time goes into; the words of the metrics contract. */
export interface AgentTime {
  readonly talkMs: number;
  readonly wrapUpMs: number;
  /** Talk and wrap-up of calls that a machine answered. */
  readonly machineMs: number;
  /** Ready and reserved. */
  readonly idleMs: number;
  readonly pausedMs: number;
  readonly signedInMs: number;
}

type Kind = 'talkMs' | 'wrapUpMs' | 'machineMs' | 'idleMs' | 'pausedMs';

const nothing = (): Record<Kind, number> => ({
  talkMs: 0,
  wrapUpMs: 0,
  machineMs: 0,
  idleMs: 0,
  pausedMs: 0,
});

/** Adds up the states of all agents within the shifts; work after the end of a shift does not count. */
export class AgentTimes {
  readonly #isMachine: (callId: CallId) => boolean;
  readonly #states = new Map<AgentId, { kind: Kind; since: EpochMs }>();
  #sums = nothing();
  #shiftEndsAt = 0 as EpochMs;

  constructor(isMachine: (callId: CallId) => boolean) {
    this.#isMachine = isMachine;
  }

  shift(endsAt: EpochMs): void {
    this.#shiftEndsAt = endsAt;
  }

  moved(agent: Agent, now: EpochMs): void {
    this.#close(agent.id, now);
    const kind = this.#kindOf(agent);
    if (kind === null) this.#states.delete(agent.id);
    else this.#states.set(agent.id, { kind, since: now });
  }

  /** Everything up to `now`, and from now on a new account. */
  take(now: EpochMs): AgentTime {
    for (const agentId of this.#states.keys()) this.#close(agentId, now);
    const sums = this.#sums;
    this.#sums = nothing();
    const signedInMs = sums.talkMs + sums.wrapUpMs + sums.machineMs + sums.idleMs + sums.pausedMs;
    return { ...sums, signedInMs };
  }

  #close(agentId: AgentId, now: EpochMs): void {
    const state = this.#states.get(agentId);
    if (!state) return;
    const until = Math.min(now, this.#shiftEndsAt);
    this.#sums[state.kind] += Math.max(0, until - state.since);
    state.since = Math.max(state.since, until) as EpochMs;
  }

  #kindOf(agent: Agent): Kind | null {
    switch (agent.state) {
      case 'signed-out':
      // In these worlds a phone is lost only with its agent.
      case 'phone-lost':
        return null;
      case 'talking':
      case 'on-hold':
      case 'consulting':
        return this.#isMachine(agent.callId) ? 'machineMs' : 'talkMs';
      case 'wrapping-up':
        return this.#isMachine(agent.callId) ? 'machineMs' : 'wrapUpMs';
      case 'ready':
      case 'reserved':
      case 'previewing':
      case 'dialling':
        return 'idleMs';
      case 'phone-connecting':
      case 'paused':
        return 'pausedMs';
      default:
        return unreachable(agent);
    }
  }
}

export const addTimes = (a: AgentTime, b: AgentTime): AgentTime => ({
  talkMs: a.talkMs + b.talkMs,
  wrapUpMs: a.wrapUpMs + b.wrapUpMs,
  machineMs: a.machineMs + b.machineMs,
  idleMs: a.idleMs + b.idleMs,
  pausedMs: a.pausedMs + b.pausedMs,
  signedInMs: a.signedInMs + b.signedInMs,
});
