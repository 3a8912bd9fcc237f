import { describe, expect, test } from 'vitest';
import { readLedger, ledgerDifferences } from '../compliance/abandonment-ledger.store.ts';
import type { CampaignId, ListId, PoolId, UserId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import { days, type EpochMs } from '../kernel/time.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { readCampaignNumbers, readCampaignToday } from './campaign-figures.store.ts';
import { changesSince, listChanges } from './campaign-change.store.ts';
import { copyCampaign } from './campaign-copy.store.ts';
import { chooseDispositions, readCampaignDispositions } from './campaign-disposition.store.ts';
import { attachList, detachList } from './campaign-list.store.ts';
import {
  campaignSettings,
  NOON,
  seedCall,
  seedLead,
  seedOrganization,
  type Seed,
  type SeedPorts,
} from './campaign.fixture.ts';
import type { CampaignSettings } from './campaign.ts';
import { findOrMakeManualLead } from './manual-lead.store.ts';
import {
  CAMPAIGN_CHANNEL,
  changeCampaign,
  createCampaign,
  listCampaigns,
  readCampaign,
  setCampaignState,
} from './campaign.store.ts';

const testDatabase = useTestDatabase();

async function seeded(name: string): Promise<SeedPorts & { readonly seed: Seed }> {
  const { database, makeOrganization, newId } = testDatabase();
  const organizationId = await makeOrganization(name);
  const ports = { organizationId, organization: database.organization(organizationId), newId };
  return { ...ports, seed: await seedOrganization(ports) };
}

const author = (newId: SeedPorts['newId'], userId: UserId | null = null) => ({ userId, at: NOON, newId });

describe('starting a campaign', () => {
  test('names everything that is missing', async () => {
    const { organization, organizationId, newId, seed } = await seeded('Missing');
    const campaignId = newId<CampaignId>(NOON);
    const poolId = newId<PoolId>(NOON);
    await organization.query`insert into pool (pool_id, organization_id, name) values (${poolId}, ${organizationId}, 'Empty')`;
    const settings = campaignSettings(seed, { name: 'Bare', poolId, trunkId: null, callerId: null });
    expect(
      await createCampaign(organization.query, organizationId, { campaignId, createdAt: NOON, settings }),
    ).toEqual({
      ok: true,
    });
    const key = { organizationId, campaignId };
    expect(await setCampaignState(organization.query, key, { state: 'running', at: NOON })).toEqual({
      ok: false,
      problem: 'cannot-start',
      startProblems: ['no-list', 'no-caller-id', 'no-trunk', 'no-agents'],
    });
    await attachList(organization, key, { listId: seed.listId, priority: 0, at: NOON });
    expect(await setCampaignState(organization.query, key, { state: 'running', at: NOON })).toMatchObject({
      startProblems: ['no-leads', 'no-caller-id', 'no-trunk', 'no-agents'],
    });
  });

  test('keeps the moment of its first start, and a finished one stays finished', async () => {
    const ports = await seeded('States');
    const { organization, organizationId, newId, seed } = ports;
    const key = { organizationId, campaignId: seed.campaignId };
    await seedLead(ports, seed, { phones: ['+13055550101'] });
    await attachList(organization, key, { listId: seed.listId, priority: 0, at: NOON });
    const move = (state: 'running' | 'paused' | 'finished', at: number) =>
      setCampaignState(organization.query, key, { state, at: at as EpochMs });
    expect(await move('paused', NOON)).toEqual({ ok: false, problem: 'not-from-this-state' });
    expect(await move('running', NOON)).toEqual({ ok: true });
    expect(await move('running', NOON)).toEqual({ ok: true });
    expect(await move('paused', NOON + 1)).toEqual({ ok: true });
    expect(await move('running', NOON + 2)).toEqual({ ok: true });
    expect(await readCampaign(organization.query, organizationId, seed.campaignId)).toMatchObject({
      state: 'running',
      startedAt: NOON,
    });
    expect(await move('finished', NOON + 3)).toEqual({ ok: true });
    expect(await move('running', NOON + 4)).toMatchObject({
      problem: 'cannot-start',
      startProblems: ['finished'],
    });
    expect(
      await changeCampaign(organization, key, { change: { name: 'Spring' }, author: author(newId) }),
    ).toEqual({
      ok: false,
      problem: 'finished',
    });
  });
});

describe('changing a campaign', () => {
  test('wakes the owners and keeps what was not named', async () => {
    const { organization, organizationId, newId, seed } = await seeded('Changes');
    const { database } = testDatabase();
    let heard: (payload: string) => void = () => undefined;
    await new Promise<void>((subscribed) => {
      database.listen(CAMPAIGN_CHANNEL, (payload) => heard(payload), subscribed);
    });
    const woken = new Promise<string>((resolve) => (heard = resolve));
    const key = { organizationId, campaignId: seed.campaignId };
    expect(
      await changeCampaign(organization, key, {
        change: { dialMode: 'predictive', trunkId: null },
        author: author(newId),
      }),
    ).toEqual({
      ok: true,
    });
    expect(await woken).toBe(organizationId);
    const { lists, ...campaign } = (await readCampaign(organization.query, organizationId, seed.campaignId))!;
    expect(lists).toEqual([]);
    expect(campaign).toMatchObject(campaignSettings(seed, { dialMode: 'predictive', trunkId: null }));
  });

  test('refuses a time zone once its days are counted, and another pool while it runs', async () => {
    const ports = await seeded('Fixed');
    const { organization, organizationId, newId, seed } = ports;
    const key = { organizationId, campaignId: seed.campaignId };
    await seedLead(ports, seed, { phones: ['+13055550101'] });
    await attachList(organization, key, { listId: seed.listId, priority: 0, at: NOON });
    await setCampaignState(organization.query, key, { state: 'running', at: NOON });
    const change = (settings: Partial<CampaignSettings>) =>
      changeCampaign(organization, key, { change: settings, author: author(newId) });
    expect(await change({ timeZone: 'America/Chicago' })).toEqual({ ok: false, problem: 'zone-after-start' });
    expect(await change({ poolId: newId<PoolId>(NOON) })).toEqual({
      ok: false,
      problem: 'pool-while-running',
    });
    expect(await change({ timeZone: 'America/New_York', wrapUpMs: 0 })).toEqual({ ok: true });
  });

  test('refuses another pool while calls of it are up, for their pool writes what becomes of them', async () => {
    const ports = await seeded('Calls up');
    const { organization, organizationId, newId, seed } = ports;
    const { query } = organization;
    const key = { organizationId, campaignId: seed.campaignId };
    await seedLead(ports, seed, { phones: ['+13055550101'] });
    await attachList(organization, key, { listId: seed.listId, priority: 0, at: NOON });
    const poolId = newId<PoolId>(NOON);
    await query`insert into pool (pool_id, organization_id, name) values (${poolId}, ${organizationId}, 'Other')`;
    const move = () => changeCampaign(organization, key, { change: { poolId }, author: author(newId) });
    await query`update campaign_lead set state = 'calling'`;
    expect(await move()).toEqual({ ok: false, problem: 'pool-while-calling' });
    await query`update campaign_lead set state = 'waiting'`;
    expect(await move()).toEqual({ ok: true });
  });

  test('writes who changed what into the history, and nothing where nothing changed', async () => {
    const { organization, organizationId, newId, seed } = await seeded('History');
    const key = { organizationId, campaignId: seed.campaignId };
    const ann = author(newId, seed.agentId as string as UserId);
    const hours = Array.from({ length: 7 }, () => [{ fromMinute: 540, toMinute: 1080 }]);
    await changeCampaign(organization, key, {
      change: { wrapUpMs: 10_000, dailyHours: hours, priority: 0 },
      author: ann,
    });
    await changeCampaign(organization, key, { change: { wrapUpMs: 10_000, dailyHours: hours }, author: ann });
    const history = await listChanges(organization.query, key, { after: null, limit: 1 });
    expect(history).toMatchObject([{ userName: 'Ann Agent', version: 1 }]);
    const rest = await listChanges(organization.query, key, { after: history[0]!.changeId, limit: 10 });
    const lines = [...history, ...rest].map(({ field, before, after }) => ({ field, before, after }));
    expect(lines).toHaveLength(2);
    expect(lines).toContainEqual({ field: 'wrapUpMs', before: 30_000, after: 10_000 });
    expect(lines).toContainEqual({ field: 'dailyHours', before: null, after: hours });
  });

  test('tells whoever saves an older reading that somebody else has changed the same field, and that one alone', async () => {
    const { organization, organizationId, newId, seed } = await seeded('Conflict');
    const key = { organizationId, campaignId: seed.campaignId };
    const ann = author(newId, seed.agentId as string as UserId);
    const save = (change: Partial<CampaignSettings>, version: number) =>
      changeCampaign(organization, key, { change, version, author: ann });
    expect(await save({ wrapUpMs: 10_000 }, 0)).toEqual({ ok: true });
    expect(await save({ priority: 3 }, 0)).toEqual({ ok: true });
    expect(await save({ wrapUpMs: 20_000, priority: 3 }, 0)).toMatchObject({
      problem: 'changed-meanwhile',
      by: [{ field: 'wrapUpMs', userName: 'Ann Agent' }],
    });
    expect(await save({ wrapUpMs: 20_000 }, 2)).toEqual({ ok: true });
    expect(await changesSince(organization.query, key, 2)).toHaveLength(1);
  });

  test.each([
    [{ startsOn: '2026-12-02', endsOn: '2026-12-01' }, 'ends-before-it-starts'],
    [{ dailyHours: Array.from({ length: 7 }, () => []) }, 'never-open'],
    [
      { retryRules: { 'human-abandoned': { afterMs: 60_000, triesMax: null, isSpread: false } } },
      'retry-too-soon',
    ],
  ])('refuses what does not go together: %j', async (change, kind) => {
    const { organization, organizationId, newId, seed } = await seeded(`Wrong ${kind}`);
    const key = { organizationId, campaignId: seed.campaignId };
    const wanted = { change: change as Partial<CampaignSettings>, author: author(newId) };
    expect(await changeCampaign(organization, key, wanted)).toMatchObject({
      problem: 'wrong-settings',
      wrong: { kind },
    });
  });

  test('a name that is taken is refused by the database', async () => {
    const { organization, organizationId, newId, seed } = await seeded('Twice');
    const again = { campaignId: newId<CampaignId>(NOON), createdAt: NOON, settings: campaignSettings(seed) };
    await expect(createCampaign(organization.query, organizationId, again)).rejects.toMatchObject({
      code: '23505',
    });
  });
});

describe('the words of a campaign', () => {
  test('are all that are in use until it chooses its own, in its order and with its keys', async () => {
    const { organization, organizationId, newId, seed } = await seeded('Words');
    const key = { organizationId, campaignId: seed.campaignId };
    const codes = async () => {
      const { isOwnChoice, dispositions } = await readCampaignDispositions(organization.query, key);
      return [isOwnChoice, ...dispositions.map(({ code, hotKey }) => `${code} ${hotKey}`)];
    };
    expect((await codes()).slice(0, 3)).toEqual([false, 'sale 1', 'not-interested 2']);
    const choose = (...choice: [string, string | null][]) =>
      chooseDispositions(organization, key, {
        choice: choice.map(([code, hotKey]) => ({ code, hotKey })),
        author: author(newId),
      });
    expect(await choose(['callback', null], ['sale', 's'])).toEqual({ ok: true });
    expect(await codes()).toEqual([true, 'callback 3', 'sale s']);
    expect(await choose(['callback', null], ['sale', '3'])).toMatchObject({
      problem: 'key-twice',
      hotKey: '3',
    });
    expect(await choose(['no-such', null])).toMatchObject({ problem: 'unknown-code', code: 'no-such' });
    expect(await codes()).toEqual([true, 'callback 3', 'sale s']);
    await organization.query`update disposition set is_active = false where code = 'sale'`;
    expect(await codes()).toEqual([true, 'callback 3']);
    expect(await choose()).toEqual({ ok: true });
    expect((await codes())[0]).toBe(false);
  });
});

test('a copy is a draft with the parts that were asked for', async () => {
  const ports = await seeded('Copy');
  const { organization, organizationId, newId, seed } = ports;
  const key = { organizationId, campaignId: seed.campaignId };
  await seedLead(ports, seed, { phones: ['+13055550101'] });
  await attachList(organization, key, { listId: seed.listId, priority: 4, weight: 3, at: NOON });
  await findOrMakeManualLead(organization, organizationId, {
    ...{ campaignId: seed.campaignId, phone: '+13055550142' as PhoneNumber, zoneKey: 'America/New_York' },
    ...{ country: 'US', at: NOON, newId },
  });
  const change = { script: '# Hello', wrapUpMs: 5000, endsOn: '2026-12-31' };
  await changeCampaign(organization, key, { change, author: author(newId) });
  const choice = [{ code: 'sale', hotKey: 'x' }];
  await chooseDispositions(organization, key, { choice, author: author(newId) });
  await setCampaignState(organization.query, key, { state: 'running', at: NOON });
  const copy = async (name: string, all: boolean) => {
    const campaignId = newId<CampaignId>(NOON);
    const parts = { dispositions: all, script: all, form: all, lists: all };
    expect(await copyCampaign(organization, key, { name, campaignId, parts, author: author(newId) })).toBe(
      true,
    );
    const { dispositions } = await readCampaignDispositions(organization.query, {
      organizationId,
      campaignId,
    });
    return {
      ...(await readCampaign(organization.query, organizationId, campaignId))!,
      words: dispositions.length,
    };
  };
  const all = await copy('All', true);
  expect(all).toMatchObject({
    state: 'draft',
    wrapUpMs: 5000,
    endsOn: null,
    script: '# Hello',
    words: 1,
    lists: [{ listId: seed.listId, priority: 4 }],
  });
  // Neither numbers that agents have typed nor the default for the proportion.
  expect(all.lists).toHaveLength(1);
  const [attached] = await organization.query`
    select weight, (select count(*)::int from campaign_lead l where l.campaign_id = a.campaign_id) as leads
      from campaign_list a where a.list_id = ${seed.listId} and a.campaign_id <> ${seed.campaignId}`;
  expect(attached).toEqual({ weight: 3, leads: 1 });
  expect(await copy('Settings', false)).toMatchObject({ wrapUpMs: 5000, script: '', lists: [] });
});

describe('attaching a list', () => {
  test('gives the campaign its leads with their first number, once', async () => {
    const ports = await seeded('Attach');
    const { organization, organizationId, seed } = ports;
    const key = { organizationId, campaignId: seed.campaignId };
    const { leadId, numberIds } = await seedLead(ports, seed, { phones: ['+13055550101', '+13055550102'] });
    await seedLead(ports, seed, { phones: ['+13055550103'] });
    const attach = (priority: number) =>
      attachList(organization, key, { listId: seed.listId, priority, at: NOON });
    expect(await attach(0)).toEqual({ ok: true, leads: 2 });
    expect(await attach(5)).toEqual({ ok: true, leads: 0 });
    const rows = await organization.query<{ number_id: string; list_id: string; phone: string }>`
      select number_id, list_id, phone from campaign_lead where lead_id = ${leadId}`;
    expect(rows).toEqual([{ number_id: numberIds[0], list_id: seed.listId, phone: '+13055550101' }]);
    expect((await listCampaigns(organization.query, organizationId))[0]).toMatchObject({
      lists: [{ listId: seed.listId, name: 'December', leads: 2, priority: 5 }],
    });
  });

  test('and detaching it finishes the leads that wait, until it is attached again', async () => {
    const ports = await seeded('Detach');
    const { organization, organizationId, seed } = ports;
    const key = { organizationId, campaignId: seed.campaignId };
    await seedLead(ports, seed, { phones: ['+13055550101'] });
    await attachList(organization, key, { listId: seed.listId, priority: 0, at: NOON });
    expect(await detachList(organization, key, { listId: seed.listId })).toBe(true);
    expect(await detachList(organization, key, { listId: seed.listId })).toBe(false);
    expect(await readCampaignNumbers(organization.query, key, NOON)).toMatchObject({ leads: 1, finished: 1 });
    await attachList(organization, key, { listId: seed.listId, priority: 0, at: NOON });
    expect(await readCampaignNumbers(organization.query, key, NOON)).toMatchObject({
      dueNow: 1,
      finished: 0,
    });
  });
});

describe('a list that was taken away and comes back', () => {
  const LATER = (NOON + 86_400_000) as EpochMs;

  async function campaignLead(name: string, state: string) {
    const ports = await seeded(name);
    const { organization, organizationId, seed } = ports;
    const key = { organizationId, campaignId: seed.campaignId };
    const { leadId } = await seedLead(ports, seed, { phones: ['+13055550101'] });
    const attach = () => attachList(organization, key, { listId: seed.listId, priority: 0, at: NOON });
    const detach = () => detachList(organization, key, { listId: seed.listId });
    const set = (to: string) => organization.query`
      update campaign_lead
         set state = ${to}, due_at = ${new Date(LATER)}, due_why = 'disposition:callback', finished_why = null,
             callback_agent_id = ${seed.agentId}, callback_open_at = ${new Date(LATER)}
       where lead_id = ${leadId}`;
    await attach();
    await set(state);
    const lead = async () =>
      (
        await organization.query`
          select state, finished_why as why, due_at as "dueAt", due_why as "dueWhy", callback_agent_id as "agentId",
                 callback_open_at as "openAt" from campaign_lead where lead_id = ${leadId}`
      )[0];
    return { ...ports, attach, detach, set, lead };
  }

  test.each(['waiting', 'callback'])('brings back who was %s, with his time and his agent', async (state) => {
    const { attach, detach, lead } = await campaignLead(`Back ${state}`, state);
    const before = await lead();
    await detach();
    expect(await lead()).toMatchObject({ state: 'finished', why: 'list-removed' });
    await attach();
    expect(await lead()).toEqual(before);
  });

  test('brings back an appointment that an agent made when it was gone', async () => {
    const { attach, detach, set, lead, seed } = await campaignLead('Back from a talk', 'calling');
    await detach();
    await set('callback');
    expect(await lead()).toMatchObject({ state: 'finished', why: 'list-removed' });
    await attach();
    expect(await lead()).toMatchObject({ state: 'callback', why: null, dueAt: LATER, agentId: seed.agentId });
  });
});

describe.each(['claimed', 'calling', 'awaiting-disposition'])(
  'a lead that is %s when its list is removed',
  (held) => {
    async function detached() {
      const ports = await seeded(`Held ${held}`);
      const { organization, seed } = ports;
      const key = { organizationId: ports.organizationId, campaignId: seed.campaignId };
      const { leadId } = await seedLead(ports, seed, { phones: ['+13055550101'] });
      await attachList(organization, key, { listId: seed.listId, priority: 0, at: NOON });
      await organization.query`update campaign_lead set state = ${held} where lead_id = ${leadId}`;
      await detachList(organization, key, { listId: seed.listId });
      const set = (state: string) => organization.query<{ state: string; why: string | null }>`
      update campaign_lead set state = ${state}, finished_why = null where lead_id = ${leadId}
      returning state, finished_why as why`;
      return {
        set,
        attach: () => attachList(organization, key, { listId: seed.listId, priority: 0, at: NOON }),
      };
    }

    test('goes on, and is finished instead of waiting again until the list is back', async () => {
      const { set, attach } = await detached();
      expect(await set(held)).toEqual([{ state: held, why: null }]);
      expect(await set('waiting')).toEqual([{ state: 'finished', why: 'list-removed' }]);
      expect(await set('callback')).toEqual([{ state: 'finished', why: 'list-removed' }]);
      await attach();
      expect(await set('callback')).toEqual([{ state: 'callback', why: null }]);
    });

    test('waits again when the list came back in the meantime', async () => {
      const { set, attach } = await detached();
      await attach();
      expect(await set('waiting')).toEqual([{ state: 'waiting', why: null }]);
    });
  },
);

test('nothing of another organization can be named: pool, trunk, list, campaign', async () => {
  const mine = await seeded('Mine');
  const theirs = await seeded('Theirs');
  const { organization, organizationId, newId } = mine;
  const make = (changes: Parameters<typeof campaignSettings>[1]) =>
    createCampaign(organization.query, organizationId, {
      campaignId: newId<CampaignId>(NOON),
      createdAt: NOON,
      settings: campaignSettings(mine.seed, { name: 'Cross', ...changes }),
    });
  expect(await make({ poolId: theirs.seed.poolId })).toEqual({ ok: false, problem: 'unknown-pool' });
  expect(await make({ trunkId: theirs.seed.trunkId })).toEqual({ ok: false, problem: 'unknown-trunk' });
  const at = NOON;
  const own = { organizationId, campaignId: mine.seed.campaignId };
  const foreign = { organizationId, campaignId: theirs.seed.campaignId };
  expect(
    await changeCampaign(organization, own, {
      change: { trunkId: theirs.seed.trunkId },
      author: author(newId),
    }),
  ).toMatchObject({
    ok: false,
  });
  expect(await attachList(organization, own, { listId: theirs.seed.listId, priority: 0, at })).toEqual({
    ok: false,
  });
  expect(await attachList(organization, foreign, { listId: mine.seed.listId, priority: 0, at })).toEqual({
    ok: false,
  });
  expect(await setCampaignState(organization.query, foreign, { state: 'finished', at })).toMatchObject({
    ok: false,
  });
  expect(await readCampaign(organization.query, theirs.organizationId, theirs.seed.campaignId)).toBeNull();
  expect(await attachList(organization, own, { listId: newId<ListId>(at), priority: 0, at })).toEqual({
    ok: false,
  });
});

describe('figures', () => {
  test('today counts attempts, endings, answers and words of the campaign’s own day', async () => {
    const ports = await seeded('Figures');
    const { organization, organizationId, seed } = ports;
    const key = { organizationId, campaignId: seed.campaignId };
    const { leadId } = await seedLead(ports, seed, { phones: ['+13055550101'] });
    await attachList(organization, key, { listId: seed.listId, priority: 0, at: NOON });
    const phone = '+13055550101';
    const minute = 60_000;
    const at = (offset: number) => (NOON + offset) as EpochMs;
    const { agentId } = seed;
    const talk = {
      leadId,
      phone,
      placedAt: at(0),
      answeredAt: at(5000),
      bridgedAt: at(5100),
      endedAt: at(minute),
      ending: 'connected',
      agentId,
    };
    const connected = await seedCall(ports, seed, talk);
    const late = {
      leadId,
      phone,
      placedAt: at(minute),
      answeredAt: at(minute),
      bridgedAt: at(minute + 2001),
      endedAt: at(2 * minute),
      ending: 'connected',
      agentId,
    };
    const abandoned = await seedCall(ports, seed, late);
    await seedCall(ports, seed, {
      leadId,
      phone,
      placedAt: at(3 * minute),
      endedAt: at(3 * minute),
      ending: 'carrier-failure',
    });
    await seedCall(ports, seed, {
      leadId,
      phone,
      placedAt: at(-86_400_000),
      endedAt: at(-86_400_000),
      ending: 'no-answer',
    });
    const ledger = (callId: string, isAbandoned: boolean) => organization.query`
      insert into abandonment_ledger (call_id, organization_id, campaign_id, answered_at, local_day, is_abandoned, is_early_hang_up)
      values (${callId}, ${organizationId}, ${seed.campaignId}, ${new Date(NOON)}, '2026-12-02', ${isAbandoned}, false)`;
    await ledger(connected, false);
    expect(await ledgerDifferences(organization.query, seed.campaignId, 2000)).toEqual([
      { callId: abandoned, inLedger: null, byCall: true },
    ]);
    await ledger(abandoned, true);
    expect(await ledgerDifferences(organization.query, seed.campaignId, 2000)).toEqual([]);
    await organization.query`
      insert into call_disposition (call_id, organization_id, campaign_id, lead_id, agent_id, code, at)
      values (${connected}, ${organizationId}, ${seed.campaignId}, ${leadId}, ${agentId}, 'sale', ${new Date(NOON)})`;
    const campaign = { ...campaignSettings(seed), ...key };
    expect(await readCampaignToday(organization.query, campaign, at(4 * minute))).toEqual({
      localDay: '2026-12-02',
      attempts: 2,
      humanAnswers: 2,
      abandoned: 1,
      connected: 2,
      refused: 0,
      abandonRateMax: 0.03,
      abandonRateTarget: 0.03 * 0.95,
      endings: [
        { ending: 'connected', calls: 2 },
        { ending: 'carrier-failure', calls: 1 },
      ],
      dispositions: [{ code: 'sale', label: 'Sale', calls: 1 }],
    });
    expect(
      await readLedger(organization.query, { ...campaign, startedAt: at(-3 * 86_400_000) }, NOON),
    ).toEqual({
      today: { answered: 2, abandoned: 1 },
      period: { answered: 2, abandoned: 1 },
    });
    // The day after, the period goes on and the day begins anew.
    expect(
      await readLedger(organization.query, { ...campaign, startedAt: at(-3 * 86_400_000) }, at(days(1))),
    ).toEqual({
      today: { answered: 0, abandoned: 0 },
      period: { answered: 2, abandoned: 1 },
    });
  });

  test('the rule that refused each lead last is counted until it is called', async () => {
    const ports = await seeded('Refused');
    const { organization, organizationId, seed } = ports;
    const key = { organizationId, campaignId: seed.campaignId };
    const one = await seedLead(ports, seed, { phones: ['+13055550101'] });
    const two = await seedLead(ports, seed, { phones: ['+13055550102'] });
    await attachList(organization, key, { listId: seed.listId, priority: 0, at: NOON });
    const refuse = (leadId: string, rule: string, at: number) => organization.query`
      insert into refusal (organization_id, at, campaign_id, lead_id, phone, rule, rules_version, facts)
      values (${organizationId}, ${new Date(at)}, ${seed.campaignId}, ${leadId}, '+13055550101', ${rule}, '1', '{}')`;
    await refuse(one.leadId, 'do-not-call', NOON - 2000);
    await refuse(one.leadId, 'calling-window', NOON - 1000);
    await refuse(two.leadId, 'calling-window', NOON - 1000);
    const refused = async () => (await readCampaignNumbers(organization.query, key, NOON)).refused;
    expect(await refused()).toEqual([{ rule: 'calling-window', leads: 2 }]);
    await seedCall(ports, seed, { leadId: two.leadId, phone: '+13055550102', placedAt: NOON });
    expect(await refused()).toEqual([{ rule: 'calling-window', leads: 1 }]);
  });
});
