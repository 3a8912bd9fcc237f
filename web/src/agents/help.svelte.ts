import type { AgentId, PoolId } from '../../../kernel/ids.ts';
import type {
  AgentView,
  HelpAnswer,
  MessageSent,
  MoveInput,
  NewMessage,
  SupervisorCommand,
} from '../../../server/api.ts';
import { newCommandId } from '../agent/new-command-id.ts';
import type { ApiClient } from '../api/api-client.ts';
import { describeApiError } from '../api/describe-api-error.ts';
import type { Toasts } from '../ui/toasts.svelte.ts';

type Wish = SupervisorCommand extends infer One
  ? One extends unknown
    ? Omit<One, 'commandId'>
    : never
  : never;

/** What a supervisor does for agents: each wish ends in a sentence, said to him by a toast. */
export class Help {
  readonly #api: ApiClient;
  readonly #toasts: Toasts;
  #busy = $state.raw<readonly AgentId[]>([]);

  constructor(api: ApiClient, toasts: Toasts) {
    this.#api = api;
    this.#toasts = toasts;
  }

  isBusy(agentId: AgentId): boolean {
    return this.#busy.includes(agentId);
  }

  async ask(poolId: PoolId, { agentId }: Pick<AgentView, 'agentId'>, wish: Wish): Promise<boolean> {
    const body = { ...wish, commandId: newCommandId() };
    return this.#do(agentId, () =>
      this.#api.send<HelpAnswer>('POST', `/api/pools/${poolId}/agents/${agentId}/commands`, body),
    );
  }

  async move(agentId: AgentId, poolId: PoolId): Promise<boolean> {
    const body: MoveInput = { commandId: newCommandId(), poolId };
    return this.#do(agentId, () => this.#api.send<HelpAnswer>('POST', `/api/agents/${agentId}/move`, body));
  }

  async takeMoveBack(agentId: AgentId): Promise<boolean> {
    return this.#do(agentId, () => this.#api.send<HelpAnswer>('DELETE', `/api/agents/${agentId}/move`));
  }

  /** How many have got it; null when it was not sent, which is said. */
  async write(message: NewMessage): Promise<number | null> {
    try {
      return (await this.#api.send<MessageSent>('POST', '/api/agent-messages', message)).sent;
    } catch (error) {
      this.#toasts.say(describeApiError(error), 'bad');
      return null;
    }
  }

  async #do(agentId: AgentId, work: () => Promise<HelpAnswer>): Promise<boolean> {
    this.#busy = [...this.#busy, agentId];
    try {
      this.#toasts.say((await work()).message);
      return true;
    } catch (error) {
      this.#toasts.say(describeApiError(error), 'bad');
      return false;
    } finally {
      this.#busy = this.#busy.filter((id) => id !== agentId);
    }
  }
}
