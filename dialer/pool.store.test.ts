import { DEFAULT_RETRY_RULES } from '../campaigns/retry-rule.ts';
import { describe, expect, test } from 'vitest';
import type { AgentId, CallId, Epoch } from '../kernel/ids.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { storeCalls, storeOutcomes } from './call-outcome.store.ts';
import { newCall } from './call.ts';
import { readCampaigns, readCounts, readOpenAttempts, readSeats } from './pool.store.ts';
import { LATER, NOON, placeCalls, storedPool, type StoredPool } from './stored-pool.fixture.ts';
import { uuidMadeAt } from '../kernel/uuid.ts';

const testDatabase = useTestDatabase();
const HOUR = 3_600_000;
const ANN = '01900000-0000-7000-8000-0000000000aa' as AgentId;

async function running(): Promise<StoredPool> {
  const pool = await storedPool(testDatabase());
  await pool.organization.query`
    update campaign set state = 'running', started_at = ${new Date(NOON)} where campaign_id = ${pool.seed.campaignId}`;
  return pool;
}

interface Call {
  readonly placedMs: number;
  readonly ending: string | null;
  readonly isDialled?: boolean;
  readonly answeredMs?: number;
  readonly bridgedMs?: number;
  readonly endedMs?: number;
}

async function storeCall(
  { organization, organizationId, newId, seed }: StoredPool,
  call: Call,
): Promise<CallId> {
  const { placedMs, ending, isDialled = true, answeredMs, bridgedMs, endedMs = placedMs + 30_000 } = call;
  const date = (ms: number | undefined): Date | null => (ms === undefined ? null : new Date(LATER(ms)));
  const id = newId<CallId>(LATER(placedMs));
  await organization.query`
    insert into call (call_id, placed_at, organization_id, pool_id, epoch, purpose, campaign_id, lead_id, phone, clearance,
                      is_simulated, dialled_at, answered_at, bridged_at, ended_at, ending)
    values (${id}, ${new Date(LATER(placedMs))}, ${organizationId}, ${seed.poolId}, 1, 'campaign', ${seed.campaignId},
            ${newId(NOON)}, '+12125550100', '{}', false, ${isDialled ? new Date(LATER(placedMs + 100)) : null},
            ${date(answeredMs)}, ${date(bridgedMs)}, ${ending === null ? null : date(endedMs)}, ${ending})`;
  return id;
}

describe('the campaigns of a pool', () => {
  test('are read with all their settings and their trunk; drafts and those of others are left out', async () => {
    const pool = await running();
    const draft = await storedPool(testDatabase());
    const [campaign] = await readCampaigns(pool.organization, pool.seed.poolId);
    expect(campaign).toEqual({
      id: pool.seed.campaignId,
      name: expect.any(String) as string,
      state: 'running',
      dialMode: 'progressive',
      linesPerAgent: 1,
      abandonRateMax: 0.03,
      abandonTargetShare: 0.95,
      legalMs: 2000,
      ringTimeoutMs: 25_000,
      wrapUpMs: 30_000,
      callerId: '+13055550199',
      messageFile: 'nobody-free-en.wav',
      timeZone: 'America/New_York',
      startsOn: null,
      endsOn: null,
      dailyHours: null,
      retryRules: DEFAULT_RETRY_RULES,
      previewMs: 60_000,
      previewThen: 'skip',
      previewsMissedMax: 3,
      callbackOpenAfterMs: null,
      priority: 0,
      startedAt: NOON,
      trunk: {
        id: pool.seed.trunkId,
        dialTemplate: 'sofia/trunk/{number}@127.0.0.1:5070',
        numberFormat: 'e164',
        pingMs: 30_000,
        callerIdIn: 'from',
        codecs: 'PCMU,PCMA',
        callsMax: 100,
        callsPerSecondMax: 10,
      },
    });
    expect(await readCampaigns(draft.organization, draft.seed.poolId)).toEqual([]);
  });

  test('without a trunk are read without one', async () => {
    const pool = await running();
    await pool.organization
      .query`update campaign set trunk_id = null where campaign_id = ${pool.seed.campaignId}`;
    expect(await readCampaigns(pool.organization, pool.seed.poolId)).toMatchObject([{ trunk: null }]);
  });
});

describe('the figures of a campaign', () => {
  test("are those of its local day and period; yesterday's and carrier failures are not in them", async () => {
    const pool = await running();
    const { organization, organizationId, seed } = pool;
    await storeCall(pool, { placedMs: -13 * HOUR, ending: 'connected', answeredMs: -13 * HOUR });
    await storeCall(pool, { placedMs: -HOUR, ending: 'connected', answeredMs: -HOUR, bridgedMs: -HOUR + 80 });
    await storeCall(pool, { placedMs: -HOUR, ending: 'busy' });
    await storeCall(pool, { placedMs: -HOUR, ending: 'carrier-failure' });
    await storeCall(pool, { placedMs: -HOUR, ending: 'revoked', isDialled: false });
    for (const [index, day] of ['2026-12-01', '2026-12-02', '2026-12-02', '2026-12-03'].entries()) {
      await organization.query`
        insert into abandonment_ledger (call_id, organization_id, campaign_id, answered_at, local_day, is_abandoned, is_early_hang_up)
        values (${pool.newId(NOON)}, ${organizationId}, ${seed.campaignId}, ${new Date(NOON)}, ${day}::date, ${index === 2}, false)`;
    }
    await organization.query`
      insert into refusal (organization_id, at, campaign_id, lead_id, phone, rule, rules_version, facts)
      values (${organizationId}, ${new Date(LATER(-HOUR))}, ${seed.campaignId}, ${pool.newId(NOON)}, '+12125550100', 'do-not-call', 'x', '{}')`;
    const [campaign] = await readCampaigns(organization, seed.poolId);
    const counts = await readCounts(organization, campaign!, NOON);
    expect(counts.today).toEqual({
      day: '2026-12-02',
      attempts: 2,
      humanAnswers: 2,
      abandoned: 1,
      connected: 1,
      refused: 1,
    });
    // The period began with the campaign, today.
    expect(counts.period).toEqual({ startedAt: LATER(-12 * HOUR), humanAnswers: 3, abandoned: 1 });
  });

  test('bring the calls that the pacer may learn from, oldest first', async () => {
    const pool = await running();
    await storeCall(pool, { placedMs: -7 * HOUR, ending: 'busy' });
    await storeCall(pool, { placedMs: -2000, ending: 'carrier-failure' });
    await storeCall(pool, { placedMs: -2000, ending: null });
    await storeCall(pool, { placedMs: -HOUR, ending: 'no-answer' });
    await storeCall(pool, {
      placedMs: -2 * HOUR,
      ending: 'connected',
      answeredMs: 1,
      bridgedMs: 2,
      endedMs: 3,
    });
    const [campaign] = await readCampaigns(pool.organization, pool.seed.poolId);
    const { recent } = await readCounts(pool.organization, campaign!, NOON);
    expect(recent).toMatchObject([
      { dialledAt: LATER(-2 * HOUR + 100), answeredAt: LATER(1), bridgedAt: LATER(2), endedAt: LATER(3) },
      { dialledAt: LATER(-HOUR + 100), answeredAt: null, bridgedAt: null, endedAt: LATER(-HOUR + 30_000) },
    ]);
  });
});

test('seats are those of active users, by name', async () => {
  const pool = await running();
  const { organization, seed } = pool;
  expect(await readSeats(organization, seed.poolId)).toEqual([
    { agentId: seed.agentId, name: 'Ann Agent', extension: '1001', isAutomatic: false },
  ]);
  await organization.query`update app_user set is_active = false where user_id = ${seed.agentId}`;
  expect(await readSeats(organization, seed.poolId)).toEqual([]);
});

describe('open attempts', () => {
  test('are read whole for the next owner, and no more once they have ended', async () => {
    const pool = await running();
    const [placed] = await placeCalls(pool, [{ attempts: 2 }]);
    const { callId: id, purpose, campaignId, leadId, numberId, phone } = placed!.candidate;
    const identity = {
      id,
      purpose,
      campaignId,
      leadId,
      numberId,
      phone,
      placedAt: uuidMadeAt(id),
      forAgentId: null,
    };
    const times = {
      dialledAt: LATER(100),
      rangAt: LATER(2000),
      answeredAt: LATER(9000),
      bridgedAt: LATER(9080),
      messageAt: null,
      agentId: ANN,
    };
    await storeCalls(pool.organization, pool.fence, [{ ...newCall(identity), times }]);
    const numbers = [{ numberId, phone, zoneKey: 'America/New_York' }];
    const nextOwner = { ...pool.fence, epoch: 2 as Epoch };
    expect(await readOpenAttempts(pool.organization, nextOwner)).toEqual([
      {
        identity,
        times,
        lead: {
          attempts: 2,
          attemptsMax: 6,
          attemptsPerNumberMax: null,
          endingCounts: {},
          numberAttempts: {},
          numbers,
        },
      },
    ]);
    const end = {
      state: 'ended',
      ending: 'connected',
      endedAt: LATER(60_000),
      hungUpBy: 'agent',
      raw: null,
    } as const;
    await storeOutcomes(pool.organization, pool.fence, [
      {
        call: { ...newCall(identity), times, ...end },
        isAttempt: true,
        next: { state: 'awaiting-disposition', dueAt: LATER(60_000), finishedWhy: null, number: null },
        ledger: null,
      },
    ]);
    expect(await readOpenAttempts(pool.organization, nextOwner)).toEqual([]);
  });

  test('of leads whose numbers are gone are read all the same', async () => {
    const pool = await running();
    await placeCalls(pool, [{}]);
    await pool.organization.query`delete from lead_number where list_id = ${pool.seed.listId}`;
    expect(await readOpenAttempts(pool.organization, pool.fence)).toMatchObject([{ lead: { numbers: [] } }]);
  });

  test('of other pools are not read', async () => {
    const [pool, other] = [await running(), await running()];
    await placeCalls(pool, [{}]);
    expect(await readOpenAttempts(other.organization, other.fence)).toEqual([]);
  });
});
