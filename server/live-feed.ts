import type { OrganizationId, PoolId } from '../kernel/ids.ts';
import type { LiveSettings } from './http-settings.ts';
import type { LiveSocket } from './live-socket.ts';
import type { PoolDirectory } from './pool-directory.ts';
import { PoolFeed, type FeedReader } from './pool-feed.ts';

/** Who is told: a browser that paints, or another node that tells its own. */
export type Audience = 'screens' | 'nodes';

interface Watched {
  readonly organizationId: OrganizationId;
  readonly poolId: PoolId;
  readonly by: Audience;
}

/** One feed for each pool and audience that somebody watches, however many do. */
export class LiveFeeds {
  readonly #pools: PoolDirectory;
  readonly #settings: LiveSettings;
  readonly #feeds = new Map<string, PoolFeed>();

  constructor(pools: PoolDirectory, settings: LiveSettings) {
    this.#pools = pools;
    this.#settings = settings;
  }

  readerCount(): number {
    return [...this.#feeds.values()].reduce((sum, feed) => sum + feed.readerCount, 0);
  }

  /** Sends what changes in the pool to the reader until it is told to stop. */
  attach(pool: Watched, reader: FeedReader): () => void {
    const key = `${pool.organizationId} ${pool.poolId} ${pool.by}`;
    let feed = this.#feeds.get(key);
    if (!feed) {
      feed = new PoolFeed({
        connect: () => this.#pools.connect(pool.organizationId, pool.poolId),
        ...this.#settings,
        gapMs: pool.by === 'nodes' ? this.#settings.nodeGapMs : this.#settings.gapMs,
      });
      this.#feeds.set(key, feed);
    }
    const watched = feed;
    const detach = watched.attach(reader);
    return () => {
      detach();
      if (watched.readerCount === 0 && this.#feeds.get(key) === watched) this.#feeds.delete(key);
    };
  }
}

export function readerOf(socket: LiveSocket): FeedReader {
  return {
    send: (text) => socket.send(text),
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
  };
}
