import type { OrganizationDatabase } from '../kernel/database.ts';
import type { Epoch, OrganizationId, PoolId } from '../kernel/ids.ts';
import type { DurationMs, EpochMs } from '../kernel/time.ts';
import { seconds, milliseconds } from '../kernel/time.ts';
import type { Fence } from './fence.ts';

export const LEASE_MS: DurationMs = seconds(6);
export const BEAT_MS: DurationMs = milliseconds(1500);
/** An owner that could not renew for so long places no call. */
export const RENEWAL_OVERDUE_MS: DurationMs = seconds(4);

export interface PoolClaim {
  readonly poolId: PoolId;
  readonly organizationId: OrganizationId;
  /** Where API nodes reach us. */
  readonly ownerAddress: string;
  readonly ownerSecret: string;
  readonly at: EpochMs;
}

/**
 * Takes a pool whose lease has run out (or that nobody ever had), with the next epoch; null while another owner lives. Lease
 * times alone are the database's. Waits for the older owner's writes in flight, which hold the pool_owner row FOR SHARE.
 */
export async function takePool(database: OrganizationDatabase, claim: PoolClaim): Promise<Epoch | null> {
  const { poolId, organizationId, ownerAddress, ownerSecret } = claim;
  const [taken] = await database.query<{ epoch: number }>`
    with beat as (
      insert into pool_heartbeat as h (pool_id, organization_id, epoch, expires_at)
      values (${poolId}, ${organizationId}, 1, clock_timestamp() + ${LEASE_MS} * interval '1 millisecond')
      on conflict (pool_id) do update
         set epoch = h.epoch + 1, expires_at = excluded.expires_at
       where h.expires_at < clock_timestamp()
      returning epoch
    )
    insert into pool_owner as o (pool_id, organization_id, epoch, owner_address, owner_secret, taken_at)
    select ${poolId}, ${organizationId}, epoch, ${ownerAddress}, ${ownerSecret}, ${new Date(claim.at)} from beat
    on conflict (pool_id) do update
       set epoch = excluded.epoch, owner_address = excluded.owner_address,
           owner_secret = excluded.owner_secret, taken_at = excluded.taken_at
    returning epoch`;
  return taken ? (taken.epoch as Epoch) : null;
}

export interface Renewal {
  /** False when the pool belongs to a higher epoch. */
  readonly isOurs: boolean;
  /** The database's clock, which every node is measured by. */
  readonly databaseNow: EpochMs;
}

/** Lengthens our lease. */
export async function renewLease(database: OrganizationDatabase, fence: Fence): Promise<Renewal> {
  const [row] = await database.query<{ renewed: number; database_now: EpochMs }>`
    with renewed as (
      update pool_heartbeat
         set expires_at = clock_timestamp() + ${LEASE_MS} * interval '1 millisecond'
       where pool_id = ${fence.poolId} and epoch = ${fence.epoch}
      returning epoch
    )
    select (select count(*)::int from renewed) as renewed, clock_timestamp() as database_now`;
  return { isOurs: row?.renewed === 1, databaseNow: row?.database_now ?? (0 as EpochMs) };
}

/** On a clean end: the next owner need not wait for the lease to run out. */
export async function giveUpLease(database: OrganizationDatabase, fence: Fence): Promise<void> {
  await database.query`
    update pool_heartbeat set expires_at = clock_timestamp()
     where pool_id = ${fence.poolId} and epoch = ${fence.epoch}`;
}
