import type { AgentMessage, UnreadMessages } from '../../../server/api.ts';
import type { ApiClient } from '../api/api-client.ts';

/** Messages to the agent who is signed in that he has not seen. The desk's socket brings the whole of them each time. */
export class DeskMessages {
  readonly #api: ApiClient;
  #unread = $state.raw<readonly AgentMessage[]>([]);
  #failed = $state.raw<unknown>(null);
  /** Told as seen, and still in what the server sent before it knew. */
  #seen = $state.raw<readonly string[]>([]);

  constructor(api: ApiClient) {
    this.#api = api;
  }

  /** The oldest first. */
  get unread(): readonly AgentMessage[] {
    return this.#unread;
  }

  /** Why the last "seen" was not stored. */
  get problem(): unknown {
    return this.#failed;
  }

  /** Whether he told that he has seen it, also when the server has not heard it yet. */
  hasSeen(messageId: string): boolean {
    return this.#seen.includes(messageId);
  }

  /** For the desk's socket: message `messages`. */
  take(messages: readonly AgentMessage[]): void {
    this.#unread = messages.filter(({ messageId }) => !this.#seen.includes(messageId));
  }

  /** For a desk whose socket has not spoken yet. */
  async load(): Promise<void> {
    this.take((await this.#api.get<UnreadMessages>('/api/agent/messages')).messages);
  }

  /** Gone from the screen at once; back with the reason when the server did not hear it. */
  async see(message: AgentMessage): Promise<void> {
    const { messageId } = message;
    this.#seen = [...this.#seen, messageId];
    this.#unread = this.#unread.filter((other) => other.messageId !== messageId);
    try {
      await this.#api.send('POST', `/api/agent/messages/${messageId}/seen`);
      this.#failed = null;
    } catch (error) {
      this.#seen = this.#seen.filter((other) => other !== messageId);
      this.#unread = [message, ...this.#unread];
      this.#failed = error;
    }
  }
}
