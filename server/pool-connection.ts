import type { PoolOwner } from '../dialer/pool-owner.ts';
import type { Epoch, OrganizationId } from '../kernel/ids.ts';

/** A pool that this process owns. */
export interface OwnedPool {
  readonly organizationId: OrganizationId;
  readonly epoch: Epoch;
  /** Other nodes show it; new with each epoch, as in `pool_owner.owner_secret`. */
  readonly secret: string;
  readonly owner: PoolOwner;
}

export interface RemoteAddress {
  /** http://host:port */
  readonly url: string;
  readonly secret: string;
}

/** The owner of a pool for as long as he is one and within reach. */
export interface PoolConnection {
  readonly owner: PoolOwner;
  /** Set when the owner lives in this process. */
  readonly local: OwnedPool | null;
  /** Set when the owner lives in another one. */
  readonly remote: RemoteAddress | null;
  readonly isGone: boolean;
  /** Called once when this owner is no owner any more, or out of reach; returns the way to stop. */
  onGone(listener: () => void): () => void;
}
