import { describe, expect, test } from 'vitest';
import { addDoNotCall } from '../compliance/do-not-call.store.ts';
import { refusalsOfLead } from '../compliance/refusal.store.ts';
import type { CampaignId, LeadId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import { seededRandom } from '../kernel/random.ts';
import { uuidMadeAt } from '../kernel/uuid.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { undoCommit } from './commit.store.ts';
import { FencedOff } from './fence.ts';
import { useLockWatch, within } from './lock-watch.fixture.ts';
import {
  claim,
  commit,
  judge,
  LATER,
  leadState,
  NOON,
  openAttempts,
  placeCalls,
  storedPool,
  storeLeads,
  takeOver,
  type StoredPool,
} from './stored-pool.fixture.ts';

const testDatabase = useTestDatabase();

const untilSomebodyWaitsForALock = useLockWatch(testDatabase);

const entryFor = (phone: PhoneNumber, campaignId: CampaignId | null = null) => ({
  phone,
  campaignId,
  source: 'person',
  addedBy: null,
  addedAt: NOON,
});

async function claimedOnce(pool: StoredPool, changes: Parameters<typeof storeLeads>[1] = [{}]) {
  const leads = await storeLeads(pool, changes);
  const claimed = await claim(pool);
  return { leads, claimed, verdicts: judge(claimed) };
}

describe('a cleared lead', () => {
  test('becomes an attempt with the verdict beside it, and is being called', async () => {
    const pool = await storedPool(testDatabase());
    const { leads, claimed, verdicts } = await claimedOnce(pool, [{ attempts: 1 }]);
    const { callId, leadId, numberId, phone } = claimed[0]!.candidate;
    expect(await commit(pool, verdicts)).toEqual({ placed: [callId], refusedCount: 0 });
    expect(await openAttempts(pool)).toEqual([callId]);
    const [call] = await pool.organization.query`
      select call_id, placed_at, pool_id, epoch, purpose, campaign_id, lead_id, number_id, phone, is_simulated, dialled_at,
             ending, clearance->>'rulesVersion' as rules, clearance->'facts'->>'leadAttempts' as attempts
        from call where call_id = ${callId}`;
    expect(call).toEqual({
      call_id: callId,
      placed_at: uuidMadeAt(callId),
      pool_id: pool.seed.poolId,
      epoch: 1,
      purpose: 'campaign',
      campaign_id: pool.seed.campaignId,
      lead_id: leadId,
      number_id: numberId,
      phone,
      is_simulated: false,
      dialled_at: null,
      ending: null,
      rules: verdicts[0]?.rulesVersion,
      attempts: '1',
    });
    // Not counted yet: the INVITE has not been sent.
    expect(await leadState(pool, leads[0]!.leadId)).toMatchObject({
      state: 'calling',
      attempts: 1,
      lastCallId: callId,
      claimEpoch: null,
    });
  });

  test('that is not claimed by us any more is not placed', async () => {
    const pool = await storedPool(testDatabase());
    const { leads, verdicts } = await claimedOnce(pool);
    await pool.organization.query`
      update campaign_lead set state = 'finished', claimed_from = null, claim_epoch = null where lead_id = ${leads[0]!.leadId}`;
    expect(await commit(pool, verdicts)).toEqual({ placed: [], refusedCount: 0 });
    expect(await openAttempts(pool)).toEqual([]);
    expect(await leadState(pool, leads[0]!.leadId)).toMatchObject({ state: 'finished' });
  });

  test('on which somebody holds a lock is passed over without waiting for its place', async () => {
    const pool = await storedPool(testDatabase());
    const { claimed, verdicts } = await claimedOnce(pool, [{}, {}]);
    const [held, free] = claimed.map(({ candidate }) => candidate);
    const committing = await pool.organization.tx(async (query) => {
      await query`select from campaign_lead where lead_id = ${held!.leadId} for update`;
      const answer = commit(pool, verdicts);
      await untilSomebodyWaitsForALock();
      // What waits is the put-back of the lead that was passed over, not the judgement of it.
      return { answer };
    });
    expect((await committing.answer).placed).toEqual([free!.callId]);
    expect(await leadState(pool, held!.leadId)).toMatchObject({ state: 'waiting' });
  });
});

describe('a refused lead', () => {
  const refusedAt = (ms: number) => LATER(ms);

  test('is stored with rule, facts and the next moment, and waits until then', async () => {
    const pool = await storedPool(testDatabase());
    const { leads, claimed } = await claimedOnce(pool, [{ state: 'callback' }]);
    const verdicts = judge(
      claimed.map((lead) => ({
        ...lead,
        candidate: { ...lead.candidate, numberAttemptsAt: [NOON, NOON, NOON] },
      })),
    );
    expect(await commit(pool, verdicts)).toEqual({ placed: [], refusedCount: 1 });
    const retryAt = refusedAt(24 * 3_600_000);
    expect(await leadState(pool, leads[0]!.leadId)).toMatchObject({
      state: 'callback',
      dueAt: retryAt,
      attempts: 0,
      claimEpoch: null,
      finishedWhy: null,
    });
    const { organization, organizationId } = pool;
    const key = { organizationId, leadId: leads[0]!.leadId };
    expect(
      await organization.query`select due_why as why from campaign_lead where lead_id = ${key.leadId}`,
    ).toEqual([{ why: 'rule:attempt-limit' }]);
    expect(await refusalsOfLead(organization.query, key, { limit: 10 })).toMatchObject([
      { at: NOON, rule: 'attempt-limit', retryAt, campaignId: pool.seed.campaignId, phone: leads[0]!.phone },
    ]);
  });

  test('for ever is finished', async () => {
    const pool = await storedPool(testDatabase());
    const { leads, claimed } = await claimedOnce(pool);
    const verdicts = judge(
      claimed.map((lead) => ({
        ...lead,
        candidate: { ...lead.candidate, doNotCall: 'organization' as const },
      })),
    );
    expect(await commit(pool, verdicts)).toEqual({ placed: [], refusedCount: 1 });
    expect(await leadState(pool, leads[0]!.leadId)).toMatchObject({
      state: 'finished',
      finishedWhy: 'do-not-call',
      claimedFrom: null,
    });
  });

  test('goes on with another number of the person that is not on the list', async () => {
    const pool = await storedPool(testDatabase());
    const { leads, claimed } = await claimedOnce(pool);
    const other = '+13055550177';
    await testDatabase().organization.query`
      insert into lead_number (number_id, organization_id, list_id, lead_id, phone, zone_key, position)
      select gen_random_uuid(), organization_id, list_id, lead_id, ${other}, zone_key, 9 from lead_number
       where lead_id = ${leads[0]!.leadId}`;
    const verdicts = judge(
      claimed.map((lead) => ({
        ...lead,
        candidate: { ...lead.candidate, doNotCall: 'organization' as const },
      })),
    );
    await commit(pool, verdicts);
    expect(await leadState(pool, leads[0]!.leadId)).toMatchObject({ state: 'waiting', finishedWhy: null });
    const [row] = await testDatabase().organization.query<{ phone: string }>`
      select phone from campaign_lead where lead_id = ${leads[0]!.leadId}`;
    expect(row?.phone).toBe(other);
  });

  test('whose number has had its attempts goes on with one that has not, else it is finished', async () => {
    const pool = await storedPool(testDatabase());
    const { organization } = pool;
    const { leads, claimed } = await claimedOnce(pool, [{}, {}]);
    const [first, second] = leads.map(({ leadId }) => leadId);
    const other = '+13055550179';
    await organization.query`
      insert into lead_number (number_id, organization_id, list_id, lead_id, phone, zone_key, position)
      select gen_random_uuid(), organization_id, list_id, lead_id, ${other}, zone_key, 9 from lead_number
       where lead_id = ${first!}`;
    const usedUp = { numberAttempts: 2, numberAttemptsMax: 2 };
    const verdicts = judge(claimed.map((lead) => ({ ...lead, candidate: { ...lead.candidate, ...usedUp } })));
    expect(await commit(pool, verdicts)).toEqual({ placed: [], refusedCount: 2 });
    expect(await leadState(pool, first!)).toMatchObject({ state: 'waiting', phone: other });
    expect(await leadState(pool, second!)).toMatchObject({ state: 'finished', finishedWhy: 'attempt-limit' });
  });

  test('is finished when the other numbers are on the list as well', async () => {
    const pool = await storedPool(testDatabase());
    const { organization, organizationId } = pool;
    const { leads, claimed } = await claimedOnce(pool);
    const other = '+13055550178' as PhoneNumber;
    await organization.query`
      insert into lead_number (number_id, organization_id, list_id, lead_id, phone, zone_key, position)
      select gen_random_uuid(), organization_id, list_id, lead_id, ${other}, zone_key, 9 from lead_number
       where lead_id = ${leads[0]!.leadId}`;
    await addDoNotCall(
      organization.query,
      organizationId,
      [leads[0]!.phone, other].map((p) => entryFor(p)),
    );
    const verdicts = judge(
      claimed.map((lead) => ({
        ...lead,
        candidate: { ...lead.candidate, doNotCall: 'organization' as const },
      })),
    );
    await commit(pool, verdicts);
    expect(await leadState(pool, leads[0]!.leadId)).toMatchObject({
      state: 'finished',
      finishedWhy: 'do-not-call',
    });
  });

  test('keeps the cleared ones of its batch from nothing', async () => {
    const pool = await storedPool(testDatabase());
    const { claimed } = await claimedOnce(pool, [{}, {}, {}]);
    const verdicts = judge(
      claimed.map((lead, index) => ({
        ...lead,
        candidate: { ...lead.candidate, doNotCall: index === 1 ? ('campaign' as const) : null },
      })),
    );
    const { placed, refusedCount } = await commit(pool, verdicts);
    expect(refusedCount).toBe(1);
    expect([...placed].sort()).toEqual([claimed[0]!, claimed[2]!].map((c) => c.candidate.callId).sort());
  });
});

describe('a sweep', () => {
  test('refuses and re-dates, and puts the cleared back as they were', async () => {
    const pool = await storedPool(testDatabase());
    const { leads, claimed } = await claimedOnce(pool, [{ state: 'callback' }, {}]);
    const before = leads[0]!.leadId === claimed[0]!.candidate.leadId ? 0 : 1;
    const verdicts = judge(
      claimed.map((lead, index) => ({
        ...lead,
        candidate: { ...lead.candidate, zones: index === before ? lead.candidate.zones : ['Asia/Tokyo'] },
      })),
    );
    expect(await commit(pool, verdicts, { isSweep: true })).toEqual({ placed: [], refusedCount: 1 });
    expect(await openAttempts(pool)).toEqual([]);
    expect(await leadState(pool, leads[0]!.leadId)).toMatchObject({
      state: 'callback',
      dueAt: LATER(-1000),
      claimEpoch: null,
    });
    const swept = await leadState(pool, leads[1]!.leadId);
    expect(swept.state).toBe('waiting');
    expect(swept.dueAt).toBeGreaterThan(NOON);
  });
});

describe('one call per number and per person at a time', () => {
  test('over two campaigns and two pools: the second attempt on a number waits its turn', async () => {
    const [first, second] = [await storedPool(testDatabase()), await storedPool(testDatabase())];
    const phone = '+12125550111';
    await placeCalls(first, [{ phone }]);
    const { leads, verdicts } = await claimedOnce(second, [{ phone }]);
    expect(await commit(second, verdicts)).toEqual({ placed: [], refusedCount: 0 });
    expect(await leadState(second, leads[0]!.leadId)).toMatchObject({
      state: 'waiting',
      dueAt: LATER(10_000),
      claimEpoch: null,
    });
  });

  test('one person in two campaigns is not called on two numbers', async () => {
    const [first, second] = [await storedPool(testDatabase()), await storedPool(testDatabase())];
    const [placed] = await placeCalls(first, [{}]);
    const { organization, organizationId, newId } = second;
    await organization.query`
      insert into campaign_lead (campaign_id, lead_id, organization_id, due_at, number_id, phone, zone_key)
      values (${second.seed.campaignId}, ${placed!.candidate.leadId}, ${organizationId}, ${new Date(NOON)}, ${newId(NOON)},
              '+12125550222', 'America/New_York')`;
    expect((await commit(second, judge(await claim(second)))).placed).toEqual([]);
  });

  test('of two leads with one number in one batch, one is placed', async () => {
    const [first, other] = [await storedPool(testDatabase()), await storedPool(testDatabase())];
    const phone = '+12125550333';
    await storeLeads(first, [{ phone }]);
    const [lead] = await storeLeads(other, [{ phone }]);
    const { organization, organizationId, seed } = first;
    await organization.query`
      insert into campaign_list (campaign_id, list_id, organization_id)
      values (${seed.campaignId}, ${other.seed.listId}, ${organizationId})`;
    await organization.query`
      insert into campaign_lead (campaign_id, lead_id, organization_id, due_at, number_id, phone, zone_key)
      values (${seed.campaignId}, ${lead!.leadId}, ${organizationId}, ${new Date(NOON)}, ${lead!.numberId}, ${phone},
              'America/New_York')`;
    const verdicts = judge(await claim(first));
    expect(verdicts).toHaveLength(2);
    expect((await commit(first, verdicts)).placed).toHaveLength(1);
  });

  test('when two pools commit the same numbers at the same moment, each is placed once', async () => {
    const pools = await Promise.all([0, 1, 2].map(() => storedPool(testDatabase()).catch(() => null)));
    const [first, second] = pools.some((pool) => pool === null)
      ? [await storedPool(testDatabase()), await storedPool(testDatabase())]
      : (pools as StoredPool[]);
    for (let round = 0; round < 10; round += 1) {
      const phones = Array.from({ length: 10 }, (_, index) => ({
        phone: `+1646555${String(1000 + round * 10 + index)}`,
      }));
      const [a, b] = [await claimedOnce(first!, phones), await claimedOnce(second!, [...phones].reverse())];
      const commits = await Promise.all([commit(first!, a.verdicts), commit(second!, b.verdicts)]);
      expect(commits.flatMap(({ placed }) => placed)).toHaveLength(10);
    }
  });

  test('a person of another organization with the same number is another matter', async () => {
    const base = testDatabase();
    const organizationId = await base.makeOrganization(`Other ${String(NOON)}`);
    const other = await storedPool({
      newId: base.newId,
      organizationId,
      organization: base.database.organization(organizationId),
    });
    const phone = '+12125550444';
    const own = await storedPool(base);
    expect(await placeCalls(own, [{ phone }])).toHaveLength(1);
    expect(await placeCalls(other, [{ phone }])).toHaveLength(1);
  });
});

describe('do-not-call', () => {
  test('added after the gate, in force before the commit is sent: not placed, and refused by name the next time', async () => {
    const pool = await storedPool(testDatabase());
    const { leads, verdicts } = await claimedOnce(pool, [{}, {}, {}]);
    const [organizationWide, campaignWide, free] = verdicts.map(({ candidate }) => candidate);
    const { organization, organizationId, seed } = pool;
    await addDoNotCall(organization.query, organizationId, [
      entryFor(organizationWide!.phone),
      entryFor(campaignWide!.phone, seed.campaignId),
    ]);
    expect((await commit(pool, verdicts)).placed).toEqual([free!.callId]);
    for (const { leadId } of leads.filter((lead) => lead.leadId !== free!.leadId))
      expect(await leadState(pool, leadId)).toMatchObject({ state: 'waiting', dueAt: LATER(10_000) });
    const again = judge(await claim(pool, { now: LATER(10_000) }), LATER(10_000));
    expect(again.map((verdict) => verdict.kind === 'refused' && verdict.rule)).toEqual([
      'do-not-call',
      'do-not-call',
    ]);
  });

  test('500 races: an entry in force before the commit was sent is never dialled', async () => {
    const random = seededRandom(20_261_120);
    const turns = async (count: number): Promise<void> => {
      for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    const pools: StoredPool[] = [];
    for (let lane = 0; lane < 4; lane += 1) pools.push(await storedPool(testDatabase()));
    const seen = { before: 0, beforePlaced: 0, during: 0, duringPlaced: 0, placed: 0 };

    const race = async (pool: StoredPool): Promise<void> => {
      const { verdicts } = await claimedOnce(
        pool,
        Array.from({ length: 10 }, () => ({})),
      );
      const inForce = new Set<string>();
      const entries = verdicts.slice(0, 8).map(async ({ candidate: { phone } }) => {
        await turns(Math.floor(random.next() * 60));
        await addDoNotCall(pool.organization.query, pool.organizationId, [entryFor(phone)]);
        inForce.add(phone);
      });
      await turns(Math.floor(random.next() * 90));
      const before = new Set(inForce);
      const { placed } = await commit(pool, verdicts);
      await Promise.all(entries);
      for (const { candidate } of verdicts) {
        const isPlaced = placed.includes(candidate.callId);
        seen.placed += isPlaced ? 1 : 0;
        if (before.has(candidate.phone)) {
          seen.before += 1;
          seen.beforePlaced += isPlaced ? 1 : 0;
        } else if (inForce.has(candidate.phone)) {
          seen.during += 1;
          seen.duringPlaced += isPlaced ? 1 : 0;
        }
      }
      await pool.organization.query`delete from open_attempt where pool_id = ${pool.seed.poolId}`;
    };
    await Promise.all(
      pools.map(async (pool) => {
        for (let round = 0; round < 16; round += 1) await race(pool);
      }),
    );
    expect(seen.before + seen.during).toBeGreaterThanOrEqual(500);
    expect(seen.beforePlaced).toBe(0);
    // The race was one: entries came before, while and after the commits were on their way.
    expect(seen.before).toBeGreaterThan(50);
    expect(seen.duringPlaced).toBeGreaterThan(20);
  });
});

describe('a commit of an owner whose epoch is over', () => {
  test('writes nothing and says so', async () => {
    const pool = await storedPool(testDatabase());
    const { leads, verdicts } = await claimedOnce(pool);
    await takeOver(pool);
    await expect(commit(pool, verdicts)).rejects.toThrow(FencedOff);
    expect(await openAttempts(pool)).toEqual([]);
    expect(await leadState(pool, leads[0]!.leadId)).toMatchObject({ state: 'claimed', claimEpoch: 1 });
  });

  test('that was on its way when the takeover began goes first, and the new owner sees its attempts', async () => {
    const pool = await storedPool(testDatabase());
    const { verdicts } = await claimedOnce(pool);
    const { fence } = await pool.organization.tx(async (query) => {
      await commit(pool, verdicts, { database: within(query) });
      const takingOver = takeOver(pool);
      await untilSomebodyWaitsForALock();
      return { fence: takingOver };
    });
    expect((await fence).epoch).toBe(2);
    expect(await openAttempts(pool)).toHaveLength(1);
  });
});

describe('a commit whose reply was lost', () => {
  const undo = (pool: StoredPool, verdicts: Awaited<ReturnType<typeof claimedOnce>>['verdicts']) =>
    undoCommit(pool.organization, pool.fence, {
      campaignId: pool.seed.campaignId,
      verdicts,
      now: LATER(1000),
    });

  const expectUndone = async (pool: StoredPool, leadId: LeadId): Promise<void> => {
    expect(await openAttempts(pool)).toEqual([]);
    expect(await leadState(pool, leadId)).toMatchObject({
      state: 'callback',
      attempts: 0,
      claimEpoch: null,
      claimedFrom: null,
      dueAt: LATER(11_000),
    });
  };

  test('is undone: no open attempt, the lead waits as before, and nothing counts as an attempt', async () => {
    const pool = await storedPool(testDatabase());
    const { leads, verdicts } = await claimedOnce(pool, [{ state: 'callback' }]);
    await commit(pool, verdicts);
    await undo(pool, verdicts);
    await expectUndone(pool, leads[0]!.leadId);
    const [call] = await pool.organization.query`
      select ending, dialled_at, ended_at from call where call_id = ${verdicts[0]!.candidate.callId}`;
    expect(call).toEqual({ ending: 'lost', dialled_at: null, ended_at: LATER(1000) });
    const [again] = await claim(pool, { now: LATER(11_000) });
    expect(again?.candidate.numberAttemptsAt).toEqual([]);
  });

  test('and that never happened is undone as well: the claim goes back', async () => {
    const pool = await storedPool(testDatabase());
    const { leads, verdicts } = await claimedOnce(pool, [{ state: 'callback' }]);
    await undo(pool, verdicts);
    await expectUndone(pool, leads[0]!.leadId);
    await undo(pool, verdicts);
    await expectUndone(pool, leads[0]!.leadId);
  });

  test('comes too late after the undo: it places nothing', async () => {
    const pool = await storedPool(testDatabase());
    const { leads, verdicts } = await claimedOnce(pool, [{ state: 'callback' }]);
    await undo(pool, verdicts);
    expect((await commit(pool, verdicts)).placed).toEqual([]);
    await expectUndone(pool, leads[0]!.leadId);
  });

  test('is still running on the server when the undo comes: the undo waits for it', async () => {
    const pool = await storedPool(testDatabase());
    const { leads, verdicts } = await claimedOnce(pool, [{ state: 'callback' }]);
    const { undone } = await pool.organization.tx(async (query) => {
      await commit(pool, verdicts, { database: within(query) });
      const undoing = undo(pool, verdicts);
      await untilSomebodyWaitsForALock();
      return { undone: undoing };
    });
    await undone;
    await expectUndone(pool, leads[0]!.leadId);
  });

  test('leaves alone what has happened to the lead since', async () => {
    const pool = await storedPool(testDatabase());
    const { leads, verdicts } = await claimedOnce(pool);
    await undo(pool, verdicts);
    const [again] = await claim(pool, { now: LATER(20_000) });
    expect((await commit(pool, judge([again!], LATER(20_000)))).placed).toHaveLength(1);
    await undo(pool, verdicts);
    expect(await openAttempts(pool)).toEqual([again!.candidate.callId]);
    expect(await leadState(pool, leads[0]!.leadId)).toMatchObject({ state: 'calling' });
  });

  test('is not undone by an owner whose epoch is over', async () => {
    const pool = await storedPool(testDatabase());
    const { verdicts } = await claimedOnce(pool);
    await commit(pool, verdicts);
    await takeOver(pool);
    await expect(undo(pool, verdicts)).rejects.toThrow(FencedOff);
    expect(await openAttempts(pool)).toHaveLength(1);
  });
});
