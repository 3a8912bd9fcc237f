import { connect, type Socket } from 'node:net';

export interface EslFrame {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
export type EslEvent = Readonly<Record<string, string>>;

interface Waiter {
  readonly wants: (event: EslEvent) => boolean;
  readonly resolve: (event: EslEvent) => void;
}

/** A plain client of the event socket for tests: every byte that came, replies in order, events as they come. */
export class EslClient {
  readonly #socket: Socket;
  #buffer = '';
  readonly #replies: ((frame: EslFrame) => void)[] = [];
  readonly #frames: EslFrame[] = [];
  #waiters: Waiter[] = [];
  readonly events: EslEvent[] = [];
  readonly closed: Promise<void>;
  /** All that was received, as it came. */
  received = '';

  constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port });
    this.#socket.setEncoding('utf8');
    this.#socket.on('data', (chunk: string) => this.#take(chunk));
    this.closed = new Promise((resolve) => {
      this.#socket.on('close', () => resolve());
    });
    this.#socket.on('error', () => undefined);
  }

  /** Connected, authenticated, and listening to these events. */
  static async open(port: number, password: string, events = ''): Promise<EslClient> {
    const client = new EslClient(port);
    await client.frame();
    await client.send(`auth ${password}`);
    if (events !== '') await client.send(`event json ${events}`);
    return client;
  }

  /** The next frame that is no event. */
  frame(): Promise<EslFrame> {
    const waiting = this.#frames.shift();
    return waiting === undefined
      ? new Promise((resolve) => this.#replies.push(resolve))
      : Promise.resolve(waiting);
  }

  /** Sends a command and resolves to its reply; `\n` in it starts header lines. */
  send(command: string): Promise<EslFrame> {
    this.#socket.write(`${command}\n\n`);
    return this.frame();
  }

  write(bytes: string): void {
    this.#socket.write(bytes);
  }

  /** The text of an api command's answer. */
  async api(command: string): Promise<string> {
    return (await this.send(`api ${command}`)).body;
  }

  /** The first event, past or to come, that fits. */
  event(name: string, fits: EslEvent = {}): Promise<EslEvent> {
    const wants = (event: EslEvent): boolean =>
      event['Event-Name'] === name && Object.entries(fits).every(([key, value]) => event[key] === value);
    const past = this.events.find(wants);
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve) => this.#waiters.push({ wants, resolve }));
  }

  end(): void {
    this.#socket.destroy();
  }

  #take(chunk: string): void {
    this.received += chunk;
    this.#buffer += chunk;
    for (;;) {
      const end = this.#buffer.indexOf('\n\n');
      if (end < 0) return;
      const headers = Object.fromEntries(
        this.#buffer
          .slice(0, end)
          .split('\n')
          .map((line) => line.split(/: (.*)/su).slice(0, 2)),
      ) as Record<string, string>;
      const length = Number(headers['Content-Length'] ?? 0);
      const rest = Buffer.from(this.#buffer.slice(end + 2));
      if (rest.length < length) return;
      this.#buffer = rest.subarray(length).toString();
      this.#deliver({ headers, body: rest.subarray(0, length).toString() });
    }
  }

  #deliver(frame: EslFrame): void {
    if (frame.headers['Content-Type'] === 'text/event-json') {
      const event = JSON.parse(frame.body) as EslEvent;
      this.events.push(event);
      for (const waiter of this.#waiters.filter((one) => one.wants(event))) waiter.resolve(event);
      this.#waiters = this.#waiters.filter((one) => !one.wants(event));
      return;
    }
    const reply = this.#replies.shift();
    if (reply === undefined) this.#frames.push(frame);
    else reply(frame);
  }
}
