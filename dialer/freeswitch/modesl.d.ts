/**
 * What we use of modesl 1.2.1 and what we must keep out of its hands. Its senders (`api`, `bgapi`, `execute`, `show`, `originate`,
 * `events` …) are not declared: they all end in `send`, which our subclass refuses.
 */
declare module 'modesl' {
  import type { Socket } from 'node:net';

  namespace modesl {
    class Connection {
      /** Connects at once. modesl sets it to null when the other side has closed: keep your own reference. */
      socket: Socket | null;
      password: string;
      connecting: boolean;
      authed: boolean;

      constructor(host: string, port: number, password: string, ready?: () => void);

      on(event: string, listener: (...args: never[]) => void): this;
      emit(event: string, ...args: unknown[]): boolean;
      removeAllListeners(event?: string): this;
      listeners(event: string): readonly unknown[];

      /** Where every one of its senders ends: several writes, no queue, no check of what is sent. */
      send(command: string, args?: Readonly<Record<string, string>>): void;
      connected(): boolean;
      auth(done?: (error: Error | null) => void): void;
      disconnect(): void;

      /** Called once the TCP connection stands; the original starts the parser that we replace. */
      protected _onConnect(): void;
      protected _onError(error: Error): void;
    }
  }

  export = modesl;
}
