import { setTimeout as wait } from 'node:timers/promises';
import type { Session } from './database-session.ts';

export interface Subscription {
  /** Called with each payload. Notifications of a time without connection are lost. */
  readonly onPayload: (payload: string) => void;
  /** Called at first and after each reconnection: read again what may have changed in between. */
  readonly onSubscribed: () => void;
}

export interface ListenerPorts {
  /** Opens the one connection; `onNotify` is its only output. */
  readonly open: (onNotify: (channel: string, payload: string) => void) => Promise<Session>;
  readonly report: (fields: object, message: string) => void;
}

const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 5_000;
/** A half-open connection would be silent for ever: ask now and then. */
const PING_MS = 15_000;

/** Holds one connection that listens for everybody in this process, and comes back by itself. */
export class Listener {
  private readonly ports: ListenerPorts;
  private readonly subscriptions = new Map<string, Set<Subscription>>();
  private readonly stopping = new AbortController();
  private session: Session | null = null;
  private running: Promise<void> | null = null;

  constructor(ports: ListenerPorts) {
    this.ports = ports;
  }

  /** Returns how to end the subscription. */
  subscribe(channel: string, subscription: Subscription): () => void {
    if (!/^[a-z_]+$/.test(channel)) throw new Error(`Bug: no channel name: ${channel}`);
    const existing = this.subscriptions.get(channel);
    if (existing === undefined) this.subscriptions.set(channel, new Set([subscription]));
    else existing.add(subscription);
    this.running ??= this.keepListening();
    const session = this.session;
    if (session !== null) {
      void this.listenOn(session, channel)
        .then(() => subscription.onSubscribed())
        .catch(() => session.destroy());
    }
    return () => this.subscriptions.get(channel)?.delete(subscription);
  }

  async close(): Promise<void> {
    this.stopping.abort();
    this.session?.destroy();
    await this.running;
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async keepListening(): Promise<void> {
    let retryMs = RETRY_FIRST_MS;
    while (!this.isStopping()) {
      try {
        await this.listenUntilLost(() => (retryMs = RETRY_FIRST_MS));
      } catch (error) {
        if (this.isStopping()) return;
        this.ports.report({ err: error, retryMs }, 'database listener lost');
      }
      await wait(retryMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
    }
  }

  private async listenUntilLost(onListening: () => void): Promise<never> {
    const session = await this.ports.open((channel, payload) => {
      for (const { onPayload } of this.subscriptions.get(channel) ?? []) onPayload(payload);
    });
    const loss = new Promise<never>((_, reject) => session.onLost(reject));
    // It may be lost while we still subscribe, before anybody waits for it.
    loss.catch(() => undefined);
    const ping = setInterval(() => void session.command('select 1').catch(() => session.destroy()), PING_MS);
    try {
      if (this.isStopping()) session.destroy();
      // Those that come while we subscribe are in the map already or find `session`.
      this.session = session;
      for (const [channel, subscriptions] of this.subscriptions) {
        await this.listenOn(session, channel);
        for (const { onSubscribed } of subscriptions) onSubscribed();
      }
      onListening();
      return await loss;
    } finally {
      clearInterval(ping);
      this.session = null;
      session.destroy();
    }
  }

  private async listenOn(session: Session, channel: string): Promise<void> {
    await session.command(`listen "${channel}"`);
  }
}
