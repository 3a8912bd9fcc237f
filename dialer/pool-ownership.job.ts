import type { OrganizationDatabase } from '../kernel/database.ts';
import type { Epoch, OrganizationId, PoolId } from '../kernel/ids.ts';
import {
  elapsed,
  elapsedMonotonic,
  milliseconds,
  type Clock,
  type EpochMs,
  type MonotonicMs,
} from '../kernel/time.ts';
import type { DialerLog } from './dialer-log.ts';
import type { Fence } from './fence.ts';
import { BEAT_MS, giveUpLease, renewLease, RENEWAL_OVERDUE_MS, takePool } from './lease.store.ts';

export interface OwnedPoolSeat {
  readonly organizationId: OrganizationId;
  readonly poolId: PoolId;
}

export interface PoolOwnershipPorts extends OwnedPoolSeat {
  readonly database: OrganizationDatabase;
  readonly ownerAddress: string;
  readonly ownerSecret: string;
  /** The machine's clock, never the one that is moved for trials: it is held against the database's. */
  readonly clock: Clock;
  readonly log: DialerLog;
}

/** What happens to our ownership, told as it is noticed. */
export interface OwnershipWatcher {
  /** Another owner has a higher epoch: leave at once. */
  onLost(reason: string): void;
  /** Whether the lease could be renewed lately; without it nothing is dialled. */
  onDatabase(isUp: boolean): void;
  /** Our clock minus the database's. */
  onClock(offsetMs: number): void;
}

/** Takes the pool when nobody owns it; null while another owner lives. Rejects when the database does not answer. */
export async function takeOwnership(ports: PoolOwnershipPorts): Promise<Fence | null> {
  const { database, poolId, organizationId, ownerAddress, ownerSecret, clock } = ports;
  const at = clock.now();
  const epoch: Epoch | null = await takePool(database, {
    poolId,
    organizationId,
    ownerAddress,
    ownerSecret,
    at,
  });
  return epoch === null ? null : { poolId, epoch };
}

/** Keeps the lease by a heartbeat until it is stopped or lost. */
export class PoolOwnership {
  readonly #ports: PoolOwnershipPorts;
  readonly #fence: Fence;
  readonly #watcher: OwnershipWatcher;
  readonly #timer: NodeJS.Timeout;
  /** By both clocks: the monotonic one stands still while the machine sleeps, the other may be set back. */
  #renewed: { readonly now: EpochMs; readonly monotonic: MonotonicMs };
  /** The renewal under way; null between two. */
  #renewal: Promise<void> | null = null;
  #isStopped = false;

  constructor(ports: PoolOwnershipPorts, fence: Fence, watcher: OwnershipWatcher) {
    this.#ports = ports;
    this.#fence = fence;
    this.#watcher = watcher;
    this.#renewed = this.#time();
    this.#timer = setInterval(() => {
      this.#beat();
    }, BEAT_MS);
    this.#beat();
  }

  /** Whether the lease was renewed lately enough to place calls, also after a freeze or a sleep of the machine. */
  isFresh(): boolean {
    const { now, monotonic } = this.#time();
    return (
      elapsedMonotonic(this.#renewed.monotonic, monotonic) < RENEWAL_OVERDUE_MS &&
      elapsed(this.#renewed.now, now) < RENEWAL_OVERDUE_MS
    );
  }

  #time(): { readonly now: EpochMs; readonly monotonic: MonotonicMs } {
    const { clock } = this.#ports;
    return { now: clock.now(), monotonic: clock.monotonic() };
  }

  /** Gives the lease up, so that the next owner need not wait for it to run out. A renewal under way would take it back. */
  async release(): Promise<void> {
    this.stop();
    await this.#renewal;
    await giveUpLease(this.#ports.database, this.#fence);
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
  }

  #beat(): void {
    this.#checkOverdue();
    // A renewal that hangs is not doubled; the check above speaks meanwhile.
    this.#renewal ??= this.#renew().finally(() => (this.#renewal = null));
  }

  async #renew(): Promise<void> {
    const { database, clock, log } = this.#ports;
    const sent = this.#time();
    try {
      const { isOurs, databaseNow } = await renewLease(database, this.#fence);
      if (this.#isStopped) return;
      if (!isOurs) {
        this.stop();
        this.#watcher.onLost('another process owns this pool now');
        return;
      }
      // The lease runs from when the database wrote it, which is no earlier than when we sent.
      this.#renewed = sent;
      const halfWay = elapsedMonotonic(sent.monotonic, clock.monotonic()) / 2;
      this.#watcher.onClock(clock.now() - milliseconds(halfWay) - databaseNow);
      this.#checkOverdue();
    } catch (error) {
      log.warn({ err: error, poolId: this.#fence.poolId }, 'lease not renewed; trying again');
    }
  }

  #checkOverdue(): void {
    if (this.#isStopped) return;
    this.#watcher.onDatabase(this.isFresh());
  }
}
