import { beforeEach, describe, expect, test } from 'vitest';
import type { AgentId, CallId, CommandId, Epoch, PoolId, TeamId } from '../../kernel/ids.ts';
import { days, type EpochMs } from '../../kernel/time.ts';
import { sendMessages } from '../agent-message.store.ts';
import type { ErrorBody } from '../api/scalar.schema.ts';
import type { DeskMessage } from '../api/live-message.ts';
import type {
  AgentPage,
  Board,
  DayMessages,
  HelpAnswer,
  HelpHistory,
  MessageId,
  UnreadMessages,
} from '../api/supervisor.schema.ts';
import { systemClock } from '../clock.ts';
import { FakePoolOwner } from '../test-pool-owner.ts';
import { useTestHttp, type TestUser } from '../test-http.ts';

const http = useTestHttp();
let supervisor: TestUser;
let agent: TestUser;
let poolId: PoolId;
let owner: FakePoolOwner;
let agentId: AgentId;

const commandId = () => http().database.newId<CommandId>(systemClock.now());

function run(pool: PoolId): FakePoolOwner {
  const running = new FakePoolOwner(pool);
  http().pools.register({
    organizationId: http().database.organizationId,
    epoch: 1 as Epoch,
    secret: 's',
    owner: running,
  });
  return running;
}

beforeEach(async () => {
  poolId = await http().addPool();
  owner = run(poolId);
  supervisor = await http().signedIn('supervisor');
  agent = await http().signedIn('agent', { poolId });
  agentId = agent.agentId;
  owner.setAgent(agentId, { name: 'Ann', state: 'ready' });
});

const help = (type: string, more: object = {}) =>
  supervisor.send<HelpAnswer & ErrorBody>('POST', `/api/pools/${poolId}/agents/${agentId}/commands`, {
    commandId: commandId(),
    type,
    ...more,
  });
const history = async () => (await supervisor.get<HelpHistory>(`/api/agents/${agentId}/help`)).body.entries;

describe('help for an agent', () => {
  test('is answered in a sentence about him, and recorded with who asked', async () => {
    owner.onCommand = async () => owner.setAgent(agentId, { state: 'paused', reason: 'lunch' });
    const { status, body } = await help('pause', { reason: 'lunch' });
    expect([status, body.message]).toEqual([200, 'Ann is paused.']);
    expect(owner.commands).toMatchObject([{ type: 'pause', reason: 'lunch', agentId }]);
    expect(await history()).toMatchObject([
      {
        type: 'action',
        kind: 'pause',
        reason: 'lunch',
        outcome: 'done',
        byName: expect.stringContaining('supervisor') as string,
      },
    ]);
  });

  test('that waits for the end of a call says so', async () => {
    owner.onCommand = async () => owner.setAgent(agentId, { state: 'talking', wanted: 'sign-out' });
    const { body } = await help('sign-out');
    expect(body.message).toContain('as soon as');
    expect(await history()).toMatchObject([{ kind: 'sign-out', outcome: 'waits' }]);
  });

  test('that is refused says why, in the supervisor’s language, and stays on record', async () => {
    owner.answer = { ok: false, code: 'disposition-missing', message: 'Your last call …' };
    await supervisor.send('PATCH', '/api/session', { locale: 'zh-CN' });
    const { status, body } = await help('ready');
    expect([status, body.error.code]).toEqual([409, 'agent-disposition-missing']);
    expect(body.error.message).toBe('Ann上一通话尚缺结果，只能由其本人保存。');
    expect(await history()).toMatchObject([{ kind: 'ready', outcome: 'refused' }]);
  });

  test('calls a lost phone again, and no other', async () => {
    expect((await help('connect-phone')).body.error.message).toBe(
      'Ann is ready and cannot be reconnected now.',
    );
    expect(owner.commands).toEqual([]);
    owner.setAgent(agentId, { state: 'phone-lost' });
    expect((await help('connect-phone')).status).toBe(200);
    expect(owner.commands).toMatchObject([{ type: 'connect-phone' }]);
  });

  test('is given by nobody of another organization, and to nobody there', async () => {
    const organizationId = await http().database.makeOrganization('Strangers');
    const stranger = await http().signedIn('supervisor', { organizationId });
    const paths = [`/api/agents/${agentId}`, `/api/agents/${agentId}/help`, `/api/pools/${poolId}/board`];
    for (const path of paths) expect((await stranger.get(path)).status).toBe(404);
    const post = await stranger.send('POST', `/api/pools/${poolId}/agents/${agentId}/commands`, {
      commandId: commandId(),
      type: 'ready',
    });
    expect(post.status).toBe(503);
    const to = { agentIds: [agentId] };
    expect((await stranger.send('POST', '/api/agent-messages', { text: 'Hello', to })).status).toBe(404);
    expect((await agent.get<UnreadMessages>('/api/agent/messages')).body.messages).toEqual([]);
  });
});

describe('a move to another pool', () => {
  const move = (to: PoolId) =>
    supervisor.send<HelpAnswer & ErrorBody>('POST', `/api/agents/${agentId}/move`, {
      commandId: commandId(),
      poolId: to,
    });
  const page = async () => (await supervisor.get<AgentPage>(`/api/agents/${agentId}`)).body;

  test('of a free agent is done at once, and he is told', async () => {
    const other = await http().addPool();
    run(other);
    owner.onCommand = async () => owner.setAgent(agentId, { state: 'signed-out' });
    const { status, body } = await move(other);
    expect([status, body.message]).toEqual([200, expect.stringContaining('now')]);
    expect((await page()).poolId).toBe(other);
    const { messages } = (await agent.get<UnreadMessages>('/api/agent/messages')).body;
    expect(messages).toMatchObject([{ text: expect.stringContaining('Connect your phone') as string }]);
    expect(await history()).toMatchObject([{ type: 'message' }, { kind: 'move', outcome: 'done' }]);
  });

  test('of one who talks waits for the end of his call and its outcome', async () => {
    const other = await http().addPool();
    run(other);
    owner.setCall(agentId, deskCall());
    owner.onCommand = async () => owner.setAgent(agentId, { wanted: 'sign-out' });
    expect((await move(other)).body.message).toContain('as soon as');
    expect(await page()).toMatchObject({ poolId, movesTo: expect.any(String) as string });
    owner.setAgent(agentId, { state: 'signed-out', wanted: null });
    expect((await page()).poolId).toBe(poolId);
    owner.setAgent(agentId, { wanted: 'sign-out' });
    owner.setCall(agentId, null);
    expect((await page()).poolId).toBe(poolId);
    owner.setAgent(agentId, { state: 'signed-out', wanted: null });
    await expect.poll(async () => (await page()).poolId).toBe(other);
    expect((await page()).movesTo).toBeNull();
  });

  test('is taken back by the agent who stays on, or by the supervisor', async () => {
    const other = await http().addPool();
    run(other);
    owner.setCall(agentId, deskCall());
    owner.onCommand = async () => owner.setAgent(agentId, { wanted: 'sign-out' });
    await move(other);
    owner.setAgent(agentId, { wanted: null });
    await expect.poll(async () => (await page()).movesTo).toBeNull();
    await move(other);
    const back = await supervisor.send<HelpAnswer>('DELETE', `/api/agents/${agentId}/move`);
    expect(back.body.message).toContain('stays');
    expect(await page()).toMatchObject({ poolId, movesTo: null });
    const kinds = (await history()).filter(({ type }) => type === 'action');
    expect(kinds).toMatchObject([{ outcome: 'taken-back' }, { outcome: 'taken-back' }]);
  });

  test('to a pool that nobody runs, or to his own, is refused in a sentence', async () => {
    expect((await move(await http().addPool())).body.error.message).toContain('Nobody runs');
    expect((await move(poolId)).body.error.message).toContain('already');
    expect(owner.commands).toEqual([]);
  });
});

describe('messages to agents', () => {
  test('reach the desk that is open, stay unread until they are seen, and stand in the history', async () => {
    const socket = agent.socket<DeskMessage>('/api/agent/live');
    await socket.until(({ type }) => type === 'desk');
    const sent = await supervisor.send('POST', '/api/agent-messages', {
      text: ' Well done! ',
      to: { poolId },
    });
    expect(sent).toMatchObject({ status: 200, body: { sent: 1 } });
    const told = await socket.until(({ type }) => type === 'messages');
    if (told.type !== 'messages') throw new Error('no messages');
    const [message] = told.messages;
    expect(message).toMatchObject({ text: 'Well done!' });
    expect(await history()).toMatchObject([{ type: 'message', text: 'Well done!', seenAt: null }]);
    const path = `/api/agent/messages/${message?.messageId ?? ''}/seen`;
    const colleague = await http().signedIn('agent', { poolId });
    expect((await colleague.send('POST', path)).status).toBe(404);
    expect((await agent.send('POST', path)).status).toBe(200);
    expect(await socket.until(({ type }) => type === 'messages')).toMatchObject({ messages: [] });
    expect(await history()).toMatchObject([{ seenAt: expect.any(Number) as number }]);
    await socket.close();
  });

  test('of today can be read again after they were seen; those of earlier days and of others are not there', async () => {
    const reader = await http().signedIn('agent', { poolId });
    const today = async () => (await reader.get<DayMessages>('/api/agent/messages/today')).body.messages;
    const { organization, organizationId, newId } = http().database;
    const sentAt = (systemClock.now() - days(2)) as EpochMs;
    await sendMessages(organization.query, {
      ...{ organizationId, fromUserId: supervisor.userId, text: 'Of the day before yesterday', sentAt },
      ...{ messageIds: [newId<MessageId>(sentAt)], agentIds: [reader.agentId] },
    });
    const write = async (text: string, agentId = reader.agentId) =>
      await supervisor.send('POST', '/api/agent-messages', { text, to: { agentIds: [agentId] } });
    await write('First');
    await write('For somebody else', agent.agentId);
    const [first] = await today();
    await reader.send('POST', `/api/agent/messages/${first?.messageId ?? ''}/seen`);
    await write('Second');
    expect((await today()).map(({ text, seenAt }) => [text, seenAt !== null])).toEqual([
      ['Second', false],
      ['First', true],
    ]);
  });

  test('of other agents are not mine', async () => {
    const colleague = await http().signedIn('agent', { poolId });
    const to = { agentIds: [colleague.agentId] };
    await supervisor.send('POST', '/api/agent-messages', { text: 'For you alone', to });
    expect((await agent.get<UnreadMessages>('/api/agent/messages')).body.messages).toEqual([]);
    expect((await colleague.get<UnreadMessages>('/api/agent/messages')).body.messages).toHaveLength(1);
  });
});

test('limits of alarms are the organization’s, changed by its admin', async () => {
  const admin = await http().signedIn('admin');
  const limits = { wrapUpAlarmMs: 45_000, pauseAlarmMs: 600_000 };
  expect((await supervisor.send('PUT', '/api/alarm-limits', limits)).status).toBe(403);
  expect((await admin.send('PUT', '/api/alarm-limits', { ...limits, wrapUpAlarmMs: 1 })).status).toBe(400);
  expect((await admin.send('PUT', '/api/alarm-limits', limits)).body).toEqual(limits);
  const { organization, organizationId, newId } = http().database;
  const teamId = newId<TeamId>(systemClock.now());
  await organization.query`insert into team (team_id, organization_id, name) values (${teamId}, ${organizationId}, 'North')`;
  await organization.query`update app_user set team_id = ${teamId} where user_id = ${agentId}`;
  const { body } = await supervisor.get<Board>(`/api/pools/${poolId}/board`);
  expect(body.limits).toEqual(limits);
  expect(body.agents).toMatchObject([{ agentId, teamId, movesTo: null }]);
  expect(body.teams).toEqual([{ teamId, name: 'North' }]);
  expect(body.pools.map((pool) => pool.poolId)).toContain(poolId);
});

const deskCall = () => ({
  callId: http().database.newId<CallId>(systemClock.now()),
  campaignId: null,
  leadId: null,
  numberId: null,
  phone: '+13055550100',
  connectedAt: 0 as EpochMs,
  endedAt: null,
  needsDisposition: true,
});
