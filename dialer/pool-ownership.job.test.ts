import { expect, test } from 'vitest';
import type { OrganizationDatabase, Query, SqlValue } from '../kernel/database.ts';
import type { Clock, EpochMs, MonotonicMs } from '../kernel/time.ts';
import { systemClock } from '../server/clock.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { PoolOwnership } from './pool-ownership.job.ts';
import { storedPool, take } from './stored-pool.fixture.ts';

const testDatabase = useTestDatabase();
const silent = (): void => undefined;

test('a lease that is given up is free at once, also when a renewal was under way', async () => {
  const pool = await storedPool(testDatabase());
  const { organization, organizationId, fence } = pool;
  const [sent, gate] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  const sentSoFar = new Set<string>();
  const query: Query = async <Row extends object>(text: TemplateStringsArray, ...values: SqlValue[]) => {
    if (text.join('').includes('renewed')) {
      sent.resolve(undefined);
      await gate.promise;
    }
    const isGivenUp = text.join('').includes('set expires_at = clock_timestamp()\n');
    if (isGivenUp) sentSoFar.add('given up');
    const rows = await organization.query<Row>(text, ...values);
    if (isGivenUp) gate.resolve(undefined);
    return rows;
  };
  const database: OrganizationDatabase = { ...organization, query };
  const ownership = new PoolOwnership(
    {
      ...{ poolId: fence.poolId, organizationId, database, clock: systemClock },
      ...{ ownerAddress: 'http://first', ownerSecret: 'first' },
      log: { debug: silent, info: silent, warn: silent, error: silent },
    },
    fence,
    { onLost: silent, onDatabase: silent, onClock: silent },
  );
  await sent.promise;
  const released = ownership.release();
  // The renewal comes to the database last, unless it is waited for.
  if (!sentSoFar.has('given up')) gate.resolve(undefined);
  await released;
  expect(await take(pool, 'second')).toBe(2);
});

test.each([
  ['the process stood still', 0, 4000],
  ['the machine slept', 4000, 0],
])('a lease is fresh no more when %s since it was renewed', async (_, wallMs, monotonicMs) => {
  const pool = await storedPool(testDatabase());
  const { organization: database, organizationId, fence } = pool;
  const passed = { wallMs: 0, monotonicMs: 0 };
  const clock: Clock = {
    now: () => (systemClock.now() + passed.wallMs) as EpochMs,
    monotonic: () => passed.monotonicMs as MonotonicMs,
  };
  const renewed = Promise.withResolvers<undefined>();
  const ownership = new PoolOwnership(
    {
      ...{ poolId: fence.poolId, organizationId, database, clock },
      ...{ ownerAddress: 'http://first', ownerSecret: 'first' },
      log: { debug: silent, info: silent, warn: silent, error: silent },
    },
    fence,
    {
      onLost: silent,
      onDatabase: silent,
      onClock: () => {
        renewed.resolve(undefined);
      },
    },
  );
  await renewed.promise;
  ownership.stop();
  expect(ownership.isFresh()).toBe(true);
  Object.assign(passed, { wallMs, monotonicMs });
  expect(ownership.isFresh()).toBe(false);
});
