import { describe, expect, test } from 'vitest';
import type { AgentCommand } from '../dialer/agent-command.ts';
import type { CallId, CommandId, Epoch, PoolId } from '../kernel/ids.ts';
import type { DeskMessage, LiveMessage } from './api/live-message.ts';
import type { ErrorBody } from './api/scalar.schema.ts';
import { systemClock } from './clock.ts';
import type { PoolConnection } from './pool-connection.ts';
import { TestUser, useTestHttp } from './test-http.ts';
import { FakePoolOwner, callView } from './test-pool-owner.ts';

const http = useTestHttp();

/** A pool that another node owns, found by its row as in production. */
async function elsewhere(epoch = 1) {
  const { addPool, database, startNode } = http();
  const { organization, organizationId } = database;
  const poolId = await addPool();
  const node = await startNode();
  const owner = new FakePoolOwner(poolId);
  const secret = `secret-${poolId}-${epoch}`;
  const unregister = node.pools.register({ organizationId, epoch: epoch as Epoch, secret, owner });
  await organization.query`
    insert into pool_owner (pool_id, organization_id, epoch, owner_address, owner_secret, taken_at)
    values (${poolId}, ${organizationId}, ${epoch}, ${node.address}, ${secret}, ${new Date(0)})`;
  return { poolId, owner, node, secret, unregister };
}

async function connect(poolId: PoolId): Promise<PoolConnection> {
  const connection = await http().pools.connect(http().database.organizationId, poolId);
  if (!connection) throw new Error('not connected');
  return connection;
}

const newCommandId = () => http().database.newId<CommandId>(systemClock.now());

/** Resolves when the mirrored owner has heard of a change that fits. */
function heard({ owner }: PoolConnection, fits: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!fits()) return;
      stop();
      resolve();
    };
    const stop = owner.onChange(look);
    look();
  });
}

describe('a pool that another node owns', () => {
  test('is seen as it is there: view and desks', async () => {
    const { poolId, owner } = await elsewhere();
    const agent = await http().addUser('agent', { poolId });
    owner.setAgent(agent.agentId);
    owner.set({ calls: [callView('a' as CallId)] });
    const connection = await connect(poolId);
    expect(connection.local).toBeNull();
    expect(connection.owner.view()).toEqual(owner.view());
    expect(connection.owner.desk(agent.agentId)).toEqual(owner.desk(agent.agentId));
    owner.setAgent(agent.agentId, { state: 'paused', reason: 'lunch' });
    owner.set({ calls: [] });
    await heard(connection, () => connection.owner.view().calls.length === 0);
    expect(connection.owner.desk(agent.agentId)?.agent.reason).toBe('lunch');
  });

  test('takes commands, and a “no” comes back as it was said', async () => {
    const { poolId, owner } = await elsewhere();
    const { owner: remote } = await connect(poolId);
    const agent = await http().addUser('agent', { poolId });
    const command: AgentCommand = {
      commandId: newCommandId(),
      agentId: agent.agentId,
      type: 'pause',
      reason: 'lunch',
    };
    expect(await remote.command(command)).toEqual({ ok: true });
    expect(owner.commands).toEqual([command]);
    owner.answer = { ok: false, code: 'not-now', message: 'Not now.' };
    const callId = http().database.newId<CallId>(systemClock.now());
    const disposed: AgentCommand = {
      commandId: newCommandId(),
      agentId: agent.agentId,
      type: 'disposed',
      callId,
      next: 'ready',
    };
    expect(await remote.command(disposed)).toEqual(owner.answer);
    expect(owner.commands[1]).toEqual(disposed);
  });

  test('is shown on the live page of this node, and the agent’s screen is passed on to it', async () => {
    const { poolId, owner } = await elsewhere();
    const agent = await http().signedIn('agent', { poolId });
    owner.setAgent(agent.agentId);
    const supervisor = await http().signedIn('supervisor');
    const live = supervisor.socket<LiveMessage>(`/api/live?pool=${poolId}`);
    expect(await live.next()).toMatchObject({
      type: 'snapshot',
      view: { agents: [{ agentId: agent.agentId }] },
    });
    const screen = agent.socket<DeskMessage>('/api/agent/live?screen=one');
    expect(await screen.next()).toMatchObject({ type: 'desk', desk: { agent: { state: 'ready' } } });
    owner.setAgent(agent.agentId, { state: 'paused', reason: 'lunch' });
    expect(await screen.next()).toMatchObject({ desk: { agent: { state: 'paused' } } });
    expect(await live.next()).toMatchObject({
      type: 'delta',
      delta: { agents: { set: [{ state: 'paused' }] } },
    });
    const second = agent.socket<DeskMessage>('/api/agent/live?screen=two');
    expect(await second.next()).toMatchObject({ type: 'occupied' });
    second.send({ type: 'take-over' });
    expect((await screen.closed).code).toBe(4002);
    expect(await second.next()).toMatchObject({ type: 'desk' });
    await Promise.all([second.close(), live.close()]);
  });

  test('is gone when its node says so, and found again under its new owner', async () => {
    const { poolId, unregister } = await elsewhere();
    const supervisor = await http().signedIn('supervisor');
    const live = supervisor.socket<LiveMessage>(`/api/live?pool=${poolId}`);
    await live.next();
    unregister();
    expect(await live.next()).toMatchObject({ type: 'unavailable' });
    const next = new FakePoolOwner(poolId);
    next.set({ calls: [callView('b' as CallId)] });
    const { organizationId } = http().database;
    http().pools.register({ organizationId, epoch: 2 as Epoch, secret: 'new', owner: next });
    expect(await live.next()).toMatchObject({ type: 'snapshot', view: { calls: [{ callId: 'b' }] } });
    await live.close();
  });

  test('is reached by nobody who does not know the secret of its epoch', async () => {
    const { poolId, owner, node, secret } = await elsewhere();
    const outsider = new TestUser(node.address, await http().addUser('admin'));
    const body = { commandId: newCommandId(), agentId: poolId, type: 'sign-out' };
    const path = `/internal/pools/${poolId}/commands`;
    for (const headers of [{}, { authorization: 'Bearer wrong' }]) {
      const answer = await outsider.send<ErrorBody>('POST', path, body, headers);
      expect(answer.status).toBe(401);
    }
    expect(owner.commands).toEqual([]);
    const known = await outsider.send('POST', path, body, { authorization: `Bearer ${secret}` });
    expect(known.status).toBe(200);
  });

  test('belongs to its organization: nobody else is connected to it', async () => {
    const { poolId } = await elsewhere();
    const others = await http().database.makeOrganization('Others');
    expect(await http().pools.connect(others, poolId)).toBeNull();
  });
});

test('a pool of this process is found by its own organization only', async () => {
  const { addPool, database, pools } = http();
  const owner = new FakePoolOwner(await addPool());
  const { organizationId } = database;
  const stop = pools.register({ organizationId, epoch: 1 as Epoch, secret: 's', owner });
  expect((await pools.connect(organizationId, owner.poolId))?.owner).toBe(owner);
  expect(await pools.connect(await database.makeOrganization('Strangers'), owner.poolId)).toBeNull();
  stop();
  expect(await pools.connect(organizationId, owner.poolId)).toBeNull();
});

test('a pool without an owner, or whose owner does not answer, is null', async () => {
  const { addPool, database, pools } = http();
  const poolId = await addPool();
  expect(await pools.connect(database.organizationId, poolId)).toBeNull();
  await database.organization.query`
    insert into pool_owner (pool_id, organization_id, epoch, owner_address, owner_secret, taken_at)
    values (${poolId}, ${database.organizationId}, 1, 'http://127.0.0.1:9', 'x', ${new Date(0)})`;
  expect(await pools.connect(database.organizationId, poolId)).toBeNull();
});
