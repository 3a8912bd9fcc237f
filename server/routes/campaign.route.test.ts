import { describe, expect, test } from 'vitest';
import type { Epoch, ListId } from '../../kernel/ids.ts';
import type { Campaign, CampaignNumbers, CampaignToday } from '../api/campaign.schema.ts';
import type { CampaignChanges, CampaignDefaults, CampaignStanding } from '../api/campaign-setup.schema.ts';
import type { Import } from '../api/import.schema.ts';
import type { List } from '../api/list.schema.ts';
import type { Pools, Trunk } from '../api/pool.schema.ts';
import type { ErrorBody } from '../api/scalar.schema.ts';
import { useTestHttp, type TestUser } from '../test-http.ts';
import { FakePoolOwner } from '../test-pool-owner.ts';

const http = useTestHttp();
let count = 0;

async function draft(user: TestUser, change: object = {}): Promise<Campaign> {
  count += 1;
  const poolId = await http().addPool();
  const body = { name: `Campaign ${count}`, poolId, timeZone: 'America/New_York', ...change };
  return (await user.send<Campaign>('POST', '/api/campaigns', body)).body;
}

async function filledList(user: TestUser): Promise<ListId> {
  count += 1;
  const form = new FormData();
  form.append('file', new Blob([`Name,Phone\nGrace,30555501${String(count).padStart(2, '0')}`]), 'leads.csv');
  const { body } = await user.send<Import>('POST', `/api/imports?listName=List ${count}`, form);
  const path = `/api/imports/${body.importId}`;
  await expect.poll(async () => (await user.get<Import>(path)).body.state, { interval: 10 }).toBe('done');
  return body.listId;
}

describe('a campaign', () => {
  test('goes from draft to finished, and says before what is missing', async () => {
    const admin = await http().signedIn('admin');
    const campaign = await draft(admin);
    expect(campaign).toMatchObject({
      state: 'draft',
      dialMode: 'progressive',
      abandonRateMax: 0.03,
      ringTimeoutMs: 25_000,
    });
    const path = `/api/campaigns/${campaign.campaignId}`;
    const refused = await admin.send<ErrorBody>('POST', `${path}/start`, {});
    expect(refused.status).toBe(409);
    expect(refused.body.error.message).toContain('The campaign has no list: attach one.');
    expect(refused.body.error.message).toContain('The campaign has no caller ID');

    const template = { name: `Trunk ${campaign.name}`, dialTemplate: 'sofia/trunk/{number}@127.0.0.1:5070' };
    const { body: trunk } = await admin.send<Trunk>('POST', '/api/trunks', template);
    await http().addUser('agent', { poolId: campaign.poolId });
    const listId = await filledList(admin);
    const attached = await admin.send<Campaign>('PUT', `${path}/lists/${listId}`, { priority: 3 });
    expect(attached.body.lists).toMatchObject([{ listId, leads: 1, priority: 3 }]);
    // A short list is there at once.
    expect((await admin.get(`${path}/jobs`)).body).toEqual({ jobs: [] });
    const changed = await admin.send<Campaign>('PATCH', path, {
      trunkId: trunk.trunkId,
      callerId: '+13055550100',
    });
    expect(changed.body.startProblems).toEqual([]);

    const started = await admin.send<Campaign>('POST', `${path}/start`, {});
    expect(started.body).toMatchObject({ state: 'running', startedAt: expect.any(Number) as number });
    const numbers = await admin.get<CampaignNumbers>(`${path}/numbers`);
    expect(numbers.body).toMatchObject({ leads: 1, dueNow: 1, waiting: 0, finished: 0, refused: [] });
    const today = await admin.get<CampaignToday>(`${path}/today`);
    expect(today.body).toMatchObject({ attempts: 0, abandoned: 0, abandonRateMax: 0.03, endings: [] });
    for (const [verb, state] of [
      ['pause', 'paused'],
      ['start', 'running'],
      ['finish', 'finished'],
    ] as const) {
      expect((await admin.send<Campaign>('POST', `${path}/${verb}`, {})).body.state).toBe(state);
    }
    const again = await admin.send<ErrorBody>('POST', `${path}/start`, {});
    expect([again.status, again.body.error.code]).toEqual([409, 'cannot-start']);
  });

  test('needs a name alone: the rest is the product’s default, and is told to whoever asks', async () => {
    const manager = await http().signedIn('manager');
    await http().addPool();
    const listId = await filledList(manager);
    count += 1;
    const body = { name: `Only a name ${count}`, kind: 'research', listIds: [listId] };
    const made = await manager.send<Campaign>('POST', '/api/campaigns', body);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      kind: 'research',
      attemptsPerLeadMax: 6,
      lists: [{ listId, leads: 1 }],
    });
    const { body: defaults } = await manager.get<CampaignDefaults>('/api/campaign-defaults');
    for (const [field, value] of Object.entries(defaults.settings)) {
      if (field !== 'trunkId' && field !== 'kind') expect(made.body).toMatchObject({ [field]: value });
    }
    expect(defaults.retryRules.find(({ ending }) => ending === 'human-abandoned')).toMatchObject({
      afterMinMs: 72 * 3_600_000,
      because: 'law',
    });
    const path = `/api/campaigns/${made.body.campaignId}`;
    const standing = await manager.get<CampaignStanding>(`${path}/standing`);
    expect(standing.body).toMatchObject({ leads: 1, finished: 0, opening: { isOpen: true }, finishedBy: [] });
  });

  test('tells who saves over whom, on the field, and keeps the history', async () => {
    const manager = await http().signedIn('manager');
    const admin = await http().signedIn('admin');
    const { campaignId, version } = await draft(manager);
    const path = `/api/campaigns/${campaignId}`;
    expect((await admin.send('PATCH', path, { version, wrapUpMs: 5000 })).status).toBe(200);
    const clash = await manager.send<ErrorBody>('PATCH', path, { version, wrapUpMs: 9000 });
    expect([clash.status, clash.body.error.code, clash.body.error.field]).toEqual([
      409,
      'changed-meanwhile',
      'wrapUpMs',
    ]);
    expect((await manager.send('PATCH', path, { version: version + 1, wrapUpMs: 9000 })).status).toBe(200);
    const { changes } = (await manager.get<CampaignChanges>(`${path}/changes`)).body;
    expect(changes.map(({ field, before, after }) => [field, before, after])).toEqual([
      ['wrapUpMs', 5000, 9000],
      ['wrapUpMs', 30_000, 5000],
      ['state', null, 'draft'],
    ]);
    const tooSoon = { 'human-abandoned': { afterMs: 3_600_000, triesMax: null, isSpread: false } };
    const refused = await manager.send<ErrorBody>('PATCH', path, { retryRules: tooSoon });
    expect([refused.status, refused.body.error.field]).toEqual([422, 'retryRules']);
    expect(refused.body.error.message).toContain('72 hours');
  });

  test('says what is missing in the reader’s language', async () => {
    const manager = await http().signedIn('manager');
    await manager.send('PATCH', '/api/session', { locale: 'zh-CN' });
    expect((await draft(manager)).startProblems).toContain('该活动没有名单：请关联一个名单。');
  });

  test.each([
    [{ ringTimeoutMs: 14_999 }, 'The field ringTimeoutMs must be at least 15000.'],
    [{ abandonRateMax: 0.5 }, 'The field abandonRateMax must be at most 0.2.'],
    [
      { dialMode: 'fast' },
      'The field dialMode must be progressive or power or predictive or preview or manual.',
    ],
    [
      { callerId: '555' },
      'The field callerId must be a full number with plus sign and country, like +13055550100.',
    ],
    [{ messageFile: '../../etc/passwd' }, /^The field messageFile must be the name of a sound file/],
    [{ timeZone: 'Mars/Base' }, 'The field timeZone must be a time zone, like America/New_York.'],
    [{ colour: 'red' }, 'There is no field colour here.'],
    [{ name: '' }, 'The field name must not be empty.'],
    [{ priority: 'high' }, 'The field priority must be a number.'],
    [{ priority: undefined, linesPerAgent: null }, 'The field linesPerAgent must be a number.'],
  ])('refuses %j with one sentence', async (change, message) => {
    const manager = await http().signedIn('manager');
    const poolId = await http().addPool();
    const answer = await manager.send<ErrorBody>('POST', '/api/campaigns', {
      name: 'x',
      poolId,
      timeZone: 'UTC',
      ...change,
    });
    expect(answer.status).toBe(400);
    expect(answer.body.error.message).toMatch(message);
  });
});

test.each([
  'user/1000',
  '{number}',
  'sofia/trunk/{number}@host,sofia/trunk/1900@host',
  'sofia/trunk/{number}@host|user/1000',
  'sofia/trunk/{number}@host &system(reboot)',
  '[x=1]sofia/trunk/{number}@host',
  'sofia/trunk/${x}{number}@host',
  'sofia/trunk/number@host',
  'loopback/{number}',
])('a trunk cannot dial %s', async (dialTemplate) => {
  const admin = await http().signedIn('admin');
  const { status, body } = await admin.send<ErrorBody>('POST', '/api/trunks', { name: 'x', dialTemplate });
  expect(status).toBe(400);
  expect(body.error.field).toBe('dialTemplate');
});

test('a pool says whether somebody runs it and why it does not dial', async () => {
  const admin = await http().signedIn('admin');
  const { addPool, pools, database } = http();
  const poolId = await addPool();
  const health = async () =>
    (await admin.get<Pools>('/api/pools')).body.pools.find((pool) => pool.poolId === poolId)?.health;
  expect(await health()).toEqual({ isOwned: false, notDialling: 'No dialer runs this pool at the moment.' });
  const owner = new FakePoolOwner(poolId);
  const stop = pools.register({
    organizationId: database.organizationId,
    epoch: 1 as Epoch,
    secret: 's',
    owner,
  });
  expect(await health()).toEqual({ isOwned: true, notDialling: null });
  owner.set({
    health: { switch: 'down', database: 'up', notDialling: { code: 'switch-down', detail: 'gone' } },
  });
  expect(await health()).toEqual({
    isOwned: true,
    notDialling: 'No connection to the switch (gone); trying again.',
  });
  stop();
});

test('a list’s name is taken once', async () => {
  const manager = await http().signedIn('manager');
  const made = await manager.send<List>('POST', '/api/lists', { name: 'Once', country: 'gb' });
  expect(made.body).toMatchObject({ name: 'Once', country: 'GB', leads: 0 });
  expect((await manager.send('POST', '/api/lists', { name: 'Once' })).status).toBe(409);
});
