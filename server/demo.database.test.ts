import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';
import { makeDemo } from './demo.ts';
import { useTestDatabase } from './test-database.ts';
import type { OrganizationId } from '../kernel/ids.ts';
import type { NewId } from '../kernel/uuid.ts';

const testDatabase = useTestDatabase();

/** More ids than its people take, fewer than its leads: there the first start dies. */
const IDS_OF_FIRST_START = 40;

test('a first start that dies among the demo’s leads is finished by the next one, and nothing is made twice', async () => {
  const { database, newId } = testDatabase();
  let ids = 0;
  const dying: NewId = (at) => {
    ids += 1;
    if (ids > IDS_OF_FIRST_START) throw new Error('killed');
    return newId(at);
  };
  const ports = { database, clock: systemClock };
  await expect(makeDemo({ ...ports, newId: dying })).rejects.toThrow('interrupted');
  for (let start = 0; start < 2; start += 1) await makeDemo({ ...ports, newId });
  const made = await database.system<{ organizationId: OrganizationId; isDemo: boolean }>`
    select organization_id as "organizationId", is_demo as "isDemo" from ringline_organizations()`;
  const [demo, ...others] = made.filter(({ isDemo }) => isDemo);
  expect(others).toEqual([]);
  const rows = database.organization(demo!.organizationId);
  const [counts] = await rows.query`
    select (select count(*)::int from pool) as pools, (select count(*)::int from trunk) as trunks,
           (select count(*)::int from lead_list) as lists, (select count(*)::int from lead) as leads,
           (select array_agg(state) from campaign) as campaigns`;
  expect(counts).toEqual({ pools: 1, trunks: 1, lists: 1, leads: 4000, campaigns: ['running'] });
});
