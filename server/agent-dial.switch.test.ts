import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Fence } from '../dialer/fence.ts';
import { PoolRunner } from '../dialer/pool-runner.job.ts';
import { NOON, storedPool, storeLeads, takeOver, type StoredPool } from '../dialer/stored-pool.fixture.ts';
import {
  liveSwitch,
  PASSWORD,
  type LiveSwitch,
} from '../loadtest/simulated-switch/simulated-switch.fixture.ts';
import { readWireScript } from '../loadtest/simulated-switch/wire-script.ts';
import type { CommandId } from '../kernel/ids.ts';
import { seededRandom } from '../kernel/random.ts';
import type { Clock, EpochMs, MonotonicMs } from '../kernel/time.ts';
import type { AgentView } from '../dialer/live-view.ts';
import { switchOpener } from './switch-wiring.ts';
import { useTestDatabase } from './test-database.ts';

const testDatabase = useTestDatabase();
let simulated: LiveSwitch;
beforeAll(async () => {
  simulated = await liveSwitch();
});
afterAll(() => simulated.stop());
const running: PoolRunner[] = [];
afterEach(async () => {
  for (const runner of running.splice(0)) await runner.stop();
});

const startedAt = performance.now();
/** It is noon, and time passes. */
const clock: Clock = {
  now: () => Math.round(NOON + performance.now() - startedAt) as EpochMs,
  monotonic: () => (performance.now() - startedAt) as MonotonicMs,
};
const silent = (): void => undefined;
const log = { debug: silent, info: silent, warn: silent, error: silent };

async function own(pool: StoredPool, fence: Fence): Promise<PoolRunner> {
  const { organizationId, organization, newId } = pool;
  const address = { host: '127.0.0.1', port: simulated.port, password: PASSWORD };
  const wiring = { address, agentDomain: 'agents.test', clock, random: seededRandom(1), log };
  const runner = new PoolRunner({
    ...{ organizationId, fence, database: organization, clock, newId, log },
    openSwitch: switchOpener(wiring)(fence),
    isSimulated: true,
    isLeaseFresh: () => true,
    endsSwitch: false,
    onLeave: silent,
  });
  running.push(runner);
  await runner.start();
  runner.feed({ type: 'clock-checked', offsetMs: 0 });
  return runner;
}

/** Resolves when the pool, or its one agent, has come so far. */
function untilTrue(runner: PoolRunner, look: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (look()) {
      resolve();
      return;
    }
    const stop = runner.onChange(() => {
      if (!look()) return;
      stop();
      resolve();
    });
  });
}
const until = (runner: PoolRunner, state: AgentView['state']): Promise<void> =>
  untilTrue(runner, () => runner.view().agents.some((agent) => agent.state === state));
const untilItDials = (runner: PoolRunner): Promise<void> =>
  untilTrue(runner, () => runner.view().health.notDialling === null);

function ask(runner: PoolRunner, pool: StoredPool, command: object): ReturnType<PoolRunner['command']> {
  const commandId: CommandId = pool.newId(clock.now());
  return runner.command({ ...command, commandId, agentId: pool.seed.agentId } as Parameters<
    PoolRunner['command']
  >[0]);
}

const endings = (pool: StoredPool): Promise<readonly object[]> =>
  pool.organization.query`
    select c.ending, c.purpose, c.agent_id is not null as "hasAgent", l.is_abandoned as "isAbandoned"
      from call c left join abandonment_ledger l using (call_id)
     where c.campaign_id = ${pool.seed.campaignId} order by c.placed_at`;

test('an agent dials by hand: a takeover ends what rings and frees him, and cuts no talk', async () => {
  const pool = await storedPool(testDatabase());
  const { campaignId } = pool.seed;
  await pool.organization.query`
    update campaign set state = 'running', dial_mode = 'manual', caller_id = '+12125550100' where campaign_id = ${campaignId}`;
  const [rings, answers] = await storeLeads(pool, [{ phone: '+12125550181' }, { phone: '+12125550182' }]);
  const { carrier } = simulated.theSwitch;
  carrier.setScript('+12125550181', readWireScript('50:180'));
  carrier.setScript('+12125550182', readWireScript('50:183,150:200'));
  const dial = (runner: PoolRunner, lead: typeof rings) =>
    ask(runner, pool, { type: 'dial', campaignId, leadId: lead!.leadId, numberId: lead!.numberId });

  const first = await own(pool, pool.fence);
  await until(first, 'signed-out');
  await untilItDials(first);
  await ask(first, pool, { type: 'sign-in' });
  await until(first, 'paused');
  expect(await dial(first, rings)).toEqual({ ok: true });
  await until(first, 'dialling');
  await untilTrue(first, () => first.desk(pool.seed.agentId)?.dialling?.stage === 'ringing');
  await first.stop();

  const second = await own(pool, await takeOver(pool));
  await until(second, 'paused');
  expect(carrier.journal.concurrent).toBe(0);
  expect(await dial(second, answers)).toEqual({ ok: true });
  await until(second, 'talking');
  await second.stop();

  const third = await own(pool, await takeOver(pool, 'third'));
  await until(third, 'talking');
  await untilItDials(third);
  await ask(third, pool, { type: 'hang-up' });
  await until(third, 'wrapping-up');
  await third.stop();
  expect(await endings(pool)).toEqual([
    { ending: 'lost', purpose: 'manual', hasAgent: false, isAbandoned: null },
    { ending: 'connected', purpose: 'manual', hasAgent: true, isAbandoned: false },
  ]);
  expect(carrier.journal.invitesTo('+12125550181')).toBe(1);
  expect(carrier.journal.invitesTo('+12125550182')).toBe(1);
}, 30_000);
