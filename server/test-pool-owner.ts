import type { AgentCommand, CommandAnswer } from '../dialer/agent-command.ts';
import type { AgentView, CallView, PoolView } from '../dialer/live-view.ts';
import type { AgentDeskView, PoolOwner } from '../dialer/pool-owner.ts';
import type { AgentId, CallId, PoolId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';

/** A pool that does what a test tells it; what it was asked is in `commands`. */
export class FakePoolOwner implements PoolOwner {
  readonly poolId: PoolId;
  readonly commands: AgentCommand[] = [];
  answer: CommandAnswer = { ok: true };
  /** What happens before a command is answered. */
  onCommand: (command: AgentCommand) => Promise<void> = async () => undefined;
  readonly #agents = new Map<AgentId, AgentView>();
  readonly #calls = new Map<AgentId, AgentDeskView['call']>();
  readonly #listeners = new Set<() => void>();
  readonly #waiting: (() => void)[] = [];
  #view: PoolView;

  constructor(poolId: PoolId) {
    this.poolId = poolId;
    this.#view = {
      poolId,
      at: 0 as EpochMs,
      health: { switch: 'up', database: 'up', notDialling: null },
      agents: [],
      campaigns: [],
      calls: [],
      lastCalls: [],
    };
  }

  async command(command: AgentCommand): Promise<CommandAnswer> {
    await this.onCommand(command);
    this.commands.push(command);
    for (const wake of this.#waiting.splice(0)) wake();
    return this.answer;
  }

  view(): PoolView {
    return { ...this.#view, agents: [...this.#agents.values()] };
  }

  desk(agentId: AgentId): AgentDeskView | null {
    const agent = this.#agents.get(agentId);
    if (!agent) return null;
    const call = this.#calls.get(agentId) ?? null;
    return { at: this.#view.at, agent, call, preview: null, dialling: null, campaigns: [] };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  set(change: Partial<Omit<PoolView, 'agents'>>): void {
    this.#view = { ...this.#view, ...change };
    this.#tell();
  }

  setAgent(agentId: AgentId, change: Partial<AgentView> = {}): void {
    const known = this.#agents.get(agentId) ?? {
      agentId,
      name: 'Ann',
      isAutomatic: false,
      state: 'ready',
      reason: null,
      since: 0 as EpochMs,
      callId: null,
      campaignId: null,
      leadId: null,
      phone: '',
      wrapUntil: null,
      wanted: null,
      wantedReason: null,
      callsToday: 0,
    };
    this.#agents.set(agentId, { ...known, ...change });
    this.#tell();
  }

  /** The agent talks with somebody, or is free again. */
  setCall(agentId: AgentId, call: AgentDeskView['call']): void {
    this.#calls.set(agentId, call);
    this.setAgent(agentId, { state: call ? 'talking' : 'ready', callId: call?.callId ?? null });
  }

  /** Resolves when the next command has come. */
  async nextCommand(): Promise<AgentCommand> {
    const known = this.commands.length;
    if (known === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const command = this.commands.at(-1);
    if (!command) throw new Error('no command came');
    return command;
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

export function callView(callId: CallId, change: Partial<CallView> = {}): CallView {
  return {
    callId,
    campaignId: null,
    leadId: null,
    phone: '+1305*****34',
    state: 'ringing',
    since: 0 as EpochMs,
    agentId: null,
    ...change,
  };
}
