import { describe, expect, test } from 'vitest';
import { attachList, detachList } from '../campaigns/campaign-list.store.ts';
import { liftDoNotCall } from '../campaigns/do-not-call-removal.store.ts';
import type { Ending } from '../campaigns/ending.ts';
import { countListReset, resetList } from '../campaigns/list-reset.store.ts';
import { addDoNotCall } from '../compliance/do-not-call.store.ts';
import type { EpochMs } from '../kernel/time.ts';
import { useTestDatabase } from '../server/test-database.ts';
import {
  claim,
  judge,
  LATER,
  leadState,
  NOON,
  storedPool,
  storeLeads,
  type StoredLead,
  type StoredPool,
} from './stored-pool.fixture.ts';

const testDatabase = useTestDatabase();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Past {
  readonly ending: Ending;
  readonly endedAt: EpochMs;
  /** False: the INVITE was never sent. */
  readonly isDialled?: boolean;
}

/** A call of the lead that is over, as its ending would have stored it. */
async function called(pool: StoredPool, lead: StoredLead, past: Past): Promise<void> {
  const { organization, organizationId, newId, seed } = pool;
  const { ending, endedAt, isDialled = true } = past;
  const placedAt = new Date(endedAt - 20_000);
  await organization.query`
    insert into call (call_id, placed_at, organization_id, pool_id, epoch, purpose, campaign_id, lead_id, phone, clearance,
                      is_simulated, dialled_at, ended_at, ending)
    values (${newId(placedAt.getTime() as EpochMs)}, ${placedAt}, ${organizationId}, ${seed.poolId}, 1, 'campaign',
            ${seed.campaignId}, ${lead.leadId}, ${lead.phone}, '{}', false, ${isDialled ? placedAt : null}, ${new Date(endedAt)},
            ${ending})`;
  await organization.query`update campaign_lead set last_ending = ${ending}, attempts = 1 where lead_id = ${lead.leadId}`;
}

const HOUR_AGO = LATER(-HOUR);
const REST_OVER = LATER(71 * HOUR);

async function abandoned(state: 'waiting' | 'finished') {
  const pool = await storedPool(testDatabase());
  const [lead, busy] = await storeLeads(pool, [
    { state, dueAt: LATER(100 * HOUR) },
    { state, dueAt: LATER(100 * HOUR) },
  ]);
  await called(pool, lead!, { ending: 'human-abandoned', endedAt: HOUR_AGO });
  await called(pool, busy!, { ending: 'busy', endedAt: HOUR_AGO });
  return { pool, lead: lead!, busy: busy! };
}

describe('nobody is due before the 72 hours after an abandoned call are over', () => {
  test.each(['waiting', 'finished'] as const)('by a reset of a list in which he is %s', async (state) => {
    const { pool, lead, busy } = await abandoned(state);
    const { query } = pool.organization;
    const reset = {
      ...{ organizationId: pool.organizationId, listId: pool.seed.listId, campaignId: null, endings: null },
      ...{ includesDisposed: false, clearsAttempts: false },
    };
    expect(await countListReset(query, reset, NOON)).toBe(2);
    const work = { from: null, now: NOON, isEnough: () => false };
    expect(await resetList(query, reset, work)).toEqual({ leads: 2, next: null });
    expect(await leadState(pool, lead.leadId)).toMatchObject({ state: 'waiting', dueAt: REST_OVER });
    expect(await leadState(pool, busy.leadId)).toMatchObject({ state: 'waiting', dueAt: NOON });
    expect(await countListReset(query, reset, NOON)).toBe(0);
  });

  test('when his number leaves the do-not-call list', async () => {
    const { pool, lead } = await abandoned('finished');
    const { organization, organizationId } = pool;
    const entry = { phone: lead.phone, campaignId: null, source: 'officer', addedBy: null, addedAt: NOON };
    await addDoNotCall(organization.query, organizationId, [entry]);
    await organization.query`
      update campaign_lead set finished_why = 'do-not-call' where lead_id = ${lead.leadId}`;
    const removal = { phone: lead.phone, campaignId: null, at: NOON };
    expect(await liftDoNotCall(organization, organizationId, removal)).toBe(true);
    expect(await leadState(pool, lead.leadId)).toMatchObject({ state: 'waiting', dueAt: REST_OVER });
  });

  test('when his list is taken away and added again', async () => {
    const { pool, lead } = await abandoned('waiting');
    const { organization, seed } = pool;
    await organization.query`
      update campaign_lead set due_at = ${new Date(REST_OVER)} where lead_id = ${lead.leadId}`;
    await detachList(organization, seed, { listId: seed.listId });
    await attachList(organization, seed, { listId: seed.listId, priority: 0, at: NOON });
    expect(await leadState(pool, lead.leadId)).toMatchObject({ state: 'waiting', dueAt: REST_OVER });
  });
});

describe('who is due all the same', () => {
  async function due(past: Past) {
    const pool = await storedPool(testDatabase());
    const [lead] = await storeLeads(pool, [{}]);
    await called(pool, lead!, past);
    return { pool, lead: lead! };
  }
  const verdictOf = async (pool: StoredPool, asked: Parameters<typeof claim>[1] = {}, now = NOON) =>
    judge(await claim(pool, { ...asked, now }), now)[0];

  test.each(['human-abandoned', 'hung-up-waiting'] as const)(
    'is not called by a machine for 72 hours after %s, and then is',
    async (ending) => {
      const { pool } = await due({ ending, endedAt: HOUR_AGO });
      expect(await verdictOf(pool)).toMatchObject({ kind: 'refused', rule: 'rest', retryAt: REST_OVER });
      await pool.organization.query`update campaign_lead set state = 'waiting', claim_epoch = null`;
      expect(await verdictOf(pool, {}, REST_OVER)).toMatchObject({ kind: 'cleared' });
    },
  );

  test('is not called by a machine for half an hour after a lost call, if that was dialled', async () => {
    const { pool } = await due({ ending: 'lost', endedAt: LATER(-10 * MINUTE) });
    expect(await verdictOf(pool)).toMatchObject({ rule: 'rest', retryAt: LATER(20 * MINUTE) });
    const undone = await due({ ending: 'lost', endedAt: LATER(-10 * MINUTE), isDialled: false });
    expect(await verdictOf(undone.pool)).toMatchObject({ kind: 'cleared' });
  });

  test('rests in every campaign, by his number and by his person', async () => {
    const { pool, lead } = await due({ ending: 'human-abandoned', endedAt: HOUR_AGO });
    const other = await storedPool(testDatabase());
    await storeLeads(other, [{ phone: lead.phone }]);
    expect(await verdictOf(other)).toMatchObject({ rule: 'rest', retryAt: REST_OVER });
    await pool.organization.query`
      update campaign_lead set phone = '+12125550199' where lead_id = ${lead.leadId}`;
    expect(await verdictOf(pool)).toMatchObject({ rule: 'rest', retryAt: REST_OVER });
  });

  test('may be called at once by an agent who waits for that very call: by hand, from a preview, or his own callback', async () => {
    const { pool, lead } = await due({ ending: 'human-abandoned', endedAt: HOUR_AGO });
    const { query } = pool.organization;
    const back = (state: string) => query`
      update campaign_lead set state = ${state}, claimed_from = null, claim_epoch = null,
                               callback_agent_id = ${state === 'callback' ? pool.seed.agentId : null}
       where lead_id = ${lead.leadId}`;
    expect(await verdictOf(pool, { purpose: 'preview' })).toMatchObject({ kind: 'cleared' });
    await back('waiting');
    const named = { leadId: lead.leadId, numberId: lead.numberId, isHeld: false };
    expect(await verdictOf(pool, { purpose: 'manual', named })).toMatchObject({ kind: 'cleared' });
    await back('callback');
    expect(await verdictOf(pool, { ownOf: [pool.seed.agentId] })).toMatchObject({ kind: 'cleared' });
  });

  test('a callback that anybody may take is no exception', async () => {
    const { pool, lead } = await due({ ending: 'human-abandoned', endedAt: HOUR_AGO });
    await pool.organization.query`update campaign_lead set state = 'callback' where lead_id = ${lead.leadId}`;
    expect(await verdictOf(pool)).toMatchObject({ rule: 'rest', retryAt: REST_OVER });
  });
});
