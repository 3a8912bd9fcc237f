import type { CommandId } from '../../../kernel/ids.ts';
import type { DeskCommand } from '../../../server/api.ts';
import { ApiError } from '../api/api-client.ts';
import { describeApiError } from '../api/describe-api-error.ts';

type WithoutId<Command> = Command extends unknown ? Omit<Command, 'commandId'> : never;
/** What the agent asks for; the id is ours. */
export type Asked = WithoutId<DeskCommand>;

export interface CommandPorts {
  send(command: DeskCommand): Promise<unknown>;
  newId(): CommandId;
  wait(ms: number): Promise<void>;
}

/** A short break of the line must not make anybody press twice; what lasts longer is said. */
const TRIES_MAX = 4;
const BETWEEN_TRIES_MS = 700;

/** Sends what the agent asks for. One that got no answer goes again with the same id, which the server does once. */
export class Commands {
  readonly #ports: CommandPorts;
  #pending = $state.raw<Asked['type'] | null>(null);
  #problem = $state<string | null>(null);

  constructor(ports: CommandPorts) {
    this.#ports = ports;
  }

  /** The command that waits for its answer. */
  get pending(): Asked['type'] | null {
    return this.#pending;
  }

  /** Why the last one was not done. */
  get problem(): string | null {
    return this.#problem;
  }

  forgetProblem(): void {
    this.#problem = null;
  }

  /** True when it was done. A second one while the first has no answer is not sent. */
  async ask(asked: Asked): Promise<boolean> {
    if (this.#pending !== null) return false;
    this.#pending = asked.type;
    this.#problem = null;
    const command = { ...asked, commandId: this.#ports.newId() } as DeskCommand;
    try {
      await this.#sendUntilAnswered(command);
      return true;
    } catch (error) {
      this.#problem = describeApiError(error);
      return false;
    } finally {
      this.#pending = null;
    }
  }

  async #sendUntilAnswered(command: DeskCommand): Promise<void> {
    for (let tried = 1; ; tried += 1) {
      try {
        await this.#ports.send(command);
        return;
      } catch (error) {
        const mayGoAgain = error instanceof ApiError && error.code === 'unreachable' && tried < TRIES_MAX;
        if (!mayGoAgain) throw error;
        await this.#ports.wait(BETWEEN_TRIES_MS * tried);
      }
    }
  }
}
