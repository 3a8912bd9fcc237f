import { unreachable } from '../kernel/assert.ts';
import type { CommandAnswer } from '../dialer/agent-command.ts';
import type { AgentView } from '../dialer/live-view.ts';
import type { PoolOwner } from '../dialer/pool-owner.ts';
import type { AgentId, CallId, CommandId, LeadId } from '../kernel/ids.ts';
import type { Random } from '../kernel/random.ts';
import type { Clock, EpochMs } from '../kernel/time.ts';
import type { NewId } from '../kernel/uuid.ts';

/** Stores what an agent says of a call, as the agent's own screen does. */
export type Dispose = (agentId: AgentId, callId: CallId, code: string) => Promise<void>;

export interface AutomaticAgentsPorts {
  readonly owner: PoolOwner;
  readonly dispose: Dispose;
  /** Codes to choose from, weighted by repetition. */
  readonly codes: readonly string[];
  /** How long the next wrap-up takes, in milliseconds. */
  readonly nextWrapUpMs: () => number;
  readonly random: Random;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: { warn(fields: object, message: string): void };
}

const LOOK_MS = 100;

/** Agents of the demo who work by themselves: they use the same commands as a person's screen, a little later. */
export class AutomaticAgents {
  readonly #ports: AutomaticAgentsPorts;
  readonly #timer: NodeJS.Timeout;
  /** When the agent acts next in the state that he is in. */
  readonly #next = new Map<AgentId, { readonly key: string; readonly at: EpochMs }>();
  readonly #busy = new Set<AgentId>();

  constructor(ports: AutomaticAgentsPorts) {
    this.#ports = ports;
    this.#timer = setInterval(() => {
      this.#look();
    }, LOOK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = this.#ports.clock.now();
    for (const agent of this.#ports.owner.view().agents) {
      if (!agent.isAutomatic || this.#busy.has(agent.agentId)) continue;
      const key = `${agent.state} ${String(agent.since)}`;
      const next = this.#next.get(agent.agentId);
      if (next?.key !== key)
        this.#next.set(agent.agentId, { key, at: (now + this.#hesitation(agent)) as EpochMs });
      else if (now >= next.at) void this.#act(agent);
    }
  }

  #hesitation(agent: AgentView): number {
    return agent.state === 'wrapping-up' ? this.#ports.nextWrapUpMs() : 100 + this.#ports.random.next() * 400;
  }

  async #act(agent: AgentView): Promise<void> {
    const { agentId } = agent;
    this.#busy.add(agentId);
    try {
      await this.#step(agent);
    } catch (error) {
      this.#ports.log.warn({ err: error, agentId }, 'automatic agent hesitates');
    } finally {
      this.#busy.delete(agentId);
      this.#next.delete(agentId);
    }
  }

  async #step({ agentId, state }: AgentView): Promise<void> {
    switch (state) {
      case 'signed-out':
        await this.#command({ type: 'sign-in', agentId });
        return;
      case 'phone-lost':
        await this.#command({ type: 'connect-phone', agentId });
        return;
      case 'paused':
      case 'wrapping-up': {
        const call = this.#ports.owner.desk(agentId)?.call;
        if (call?.needsDisposition) {
          const { codes, random } = this.#ports;
          await this.#ports.dispose(
            agentId,
            call.callId,
            codes[Math.floor(random.next() * codes.length)] ?? '',
          );
          await this.#command({ type: 'disposed', agentId, callId: call.callId, next: 'ready' });
        } else if (state === 'paused') await this.#command({ type: 'ready', agentId });
        return;
      }
      case 'phone-connecting':
      case 'ready':
      case 'previewing': {
        const leadId = this.#ports.owner.desk(agentId)?.preview?.leadId;
        if (leadId) await this.#command({ type: 'preview-dial', agentId, leadId });
        return;
      }
      case 'reserved':
      case 'dialling':
      case 'talking':
      case 'on-hold':
      case 'consulting':
        // Somebody or something else moves him on.
        return;
      default:
        unreachable(state);
    }
  }

  #command(command: WithoutId): Promise<CommandAnswer> {
    const commandId: CommandId = this.#ports.newId(this.#ports.clock.now());
    return this.#ports.owner.command({ ...command, commandId });
  }
}

type WithoutId = { readonly agentId: AgentId } & (
  | { readonly type: 'sign-in' | 'connect-phone' | 'ready' }
  | { readonly type: 'disposed'; readonly callId: CallId; readonly next: 'ready' | 'pause' }
  | { readonly type: 'preview-dial'; readonly leadId: LeadId }
);
