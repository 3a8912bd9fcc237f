import { describe, expect, test } from 'vitest';
import { cancelAgentCallback } from '../campaigns/agent-callback.store.ts';
import { addLeads } from '../campaigns/lead-write.store.ts';
import { attachList } from '../campaigns/campaign-list.store.ts';
import { changeLeadList, createLeadList } from '../campaigns/lead-list.store.ts';
import { changeCampaignList, readCampaignLists } from '../campaigns/list-figures.store.ts';
import { countListReset, resetList } from '../campaigns/list-reset.store.ts';
import { findOrMakeManualLead } from '../campaigns/manual-lead.store.ts';
import type { ListId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { claim, judge, LATER, NOON, storedPool, storeLeads, type StoredPool } from './stored-pool.fixture.ts';

const testDatabase = useTestDatabase();

/** A second list of the pool's campaign, with leads of its own. */
async function secondList(pool: StoredPool, leads: number): Promise<StoredPool> {
  const listId = pool.newId<ListId>(NOON);
  const list = { listId, name: `Second ${listId}`, country: 'US', createdAt: NOON };
  await createLeadList(pool.organization.query, pool.organizationId, list);
  await attachList(pool.organization, pool.seed, { listId, priority: 0, at: NOON });
  const second = { ...pool, seed: { ...pool.seed, listId } };
  await storeLeads(
    second,
    Array.from({ length: leads }, () => ({ dueAt: LATER(-60_000) })),
  );
  return second;
}

async function claimedByList(pool: StoredPool, count: number): Promise<Record<string, number>> {
  const leadIds = (await claim(pool, { count })).map(({ candidate }) => candidate.leadId);
  const rows = await pool.organization.query<{ listId: string; leads: number }>`
    select list_id as "listId", count(*)::int as leads from lead where lead_id = any(${leadIds}::uuid[]) group by list_id`;
  return Object.fromEntries(rows.map(({ listId, leads }) => [listId, leads]));
}

const many = (count: number): { dueAt: ReturnType<typeof LATER> }[] =>
  Array.from({ length: count }, () => ({ dueAt: LATER(-1000) }));

describe('a campaign with two lists', () => {
  test('takes of each in proportion, of the one that has run dry what there is, and the rest of the other', async () => {
    const pool = await storedPool(testDatabase());
    const { query } = pool.organization;
    await storeLeads(pool, many(60));
    const other = await secondList(pool, 20);
    const [first, second] = [pool.seed.listId, other.seed.listId];
    await changeCampaignList(query, { ...pool.seed, listId: first }, { priority: 0, weight: 3 });
    expect(await claimedByList(pool, 20)).toEqual({ [first]: 15, [second]: 5 });
    await changeCampaignList(query, { ...pool.seed, listId: second }, { priority: 0, weight: 3 });
    expect(await claimedByList(pool, 40)).toEqual({ [first]: 25, [second]: 15 });
    const lists = await readCampaignLists(query, pool.seed, NOON);
    expect(lists.map(({ share }) => share)).toEqual([0.5, 0.5]);
  });

  test('takes the one of higher priority first, and an urgent lead of any list before all', async () => {
    const pool = await storedPool(testDatabase());
    const { organization, organizationId, newId } = pool;
    await storeLeads(pool, many(5));
    const other = await secondList(pool, 5);
    const [first, second] = [pool.seed.listId, other.seed.listId];
    await changeCampaignList(organization.query, { ...pool.seed, listId: first }, { priority: 1, weight: 1 });
    expect(await claimedByList(pool, 4)).toEqual({ [first]: 4 });
    const urgent = { numbers: ['+1 212 555 0177'], priority: 50 };
    await addLeads(organization, { organizationId, newId, at: NOON }, { listId: second, leads: [urgent] });
    const [next] = await claim(pool, { count: 1 });
    expect(next?.candidate.phone).toBe('+12125550177');
  });

  test('takes nothing of one that is paused or whose last day is over, from the next claim on', async () => {
    const pool = await storedPool(testDatabase());
    const { query } = pool.organization;
    await storeLeads(pool, many(10));
    const other = await secondList(pool, 10);
    const [first, second] = [pool.seed.listId, other.seed.listId];
    const change = (listId: ListId, changes: Parameters<typeof changeLeadList>[2]['change']) =>
      changeLeadList(query, { ...pool.seed, listId }, { change: changes, at: NOON });
    await change(first, { isPaused: true });
    expect(await claimedByList(pool, 4)).toEqual({ [second]: 4 });
    await change(first, { isPaused: false });
    // NOON is the 2nd of December in the campaign's zone.
    await change(second, { expiresOn: '2026-12-01' });
    expect(await claimedByList(pool, 4)).toEqual({ [first]: 4 });
    await change(second, { expiresOn: '2026-12-02' });
    expect(await claimedByList(pool, 4)).toEqual({ [first]: 2, [second]: 2 });
  });
});

test('a reset makes leads due again by ending, keeps or clears attempts, and leaves out who must not be called', async () => {
  const pool = await storedPool(testDatabase());
  const { organization, organizationId, seed } = pool;
  const { query } = organization;
  const leads = await storeLeads(pool, [
    { state: 'finished', attempts: 6 },
    { state: 'finished', attempts: 1 },
    { state: 'finished', attempts: 1 },
    { state: 'finished', attempts: 1 },
    { state: 'waiting', dueAt: LATER(9000), attempts: 1 },
    { state: 'callback', dueAt: LATER(9000) },
    { state: 'calling' },
  ]);
  const mark = async (index: number, ending: string, why: string | null): Promise<void> => {
    await query`
      update campaign_lead set last_ending = ${ending}, finished_why = ${why} where lead_id = ${leads[index]?.leadId ?? ''}`;
  };
  await mark(0, 'no-answer', 'attempts-used-up');
  await mark(1, 'busy', 'invalid-number');
  await mark(2, 'connected', 'disposition:sale');
  await mark(3, 'connected', 'do-not-call');
  await mark(4, 'busy', null);
  const wanted = { organizationId, listId: seed.listId, campaignId: null };
  const all = { ...wanted, endings: null, includesDisposed: true, clearsAttempts: true };
  const count = (changes: Partial<typeof all>): Promise<number> =>
    countListReset(query, { ...all, ...changes }, NOON);
  expect(await count({})).toBe(4);
  expect(await count({ includesDisposed: false })).toBe(3);
  expect(await count({ includesDisposed: false, clearsAttempts: false })).toBe(2);
  const busy = { ...wanted, endings: ['busy' as const], includesDisposed: false, clearsAttempts: true };
  expect(await countListReset(query, busy, NOON)).toBe(2);
  const work = { from: null, now: NOON, isEnough: () => false };
  expect(await resetList(query, busy, work)).toEqual({ leads: 2, next: null });
  expect(await resetList(query, busy, work)).toEqual({ leads: 0, next: null });
  const rows = await query<{ attempts: number; due: boolean }>`
    select attempts, due_at = ${new Date(NOON)} as due from campaign_lead
     where campaign_id = ${seed.campaignId} and state = 'waiting'`;
  expect(rows).toEqual([
    { attempts: 0, due: true },
    { attempts: 0, due: true },
  ]);
});

test('a reset calls nobody who told an agent not to, unless it is asked to, and never a number that an agent has typed', async () => {
  const pool = await storedPool(testDatabase());
  const { organization, organizationId, seed, newId } = pool;
  const { query } = organization;
  const promised = await storeLeads(pool, [{ state: 'callback' }, { state: 'callback' }]);
  const key = { organizationId, campaignId: seed.campaignId, agentId: seed.agentId };
  await query`
    update campaign_lead set callback_agent_id = ${seed.agentId} where campaign_id = ${seed.campaignId}`;
  for (const { leadId } of promised) expect(await cancelAgentCallback(query, { ...key, leadId })).toBe(true);
  const ordinary = {
    organizationId,
    campaignId: null,
    endings: null,
    includesDisposed: false,
    clearsAttempts: true,
  };
  const wanted = { ...ordinary, listId: seed.listId };
  const work = { from: null, now: NOON, isEnough: () => false };
  expect(await countListReset(query, wanted, NOON)).toBe(0);
  expect(await resetList(query, wanted, work)).toEqual({ leads: 0, next: null });
  expect(await countListReset(query, { ...wanted, includesDisposed: true }, NOON)).toBe(2);
  const typed = await findOrMakeManualLead(organization, organizationId, {
    ...{ campaignId: seed.campaignId, phone: '+12125550142' as PhoneNumber, zoneKey: 'America/New_York' },
    ...{ country: 'US', at: NOON, newId },
  });
  const [list] = await query<{ listId: ListId }>`
    select list_id as "listId" from lead where lead_id = ${typed?.leadId ?? ''}`;
  const ofTyped = { ...ordinary, includesDisposed: true, listId: list!.listId };
  expect(await countListReset(query, ofTyped, NOON)).toBe(0);
  await query`
    update campaign_lead set finished_why = 'attempts-used-up' where lead_id = ${typed?.leadId ?? ''}`;
  expect(await resetList(query, ofTyped, work)).toEqual({ leads: 0, next: null });
});

test('a reset that lets attempts begin at zero does so for each number and each ending; another keeps them', async () => {
  const pool = await storedPool(testDatabase());
  const { organization, organizationId, seed } = pool;
  const { query } = organization;
  await query`update campaign set attempts_per_number_max = 2 where campaign_id = ${seed.campaignId}`;
  const [lead] = await storeLeads(pool, [{ state: 'finished', attempts: 2 }]);
  const counts = JSON.stringify({ 'no-answer': 2 });
  const use = () => query`
    update campaign_lead
       set state = 'finished', finished_why = 'attempts-used-up', last_ending = 'no-answer', due_why = 'no-answer', claim_epoch = null,
           number_attempts = jsonb_build_object(${lead!.numberId}::text, 2), ending_counts = ${counts}::text::jsonb
     where lead_id = ${lead!.leadId}`;
  const reset = (clearsAttempts: boolean) =>
    resetList(
      query,
      {
        ...{ organizationId, campaignId: null, listId: seed.listId, endings: null },
        ...{ includesDisposed: false, clearsAttempts },
      },
      { from: null, now: NOON, isEnough: () => false },
    );
  await use();
  await reset(false);
  const [kept] = await claim(pool);
  expect(judge([kept!])).toMatchObject([{ rule: 'attempt-limit', facts: { limit: 'number' } }]);
  await use();
  await reset(true);
  const [row] = await query`select due_why as why from campaign_lead where lead_id = ${lead!.leadId}`;
  expect(row).toEqual({ why: null });
  const [begun] = await claim(pool);
  expect(judge([begun!])).toMatchObject([{ kind: 'cleared' }]);
  expect(begun!.lead).toMatchObject({ attempts: 0, endingCounts: {}, numberAttempts: {} });
});
