import type { AgentCommand, CommandAnswer } from '../dialer/agent-command.ts';
import type { PoolView } from '../dialer/live-view.ts';
import type { AgentDeskView, PoolOwner } from '../dialer/pool-owner.ts';
import { assert, unreachable } from '../kernel/assert.ts';
import type { AgentId, PoolId } from '../kernel/ids.ts';
import { ownerAway } from './http-problem.ts';
import { applyDelta } from './live-delta.ts';
import { FEED_SILENCE_MS, type OwnerFeedMessage } from './owner-feed.ts';
import type { PoolConnection, RemoteAddress } from './pool-connection.ts';

/** Commands are idempotent: one that had no answer may be asked again. */
const COMMAND_TRIES = 2;
const COMMAND_TIMEOUT_MS = 3000;

export interface RemoteOwnerOptions {
  readonly poolId: PoolId;
  readonly address: RemoteAddress;
  readonly connectTimeoutMs: number;
  /** Closed when nobody has listened for this long. */
  readonly idleMs: number;
}

/** Resolves with the first snapshot in hand. Rejects when the owner's node does not let us in, or not in time. */
export async function connectRemoteOwner(options: RemoteOwnerOptions): Promise<RemotePoolOwner> {
  const owner = new RemotePoolOwner(options);
  await owner.connected;
  return owner;
}

export const internalSocketUrl = (address: RemoteAddress, path: string): string =>
  new URL(path, address.url.replace(/^http/, 'ws')).href;

/** The owner of a pool in another process: mirrors its feed, passes commands on. Gone with its socket. */
export class RemotePoolOwner implements PoolOwner, PoolConnection {
  readonly poolId: PoolId;
  readonly local = null;
  readonly remote: RemoteAddress;
  readonly connected: Promise<void>;
  readonly #options: RemoteOwnerOptions;
  readonly #socket: WebSocket;
  readonly #desks = new Map<AgentId, AgentDeskView>();
  readonly #changeListeners = new Set<() => void>();
  readonly #goneListeners = new Set<() => void>();
  #view: PoolView | null = null;
  #version = 0;
  #isGone = false;
  #silence: NodeJS.Timeout;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: RemoteOwnerOptions) {
    this.#options = options;
    this.poolId = options.poolId;
    this.remote = options.address;
    this.#socket = new WebSocket(
      internalSocketUrl(options.address, `/internal/pools/${options.poolId}/feed`),
      {
        headers: { authorization: `Bearer ${options.address.secret}` },
      },
    );
    this.#silence = setTimeout(() => this.end(), options.connectTimeoutMs);
    this.connected = new Promise((resolve, reject) => {
      const stop = this.onGone(() => reject(new Error('the node of the owner did not answer or refused us')));
      this.#socket.addEventListener('message', ({ data }) => {
        this.#hear(JSON.parse(String(data)) as OwnerFeedMessage);
        if (this.#view === null) return;
        stop();
        resolve();
      });
    });
    this.#socket.addEventListener('close', () => this.end());
    this.#socket.addEventListener('error', () => this.end());
    this.#watchIdle();
  }

  get owner(): PoolOwner {
    return this;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  view(): PoolView {
    assert(this.#view, 'a remote owner is used before it is connected');
    return this.#view;
  }

  desk(agentId: AgentId): AgentDeskView | null {
    return this.#desks.get(agentId) ?? null;
  }

  onChange(listener: () => void): () => void {
    this.#changeListeners.add(listener);
    this.#watchIdle();
    return () => {
      this.#changeListeners.delete(listener);
      this.#watchIdle();
    };
  }

  onGone(listener: () => void): () => void {
    this.#goneListeners.add(listener);
    return () => this.#goneListeners.delete(listener);
  }

  /** Throws a 503 problem when the owner does not answer; whether the command was carried out is then unknown. */
  async command(command: AgentCommand): Promise<CommandAnswer> {
    const url = new URL(`/internal/pools/${this.poolId}/commands`, this.remote.url);
    for (let tries = 1; ; tries += 1) {
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${this.remote.secret}` },
          body: JSON.stringify(command),
          signal: AbortSignal.timeout(COMMAND_TIMEOUT_MS),
        });
        if (response.ok) return (await response.json()) as CommandAnswer;
        throw ownerAway();
      } catch {
        if (tries >= COMMAND_TRIES || this.#isGone) throw ownerAway();
      }
    }
  }

  end(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    clearTimeout(this.#silence);
    clearTimeout(this.#idle);
    this.#socket.close();
    for (const listener of [...this.#goneListeners]) listener();
    this.#goneListeners.clear();
    this.#changeListeners.clear();
  }

  #hear(message: OwnerFeedMessage): void {
    this.#silence.refresh();
    switch (message.type) {
      case 'beat':
        return;
      case 'desk':
        if (message.desk) this.#desks.set(message.agentId, message.desk);
        else this.#desks.delete(message.agentId);
        break;
      case 'snapshot':
        if (this.#view === null) {
          clearTimeout(this.#silence);
          this.#silence = setTimeout(() => this.end(), FEED_SILENCE_MS);
        }
        this.#view = message.view;
        this.#version = message.version;
        break;
      case 'delta':
        if (this.#view === null || message.version !== this.#version + 1) {
          this.end();
          return;
        }
        this.#view = applyDelta(this.#view, message.delta);
        this.#version = message.version;
        break;
      case 'unavailable':
        this.end();
        return;
      default:
        return unreachable(message);
    }
    for (const listener of [...this.#changeListeners]) listener();
  }

  #watchIdle(): void {
    clearTimeout(this.#idle);
    if (this.#changeListeners.size > 0 || this.#isGone) return;
    this.#idle = setTimeout(() => this.end(), this.#options.idleMs);
    this.#idle.unref();
  }
}
