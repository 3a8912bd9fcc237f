import { describe, expect, test } from 'vitest';
import type { OrganizationDatabase, Query } from '../kernel/database.ts';
import type { LegId } from '../kernel/ids.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { storeAgents } from './agent-presence.store.ts';
import { newAgent } from './agent.ts';
import { storeCalls, storeOutcomes } from './call-outcome.store.ts';
import { newCall } from './call.ts';
import { putBackLeads } from './claim.store.ts';
import { undoCommit } from './commit.store.ts';
import { FencedOff } from './fence.ts';
import { useLockWatch, within } from './lock-watch.fixture.ts';
import { releaseOldClaims } from './pool.store.ts';
import {
  claim,
  commit,
  judge,
  LATER,
  NOON,
  placeCalls,
  storedPool,
  storeLeads,
  takeOver,
  type Placed,
  type StoredPool,
} from './stored-pool.fixture.ts';
import { clear, type Verdict } from '../compliance/gate.ts';
import type { MonotonicMs } from '../kernel/time.ts';
import { uuidMadeAt } from '../kernel/uuid.ts';

const testDatabase = useTestDatabase();

const untilSomebodyWaitsForALock = useLockWatch(testDatabase);

/** An owner in the middle of his work: a call that is up, a claim that is judged, a claim of an owner before him. */
interface Work {
  readonly pool: StoredPool;
  readonly placed: Placed;
  readonly verdicts: readonly Verdict[];
}

async function working(): Promise<Work> {
  const before = await storedPool(testDatabase());
  await storeLeads(before, [{}]);
  await claim(before);
  const pool = { ...before, fence: await takeOver(before) };
  const [placed] = await placeCalls(pool, [{}]);
  await storeLeads(pool, [{}, {}]);
  const [first] = await claim(pool, { count: 1 });
  return { pool, placed: placed!, verdicts: judge([first!]) };
}

const identityOf = ({ candidate }: Placed) => {
  const { callId: id, purpose, campaignId, leadId, numberId, phone } = candidate;
  return { id, purpose, campaignId, leadId, numberId, phone, placedAt: uuidMadeAt(id), forAgentId: null };
};
const LEG = '01900000-0000-7000-8000-00000000001a' as LegId;

/** Every statement by which an owner writes, and whether it says that it was fenced off. */
const WRITES: Readonly<
  Record<
    string,
    { isSilent?: boolean; run: (database: OrganizationDatabase, work: Work) => Promise<unknown> }
  >
> = {
  'claim leads': { run: (database, { pool }) => claim(pool, { database }) },
  'put leads back': {
    isSilent: true,
    run: (database, { pool, verdicts }) =>
      putBackLeads(database, pool.fence, {
        campaignId: pool.seed.campaignId,
        leadIds: verdicts.map(({ candidate }) => candidate.leadId),
      }),
  },
  'release the claims of older owners': {
    isSilent: true,
    run: (database, { pool }) => releaseOldClaims(database, pool.fence),
  },
  commit: { run: (database, { pool, verdicts }) => commit(pool, verdicts, { database }) },
  'commit refusals': {
    run: (database, { pool, verdicts }) => {
      const time = { now: NOON, monotonic: 0 as MonotonicMs };
      const refused = verdicts.map(({ candidate }) =>
        clear({ ...candidate, doNotCall: 'organization' }, time),
      );
      return commit(pool, refused, { database });
    },
  },
  'undo a commit': {
    run: (database, { pool, verdicts, placed }) =>
      undoCommit(database, pool.fence, {
        campaignId: pool.seed.campaignId,
        verdicts: [...verdicts, placed.verdict],
        now: LATER(1000),
      }),
  },
  'store facts of calls': {
    run: (database, { pool, placed }) => {
      const call = newCall(identityOf(placed));
      return storeCalls(database, pool.fence, [{ ...call, times: { ...call.times, dialledAt: LATER(100) } }]);
    },
  },
  'store endings': {
    run: (database, { pool, placed }) => {
      const call = newCall(identityOf(placed));
      const times = { ...call.times, dialledAt: LATER(100), answeredAt: LATER(5000) };
      const end = {
        state: 'ended',
        ending: 'human-abandoned',
        endedAt: LATER(9000),
        hungUpBy: 'us',
        raw: null,
      } as const;
      return storeOutcomes(database, pool.fence, [
        {
          call: { ...call, times, ...end },
          isAttempt: true,
          next: { state: 'waiting', dueAt: LATER(99_000), finishedWhy: null, number: null },
          ledger: {
            answeredAt: LATER(5000),
            localDay: '2026-12-02',
            isAbandoned: true,
            isEarlyHangUp: false,
          },
        },
      ]);
    },
  },
  'store agents': {
    run: (database, { pool }) =>
      storeAgents(database, pool.fence, {
        organizationId: pool.organizationId,
        changes: [
          { agent: { ...newAgent(pool.seed.agentId, NOON), state: 'ready', legId: LEG }, isNewState: true },
        ],
      }),
  },
};

/** Everything that owners write, as it stands. */
async function everything({ query }: { query: Query }): Promise<object> {
  return {
    leads: await query`select * from campaign_lead order by campaign_id, lead_id`,
    attempts: await query`select * from open_attempt order by call_id`,
    calls: await query`select * from call order by call_id`,
    refusals: await query`select * from refusal order by at, lead_id`,
    ledger: await query`select * from abandonment_ledger order by call_id`,
    presence: await query`select * from agent_presence order by agent_id`,
    states: await query`select * from agent_state_change order by agent_id, at`,
  };
}

describe.each(Object.entries(WRITES))('%s', (_, { run, isSilent = false }) => {
  test('writes something while the epoch lasts', async () => {
    const work = await working();
    const { organization } = work.pool;
    const before = await everything(organization);
    await run(organization, work);
    expect(await everything(organization)).not.toEqual(before);
  });

  test('writes nothing once another owner has the pool', async () => {
    const work = await working();
    const { organization } = work.pool;
    await takeOver(work.pool);
    const before = await everything(organization);
    const writing = run(organization, work);
    if (isSilent) await writing;
    else await expect(writing).rejects.toThrow(FencedOff);
    expect(await everything(organization)).toEqual(before);
  });

  test('on its way when a takeover begins is waited for by it', async () => {
    const work = await working();
    const { takingOver, after } = await work.pool.organization.tx(async (query) => {
      await run(within(query), work);
      const next = takeOver(work.pool);
      await untilSomebodyWaitsForALock();
      return { takingOver: next, after: await everything({ query }) };
    });
    expect((await takingOver).epoch).toBe(3);
    expect(await everything(work.pool.organization)).toEqual(after);
  });

  test('that begins while a takeover is on its way waits for it, and writes nothing', async () => {
    const work = await working();
    const { organization, seed } = work.pool;
    const before = await everything(organization);
    const { writing } = await organization.tx(async (query) => {
      await query`update pool_owner set epoch = epoch + 1 where pool_id = ${seed.poolId}`;
      const late = run(organization, work).then(
        () => null,
        (error: unknown) => error,
      );
      await untilSomebodyWaitsForALock();
      return { writing: late };
    });
    const error = await writing;
    if (isSilent) expect(error).toBeNull();
    else expect(error).toBeInstanceOf(FencedOff);
    expect(await everything(organization)).toEqual(before);
  });
});
