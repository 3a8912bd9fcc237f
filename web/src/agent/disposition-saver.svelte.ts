import type { CallId } from '../../../kernel/ids.ts';
import type { CallDisposition } from '../../../server/api.ts';
import { ApiError } from '../api/api-client.ts';
import { describeApiError } from '../api/describe-api-error.ts';

export type SavingState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'saving' }
  /** No answer came; it goes again by itself, and what was typed stays. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'refused'; readonly message: string };

export interface SaverPorts {
  send(callId: CallId, disposition: CallDisposition): Promise<unknown>;
}

const AGAIN_AFTER_MS = 3000;

/** Stores what came out of a call. Nothing counts as stored before the server has said so. */
export class DispositionSaver {
  readonly #ports: SaverPorts;
  readonly #whenStored: (callId: CallId) => void;
  #state = $state.raw<SavingState>({ kind: 'idle' });
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(ports: SaverPorts, whenStored: (callId: CallId) => void) {
    this.#ports = ports;
    this.#whenStored = whenStored;
  }

  get state(): SavingState {
    return this.#state;
  }

  get isBusy(): boolean {
    return this.#state.kind === 'saving' || this.#state.kind === 'waiting';
  }

  /** Its `commandId` names it: the same one again, also after a reload, is stored once. */
  async save(callId: CallId, disposition: CallDisposition): Promise<void> {
    if (this.isBusy) return;
    await this.#send(callId, disposition);
  }

  /** The agent changes what he typed while it could not be stored; the changed text goes with an id of its own. */
  stopWaiting(): void {
    if (this.#state.kind !== 'waiting') return;
    this.#clear();
    this.#state = { kind: 'idle' };
  }

  close(): void {
    this.#clear();
  }

  async #send(callId: CallId, disposition: CallDisposition): Promise<void> {
    this.#state = { kind: 'saving' };
    try {
      await this.#ports.send(callId, disposition);
      this.#state = { kind: 'idle' };
      this.#whenStored(callId);
    } catch (error) {
      const isUnanswered = error instanceof ApiError && (error.status === 0 || error.status >= 502);
      if (isUnanswered) {
        this.#state = { kind: 'waiting' };
        this.#timer = setTimeout(() => void this.#send(callId, disposition), AGAIN_AFTER_MS);
      } else {
        this.#state = { kind: 'refused', message: describeApiError(error) };
      }
    }
  }

  #clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
