import { expect, test } from 'vitest';
import type { EpochMs } from '../kernel/time.ts';
import { startJobs } from './jobs.ts';
import { useTestDatabase } from './test-database.ts';

const db = useTestDatabase();

test('makes the partitions of the coming months at the start, by the clock it is given', async () => {
  const clock = { now: () => Date.parse('2030-05-10T12:00:00Z') as EpochMs, monotonic: () => 0 as never };
  const done = Promise.withResolvers<null>();
  const log = {
    info: () => done.resolve(null),
    warn: (fields: object) => done.reject(new Error(JSON.stringify(fields))),
  };
  const jobs = await startJobs({ url: db().url, database: db().database, clock, log });
  try {
    await done.promise;
    const [row] = await db().database.system<{
      found: boolean;
    }>`select to_regclass('call_2030_06') is not null as found`;
    expect(row?.found).toBe(true);
  } finally {
    await jobs.stop();
  }
});
