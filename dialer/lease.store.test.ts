import { describe, expect, test } from 'vitest';
import { useTestDatabase } from '../server/test-database.ts';
import { giveUpLease, LEASE_MS, renewLease } from './lease.store.ts';
import { expireLease, storedPool, take, takeOver } from './stored-pool.fixture.ts';

const testDatabase = useTestDatabase();

describe('the lease of a pool', () => {
  test('is taken first with epoch 1, and by nobody else while it lasts', async () => {
    const pool = await storedPool(testDatabase());
    expect(pool.fence.epoch).toBe(1);
    expect(await take(pool, 'second')).toBeNull();
    const [owner] = await pool.organization.query<{ address: string; epoch: number }>`
      select owner_address as address, epoch from pool_owner where pool_id = ${pool.seed.poolId}`;
    expect(owner).toEqual({ address: 'http://first', epoch: 1 });
  });

  test('that has run out is taken with the next epoch, address and secret', async () => {
    const pool = await storedPool(testDatabase());
    await expireLease(pool.organization, pool.seed.poolId);
    expect(await take(pool, 'second')).toBe(2);
    const [owner] = await pool.organization.query`
      select owner_address as address, owner_secret as secret, epoch from pool_owner where pool_id = ${pool.seed.poolId}`;
    expect(owner).toEqual({ address: 'http://second', secret: 'second', epoch: 2 });
  });

  test('goes to one of many who reach for it at once, also for the first time', async () => {
    const pool = await storedPool(testDatabase());
    for (let epoch = 2; epoch < 12; epoch += 1) {
      await expireLease(pool.organization, pool.seed.poolId);
      const takers = Array.from({ length: 8 }, (_, index) => take(pool, String(index)));
      const taken = (await Promise.all(takers)).filter((taken) => taken !== null);
      expect(taken).toEqual([epoch]);
    }
    const { organization, organizationId, newId } = pool;
    const fresh = { ...pool, seed: { ...pool.seed, poolId: newId<typeof pool.seed.poolId>(0 as never) } };
    await organization.query`
      insert into pool (pool_id, organization_id, name) values (${fresh.seed.poolId}, ${organizationId}, 'Fresh')`;
    const first = await Promise.all(Array.from({ length: 8 }, (_, index) => take(fresh, String(index))));
    expect(first.filter((taken) => taken !== null)).toEqual([1]);
  });

  test('is lengthened by its owner, who learns the time of the database', async () => {
    const { organization, seed, fence } = await storedPool(testDatabase());
    await organization.query`
      update pool_heartbeat set expires_at = clock_timestamp() + interval '1 second' where pool_id = ${seed.poolId}`;
    const { isOurs, databaseNow } = await renewLease(organization, fence);
    expect(isOurs).toBe(true);
    const [beat] = await organization.query<{ expiresAt: number }>`
      select expires_at as "expiresAt" from pool_heartbeat where pool_id = ${seed.poolId}`;
    expect(beat?.expiresAt).toBeGreaterThanOrEqual(databaseNow + LEASE_MS - 50);
    expect(beat?.expiresAt).toBeLessThanOrEqual(databaseNow + LEASE_MS + 50);
  });

  test('is not lengthened by an older owner', async () => {
    const pool = await storedPool(testDatabase());
    await takeOver(pool);
    expect(await renewLease(pool.organization, pool.fence)).toMatchObject({ isOurs: false });
    expect(await take(pool, 'third')).toBeNull();
  });

  test('given up is free at once; an older owner can give up nothing', async () => {
    const pool = await storedPool(testDatabase());
    await giveUpLease(pool.organization, pool.fence);
    const second = await take(pool, 'second');
    expect(second).toBe(2);
    await giveUpLease(pool.organization, pool.fence);
    expect(await take(pool, 'third')).toBeNull();
  });
});
