import { expect, test } from 'vitest';
import { attachList, detachList } from '../campaigns/campaign-list.store.ts';
import { changeCampaign } from '../campaigns/campaign.store.ts';
import { openOrphanedCallbacks } from '../campaigns/orphaned-callback.store.ts';
import type { PoolId, UserId } from '../kernel/ids.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { claim, leadState, NOON, storedPool, storeLeads, type StoredPool } from './stored-pool.fixture.ts';

const testDatabase = useTestDatabase();

/** A callback of the pool's agent that is due. */
async function promised(state = 'callback') {
  const pool = await storedPool(testDatabase());
  const [lead] = await storeLeads(pool, [{ state }]);
  const { query } = pool.organization;
  const { leadId } = lead!;
  await query`update campaign_lead set callback_agent_id = ${pool.seed.agentId} where lead_id = ${leadId}`;
  const owner = async () => {
    const [row] = await query<{ agentId: string | null }>`
      select callback_agent_id as "agentId" from campaign_lead where lead_id = ${leadId}`;
    return row?.agentId ?? null;
  };
  const open = () => openOrphanedCallbacks(query, { agentId: pool.seed.agentId });
  return { pool, leadId, owner, open };
}

const isClaimed = async (pool: StoredPool): Promise<boolean> => (await claim(pool)).length > 0;

async function otherPool({ organization, organizationId, newId }: StoredPool): Promise<PoolId> {
  const poolId = newId<PoolId>(NOON);
  await organization.query`insert into pool (pool_id, organization_id, name) values (${poolId}, ${organizationId}, ${poolId})`;
  return poolId;
}

test('a callback of an agent who has his seat stays his', async () => {
  const { pool, owner, open } = await promised();
  expect(await open()).toBe(0);
  expect(await owner()).toBe(pool.seed.agentId);
  expect(await isClaimed(pool)).toBe(false);
});

test('one of an agent who is deactivated, or is no agent any more, is made by anyone', async () => {
  for (const change of ['inactive', 'manager'] as const) {
    const { pool, open } = await promised();
    const { query } = pool.organization;
    await query`
      update app_user set is_active = ${change !== 'inactive'}, role = ${change === 'manager' ? 'manager' : 'agent'}
       where user_id = ${pool.seed.agentId}`;
    expect(await open()).toBe(1);
    expect(await isClaimed(pool)).toBe(true);
  }
});

test('one of an agent who has moved to another pool is made by anyone; one of his new pool stays his', async () => {
  const { pool, open } = await promised();
  const { query } = pool.organization;
  const elsewhere = await promised();
  await query`update agent set pool_id = ${elsewhere.pool.seed.poolId} where agent_id = ${pool.seed.agentId}`;
  await query`
    update campaign_lead set callback_agent_id = ${pool.seed.agentId} where lead_id = ${elsewhere.leadId}`;
  expect(await open()).toBe(1);
  expect(await elsewhere.owner()).toBe(pool.seed.agentId);
  expect(await isClaimed(pool)).toBe(true);
});

test('a campaign that moves to another pool leaves no callback to somebody who does not work there', async () => {
  const { pool, owner } = await promised();
  const author = { userId: null as UserId | null, at: NOON, newId: pool.newId };
  const change = { poolId: await otherPool(pool) };
  expect(await changeCampaign(pool.organization, pool.seed, { change, author })).toEqual({ ok: true });
  expect(await owner()).toBeNull();
});

test('also one that is being dialled, and one of a list that comes back later', async () => {
  for (const state of ['claimed', 'calling', 'awaiting-disposition']) {
    const { pool, owner, open } = await promised(state);
    await pool.organization.query`
      update app_user set is_active = false where user_id = ${pool.seed.agentId}`;
    expect(await open()).toBe(1);
    expect(await owner()).toBeNull();
  }
  const { pool, leadId, open } = await promised();
  const { organization, seed } = pool;
  await detachList(organization, seed, { listId: seed.listId });
  await organization.query`update app_user set is_active = false where user_id = ${seed.agentId}`;
  expect(await open()).toBe(1);
  await attachList(organization, seed, { listId: seed.listId, priority: 0, at: NOON });
  expect(await leadState(pool, leadId)).toMatchObject({ state: 'callback' });
  expect(await isClaimed(pool)).toBe(true);
});
