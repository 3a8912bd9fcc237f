import { createServer, type AddressInfo, type Server } from 'node:net';
import type { EventSink } from './core.ts';
import { EslListener, type ListenerHost } from './esl-listener.ts';
import type { SwitchEvent } from './switch-event.ts';

/** The inbound event socket: any number of clients, each with its own subscription and filters. */
export class EslServer implements EventSink {
  readonly #host: ListenerHost;
  readonly #onClients: (authenticated: number) => void;
  readonly #listeners = new Set<EslListener>();
  #server: Server | null = null;
  #port = 0;

  /** `onClients` hears how many clients there are whenever one comes or goes. */
  constructor(host: ListenerHost, onClients: (clients: number) => void) {
    this.#host = host;
    this.#onClients = onClients;
  }

  /** Listens on 127.0.0.1; port 0 takes a free one, and the same one again after {@link close}. Rejects when it is taken. */
  listen(port: number): Promise<number> {
    const server = createServer((socket) => {
      const listener = new EslListener(socket, this.#host);
      this.#listeners.add(listener);
      this.#onClients(this.#listeners.size);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.#listeners.delete(listener);
        this.#onClients(this.#listeners.size);
      });
    });
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: '127.0.0.1', port: port === 0 ? this.#port : port }, () => {
        this.#server = server;
        this.#port = (server.address() as AddressInfo).port;
        resolve(this.#port);
      });
    });
  }

  /** Drops every client without a word and stops listening. */
  close(): Promise<void> {
    for (const listener of this.#listeners) listener.close();
    const server = this.#server;
    this.#server = null;
    return new Promise((resolve) => {
      if (server === null) resolve();
      else server.close(() => resolve());
    });
  }

  mayWant(name: string, subclass: string | null): boolean {
    for (const listener of this.#listeners) if (listener.subscription.mayWant(name, subclass)) return true;
    return false;
  }

  publish(event: SwitchEvent): void {
    const texts = new Map<string, string>();
    for (const listener of this.#listeners) listener.offer(event, texts);
  }
}
