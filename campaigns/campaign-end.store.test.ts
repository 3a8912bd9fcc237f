import { beforeAll, expect, test } from 'vitest';
import { useTestDatabase } from '../server/test-database.ts';
import { listChanges } from './campaign-change.store.ts';
import { finishEndedCampaigns } from './campaign-end.store.ts';
import { attachList } from './campaign-list.store.ts';
import { NOON, seedLead, seedOrganization, type Seed, type SeedPorts } from './campaign.fixture.ts';

const testDatabase = useTestDatabase();
let ports: SeedPorts;
let seed: Seed;

beforeAll(async () => {
  ports = testDatabase();
  seed = await seedOrganization(ports);
  await seedLead(ports, seed, { phones: ['+13055550101'] });
  await attachList(ports.organization, seed, { listId: seed.listId, priority: 0, at: NOON });
});

const finish = () =>
  finishEndedCampaigns(ports.organization, seed.organizationId, {
    poolId: seed.poolId,
    author: { at: NOON, newId: ports.newId },
  });
const set = async (state: string, endsOn: string, leadState: string): Promise<void> => {
  const { query } = ports.organization;
  await query`update campaign set state = ${state}, ends_on = ${endsOn} where campaign_id = ${seed.campaignId}`;
  await query`update campaign_lead set state = ${leadState} where campaign_id = ${seed.campaignId}`;
};

test.each([
  ['its last day goes on', ['running', '2026-12-02', 'waiting']],
  ['it is a draft', ['draft', '2026-12-01', 'waiting']],
  ['a callback is promised', ['running', '2026-12-01', 'callback']],
  ['a call goes on', ['running', '2026-12-01', 'calling']],
  ['an agent has not said what came of a call', ['paused', '2026-12-01', 'awaiting-disposition']],
] as const)('a campaign does not finish by itself while %s', async (_why, state) => {
  const [campaign, endsOn, leads] = state;
  await set(campaign, endsOn, leads);
  expect(await finish()).toEqual([]);
});

test('a campaign whose last day is over finishes by itself, once, and its history says so', async () => {
  await set('running', '2026-12-01', 'waiting');
  expect(await finish()).toEqual([seed.campaignId]);
  expect(await finish()).toEqual([]);
  const history = await listChanges(ports.organization.query, seed, { after: null, limit: 10 });
  expect(history).toMatchObject([
    { field: 'state', before: 'running', after: 'finished', userName: null, at: NOON },
  ]);
});
