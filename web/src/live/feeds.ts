import type { PoolId } from '../../../kernel/ids.ts';
import type { ServerClock } from '../ui/server-clock.svelte.ts';
import type { ConnectionPorts } from './live-connection.svelte.ts';
import { PoolFeed } from './pool-feed.svelte.ts';

export interface FeedsWiring {
  readonly clock: ServerClock;
  readonly portsFor: (poolId: PoolId) => ConnectionPorts;
  readonly whenSignedOut: () => void;
}

/**
 * One feed for each pool that was looked at. They stay up while somebody is signed in, so that the last ten minutes are there when he
 * comes back to a page.
 */
export class Feeds {
  readonly #wiring: FeedsWiring;
  readonly #feeds = new Map<PoolId, PoolFeed>();

  constructor(wiring: FeedsWiring) {
    this.#wiring = wiring;
  }

  of(poolId: PoolId): PoolFeed {
    let feed = this.#feeds.get(poolId);
    if (!feed) {
      const { clock, portsFor, whenSignedOut } = this.#wiring;
      feed = new PoolFeed({ poolId, ports: portsFor(poolId), clock, whenSignedOut });
      this.#feeds.set(poolId, feed);
      feed.start();
    }
    return feed;
  }

  stopAll(): void {
    for (const feed of this.#feeds.values()) feed.stop();
    this.#feeds.clear();
  }

  dropAll(): void {
    for (const feed of this.#feeds.values()) feed.drop();
  }

  retryAll(): void {
    for (const feed of this.#feeds.values()) feed.retryNow();
  }
}
