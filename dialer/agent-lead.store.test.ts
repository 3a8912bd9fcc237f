import { describe, expect, test } from 'vitest';
import type { Ending } from '../campaigns/ending.ts';
import { recycle } from '../campaigns/recycling.ts';
import { DEFAULT_RETRY_RULES } from '../campaigns/retry-rule.ts';
import { addDoNotCall } from '../compliance/do-not-call.store.ts';
import { clear, type Verdict } from '../compliance/gate.ts';
import type { AgentId, LeadId } from '../kernel/ids.ts';
import type { EpochMs, MonotonicMs } from '../kernel/time.ts';
import { uuidMadeAt } from '../kernel/uuid.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { readDueCallbacks, skipPreviewedLead } from './agent-lead.store.ts';
import { storeOutcomes } from './call-outcome.store.ts';
import { newCall, type EndedCall } from './call.ts';
import { releaseClaims } from './claim.store.ts';
import { commitVerdicts, undoCommit, type Committed } from './commit.store.ts';
import { readOpenAttempts, releaseOldClaims } from './pool.store.ts';
import type { LeadForAgent } from './pool-event.ts';
import {
  claim,
  judge,
  LATER,
  leadState,
  NOON,
  storedPool,
  storeLeads,
  takeOver,
  type LeadChanges,
  type StoredLead,
  type StoredPool,
} from './stored-pool.fixture.ts';

const testDatabase = useTestDatabase();

/** A callback of the pool's agent; `openAt`: when anyone may take it. */
async function promise(
  pool: StoredPool,
  lead: LeadChanges = {},
  openAt: EpochMs | null = null,
): Promise<StoredLead> {
  const [stored] = await storeLeads(pool, [{ state: 'callback', ...lead }]);
  await pool.organization.query`
    update campaign_lead
       set callback_agent_id = ${pool.seed.agentId}, callback_open_at = ${openAt === null ? null : new Date(openAt)}
     where lead_id = ${stored!.leadId}`;
  return stored!;
}

const oneLead = async (pool: StoredPool, lead: LeadChanges = {}): Promise<StoredLead> =>
  (await storeLeads(pool, [lead]))[0]!;
const byHand = (
  pool: StoredPool,
  { leadId, numberId }: StoredLead,
  isHeld = false,
): Promise<LeadForAgent[]> =>
  claim(pool, { zoneKeys: [], purpose: 'manual', named: { leadId, numberId, isHeld } }) as Promise<
    LeadForAgent[]
  >;

async function commitFor(
  pool: StoredPool,
  verdicts: readonly Verdict[],
  isManual = true,
): Promise<Committed> {
  const { organization, organizationId, seed } = pool;
  return await commitVerdicts(organization, pool.fence, {
    ...{
      organizationId,
      campaignId: seed.campaignId,
      verdicts,
      isSweep: false,
      isSimulated: false,
      now: NOON,
    },
    forAgent: { agentId: seed.agentId, isManual },
  });
}

/** The lead is called by hand and its call ends so. */
async function callByHand(pool: StoredPool, lead: StoredLead, ending: Ending): Promise<void> {
  const [claimed] = await byHand(pool, lead);
  const { placed } = await commitFor(pool, judge([claimed!]));
  expect(placed).toEqual([claimed!.candidate.callId]);
  await end(pool, claimed!, ending);
}

async function end(pool: StoredPool, { candidate, lead }: LeadForAgent, ending: Ending): Promise<void> {
  const { callId: id, purpose, campaignId, leadId, numberId, phone } = candidate;
  const identity = { id, purpose, campaignId, leadId, numberId, phone, placedAt: uuidMadeAt(id) };
  const call: EndedCall = {
    ...newCall({ ...identity, forAgentId: pool.seed.agentId }),
    ...{ state: 'ended', ending, endedAt: LATER(60_000), hungUpBy: 'customer', raw: null },
    times: { ...newCall({ ...identity, forAgentId: null }).times, dialledAt: LATER(100) },
  };
  const { isAttempt, next } = recycle(
    { ending, endedAt: call.endedAt, numberId, isDialled: true },
    lead,
    DEFAULT_RETRY_RULES,
  );
  await storeOutcomes(pool.organization, pool.fence, [{ call, isAttempt, next, ledger: null }]);
}

const ownerOf = async (pool: StoredPool, leadId: LeadId): Promise<AgentId | null> =>
  (
    await pool.organization.query<{ id: AgentId | null }>`
    select callback_agent_id as id from campaign_lead where lead_id = ${leadId}`
  )[0]!.id;

describe('a callback of one agent', () => {
  test('is claimed by nobody else before it is open to all, and swept with the others where it is night', async () => {
    const pool = await storedPool(testDatabase());
    const waiting = await promise(pool);
    const open = await promise(pool, {}, LATER(-1));
    expect((await claim(pool)).map(({ candidate }) => candidate.leadId)).toEqual([open.leadId]);
    expect((await claim(pool, { isSweep: true })).map(({ candidate }) => candidate.leadId)).toEqual([
      waiting.leadId,
    ]);
  });

  test('is found and claimed for its owner alone, the oldest first, one at a time', async () => {
    const pool = await storedPool(testDatabase());
    const { agentId, campaignId } = pool.seed;
    await pool.organization.query`update campaign set state = 'running' where campaign_id = ${campaignId}`;
    await promise(pool, { dueAt: LATER(-1000) });
    const oldest = await promise(pool, { dueAt: LATER(-5000) });
    await promise(pool, { dueAt: LATER(60_000) });
    const stranger = '01900000-0000-7000-8000-0000000000ee' as AgentId;
    const asked = { agentIds: [stranger, agentId], now: NOON };
    expect(await readDueCallbacks(pool.organization, pool.fence, asked)).toEqual([{ agentId, campaignId }]);
    const claimed = await claim(pool, { ownOf: [stranger, agentId] });
    expect(claimed).toMatchObject([{ agentId, candidate: { leadId: oldest.leadId, purpose: 'callback' } }]);
  });

  test('that nobody answers stays his, after its rest; also when it opens to all moves on', async () => {
    const pool = await storedPool(testDatabase());
    const lead = await promise(pool, { dueAt: LATER(-1000) }, LATER(9000));
    const [claimed] = (await claim(pool, { ownOf: [pool.seed.agentId] })) as LeadForAgent[];
    await commitFor(pool, judge([claimed!]), false);
    await end(pool, claimed!, 'busy');
    const { state, dueAt, attempts } = await leadState(pool, lead.leadId);
    expect({ state, attempts, owner: await ownerOf(pool, lead.leadId) }).toEqual({
      ...{ state: 'callback', attempts: 1, owner: pool.seed.agentId },
    });
    expect(dueAt).toBeGreaterThan(LATER(60_000));
    const [{ at }] = (await pool.organization.query<{ at: EpochMs }>`
      select callback_open_at as at from campaign_lead where lead_id = ${lead.leadId}`) as [{ at: EpochMs }];
    expect(at - dueAt).toBe(10_000);
  });

  test('is closed by an opt-out to its number, and by a conversation with the person elsewhere', async () => {
    const pool = await storedPool(testDatabase());
    const listed = await promise(pool);
    const reached = await promise(pool, { phone: '+12125559001', dueAt: LATER(90_000) });
    const others = await promise(pool, { dueAt: LATER(90_000) });
    await addDoNotCall(pool.organization.query, pool.organizationId, [
      { phone: listed.phone, campaignId: null, source: 'person', addedBy: null, addedAt: NOON },
    ]);
    expect(await leadState(pool, listed.leadId)).toMatchObject({
      state: 'finished',
      finishedWhy: 'do-not-call',
    });
    // Another lead, in another campaign, with the same number.
    const elsewhere = await storedPool(testDatabase());
    await callByHand(elsewhere, await oneLead(elsewhere, { phone: '+12125559001' }), 'no-answer');
    expect(await leadState(pool, reached.leadId)).toMatchObject({ state: 'callback' });
    await callByHand(
      elsewhere,
      await oneLead(elsewhere, { phone: '+12125559001'.replace('9001', '9002') }),
      'connected',
    );
    expect(await leadState(pool, reached.leadId)).toMatchObject({ state: 'callback' });
    const again = await storedPool(testDatabase());
    await callByHand(again, await oneLead(again, { phone: '+12125559001' }), 'connected');
    expect(await leadState(pool, reached.leadId)).toMatchObject({
      state: 'finished',
      finishedWhy: 'reached',
    });
    expect(await ownerOf(pool, reached.leadId)).toBeNull();
    expect(await leadState(pool, others.leadId)).toMatchObject({ state: 'callback' });
  });
});

describe('a call by hand', () => {
  test('takes any lead that nobody else has, on the number that was chosen, with its facts', async () => {
    const pool = await storedPool(testDatabase());
    const lead = await oneLead(pool, { dueAt: LATER(3_600_000), attempts: 2 });
    const [{ number_id: numberId }] = (await pool.organization.query<{ number_id: StoredLead['numberId'] }>`
      insert into lead_number (number_id, organization_id, list_id, lead_id, phone, zone_key, position)
      values (${pool.newId(NOON)}, ${pool.organizationId}, ${pool.seed.listId}, ${lead.leadId}, '+13125550177', 'America/Chicago', 1)
      returning number_id`) as [{ number_id: StoredLead['numberId'] }];
    const [claimed] = await byHand(pool, { ...lead, numberId });
    expect(claimed?.candidate).toMatchObject({
      ...{ leadId: lead.leadId, numberId, phone: '+13125550177', purpose: 'manual', leadAttempts: 2 },
      zones: ['America/Chicago'],
    });
    expect(await byHand(pool, lead)).toEqual([]);
    expect(await byHand(pool, lead, true)).toHaveLength(1);
    expect(await byHand(pool, { ...lead, numberId: lead.leadId as never }, true)).toEqual([]);
  });

  test.each(['calling', 'awaiting-disposition'])('takes no lead that is %s', async (state) => {
    const pool = await storedPool(testDatabase());
    expect(await byHand(pool, await oneLead(pool, { state }))).toEqual([]);
  });

  test('says in its open attempt for whom it is, for the next owner', async () => {
    const pool = await storedPool(testDatabase());
    const [claimed] = await byHand(pool, await oneLead(pool));
    await commitFor(pool, judge([claimed!]));
    const [attempt] = await readOpenAttempts(pool.organization, await takeOver(pool));
    expect(attempt?.identity).toMatchObject({ purpose: 'manual', forAgentId: pool.seed.agentId });
  });

  test('that the gate refuses leaves the lead as it was, and the refusal on record', async () => {
    const pool = await storedPool(testDatabase());
    const lead = await oneLead(pool, { state: 'finished', dueAt: LATER(-5000) });
    const before = await leadState(pool, lead.leadId);
    const [claimed] = await byHand(pool, lead);
    const candidate = { ...claimed!.candidate, doNotCall: 'organization' as const };
    const refused = clear(candidate, { now: NOON, monotonic: 0 as MonotonicMs });
    expect(await commitFor(pool, [refused])).toEqual({ placed: [], refusedCount: 1 });
    expect(await leadState(pool, lead.leadId)).toEqual(before);
    const refusals = await pool.organization.query`select rule from refusal where lead_id = ${lead.leadId}`;
    expect(refusals).toEqual([{ rule: 'do-not-call' }]);
  });

  test('that loses the race, or whose commit is undone, moves no due time', async () => {
    const pool = await storedPool(testDatabase());
    const lead = await promise(pool, { dueAt: LATER(86_400_000) });
    const rival = await storedPool(testDatabase());
    const [other] = await byHand(rival, await oneLead(rival, { phone: lead.phone }));
    await commitFor(rival, judge([other!]));
    const [claimed] = await byHand(pool, lead);
    expect((await commitFor(pool, judge([claimed!]))).placed).toEqual([]);
    expect(await leadState(pool, lead.leadId)).toMatchObject({ state: 'callback', dueAt: LATER(86_400_000) });
    const [again] = await byHand(pool, lead);
    const undone = { campaignId: pool.seed.campaignId, verdicts: judge([again!]), now: NOON, isManual: true };
    await undoCommit(pool.organization, pool.fence, undone);
    expect(await leadState(pool, lead.leadId)).toMatchObject({ state: 'callback', dueAt: LATER(86_400_000) });
  });

  test('without an answer leaves a finished lead finished; with one it waits for the agent’s word', async () => {
    const pool = await storedPool(testDatabase());
    const lead = await oneLead(pool, { state: 'finished' });
    await callByHand(pool, lead, 'no-answer');
    expect(await leadState(pool, lead.leadId)).toMatchObject({ state: 'finished', attempts: 1 });
    await callByHand(pool, lead, 'connected');
    expect(await leadState(pool, lead.leadId)).toMatchObject({ state: 'awaiting-disposition', attempts: 2 });
  });
});

describe('a previewed lead', () => {
  const previewOf = ({ candidate }: LeadForAgent) => {
    const { campaignId, leadId, numberId, phone } = candidate;
    return { campaignId, leadId, numberId, phone, purpose: 'preview', until: LATER(60_000) } as const;
  };

  test('that is skipped goes back with its due time and the reason, and is no attempt', async () => {
    const pool = await storedPool(testDatabase());
    const lead = await oneLead(pool);
    const [claimed] = (await claim(pool, { purpose: 'preview' })) as LeadForAgent[];
    expect(claimed?.candidate.purpose).toBe('preview');
    const { organizationId, seed } = pool;
    const skip = {
      organizationId,
      agentId: seed.agentId,
      preview: previewOf(claimed!),
      reason: 'not my language',
    };
    for (let times = 0; times < 2; times += 1)
      await skipPreviewedLead(pool.organization, pool.fence, { ...skip, at: NOON, dueAt: LATER(3_600_000) });
    expect(await leadState(pool, lead.leadId)).toMatchObject({
      ...{ state: 'waiting', attempts: 0, dueAt: LATER(3_600_000), claimEpoch: null },
    });
    const skips = await pool.organization
      .query`select agent_id, reason from preview_skip where lead_id = ${lead.leadId}`;
    expect(skips).toEqual([{ agent_id: seed.agentId, reason: 'not my language' }]);
  });

  test('stays with its agent when other claims are released, and goes back when the owner dies', async () => {
    const pool = await storedPool(testDatabase());
    const [shown, other] = await storeLeads(pool, [{}, {}]);
    await claim(pool);
    const released = { campaignId: pool.seed.campaignId, butLeadIds: [shown!.leadId] };
    await releaseClaims(pool.organization, pool.fence, released);
    expect((await leadState(pool, shown!.leadId)).state).toBe('claimed');
    expect((await leadState(pool, other!.leadId)).state).toBe('waiting');
    await releaseOldClaims(pool.organization, await takeOver(pool));
    expect((await leadState(pool, shown!.leadId)).state).toBe('waiting');
  });
});
