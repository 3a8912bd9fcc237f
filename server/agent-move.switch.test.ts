import { afterAll, beforeAll, expect, test } from 'vitest';
import { expireLease, NOON, storedPool, storeLeads, type StoredPool } from '../dialer/stored-pool.fixture.ts';
import type { AgentView } from '../dialer/live-view.ts';
import {
  liveSwitch,
  PASSWORD as SWITCH_PASSWORD,
  type LiveSwitch,
} from '../loadtest/simulated-switch/simulated-switch.fixture.ts';
import { readWireScript } from '../loadtest/simulated-switch/wire-script.ts';
import type { CommandId, PoolId } from '../kernel/ids.ts';
import { seededRandom } from '../kernel/random.ts';
import type { Clock, EpochMs, MonotonicMs } from '../kernel/time.ts';
import type { AgentDesk } from './api/agent-desk.schema.ts';
import type { AgentPage, HelpAnswer } from './api/supervisor.schema.ts';
import { systemClock } from './clock.ts';
import { DialerProcess } from './dialer-process.ts';
import type { PoolDirectory } from './pool-directory.ts';
import { switchOpener } from './switch-wiring.ts';
import { useTestHttp, type TestUser } from './test-http.ts';

const startedAt = performance.now();
/** It is noon, and time passes. */
const clock: Clock = {
  now: () => Math.round(NOON + performance.now() - startedAt) as EpochMs,
  monotonic: () => (performance.now() - startedAt) as MonotonicMs,
};
const http = useTestHttp({ clock });
const silent = (): void => undefined;
const log = { debug: silent, info: silent, warn: silent, error: silent };

let simulated: LiveSwitch;
const dialers: DialerProcess[] = [];
beforeAll(async () => {
  simulated = await liveSwitch();
});
afterAll(async () => {
  for (const dialer of dialers) await dialer.stop();
  await simulated.stop();
});

/** A pool with a campaign that dials by itself and one person to call; nobody owns it yet. */
async function poolWithOneLead(phone: string): Promise<StoredPool> {
  const pool = await storedPool(http().database);
  await pool.organization.query`
    update campaign set state = 'running', caller_id = '+12125550100' where campaign_id = ${pool.seed.campaignId}`;
  await storeLeads(pool, [{ phone }]);
  await expireLease(pool.organization, pool.seed.poolId);
  return pool;
}

/** A process like any other: it owns the next pool that nobody has. */
async function startDialer(node: { address: string; pools: PoolDirectory }): Promise<PoolId> {
  const { database, newId } = http().database;
  const address = { host: '127.0.0.1', port: simulated.port, password: SWITCH_PASSWORD };
  const dialer = new DialerProcess({
    ...{ database, pools: node.pools, ownerAddress: node.address, clock, newId, log },
    openSwitch: switchOpener({ address, agentDomain: 'agents.test', clock, random: seededRandom(1), log }),
    isSimulated: true,
    endsSwitch: false,
    machineClock: systemClock,
    newSecret: () => crypto.randomUUID(),
    onOwned: () => ({ stop: silent }),
    onLost: silent,
  });
  dialers.push(dialer);
  dialer.start();
  await expect
    .poll(() => dialer.runner?.view().health.switch ?? null, { interval: 10, timeout: 10_000 })
    .toBe('up');
  return dialer.runner!.poolId;
}

const desk = async (agent: TestUser): Promise<AgentDesk> => (await agent.get<AgentDesk>('/api/agent')).body;

async function untilState(agent: TestUser, state: AgentView['state']): Promise<AgentDesk> {
  await expect
    .poll(async () => (await desk(agent)).agent.state, { interval: 10, timeout: 10_000 })
    .toBe(state);
  return desk(agent);
}

async function ask(agent: TestUser, command: object): Promise<void> {
  const commandId = http().database.newId<CommandId>(clock.now());
  const { status, body } = await agent.send('POST', '/api/agent/commands', { commandId, ...command });
  expect([status, body]).toEqual([200, { ok: true }]);
}

const dispose = (agent: TestUser, callId: string) =>
  agent.send('POST', `/api/calls/${callId}/disposition`, {
    commandId: http().database.newId<CommandId>(clock.now()),
    code: 'sale',
    next: 'ready',
  });

test('an agent who talks is moved when his call and its outcome are done, and takes calls of the other pool, owned by another process', async () => {
  await http().database.organization.query`update organization set is_demo = true`;
  const [first, second] = ['+12125550181', '+12125550182'];
  const here = await poolWithOneLead(first);
  const there = await poolWithOneLead(second);
  for (const phone of [first, second])
    simulated.theSwitch.carrier.setScript(phone, readWireScript('50:180,150:200'));
  const supervisor = await http().addUser('supervisor');
  const agent = await http().addUser('agent', { poolId: here.seed.poolId });
  await agent.signIn();
  await supervisor.signIn();
  const other = await http().startNode();
  const owned = [await startDialer(http()), await startDialer(other)];
  expect(owned.toSorted()).toEqual([here.seed.poolId, there.seed.poolId].toSorted());

  await ask(agent, { type: 'sign-in' });
  await untilState(agent, 'paused');
  await ask(agent, { type: 'ready' });
  const talking = await untilState(agent, 'talking');
  expect(talking).toMatchObject({ poolId: here.seed.poolId, call: { campaignId: here.seed.campaignId } });

  const path = `/api/agents/${agent.agentId}`;
  const moved = await supervisor.send<HelpAnswer>('POST', `${path}/move`, {
    commandId: http().database.newId<CommandId>(clock.now()),
    poolId: there.seed.poolId,
  });
  expect([moved.status, moved.body.message]).toEqual([200, expect.stringContaining('as soon as')]);
  // Nothing is taken from him: he talks on in the pool that he is in. (The page may be at the node that does not own it.)
  await expect
    .poll(async () => (await desk(agent)).agent, { interval: 10, timeout: 10_000 })
    .toMatchObject({ state: 'talking', wanted: 'sign-out' });
  expect((await desk(agent)).poolId).toBe(here.seed.poolId);

  await ask(agent, { type: 'hang-up' });
  await untilState(agent, 'wrapping-up');
  const callId = talking.call?.callId ?? '';
  expect((await dispose(agent, callId)).status).toBe(200);
  await expect
    .poll(async () => (await supervisor.get<AgentPage>(path)).body.poolId, { interval: 10, timeout: 10_000 })
    .toBe(there.seed.poolId);
  expect(await untilState(agent, 'signed-out')).toMatchObject({ poolId: there.seed.poolId, call: null });

  await ask(agent, { type: 'sign-in' });
  await untilState(agent, 'paused');
  await ask(agent, { type: 'ready' });
  const again = await untilState(agent, 'talking');
  expect(again.call).toMatchObject({ campaignId: there.seed.campaignId });
  await ask(agent, { type: 'hang-up' });
  await untilState(agent, 'wrapping-up');
  expect((await dispose(agent, again.call?.callId ?? '')).status).toBe(200);

  const had = { ending: 'connected', agentId: agent.agentId };
  // Endings are written a moment later, in batches.
  await expect
    .poll(
      () => http().database.organization.query`
        select campaign_id as "campaignId", ending, agent_id as "agentId" from call order by placed_at`,
      { interval: 20, timeout: 10_000 },
    )
    .toEqual([
      { campaignId: here.seed.campaignId, ...had },
      { campaignId: there.seed.campaignId, ...had },
    ]);
  for (const phone of [first, second]) {
    expect(simulated.theSwitch.carrier.journal.invitesTo(phone)).toBe(1);
  }
  const actions = await http().database.organization
    .query`select kind, outcome, pool_id as "poolId" from supervisor_action`;
  expect(actions).toEqual([{ kind: 'move', outcome: 'done', poolId: there.seed.poolId }]);
}, 60_000);
