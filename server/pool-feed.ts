import type { PoolView } from '../dialer/live-view.ts';
import type { LiveMessage } from './api/live-message.ts';
import { deltaBetween } from './live-delta.ts';
import type { PoolConnection } from './pool-connection.ts';

/** Somebody who watches a pool: a browser's socket, or another node's. */
export interface FeedReader {
  send(text: string): void;
  /** What was sent and has not left this machine. */
  readonly bufferedBytes: number;
}

export interface PoolFeedOptions {
  /** Null while nobody owns the pool. */
  connect(): Promise<PoolConnection | null>;
  /** Changes that follow one another within it are told together. */
  readonly gapMs: number;
  /** Beyond this a reader lags: he is sent nothing until it has left, and then a snapshot. */
  readonly bufferedBytesMax: number;
  readonly retryMs: number;
}

const UNAVAILABLE: LiveMessage = {
  type: 'unavailable',
  message: 'Nobody runs this pool at the moment; it is shown again as soon as somebody does.',
};

/** Tells all readers of one pool what changed; compares once, however many read. Lives while it has readers. */
export class PoolFeed {
  readonly #options: PoolFeedOptions;
  readonly #readers = new Map<FeedReader, { isLagging: boolean }>();
  #connection: PoolConnection | null = null;
  #stopListening: (() => void) | null = null;
  #view: PoolView | null = null;
  #version = 0;
  #isConnecting = false;
  #isUnavailable = false;
  #timer: NodeJS.Timeout | null = null;
  #gap: NodeJS.Timeout | null = null;
  #isDue = false;
  #retry: NodeJS.Timeout | null = null;

  constructor(options: PoolFeedOptions) {
    this.#options = options;
  }

  get readerCount(): number {
    return this.#readers.size;
  }

  /** The reader gets a snapshot (or `unavailable`) first. Returns the way to stop. */
  attach(reader: FeedReader): () => void {
    this.#readers.set(reader, { isLagging: false });
    if (this.#view) this.#sendSnapshot(reader, this.#view);
    else if (this.#isUnavailable) reader.send(JSON.stringify(UNAVAILABLE));
    void this.#connect();
    return () => {
      this.#readers.delete(reader);
      if (this.#readers.size === 0) this.#rest();
    };
  }

  async #connect(): Promise<void> {
    if (this.#connection || this.#isConnecting || this.#readers.size === 0) return;
    this.#isConnecting = true;
    const connection = await this.#options.connect().catch(() => null);
    this.#isConnecting = false;
    if (this.#readers.size === 0) return;
    if (!connection || connection.isGone) {
      this.#becomeUnavailable();
      return;
    }
    this.#connection = connection;
    this.#isUnavailable = false;
    const stopChanges = connection.owner.onChange(() => this.#schedule());
    const stopGone = connection.onGone(() => {
      this.#disconnect();
      void this.#connect();
    });
    this.#stopListening = () => {
      stopChanges();
      stopGone();
    };
    const view = connection.owner.view();
    this.#view = view;
    this.#version += 1;
    for (const reader of this.#readers.keys()) this.#sendSnapshot(reader, view);
  }

  #becomeUnavailable(): void {
    if (!this.#isUnavailable) {
      this.#isUnavailable = true;
      for (const reader of this.#readers.keys()) reader.send(JSON.stringify(UNAVAILABLE));
    }
    this.#retry ??= setTimeout(() => {
      this.#retry = null;
      void this.#connect();
    }, this.#options.retryMs);
  }

  /** After a rest a change is told at once: only those that follow it wait for the end of the gap. */
  #schedule(): void {
    if (this.#gap) this.#isDue = true;
    else this.#timer ??= setTimeout(() => this.#tellAndRest(), 0);
  }

  #tellAndRest(): void {
    this.#timer = null;
    this.#isDue = false;
    this.#gap = setTimeout(() => {
      this.#gap = null;
      if (this.#isDue) this.#tellAndRest();
    }, this.#options.gapMs);
    this.#tell();
  }

  #tell(): void {
    if (!this.#connection || !this.#view) return;
    const view = this.#connection.owner.view();
    const delta = deltaBetween(this.#view, view);
    this.#view = view;
    if (delta) this.#version += 1;
    const text =
      delta && JSON.stringify({ type: 'delta', version: this.#version, delta } satisfies LiveMessage);
    for (const [reader, state] of this.#readers) {
      if (reader.bufferedBytes > this.#options.bufferedBytesMax) state.isLagging = true;
      else if (state.isLagging) this.#sendSnapshot(reader, view);
      else if (text !== null) reader.send(text);
    }
    if ([...this.#readers.values()].some(({ isLagging }) => isLagging)) this.#schedule();
  }

  #sendSnapshot(reader: FeedReader, view: PoolView): void {
    this.#readers.set(reader, { isLagging: false });
    reader.send(JSON.stringify({ type: 'snapshot', version: this.#version, view } satisfies LiveMessage));
  }

  #disconnect(): void {
    this.#stopListening?.();
    this.#stopListening = null;
    this.#connection = null;
    this.#view = null;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#gap) clearTimeout(this.#gap);
    this.#gap = null;
    this.#isDue = false;
  }

  #rest(): void {
    this.#disconnect();
    this.#isUnavailable = false;
    if (this.#retry) clearTimeout(this.#retry);
    this.#retry = null;
  }
}
