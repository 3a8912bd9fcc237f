import type { AgentCommand } from '../../dialer/agent-command.ts';
import type { AgentView } from '../../dialer/live-view.ts';
import type { AgentId, CommandId } from '../../kernel/ids.ts';
import type { Random } from '../../kernel/random.ts';
import type { Clock } from '../../kernel/time.ts';
import type { NewId } from '../../kernel/uuid.ts';
import type { RunningProduct } from './product-under-test.ts';

export interface LoadAgentsOptions {
  readonly product: RunningProduct;
  readonly clock: Clock;
  readonly random: Random;
  readonly newId: NewId;
  /** Draws how long an agent talks before he hangs up, and how long his wrap-up takes. */
  readonly talkMs: () => number;
  readonly wrapMs: () => number;
}

const LOOK_MS = 100;

/** The agents of a load test: they sign in, are ready, talk for a while, hang up, dispose of the call, and are ready again. */
export class LoadAgents {
  readonly #options: LoadAgentsOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #stopListening: () => void;
  readonly #busy = new Set<AgentId>();
  /** When the agent acts in the state in which he is. */
  readonly #plans = new Map<AgentId, { readonly key: string; readonly at: number }>();
  readonly #problems = new Set<string>();

  constructor(options: LoadAgentsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    // An owner in another process is only mirrored while somebody listens.
    this.#stopListening = options.product.owner.onChange(() => undefined);
  }

  /** What the product refused them, each sentence once. */
  get problems(): readonly string[] {
    return [...this.#problems];
  }

  /** Agents who can take a call, or have one. */
  get atWork(): number {
    const away = ['signed-out', 'phone-connecting', 'phone-lost', 'paused'];
    return this.#options.product.owner.view().agents.filter(({ state }) => !away.includes(state)).length;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#stopListening();
  }

  #look(): void {
    const now = this.#options.clock.monotonic();
    for (const agent of this.#options.product.owner.view().agents) {
      if (this.#busy.has(agent.agentId)) continue;
      const key = `${agent.state} ${agent.since}`;
      const plan = this.#plans.get(agent.agentId);
      if (plan?.key !== key) this.#plans.set(agent.agentId, { key, at: now + this.#hesitationMs(agent) });
      else if (now >= plan.at) void this.#act(agent);
    }
  }

  #hesitationMs({ state }: AgentView): number {
    if (state === 'talking') return this.#options.talkMs();
    if (state === 'wrapping-up') return this.#options.wrapMs();
    return this.#options.random.next() * 300;
  }

  async #act(agent: AgentView): Promise<void> {
    const { agentId } = agent;
    this.#busy.add(agentId);
    try {
      await this.#step(agent);
    } catch (error) {
      this.#problems.add(error instanceof Error ? error.message : String(error));
    } finally {
      this.#busy.delete(agentId);
      this.#plans.delete(agentId);
    }
  }

  async #step({ agentId, state }: AgentView): Promise<void> {
    const { product } = this.#options;
    if (state === 'signed-out') await this.#command({ type: 'sign-in', agentId });
    else if (state === 'phone-lost') await this.#command({ type: 'connect-phone', agentId });
    else if (state === 'talking') await this.#command({ type: 'hang-up', agentId });
    else if (state === 'paused' || state === 'wrapping-up') {
      const call = product.owner.desk(agentId)?.call;
      if (call?.needsDisposition === true) {
        await product.dispose(agentId, call.callId);
        await this.#command({ type: 'disposed', agentId, callId: call.callId, next: 'ready' });
      } else if (state === 'paused') await this.#command({ type: 'ready', agentId });
    }
  }

  async #command(command: CommandWithoutId): Promise<void> {
    const commandId: CommandId = this.#options.newId(this.#options.clock.now());
    const answer = await this.#options.product.owner.command({ ...command, commandId });
    if (!answer.ok) this.#problems.add(`${command.type}: ${answer.message}`);
  }
}

type CommandWithoutId = AgentCommand extends infer Each
  ? Each extends AgentCommand
    ? Omit<Each, 'commandId'>
    : never
  : never;
