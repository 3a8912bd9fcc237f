import type { PoolOwner } from '../dialer/pool-owner.ts';
import type { Epoch, OrganizationId, PoolId } from '../kernel/ids.ts';
import type { HttpDatabase } from './http-database.ts';
import type { HttpLog } from './http-log.ts';
import type { OwnedPool, PoolConnection } from './pool-connection.ts';
import { connectRemoteOwner, type RemotePoolOwner } from './remote-pool-owner.ts';

interface OwnerRow {
  readonly address: string;
  readonly secret: string;
  readonly epoch: Epoch;
}

/** A remote owner's feed that nobody watches is closed after this long. */
const IDLE_MS = 60_000;
const CONNECT_TIMEOUT_MS = 2000;

/** Finds the owner of a pool: the dialer of this process registers its own, all others are found by their row. */
export class PoolDirectory {
  readonly #database: HttpDatabase;
  readonly #log: HttpLog;
  readonly #local = new Map<PoolId, LocalConnection>();
  readonly #remote = new Map<
    PoolId,
    { readonly secret: string; readonly owner: Promise<RemotePoolOwner | null> }
  >();
  readonly #watchers = new Set<(pool: OwnedPool) => void>();
  #isClosed = false;

  constructor(ports: { database: HttpDatabase; log: HttpLog }) {
    this.#database = ports.database;
    this.#log = ports.log;
  }

  /** Called by the dialer when it has become the owner; the returned function says that it is no more. */
  register(pool: OwnedPool): () => void {
    const connection = new LocalConnection(pool);
    this.#local.get(pool.owner.poolId)?.end();
    this.#local.set(pool.owner.poolId, connection);
    for (const watcher of this.#watchers) watcher(pool);
    return () => {
      if (this.#local.get(pool.owner.poolId) === connection) this.#local.delete(pool.owner.poolId);
      connection.end();
    };
  }

  /** Told of each pool that this process owns, also of those it owns already. */
  onRegister(watcher: (pool: OwnedPool) => void): void {
    this.#watchers.add(watcher);
    for (const { local } of this.#local.values()) watcher(local);
  }

  local(): readonly OwnedPool[] {
    return [...this.#local.values()].map(({ local }) => local);
  }

  localConnection(poolId: PoolId): PoolConnection | null {
    return this.#local.get(poolId) ?? null;
  }

  /** Null when nobody owns the pool, when it is another organization's, and when its owner cannot be reached. */
  async connect(organizationId: OrganizationId, poolId: PoolId): Promise<PoolConnection | null> {
    if (this.#isClosed) return null;
    const local = this.#local.get(poolId);
    if (local) return local.local.organizationId === organizationId ? local : null;
    const row = await this.#ownerRow(organizationId, poolId);
    return row ? this.#reach(poolId, row) : null;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { owner } of this.#remote.values()) (await owner)?.end();
  }

  async #ownerRow(organizationId: OrganizationId, poolId: PoolId): Promise<OwnerRow | null> {
    const [row] = await this.#database.organization(organizationId).query<OwnerRow>`
      select owner_address as address, owner_secret as secret, epoch from pool_owner where pool_id = ${poolId}`;
    return row ?? null;
  }

  #reach(poolId: PoolId, row: OwnerRow): Promise<RemotePoolOwner | null> {
    const known = this.#remote.get(poolId);
    if (known?.secret === row.secret) return known.owner;
    // The secret of another epoch: that owner is one no more.
    void known?.owner.then((owner) => owner?.end());
    const entry = { secret: row.secret, owner: this.#dial(poolId, row) };
    this.#remote.set(poolId, entry);
    const forget = (): void => {
      if (this.#remote.get(poolId) === entry) this.#remote.delete(poolId);
    };
    void entry.owner.then((owner) => {
      if (owner) owner.onGone(forget);
      else forget();
    });
    return entry.owner;
  }

  async #dial(poolId: PoolId, row: OwnerRow): Promise<RemotePoolOwner | null> {
    const url = row.address.includes('://') ? row.address : `http://${row.address}`;
    try {
      const address = { url, secret: row.secret };
      return await connectRemoteOwner({
        poolId,
        address,
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        idleMs: IDLE_MS,
      });
    } catch (error) {
      this.#log.warn({ poolId, epoch: row.epoch, err: error }, 'pool owner not reached');
      return null;
    }
  }
}

class LocalConnection implements PoolConnection {
  readonly local: OwnedPool;
  readonly remote = null;
  readonly #listeners = new Set<() => void>();
  #isGone = false;

  constructor(pool: OwnedPool) {
    this.local = pool;
  }

  get owner(): PoolOwner {
    return this.local.owner;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  onGone(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  end(): void {
    this.#isGone = true;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }
}
