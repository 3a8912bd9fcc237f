import { describe, expect, test } from 'vitest';
import { addDoNotCall } from '../compliance/do-not-call.store.ts';
import type { Epoch, PoolId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { claimLeads, putBackLeads, zoneKeysOf } from './claim.store.ts';
import { FencedOff } from './fence.ts';
import { releaseOldClaims } from './pool.store.ts';
import {
  claim,
  expireLease,
  LATER,
  leadState,
  NEW_YORK,
  NOON,
  placeCalls,
  storedPool,
  storeLeads,
  takeOver,
  type StoredLead,
} from './stored-pool.fixture.ts';

const testDatabase = useTestDatabase();
const CHICAGO = 'America/Chicago';
const HOUR = 3_600_000;

const idsOf = (leads: readonly StoredLead[]): string[] => leads.map(({ leadId }) => leadId);
async function claimedIds(...asked: Parameters<typeof claim>): Promise<string[]> {
  return (await claim(...asked)).map(({ candidate }) => candidate.leadId);
}

describe('which leads are claimed', () => {
  test('those of higher priority first, then those that have been due longest', async () => {
    const pool = await storedPool(testDatabase());
    const [late, early, urgent, lateAndUrgent] = idsOf(
      await storeLeads(pool, [
        { dueAt: LATER(-1000) },
        { dueAt: LATER(-9000) },
        { priority: 5, dueAt: LATER(-5000) },
        { priority: 5, dueAt: LATER(-2000) },
      ]),
    );
    const order: string[] = [];
    for (let turn = 0; turn < 4; turn += 1) order.push(...(await claimedIds(pool, { count: 1 })));
    expect(order).toEqual([urgent, lateAndUrgent, early, late]);
  });

  test('only those in the zones that are given, and the best of all of them', async () => {
    const pool = await storedPool(testDatabase());
    const [newYork, chicago, both] = idsOf(
      await storeLeads(pool, [
        { zoneKey: NEW_YORK, dueAt: LATER(-1000) },
        { zoneKey: CHICAGO, dueAt: LATER(-3000) },
        { zoneKey: `${CHICAGO}|${NEW_YORK}`, dueAt: LATER(-2000) },
      ]),
    );
    expect(await claimedIds(pool, { zoneKeys: [] })).toEqual([]);
    expect(await claimedIds(pool, { zoneKeys: [CHICAGO, NEW_YORK], count: 1 })).toEqual([chicago]);
    expect(await claimedIds(pool, { zoneKeys: [CHICAGO, NEW_YORK] })).toEqual([newYork]);
    expect(await claimedIds(pool, { zoneKeys: [`${CHICAGO}|${NEW_YORK}`] })).toEqual([both]);
  });

  test('only those that wait: none is claimed twice, called, owed a disposition or finished', async () => {
    const pool = await storedPool(testDatabase());
    const [waiting, callback] = idsOf(
      await storeLeads(pool, [
        { state: 'waiting' },
        { state: 'callback' },
        { state: 'calling' },
        { state: 'awaiting-disposition' },
        { state: 'finished' },
      ]),
    );
    expect((await claimedIds(pool)).sort()).toEqual([waiting, callback].sort());
    expect(await claimedIds(pool)).toEqual([]);
  });

  test('never one lead by two claimers at once, and all of them in the end', async () => {
    const pool = await storedPool(testDatabase());
    const all = idsOf(
      await storeLeads(
        pool,
        Array.from({ length: 200 }, () => ({})),
      ),
    );
    const rounds = await Promise.all(Array.from({ length: 8 }, () => claimedIds(pool, { count: 20 })));
    const first = rounds.flat();
    expect(new Set(first).size).toBe(first.length);
    const rest = await claimedIds(pool, { count: 200 });
    expect([...first, ...rest].sort()).toEqual(all.sort());
  });

  test('not those that somebody else holds a lock on, without waiting for him', async () => {
    const pool = await storedPool(testDatabase());
    const [held, free] = idsOf(await storeLeads(pool, [{ dueAt: LATER(-9000) }, {}]));
    await pool.organization.tx(async (query) => {
      await query`select from campaign_lead where lead_id = ${held ?? ''} for update`;
      expect(await claimedIds(pool)).toEqual([free]);
    });
    expect(await claimedIds(pool)).toEqual([held]);
  });
});

describe('the facts of a claimed lead', () => {
  test('are those that the gate needs', async () => {
    const pool = await storedPool(testDatabase());
    const { organization, organizationId, seed, newId } = pool;
    await organization.query`
      update campaign set attempts_per_lead_max = 4, attempts_per_number_day_max = 2 where campaign_id = ${seed.campaignId}`;
    const [lead] = await storeLeads(pool, [{ attempts: 2, zoneKey: `${CHICAGO}|${NEW_YORK}` }]);
    const second = newId(NOON);
    await organization.query`
      insert into lead_number (number_id, organization_id, list_id, lead_id, phone, zone_key, position)
      values (${second}, ${organizationId}, ${seed.listId}, ${lead?.leadId ?? ''}, '+12125559999', ${NEW_YORK}, 1)`;
    const [claimed] = await claim(pool, { zoneKeys: [`${CHICAGO}|${NEW_YORK}`] });
    expect(claimed).toEqual({
      agentId: null,
      candidate: {
        callId: claimed?.candidate.callId,
        organizationId,
        campaignId: seed.campaignId,
        leadId: lead?.leadId,
        numberId: lead?.numberId,
        phone: lead?.phone,
        purpose: 'campaign',
        zones: [CHICAGO, NEW_YORK],
        doNotCall: null,
        leadAttempts: 2,
        leadAttemptsMax: 4,
        numberAttempts: 0,
        numberAttemptsMax: null,
        leadAttemptsAt: [],
        leadAttemptsPerDayMax: null,
        numberAttemptsAt: [],
        numberAttemptsPerDayMax: 2,
        isAgentReserved: false,
        abandonedAt: null,
        lostAt: null,
        factsAt: NOON,
      },
      lead: {
        attempts: 2,
        attemptsMax: 4,
        attemptsPerNumberMax: null,
        previousEnding: null,
        endingCounts: {},
        numberAttempts: {},
        numbers: [
          { numberId: lead?.numberId, phone: lead?.phone, zoneKey: `${CHICAGO}|${NEW_YORK}` },
          { numberId: second, phone: '+12125559999', zoneKey: NEW_YORK },
        ],
      },
    });
  });

  test('a callback is called as one', async () => {
    const pool = await storedPool(testDatabase());
    await storeLeads(pool, [{ state: 'callback' }]);
    expect((await claim(pool))[0]?.candidate.purpose).toBe('callback');
  });

  test('after its last day a campaign keeps its appointments and takes nobody else', async () => {
    const pool = await storedPool(testDatabase());
    const [promised] = idsOf(await storeLeads(pool, [{ state: 'callback' }, {}]));
    expect(await claimedIds(pool, { isCallbacksOnly: true })).toEqual([promised]);
  });

  test('say on which do-not-call list the number is, the widest first', async () => {
    const pool = await storedPool(testDatabase());
    const other = await storedPool(testDatabase());
    const { organization, organizationId, seed } = pool;
    const leads = await storeLeads(pool, [{}, {}, {}, {}]);
    const [none, own, whole, both] = leads.map(({ phone }) => phone);
    const entry = (phone: PhoneNumber | undefined, campaignId: typeof seed.campaignId | null) => ({
      phone: phone ?? ('' as PhoneNumber),
      campaignId,
      source: 'person',
      addedBy: null,
      addedAt: NOON,
    });
    await addDoNotCall(organization.query, organizationId, [
      entry(none, other.seed.campaignId),
      entry(own, seed.campaignId),
      entry(whole, null),
      entry(both, null),
      entry(both, seed.campaignId),
    ]);
    const scopes = new Map(
      (await claim(pool)).map(({ candidate }) => [candidate.phone, candidate.doNotCall]),
    );
    expect([none, own, whole, both].map((phone) => phone && scopes.get(phone))).toEqual([
      null,
      'campaign',
      'organization',
      'organization',
    ]);
  });

  test('count the attempts on the number of the last 24 hours, by whatever campaign, oldest first', async () => {
    const pool = await storedPool(testDatabase());
    const { organization, organizationId, newId, seed } = pool;
    const [lead] = await storeLeads(pool, [{ phone: '+12125550177' }]);
    const called = async (placedMs: number, ending: string | null, isDialled = true): Promise<void> => {
      const placedAt = new Date(LATER(placedMs));
      await organization.query`
        insert into call (call_id, placed_at, organization_id, pool_id, epoch, purpose, campaign_id, lead_id, phone, clearance,
                          is_simulated, dialled_at, ending)
        values (${newId(LATER(placedMs))}, ${placedAt}, ${organizationId}, ${seed.poolId}, 1, 'campaign', ${newId(NOON)},
                ${newId(NOON)}, ${lead?.phone ?? ''}, '{}', false, ${isDialled ? placedAt : null}, ${ending})`;
    };
    await called(-25 * HOUR, 'busy');
    await called(-24 * HOUR, 'busy');
    await called(-23 * HOUR, 'no-answer');
    await called(-5 * HOUR, 'carrier-failure');
    await called(-4 * HOUR, 'lost', false);
    await called(-1 * HOUR, 'connected');
    await called(-60_000, null, false);
    const [claimed] = await claim(pool);
    expect(claimed?.candidate.numberAttemptsAt).toEqual([
      LATER(-23 * HOUR),
      LATER(-1 * HOUR),
      LATER(-60_000),
    ]);
  });
});

describe('a claim', () => {
  test('is not an attempt: put back, the lead is as it was', async () => {
    const pool = await storedPool(testDatabase());
    const leads = await storeLeads(pool, [{ attempts: 1 }, { state: 'callback', attempts: 1 }]);
    const before = await Promise.all(leads.map(({ leadId }) => leadState(pool, leadId)));
    await claim(pool);
    expect(await leadState(pool, leads[0]!.leadId)).toMatchObject({
      state: 'claimed',
      claimedFrom: 'waiting',
      claimEpoch: 1,
    });
    const ids = leads.map(({ leadId }) => leadId);
    await putBackLeads(pool.organization, pool.fence, { campaignId: pool.seed.campaignId, leadIds: ids });
    expect(await Promise.all(leads.map(({ leadId }) => leadState(pool, leadId)))).toEqual(before);
  });

  test('of an owner who is gone goes back with the next owner, his own stay', async () => {
    const pool = await storedPool(testDatabase());
    const [left, kept] = await storeLeads(pool, [{ dueAt: LATER(-5000) }, {}]);
    await claim(pool, { count: 1 });
    const fence = await takeOver(pool);
    await claim(pool, { fence });
    await releaseOldClaims(pool.organization, fence);
    expect(await leadState(pool, left!.leadId)).toMatchObject({ state: 'waiting', claimEpoch: null });
    expect(await leadState(pool, kept!.leadId)).toMatchObject({ state: 'claimed', claimEpoch: 2 });
  });

  test('by an owner whose epoch is over locks nothing and says so', async () => {
    const pool = await storedPool(testDatabase());
    const [lead] = await storeLeads(pool, [{}]);
    await takeOver(pool);
    await expect(claim(pool)).rejects.toThrow(FencedOff);
    expect(await leadState(pool, lead!.leadId)).toMatchObject({ state: 'waiting' });
  });

  test('by an owner whose lease ran out, but whom nobody has replaced, still counts', async () => {
    const pool = await storedPool(testDatabase());
    await storeLeads(pool, [{}]);
    await expireLease(pool.organization, pool.seed.poolId);
    expect(await claim(pool)).toHaveLength(1);
  });

  test('in a pool that nobody owns is refused', async () => {
    const pool = await storedPool(testDatabase());
    const fence = { poolId: pool.newId<PoolId>(NOON), epoch: 1 as Epoch };
    await expect(claim(pool, { fence })).rejects.toThrow(FencedOff);
  });
});

test('the zones of a campaign are those of its waiting leads', async () => {
  const pool = await storedPool(testDatabase());
  const { organization, seed } = pool;
  expect(await zoneKeysOf(organization, seed.campaignId)).toEqual([]);
  await storeLeads(pool, [
    ...Array.from({ length: 50 }, () => ({ zoneKey: NEW_YORK })),
    ...Array.from({ length: 50 }, () => ({ zoneKey: CHICAGO })),
    { zoneKey: 'Europe/Paris', state: 'finished' },
    { zoneKey: 'Europe/London', state: 'callback' },
  ]);
  expect(await zoneKeysOf(organization, seed.campaignId)).toEqual([CHICAGO, NEW_YORK, 'Europe/London']);
});

test('a lead that is being called is claimed by no other campaign either, once it is committed', async () => {
  const pool = await storedPool(testDatabase());
  const [placed] = await placeCalls(pool, [{}]);
  expect(placed).toBeDefined();
  expect(
    await claimLeads(pool.organization, pool.fence, {
      organizationId: pool.organizationId,
      campaignId: pool.seed.campaignId,
      zoneKeys: [NEW_YORK],
      count: 10,
      now: NOON,
      newId: pool.newId,
    }),
  ).toEqual([]);
});
