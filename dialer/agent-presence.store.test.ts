import { describe, expect, test } from 'vitest';
import type { CallId, LeadId, LegId, NumberId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { readLeftAgents, storeAgents } from './agent-presence.store.ts';
import { newAgent, type Agent, type AgentStage, type LeadPreview, type Wanted } from './agent.ts';
import { FencedOff } from './fence.ts';
import { LATER, storedPool, takeOver, type StoredPool } from './stored-pool.fixture.ts';

const testDatabase = useTestDatabase();
const LEG = '01900000-0000-7000-8000-00000000001a' as LegId;
const CALL = '01900000-0000-7000-8000-00000000001b' as CallId;

const agentIn = (pool: StoredPool, stage: AgentStage, wanted: Wanted | null = null): Agent => ({
  ...newAgent(pool.seed.agentId, LATER(5000)),
  wanted,
  ...stage,
});
async function store(pool: StoredPool, agents: readonly Agent[], isNewState = true): Promise<void> {
  const changes = agents.map((agent) => ({ agent, isNewState }));
  await storeAgents(pool.organization, pool.fence, { organizationId: pool.organizationId, changes });
}
async function dispose({ organization, organizationId, seed }: StoredPool): Promise<void> {
  await organization.query`
    insert into call_disposition (call_id, organization_id, agent_id, code, at)
    values (${CALL}, ${organizationId}, ${seed.agentId}, 'sale', ${new Date(LATER(6000))})
    on conflict do nothing`;
}

const WRAPPING: AgentStage = { state: 'wrapping-up', legId: LEG, callId: CALL, until: LATER(30_000) };
const TALKING: AgentStage = { state: 'talking', legId: LEG, callId: CALL, isDisposed: false };
const LUNCH: AgentStage = { state: 'paused', legId: LEG, reason: 'lunch', unfinishedCallId: null };
const NO_WORD: AgentStage = { state: 'paused', legId: LEG, reason: 'no-disposition', unfinishedCallId: CALL };
const STAGES: readonly AgentStage[] = [
  { state: 'signed-out', unfinishedCallId: null },
  { state: 'phone-connecting', legId: LEG, unfinishedCallId: null },
  { state: 'phone-connecting', legId: LEG, unfinishedCallId: CALL },
  { state: 'phone-lost', unfinishedCallId: null },
  { state: 'phone-lost', unfinishedCallId: CALL },
  { state: 'ready', legId: LEG },
  { state: 'reserved', legId: LEG, callId: CALL },
  { state: 'dialling', legId: LEG, callId: CALL },
  TALKING,
  { state: 'on-hold', legId: LEG, callId: CALL, isDisposed: false },
  { state: 'consulting', legId: LEG, callId: CALL, isDisposed: false },
  WRAPPING,
  LUNCH,
  NO_WORD,
  { state: 'signed-out', unfinishedCallId: CALL },
];

describe('the next owner finds an agent as he was left', () => {
  test.each(STAGES)('$state', async (stage) => {
    const pool = await storedPool(testDatabase());
    const agent = agentIn(pool, stage);
    await store(pool, [agent]);
    expect(await readLeftAgents(pool.organization, pool.fence)).toEqual([agent]);
  });

  test.each<Wanted>([
    { type: 'pause', reason: 'lunch', askedAt: LATER(5000) },
    { type: 'sign-out', askedAt: LATER(5000) },
  ])('with his wish to leave: $type', async (wanted) => {
    const pool = await storedPool(testDatabase());
    const agent = agentIn(pool, TALKING, wanted);
    await store(pool, [agent]);
    expect(await readLeftAgents(pool.organization, pool.fence)).toEqual([agent]);
  });

  test('but not what he has disposed of meanwhile', async () => {
    const cases: readonly [AgentStage, Partial<AgentStage>][] = [
      [TALKING, { state: 'talking', isDisposed: true }],
      [NO_WORD, { state: 'paused', unfinishedCallId: null }],
      [STAGES[4]!, { state: 'phone-lost', unfinishedCallId: null }],
      // His word is stored and the owner died before he heard of it.
      [WRAPPING, { state: 'ready' }],
    ];
    for (const [stage, found] of cases) {
      const pool = await storedPool(testDatabase());
      await store(pool, [agentIn(pool, stage)]);
      await dispose(pool);
      expect(await readLeftAgents(pool.organization, pool.fence)).toMatchObject([found]);
    }
  });

  test('of several changes in one batch the last one', async () => {
    const pool = await storedPool(testDatabase());
    await store(pool, [agentIn(pool, STAGES[5]!), agentIn(pool, STAGES[6]!), agentIn(pool, TALKING)]);
    await store(pool, [agentIn(pool, STAGES[5]!)]);
    expect(await readLeftAgents(pool.organization, pool.fence)).toMatchObject([{ state: 'ready' }]);
  });
});

test('an agent who looked at a lead is ready: the claim of the owner before us is put back', async () => {
  const pool = await storedPool(testDatabase());
  const preview: LeadPreview = {
    ...{
      campaignId: pool.seed.campaignId,
      leadId: CALL as string as LeadId,
      numberId: CALL as string as NumberId,
    },
    phone: '+13055550100' as PhoneNumber,
    purpose: 'preview',
    until: LATER(60_000),
  };
  await store(pool, [agentIn(pool, { state: 'previewing', legId: LEG, preview })]);
  expect(await readLeftAgents(pool.organization, pool.fence)).toMatchObject([{ state: 'ready', legId: LEG }]);
});

test('the log of states has a line for each new state, and none for a changed wish', async () => {
  const pool = await storedPool(testDatabase());
  const { organization, seed } = pool;
  await store(pool, [
    agentIn(pool, STAGES[5]!),
    { ...agentIn(pool, TALKING), since: LATER(9000) },
    { ...agentIn(pool, LUNCH), since: LATER(12_000) },
  ]);
  await store(pool, [{ ...agentIn(pool, LUNCH), since: LATER(12_000) }], false);
  const log = await organization.query`
    select at, state, reason, call_id from agent_state_change where agent_id = ${seed.agentId} order by at`;
  expect(log).toEqual([
    { at: LATER(5000), state: 'ready', reason: null, call_id: null },
    { at: LATER(9000), state: 'talking', reason: null, call_id: CALL },
    { at: LATER(12_000), state: 'paused', reason: 'lunch', call_id: null },
  ]);
});

test('agents of other pools are not read', async () => {
  const [pool, other] = [await storedPool(testDatabase()), await storedPool(testDatabase())];
  await store(pool, [agentIn(pool, STAGES[5]!)]);
  expect(await readLeftAgents(other.organization, other.fence)).toEqual([]);
});

test('an owner whose epoch is over stores nothing, and says so', async () => {
  const pool = await storedPool(testDatabase());
  await store(pool, [agentIn(pool, STAGES[5]!)]);
  const fence = await takeOver(pool);
  await expect(store(pool, [agentIn(pool, LUNCH)])).rejects.toThrow(FencedOff);
  expect(await readLeftAgents(pool.organization, fence)).toMatchObject([{ state: 'ready' }]);
});
