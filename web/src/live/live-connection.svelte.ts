import type { SOCKET_CLOSE } from '../../../server/api.ts';

/** The part of a WebSocket that we use; tests hand in their own. */
export type Socket = Pick<WebSocket, 'onopen' | 'onmessage' | 'onclose' | 'send' | 'close'>;

export type ConnectionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  /** `retryAt` by the monotonic clock. */
  | { readonly kind: 'lost'; readonly retryAt: number; readonly attempt: number }
  /** Not tried again by itself: signed out, taken over by another screen, or nothing there for this person. */
  | { readonly kind: 'closed'; readonly why: ClosedWhy; readonly message: string };

export type ClosedWhy = 'signed-out' | 'taken-over' | 'not-found' | 'stopped';

/** The server's numbers, written again because the console takes types alone from there; the compiler compares them. */
const CLOSE_CODES: typeof SOCKET_CLOSE = { signedOut: 4001, takenOver: 4002, notFound: 4004 };

const FIRST_RETRY_MS = 500;
const RETRY_MAX_MS = 10_000;
/** Silence after which the server is asked whether it is still there: an idle pool has nothing to tell. */
export const SILENCE_MAX_MS = 12_000;
const PROBE_WITHIN_MS = 4000;

export interface ConnectionPorts {
  connect(): Socket;
  /** Resolves when the server answers; what a silent socket is judged by. */
  probe(signal: AbortSignal): Promise<void>;
  monotonic(): number;
  /** Uniform in [0, 1): spreads the returns of many screens after an outage. */
  random(): number;
}

export interface ConnectionListener {
  /** A new socket is open: whatever came before belongs to the past. */
  opened(): void;
  received(message: unknown): void;
  closed(why: ClosedWhy): void;
}

/** Wait before the n-th attempt (from 1): doubling to ten seconds, and a random half of it so that screens do not return as one. */
export function retryDelayMs(attempt: number, chance: number): number {
  const fullMs = Math.min(RETRY_MAX_MS, FIRST_RETRY_MS * 2 ** (attempt - 1));
  return Math.round(fullMs * (0.5 + chance / 2));
}

/** A socket that comes back by itself, and knows when it is silent for too long. */
export class LiveConnection {
  readonly #ports: ConnectionPorts;
  readonly #listener: ConnectionListener;
  #state = $state.raw<ConnectionState>({ kind: 'connecting' });
  #socket: Socket | null = null;
  #attempt = 0;
  #retryTimer: ReturnType<typeof setTimeout> | null = null;
  #silenceTimer: ReturnType<typeof setTimeout> | null = null;
  #probe: AbortController | null = null;

  constructor(ports: ConnectionPorts, listener: ConnectionListener) {
    this.#ports = ports;
    this.#listener = listener;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  start(): void {
    if (this.#socket !== null) return;
    this.#clearTimers();
    if (this.#state.kind !== 'lost') this.#state = { kind: 'connecting' };
    const socket = this.#ports.connect();
    this.#socket = socket;
    socket.onopen = () => {
      if (this.#socket !== socket) return;
      this.#state = { kind: 'open' };
      this.#listener.opened();
      this.#watchSilence(socket);
    };
    socket.onmessage = (event) => {
      if (this.#socket !== socket) return;
      this.#attempt = 0;
      this.#watchSilence(socket);
      this.#listener.received(parse(event.data));
    };
    socket.onclose = (event) => {
      if (this.#socket === socket) this.#ended(event.code, event.reason);
    };
  }

  /** As {@link start}, now, for somebody who does not want to wait. */
  retryNow(): void {
    if (this.#state.kind === 'lost' || this.#state.kind === 'closed') {
      this.#attempt = 0;
      this.start();
    }
  }

  /** The machine says that it has no network, or a message did not fit: this socket is not used any more. */
  drop(): void {
    const socket = this.#socket;
    if (socket === null) return;
    socket.close();
    this.#ended(1006, '');
  }

  send(message: unknown): void {
    if (this.#state.kind === 'open') this.#socket?.send(JSON.stringify(message));
  }

  stop(): void {
    this.#clearTimers();
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#state = { kind: 'closed', why: 'stopped', message: '' };
  }

  #ended(code: number, reason: string): void {
    this.#socket = null;
    this.#clearTimers();
    const why = closedWhy(code);
    if (why !== null) {
      this.#state = { kind: 'closed', why, message: reason };
      this.#listener.closed(why);
      return;
    }
    this.#attempt += 1;
    const waitMs = retryDelayMs(this.#attempt, this.#ports.random());
    this.#state = { kind: 'lost', retryAt: this.#ports.monotonic() + waitMs, attempt: this.#attempt };
    this.#retryTimer = setTimeout(() => this.start(), waitMs);
  }

  #watchSilence(socket: Socket): void {
    if (this.#silenceTimer !== null) clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => void this.#askServer(socket), SILENCE_MAX_MS);
  }

  async #askServer(socket: Socket): Promise<void> {
    const probe = new AbortController();
    this.#probe = probe;
    const timer = setTimeout(() => probe.abort(), PROBE_WITHIN_MS);
    try {
      await this.#ports.probe(probe.signal);
      if (this.#socket === socket) this.#watchSilence(socket);
    } catch {
      if (this.#socket === socket) this.drop();
    } finally {
      clearTimeout(timer);
    }
  }

  #clearTimers(): void {
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    if (this.#silenceTimer !== null) clearTimeout(this.#silenceTimer);
    this.#probe?.abort();
    this.#retryTimer = null;
    this.#silenceTimer = null;
  }
}

function closedWhy(code: number): ClosedWhy | null {
  if (code === CLOSE_CODES.signedOut) return 'signed-out';
  if (code === CLOSE_CODES.takenOver) return 'taken-over';
  return code === CLOSE_CODES.notFound ? 'not-found' : null;
}

function parse(data: unknown): unknown {
  if (typeof data !== 'string') return null;
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return null;
  }
}
