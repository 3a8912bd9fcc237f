import { connect, type Socket } from 'node:net';
import type { SwitchAddress } from '../../dialer/freeswitch/switch-address.ts';

/** One event as the switch told it: header names to values. */
export interface SwitchEvent {
  readonly [header: string]: string | undefined;
  readonly _body?: string;
}

/**
 * FreeSWITCH lets five connections wait to be accepted. One more looks connected from here and is never greeted (measured with 24 at
 * once), so it is given up and made again.
 */
const GREETING_MS_MAX = 1500;
const TRIES_MAX = 10;

interface Frame {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/**
 * A plain client of FreeSWITCH's event socket for tests and load tests. On purpose not the product's: what the product's client gets wrong
 * must not be wrong here as well.
 */
export class EventSocketClient {
  readonly #socket: Socket;
  readonly #replies: { resolve: (frame: Frame) => void; reject: (error: Error) => void }[] = [];
  readonly #listeners = new Set<(event: SwitchEvent) => void>();
  readonly #closed: Promise<void>;
  #buffer: Buffer = Buffer.alloc(0);
  #greeted: () => void = () => undefined;
  #failure: Error | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('The event socket was closed.')));
  }

  /** Connects and signs in; rejects when the switch is not there or does not take the password. */
  static async open(address: SwitchAddress): Promise<EventSocketClient> {
    for (let tries = 1; ; tries += 1) {
      const client = new EventSocketClient(connect({ host: address.host, port: address.port }));
      if (await client.#isGreeted()) return client.#signIn(address);
      client.close();
      if (tries === TRIES_MAX) throw new Error(`The switch at ${address.host}:${address.port} says nothing.`);
    }
  }

  /** False when it takes too long; rejects when there is no connection. */
  #isGreeted(): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve(false), GREETING_MS_MAX);
      const settle = (run: () => void) => (): void => {
        clearTimeout(timer);
        run();
      };
      this.#greeted = settle(() => resolve(true));
      void this.#closed.then(settle(() => reject(this.#failure ?? new Error('closed'))));
    });
  }

  async #signIn(address: SwitchAddress): Promise<this> {
    const reply = await this.send(`auth ${address.password}`);
    if (!reply.startsWith('+OK')) {
      this.close();
      throw new Error(`The switch at ${address.host}:${address.port} did not take the password: ${reply}`);
    }
    return this;
  }

  /** Sends one command with its header lines and returns the Reply-Text, or the body of an api response. */
  async send(command: string): Promise<string> {
    if (this.#failure !== null) throw this.#failure;
    const reply = new Promise<Frame>((resolve, reject) => this.#replies.push({ resolve, reject }));
    this.#socket.write(`${command}\n\n`);
    const frame = await reply;
    return frame.headers.get('Content-Type') === 'api/response'
      ? frame.body
      : (frame.headers.get('Reply-Text') ?? '');
  }

  api(command: string): Promise<string> {
    return this.send(`api ${command}`);
  }

  /** Starts the command in the background under this job id; its result comes as a BACKGROUND_JOB event. */
  bgapi(command: string, jobId: string): Promise<string> {
    return this.send(`bgapi ${command}\nJob-UUID: ${jobId}`);
  }

  /** Calls the listener for every event until the returned function is called. */
  listen(listener: (event: SwitchEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when the connection is gone, whoever ended it. */
  get closed(): Promise<void> {
    return this.#closed;
  }

  close(): void {
    this.#socket.destroy();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const waiting of this.#replies.splice(0)) waiting.reject(this.#failure);
  }

  #take(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    for (let frame = this.#nextFrame(); frame !== null; frame = this.#nextFrame()) this.#dispatch(frame);
  }

  #nextFrame(): Frame | null {
    const headersEnd = this.#buffer.indexOf('\n\n');
    if (headersEnd < 0) return null;
    const headers = new Map<string, string>();
    for (const line of this.#buffer.toString('utf8', 0, headersEnd).split('\n')) {
      const colon = line.indexOf(': ');
      if (colon > 0) headers.set(line.slice(0, colon), line.slice(colon + 2));
    }
    const bodyStart = headersEnd + 2;
    const bodyEnd = bodyStart + Number(headers.get('Content-Length') ?? 0);
    if (this.#buffer.length < bodyEnd) return null;
    const body = this.#buffer.toString('utf8', bodyStart, bodyEnd);
    this.#buffer = this.#buffer.subarray(bodyEnd);
    return { headers, body };
  }

  #dispatch(frame: Frame): void {
    const type = frame.headers.get('Content-Type');
    if (type === 'auth/request') this.#greeted();
    else if (type === 'text/event-json') {
      const event = JSON.parse(frame.body) as SwitchEvent;
      for (const listener of this.#listeners) listener(event);
    } else if (type === 'command/reply' || type === 'api/response') this.#replies.shift()?.resolve(frame);
  }
}
