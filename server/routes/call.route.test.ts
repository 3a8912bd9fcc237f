import { describe, expect, test } from 'vitest';
import { putDefaultWords } from '../../campaigns/agent-word.store.ts';
import type { AgentId, CallId, CommandId, Epoch, PoolId } from '../../kernel/ids.ts';
import { uuidMadeAt } from '../../kernel/uuid.ts';
import type { DoNotCallList } from '../api/do-not-call.schema.ts';
import type { ErrorBody } from '../api/scalar.schema.ts';
import { systemClock } from '../clock.ts';
import { useTestHttp, type TestUser } from '../test-http.ts';
import { FakePoolOwner } from '../test-pool-owner.ts';

const http = useTestHttp();
let count = 0;

async function ownCall(agentId: AgentId, poolId: PoolId): Promise<{ callId: CallId; phone: string }> {
  const { organization, organizationId, newId } = http().database;
  const callId = newId<CallId>(systemClock.now());
  count += 1;
  const phone = `+1305555${String(2000 + count)}`;
  await putDefaultWords(organization.query, organizationId);
  await organization.query`
    insert into call (call_id, placed_at, organization_id, pool_id, epoch, purpose, phone, clearance, is_simulated, agent_id,
                      dialled_at, answered_at, bridged_at)
    values (${callId}, ${new Date(uuidMadeAt(callId))}, ${organizationId}, ${poolId}, 1, 'campaign', ${phone}, '{}', true,
            ${agentId}, ${new Date(uuidMadeAt(callId))}, ${new Date(uuidMadeAt(callId))}, ${new Date(uuidMadeAt(callId))})`;
  return { callId, phone };
}

async function atWork() {
  const { pools, database, addPool, signedIn } = http();
  const poolId = await addPool();
  const owner = new FakePoolOwner(poolId);
  const agent = await signedIn('agent', { poolId });
  owner.setAgent(agent.agentId);
  const pool = { organizationId: database.organizationId, epoch: 1 as Epoch, secret: 's', owner };
  const unregister = pools.register(pool);
  return { agent, owner, poolId, unregister, ...(await ownCall(agent.agentId, poolId)) };
}

function dispose(agent: TestUser, callId: CallId, change: object = {}) {
  const commandId = http().database.newId<CommandId>(systemClock.now());
  const body = { commandId, code: 'sale', notes: 'Wants the gold plan.', ...change };
  return agent.send<ErrorBody>('POST', `/api/calls/${callId}/disposition`, body);
}

async function stored(callId: CallId) {
  const [row] = await http().database.organization.query<{ code: string; notes: string }>`
    select code, notes from call_disposition where call_id = ${callId}`;
  return row;
}

describe('a disposition', () => {
  test('is stored before the owner hears of it', async () => {
    const { agent, owner, callId } = await atWork();
    let atCommand: unknown = null;
    owner.onCommand = async () => {
      atCommand = await stored(callId);
    };
    expect((await dispose(agent, callId, { next: 'pause' })).status).toBe(200);
    expect(atCommand).toEqual({ code: 'sale', notes: 'Wants the gold plan.' });
    expect(owner.commands).toMatchObject([
      { type: 'disposed', callId, agentId: agent.agentId, next: 'pause' },
    ]);
  });

  test('is not lost while nobody runs the pool, and the agent is told so', async () => {
    const { agent, unregister, callId } = await atWork();
    unregister();
    const answer = await dispose(agent, callId);
    expect([answer.status, answer.body.error.code]).toEqual([503, 'stored-only']);
    expect(await stored(callId)).toMatchObject({ code: 'sale' });
  });

  test('of a call of somebody else is refused', async () => {
    const { callId } = await atWork();
    const other = await atWork();
    const answer = await dispose(other.agent, callId);
    expect([answer.status, answer.body.error.message]).toEqual([403, 'This call was not yours.']);
    expect(await stored(callId)).toBeUndefined();
    expect(other.owner.commands).toEqual([]);
  });

  test.each([
    [{ code: 'no-such-word' }, 422, 'There is no such disposition; choose another one.'],
    [{ code: 'callback' }, 422, 'Say when to call back.'],
    [
      { code: 'callback', callbackAt: 1000 },
      422,
      'The time to call back is over already; choose a later one.',
    ],
    [{ callbackAt: 4_000_000_000_000 }, 422, 'This disposition makes no appointment; leave the time away.'],
    [{ notes: 'x'.repeat(4001) }, 400, 'The field notes may have at most 4,000 characters.'],
  ])('that does not fit (%j) stores nothing', async (change, status, message) => {
    const { agent, owner, callId } = await atWork();
    const answer = await dispose(agent, callId, change);
    expect([answer.status, answer.body.error.message]).toEqual([status, message]);
    expect(await stored(callId)).toBeUndefined();
    expect(owner.commands).toEqual([]);
  });
});

describe('do not call', () => {
  test('is in force for the number of the agent’s own call when it answers', async () => {
    const { agent, callId, phone } = await atWork();
    expect((await agent.send('POST', `/api/calls/${callId}/do-not-call`, {})).status).toBe(200);
    const officer = await http().signedIn('officer');
    const { entries } = (
      await officer.get<DoNotCallList>(`/api/do-not-call?phone=${encodeURIComponent(phone)}`)
    ).body;
    expect(entries).toMatchObject([{ phone, campaignId: null, source: 'agent' }]);
    const other = await atWork();
    expect((await other.agent.send('POST', `/api/calls/${callId}/do-not-call`, {})).status).toBe(404);
  });

  test('is added as people write numbers, looked up, masked for the auditor, and removed', async () => {
    const officer = await http().signedIn('officer');
    const auditor = await http().signedIn('auditor');
    const added = await officer.send('POST', '/api/do-not-call', { phone: '(305) 555-0177' });
    expect([added.status, added.body]).toMatchObject([201, { phone: '+13055550177', source: 'officer' }]);
    const path = '/api/do-not-call?phone=305.555.0177';
    expect((await auditor.get<DoNotCallList>(path)).body.entries).toMatchObject([{ phone: '+1305*****77' }]);
    expect((await officer.send('POST', '/api/do-not-call/removals', { phone: '3055550177' })).status).toBe(
      200,
    );
    expect((await officer.get<DoNotCallList>(path)).body.entries).toEqual([]);
    expect((await officer.send('POST', '/api/do-not-call/removals', { phone: '3055550177' })).status).toBe(
      404,
    );
  });

  test.each([
    [{ phone: '12345' }, 'phone', '12345: the number is too short.'],
    [
      { phone: '3055550100', campaignId: '0190a000-0000-7000-8000-000000000000' },
      'campaignId',
      'There is no such campaign.',
    ],
  ])('refuses %j with one sentence', async (body, field, message) => {
    const officer = await http().signedIn('officer');
    const answer = await officer.send<ErrorBody>('POST', '/api/do-not-call', body);
    expect([answer.status, answer.body.error.field, answer.body.error.message]).toEqual([
      422,
      field,
      message,
    ]);
  });
});
