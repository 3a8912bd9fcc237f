import { afterEach, expect, test } from 'vitest';
import type { AgentId, CallId, Epoch, LegId, PoolId } from '../../kernel/ids.ts';
import { channelMark } from './channel-mark.ts';
import { anId, recordLink, type LinkRecorder } from './link-recorder.fixture.ts';
import { ManualTimers } from './manual-timers.fixture.ts';
import { startScriptedSwitch, type Script, type ScriptedSwitch } from './scripted-switch.fixture.ts';

const POOL = anId<PoolId>();
const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).toReversed()) await close();
});

interface Fixture {
  readonly server: ScriptedSwitch;
  readonly recorder: LinkRecorder;
  readonly timers: ManualTimers;
  /** What was waited for after each break: the timers that were set when the link told of it. */
  readonly waits: number[][];
}

/** A link of epoch 3; `rows` are the channels that the switch lists. */
async function start({
  rows = () => [],
  mayAct = () => true,
  ...script
}: Script & { rows?: () => readonly object[]; mayAct?: () => boolean } = {}): Promise<Fixture> {
  const server = await startScriptedSwitch({
    answer: ({ line }) =>
      line.startsWith('bgapi show channels')
        ? JSON.stringify({ row_count: rows().length, rows: rows() })
        : undefined,
    ...script,
  });
  const timers = new ManualTimers();
  const waits: number[][] = [];
  const recorder = recordLink(server.address, {
    poolId: POOL,
    epoch: 3 as Epoch,
    timers,
    clock: timers.clock,
    mayAct,
    random: { next: () => 1 },
    log: {
      info: () => undefined,
      warn: (_, message) => {
        if (message === 'switch link down') waits.push(timers.waits);
      },
      error: () => undefined,
    },
  });
  cleanup.push(
    () => server.close(),
    () => recorder.link.close(),
  );
  return { server, recorder, timers, waits };
}

/** Breaks the link that is up, and waits until it is up again. */
async function breakOnce({ server, recorder, timers, waits }: Fixture): Promise<void> {
  const breaks = waits.length;
  server.peers.at(-1)?.reset();
  await expect.poll(() => waits.length).toBe(breaks + 1);
  timers.advance(waits[breaks]?.[0] ?? 0);
  await recorder.fact('link-up', null, breaks + 1);
}

test('a switch that turns us away is asked again less and less often, up to every five seconds', async () => {
  const { timers, waits } = await start({ password: 'another' });
  for (let failures = 1; failures <= 7; failures += 1) {
    await expect.poll(() => waits.length).toBe(failures);
    timers.advance(waits.at(-1)?.[0] ?? 0);
  }
  expect(waits.flat()).toEqual([200, 400, 800, 1600, 3200, 5000, 5000]);
});

test('a link that held five seconds was a good one: after it the shortest wait is enough again', async () => {
  const fixture = await start();
  const { recorder, timers, waits } = fixture;
  await recorder.fact('link-up');
  await breakOnce(fixture);
  timers.advance(4999);
  await breakOnce(fixture);
  timers.advance(5000);
  await breakOnce(fixture);
  expect(waits.flat()).toEqual([200, 400, 100]);
});

test('channels of a later owner take the link down, also when only a later look shows them', async () => {
  let rows: object[] = [];
  const { recorder } = await start({ rows: () => rows });
  await recorder.fact('link-up');
  const mark = channelMark({ poolId: POOL, epoch: 4 as Epoch, purpose: 'call', agentId: null });
  rows = [{ uuid: anId(), callstate: 'RINGING', presence_data: mark }];
  recorder.link.telephony.perform({ do: 'see-channels' });
  expect(await recorder.fact('superseded')).toMatchObject({ epoch: 4 });
  expect(recorder.facts.map(({ type }) => type)).toEqual(['link-up', 'superseded']);
});

test('what became of a bridge under way when the link breaks is left to the next look', async () => {
  const fixture = await start();
  const { recorder, server, timers, waits } = fixture;
  await recorder.fact('link-up');
  const [callId, legId] = [anId<CallId>(), anId<LegId>()];
  recorder.link.telephony.perform({ do: 'bridge', callId, legId, agentId: anId<AgentId>() });
  await server.command('api uuid_bridge');
  await breakOnce(fixture);
  expect(waits[0]).toHaveLength(1);
  timers.advance(10_000);
  expect(recorder.types(callId)).toEqual([]);
});

test('while it is not clear whose pool it is, neither commands nor the timers of older ones reach the switch; looks do', async () => {
  let mayAct = true;
  const { recorder, server, timers } = await start({ mayAct: () => mayAct });
  await recorder.fact('link-up');
  const [callId, legId, agentId] = [anId<CallId>(), anId<LegId>(), anId<AgentId>()];
  recorder.link.telephony.perform({ do: 'bridge', callId, legId, agentId });
  await server.command('api uuid_bridge');
  // Replies come in order: with the look's, the bridge's is here.
  recorder.link.telephony.perform({ do: 'see-channels' });
  await recorder.fact('channels-seen');
  const before = server.commands.length;
  mayAct = false;
  // A bridge that never came about has its leg parked after a second: by now the leg may be in another owner's talk.
  timers.advance(1000);
  await recorder.fact('bridge-failed', callId);
  recorder.link.telephony.perform({ do: 'hang-up', channelId: callId });
  recorder.link.telephony.perform({ do: 'bridge', callId, legId, agentId });
  await recorder.fact('bridge-failed', callId, 1);
  recorder.link.telephony.perform({ do: 'see-channels' });
  await recorder.fact('channels-seen', null, 1);
  const sent = server.commands.slice(before).map(({ line }) => line);
  expect(sent).not.toEqual([]);
  expect(sent.filter((line) => !line.startsWith('bgapi show channels'))).toEqual([]);
});
