import { afterEach, describe, expect, test } from 'vitest';
import type { AgentId, CallId, Epoch, LegId, PoolId, TrunkId } from '../../kernel/ids.ts';
import type { MonotonicMs } from '../../kernel/time.ts';
import { channelMark } from './channel-mark.ts';
import type { EslEvent } from './esl-event.ts';
import {
  anId,
  clearedOriginate,
  machineClock,
  permittedLeg,
  recordLink,
  type LinkRecorder,
} from './link-recorder.fixture.ts';
import { ManualTimers } from './manual-timers.fixture.ts';
import {
  startScriptedSwitch,
  type Answer,
  type Script,
  type ScriptedPeer,
  type ScriptedSwitch,
  type WireCommand,
} from './scripted-switch.fixture.ts';

const POOL = anId<PoolId>();
const AGENT = anId<AgentId>();
const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).toReversed()) await close();
});

interface Fixture {
  readonly server: ScriptedSwitch;
  readonly recorder: LinkRecorder;
  readonly timers: ManualTimers;
  /** The peer of the latest connection. */
  peer(): ScriptedPeer;
}

interface Setup extends Script {
  /** Rows of `show channels`, asked at each look. */
  readonly rows?: () => readonly Readonly<Record<string, string>>[];
  readonly epoch?: number;
  /** Both of our clocks move with the timers. */
  readonly movesMonotonic?: boolean;
}

async function start(setup: Setup = {}): Promise<Fixture> {
  const server = await startScriptedSwitch({
    ...setup,
    answer: (command, peer): Answer | undefined => {
      const own = setup.answer?.(command, peer);
      if (own !== undefined) return own;
      if (!command.line.startsWith('bgapi show channels')) return undefined;
      const rows = setup.rows?.() ?? [];
      return JSON.stringify(rows.length === 0 ? { row_count: 0 } : { row_count: rows.length, rows });
    },
  });
  cleanup.push(() => server.close());
  const timers = new ManualTimers();
  const startedAt = machineClock.monotonic() - timers.clock.monotonic();
  const recorder = recordLink(server.address, {
    poolId: POOL,
    epoch: (setup.epoch ?? 3) as Epoch,
    timers,
    clock: {
      now: () => timers.clock.now(),
      monotonic: () =>
        setup.movesMonotonic
          ? ((startedAt + timers.clock.monotonic()) as MonotonicMs)
          : machineClock.monotonic(),
    },
  });
  cleanup.push(() => recorder.link.close());
  return {
    server,
    recorder,
    timers,
    peer: () => {
      const peer = server.peers.at(-1);
      if (!peer) throw new Error('nobody has connected');
      return peer;
    },
  };
}

async function up(setup: Setup = {}): Promise<Fixture> {
  const fixture = await start(setup);
  await fixture.recorder.fact('link-up');
  return fixture;
}

let clockMicros = 1_780_000_001_000_000;
function event(name: string, id: string, headers: EslEvent = {}): EslEvent {
  clockMicros += 20_000;
  return {
    'Event-Name': name,
    'Event-Date-Timestamp': String(clockMicros),
    'Unique-ID': id,
    variable_ringline_pool: POOL,
    variable_ringline_purpose: 'call',
    ...headers,
  };
}
const legEvent = (name: string, id: string, headers: EslEvent = {}): EslEvent =>
  event(name, id, { variable_ringline_purpose: 'agent-leg', ...headers });

/** A round trip: everything that was written before has been read by the link. */
async function heard({ recorder }: Fixture): Promise<void> {
  expect(await recorder.link.announceEpoch()).toBe(true);
}

/** Performs an originate and waits until the switch has it. */
async function dial(fixture: Fixture): Promise<{ callId: CallId; wire: WireCommand }> {
  const command = clearedOriginate();
  fixture.recorder.link.telephony.perform(command);
  return { callId: command.callId, wire: await fixture.server.command('bgapi originate') };
}

function jobDone(fixture: Fixture, wire: WireCommand, output: string): void {
  fixture
    .peer()
    .event({ 'Event-Name': 'BACKGROUND_JOB', 'Job-UUID': wire.headers['Job-UUID'], _body: output });
}

describe('a fresh connection', () => {
  test('filters first, subscribes with CUSTOM last, announces the epoch, looks, and is up then', async () => {
    const { server, recorder } = await up();
    expect(server.commands.map(({ line }) => line)).toEqual([
      'auth secret',
      `filter variable_ringline_pool ${POOL}`,
      `filter ringline_pool ${POOL}`,
      String.raw`filter Job-UUID /^${POOL}\.3\./`,
      'filter Event-Name HEARTBEAT',
      'event json CHANNEL_ORIGINATE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_ANSWER CHANNEL_EXECUTE CHANNEL_PARK ' +
        'CHANNEL_BRIDGE PLAYBACK_START CHANNEL_HANGUP_COMPLETE BACKGROUND_JOB HEARTBEAT CUSTOM ringline::epoch',
      'sendevent CUSTOM',
      `bgapi show channels like ${POOL} as json`,
    ]);
    expect(server.commands[6]?.headers).toEqual({
      'Event-Subclass': 'ringline::epoch',
      ringline_pool: POOL,
      ringline_epoch: '3',
    });
    expect(recorder.facts).toMatchObject([{ type: 'link-up', channels: [] }]);
    expect(recorder.link.isUp()).toBe(true);
  });

  test('shows what is up: what each channel says of itself, for the list is late', async () => {
    const [ringing, answered, gone] = [anId<CallId>(), anId<CallId>(), anId<CallId>()];
    const answeredLately = anId<CallId>();
    const leg = anId<LegId>();
    const mark = channelMark({ poolId: POOL, epoch: 2 as Epoch, purpose: 'call', agentId: null });
    const dump = (id: CallId, headers: EslEvent): EslEvent => ({
      'Unique-ID': id,
      variable_ringline_pool: POOL,
      variable_ringline_epoch: '2',
      variable_ringline_purpose: 'call',
      ...headers,
    });
    const dumps: Record<string, EslEvent> = {
      [ringing]: dump(ringing, { 'Caller-Channel-Answered-Time': '0' }),
      [answeredLately]: dump(answeredLately, { 'Caller-Channel-Answered-Time': '1780000002000000' }),
      [answered]: {
        'Unique-ID': answered,
        variable_ringline_pool: POOL,
        variable_ringline_epoch: '2',
        variable_ringline_purpose: 'call',
        variable_bridge_to: leg,
        'Caller-Channel-Answered-Time': '1780000000000000',
        'Caller-Channel-Bridged-Time': '1780000001000000',
      },
    };
    const { recorder } = await up({
      rows: () => [
        { uuid: ringing, callstate: 'RINGING', presence_data: mark },
        { uuid: answeredLately, callstate: 'RINGING', presence_data: mark },
        { uuid: answered, callstate: 'ACTIVE', presence_data: '', accountcode: mark },
        { uuid: gone, callstate: 'ACTIVE', presence_data: mark },
        { uuid: anId(), callstate: 'ACTIVE', presence_data: 'somebody else' },
      ],
      answer: ({ line }) => {
        if (!line.startsWith('api uuid_dump')) return undefined;
        const dump = dumps[line.split(' ')[2] ?? ''];
        return dump ? JSON.stringify(dump) : '-ERR No such channel!\n';
      },
    });
    const { channels } = await recorder.fact('link-up');
    const common = { poolId: POOL, epoch: 2, purpose: 'call', agentId: null };
    expect(channels).toEqual([
      { ...common, channelId: ringing, answeredAt: null, bridgedTo: null, bridgedAt: null },
      {
        ...common,
        channelId: answeredLately,
        answeredAt: 1_780_000_002_000,
        bridgedTo: null,
        bridgedAt: null,
      },
      {
        ...common,
        channelId: answered,
        answeredAt: 1_780_000_000_000,
        bridgedTo: leg,
        bridgedAt: 1_780_000_001_000,
      },
    ]);
  });

  test('holds the facts that come before the first look is done until link-up was told', async () => {
    const callId = anId<CallId>();
    const { recorder } = await up({
      answer: ({ line }, peer) => {
        if (line.startsWith('bgapi show')) peer.event(event('CHANNEL_ANSWER', callId));
        return undefined;
      },
    });
    await recorder.fact('answered', callId);
    expect(recorder.facts.map(({ type }) => type)).toEqual(['link-up', 'answered']);
  });

  test('a step that the switch refuses ends it with that reason', async () => {
    const { recorder } = await start({
      answer: ({ line }) => (line.startsWith('event json') ? '-ERR permission denied' : undefined),
    });
    expect((await recorder.fact('link-down')).reason).toBe(
      'FreeSWITCH refused "subscribe": -ERR permission denied',
    );
  });

  test('a list of channels that does not come ends it', async () => {
    const fixture = await start({
      answer: ({ line }) => (line.startsWith('bgapi show') ? '-ERR Database error!' : undefined),
    });
    expect((await fixture.recorder.fact('link-down')).reason).toContain('did not list its channels');
    const silent = await startScriptedSwitch();
    cleanup.push(() => silent.close());
    const timers = new ManualTimers();
    const recorder = recordLink(silent.address, {
      timers,
      clock: { now: () => timers.clock.now(), monotonic: () => machineClock.monotonic() },
    });
    cleanup.push(() => recorder.link.close());
    await silent.command('bgapi show');
    timers.advance(10_000);
    expect((await recorder.fact('link-down')).reason).toContain('did not list its channels in time');
  });
});

describe('a connection that fails', () => {
  test('a wrong password is told in a sentence, once, and tried again more and more slowly', async () => {
    const { server, recorder, timers } = await start({ password: 'another' });
    expect((await recorder.fact('link-down')).reason).toBe(
      'FreeSWITCH refused the password of its event socket.',
    );
    const attempts = (): number => server.commands.filter(({ line }) => line.startsWith('auth')).length;
    await expect
      .poll(() => {
        timers.advance(500);
        return attempts();
      })
      .toBeGreaterThan(4);
    expect(recorder.facts).toHaveLength(1);
    expect(recorder.link.isUp()).toBe(false);
  });

  test('is made again, greets again, and tells what is up now', async () => {
    const callId = anId<CallId>();
    const mark = channelMark({ poolId: POOL, epoch: 3 as Epoch, purpose: 'call', agentId: null });
    let rows: Readonly<Record<string, string>>[] = [];
    const fixture = await up({ rows: () => rows });
    const { recorder, timers, server } = fixture;
    rows = [{ uuid: callId, callstate: 'RINGING', presence_data: mark }];
    fixture.peer().reset();
    await recorder.fact('link-down');
    expect(recorder.link.isUp()).toBe(false);
    timers.advance(200);
    const again = await recorder.fact('link-up', null, 1);
    expect(again.channels.map(({ channelId }) => channelId)).toEqual([callId]);
    expect(server.peers).toHaveLength(2);
    // The same greeting, the look, and what it asks of the channel.
    expect(server.peers[1]?.commands).toHaveLength(9);
  });

  test('an originate whose reply is lost is not sent again and has no fact of its own', async () => {
    const fixture = await up({
      answer: ({ line }) => (line.startsWith('bgapi originate') ? null : undefined),
    });
    const { callId } = await dial(fixture);
    fixture.peer().reset();
    await fixture.recorder.fact('link-down');
    fixture.timers.advance(200);
    await fixture.recorder.fact('link-up', null, 1);
    fixture.timers.advance(120_000);
    await heard(fixture);
    expect(fixture.recorder.types(callId)).toEqual([]);
    expect(fixture.server.commands.filter(({ line }) => line.startsWith('bgapi originate'))).toHaveLength(1);
  });

  test('the result of an originate that comes on the next connection still finds its call', async () => {
    const fixture = await up();
    const { callId, wire } = await dial(fixture);
    fixture.peer().reset();
    await fixture.recorder.fact('link-down');
    fixture.timers.advance(200);
    await fixture.recorder.fact('link-up', null, 1);
    jobDone(fixture, wire, '-ERR GATEWAY_DOWN\n');
    await heard(fixture);
    fixture.timers.advance(500);
    expect(await fixture.recorder.fact('not-dialled', callId)).toMatchObject({ reason: 'GATEWAY_DOWN' });
  });

  test.each([
    ['<status>UP</status>', 'up'],
    ['<status>DOWN</status>', 'unreachable'],
    ['Invalid Gateway!', 'unknown-gateway'],
  ])('what the switch says of a gateway is told: %s', async (reply, state) => {
    const { recorder } = await up({
      answer: ({ line }) => (line === 'api sofia xmlstatus gateway carrier' ? reply : undefined),
    });
    const trunkId = anId<TrunkId>();
    recorder.link.telephony.perform({ do: 'see-gateway', trunkId, gateway: 'carrier' });
    expect(await recorder.fact('gateway-seen')).toMatchObject({ trunkId, gateway: 'carrier', state });
  });

  test('a command without reply for a second takes the link down', async () => {
    const { recorder, server, timers } = await start({
      answer: ({ line }) => (line.startsWith('api uuid_kill') ? null : undefined),
    });
    await recorder.fact('link-up');
    recorder.link.telephony.perform({ do: 'hang-up', channelId: anId<CallId>() });
    await server.command('api uuid_kill');
    // The reply's time is measured by the monotonic clock, which runs by itself here.
    await expect
      .poll(
        () => {
          timers.advance(1000);
          return recorder.facts.map(({ type }) => type);
        },
        { timeout: 10_000 },
      )
      .toContain('link-down');
  });

  test('what is asked for while there is none fails at once, and nothing is sent later', async () => {
    const fixture = await up();
    const { recorder, server, timers } = fixture;
    fixture.peer().reset();
    await recorder.fact('link-down');
    const command = clearedOriginate();
    const { legId, permit } = permittedLeg();
    const callId = anId<CallId>();
    const { telephony } = recorder.link;
    telephony.perform(command);
    telephony.perform({ do: 'call-agent', permit });
    telephony.perform({ do: 'bridge', callId, legId: anId<LegId>(), agentId: AGENT });
    telephony.perform({ do: 'hang-up', channelId: anId<CallId>() });
    expect(recorder.types(command.callId)).toEqual([]);
    await recorder.fact('not-dialled', command.callId);
    await recorder.fact('leg-ended', legId);
    await recorder.fact('bridge-failed', callId);
    timers.advance(200);
    await recorder.fact('link-up', null, 1);
    await heard(fixture);
    expect(server.commands.filter(({ line }) => /originate|uuid_/.test(line))).toEqual([]);
  });

  test('close destroys the socket at once, and nothing is told or sent afterwards', async () => {
    const fixture = await up();
    const { recorder, server, timers } = fixture;
    recorder.link.close();
    await fixture.peer().closed;
    recorder.link.telephony.perform(clearedOriginate());
    timers.advance(60_000);
    expect(recorder.facts.map(({ type }) => type)).toEqual(['link-up']);
    expect(server.peers).toHaveLength(1);
    expect(timers.pending).toBe(0);
    expect(await recorder.link.announceEpoch()).toBe(false);
  });
});

describe('the fence', () => {
  const announce = (fixture: Fixture, headers: Record<string, string>): void =>
    fixture.peer().event({ 'Event-Name': 'CUSTOM', 'Event-Subclass': 'ringline::epoch', ...headers });

  test('a higher epoch of our pool takes the link down for good', async () => {
    const fixture = await up();
    announce(fixture, { ringline_pool: POOL, ringline_epoch: '4' });
    expect(await fixture.recorder.fact('superseded')).toMatchObject({ epoch: 4 });
    await fixture.peer().closed;
    fixture.timers.advance(60_000);
    expect(fixture.server.peers).toHaveLength(1);
    expect(fixture.recorder.facts.at(-1)?.type).toBe('superseded');
  });

  test('our own epoch, a lower one, another pool and nonsense do not', async () => {
    const fixture = await up();
    announce(fixture, { ringline_pool: POOL, ringline_epoch: '3' });
    announce(fixture, { ringline_pool: POOL, ringline_epoch: '2' });
    announce(fixture, { ringline_pool: anId(), ringline_epoch: '9' });
    announce(fixture, { ringline_pool: POOL, ringline_epoch: 'nine' });
    announce(fixture, { ringline_pool: POOL });
    fixture
      .peer()
      .event({ 'Event-Name': 'CUSTOM', 'Event-Subclass': 'else', ringline_pool: POOL, ringline_epoch: '9' });
    await heard(fixture);
    expect(fixture.recorder.link.isUp()).toBe(true);
  });

  test('channels of a higher epoch take it down too, on the first look', async () => {
    const mark = channelMark({ poolId: POOL, epoch: 5 as Epoch, purpose: 'call', agentId: null });
    const { recorder } = await start({
      rows: () => [{ uuid: anId(), callstate: 'RINGING', presence_data: mark }],
    });
    expect(await recorder.fact('superseded')).toMatchObject({ epoch: 5 });
    expect(recorder.facts).toHaveLength(1);
  });
});

describe('looks', () => {
  test('come every 30 seconds and on command, one at a time', async () => {
    const fixture = await up();
    const { recorder, server, timers } = fixture;
    const looks = (): number => server.commands.filter(({ line }) => line.startsWith('bgapi show')).length;
    timers.advance(29_999);
    expect(looks()).toBe(1);
    timers.advance(1);
    await recorder.fact('channels-seen');
    recorder.link.telephony.perform({ do: 'see-channels' });
    recorder.link.telephony.perform({ do: 'see-channels' });
    recorder.link.telephony.perform({ do: 'see-channels' });
    await recorder.fact('channels-seen', null, 2);
    await heard(fixture);
    expect(looks()).toBe(4);
    timers.advance(30_000);
    await recorder.fact('channels-seen', null, 3);
  });
});

describe('an originate', () => {
  test('carries its call as the id of its job', async () => {
    const fixture = await up();
    const { callId, wire } = await dial(fixture);
    expect(wire.headers).toEqual({ 'Job-UUID': `${POOL}.3.${callId}` });
    expect(wire.line).toContain(`origination_uuid=${callId},`);
  });

  test('that was never cleared is not sent, and told after the command returned', async () => {
    const fixture = await up();
    const command = clearedOriginate();
    const forged = { ...command, clearance: { ...command.clearance } };
    fixture.recorder.link.telephony.perform(forged);
    expect(fixture.recorder.types(command.callId)).toEqual([]);
    expect((await fixture.recorder.fact('not-dialled', command.callId)).reason).toContain('never cleared');
    await heard(fixture);
    expect(fixture.server.commands.filter(({ line }) => line.includes('originate'))).toEqual([]);
  });

  test('that the switch refuses to begin is not dialled', async () => {
    const fixture = await up({
      answer: ({ line }) =>
        line.startsWith('bgapi originate') ? { refused: '-ERR permission denied' } : undefined,
    });
    const { callId } = await dial(fixture);
    expect((await fixture.recorder.fact('not-dialled', callId)).reason).toContain('permission denied');
  });

  test('whose call ended as calls do is told by its events alone', async () => {
    const fixture = await up();
    const { callId, wire } = await dial(fixture);
    fixture.peer().event(event('CHANNEL_ORIGINATE', callId));
    fixture.peer().event(
      event('CHANNEL_HANGUP_COMPLETE', callId, {
        'Hangup-Cause': 'USER_BUSY',
        variable_sip_term_status: '486',
      }),
    );
    jobDone(fixture, wire, '-ERR USER_BUSY\n');
    await heard(fixture);
    fixture.timers.advance(60_000);
    expect(fixture.recorder.types(callId)).toEqual(['dialled', 'call-ended']);
  });

  test('whose end was lost is ended from its job', async () => {
    const fixture = await up();
    const { callId, wire } = await dial(fixture);
    fixture.peer().event(event('CHANNEL_ORIGINATE', callId));
    fixture.peer().event(event('CHANNEL_PROGRESS', callId));
    jobDone(fixture, wire, '-ERR USER_BUSY\n');
    await heard(fixture);
    fixture.timers.advance(2000);
    expect(await fixture.recorder.fact('call-ended', callId)).toMatchObject({
      unanswered: 'busy',
      raw: { hangupCause: 'USER_BUSY', sipStatus: null, q850Cause: null },
    });
  });

  test("of an agent's leg that fails is a leg that ended", async () => {
    const fixture = await up();
    const { legId, permit } = permittedLeg();
    fixture.recorder.link.telephony.perform({ do: 'call-agent', permit });
    const wire = await fixture.server.command('bgapi originate');
    expect(wire.line).toContain('user/1000@127.0.0.1 &park()');
    jobDone(fixture, wire, '-ERR USER_NOT_REGISTERED');
    await heard(fixture);
    fixture.timers.advance(500);
    expect(await fixture.recorder.fact('leg-ended', legId)).toMatchObject({ reason: 'USER_NOT_REGISTERED' });
  });

  test('that is unwanted before its channel exists is hung up once it does', async () => {
    const fixture = await up();
    const { callId } = await dial(fixture);
    fixture.recorder.link.telephony.perform({ do: 'hang-up', channelId: callId });
    await heard(fixture);
    expect(fixture.server.commands.some(({ line }) => line.startsWith('api uuid_kill'))).toBe(false);
    fixture.peer().event(event('CHANNEL_ORIGINATE', callId));
    expect((await fixture.server.command('api uuid_kill')).line).toBe(`api uuid_kill ${callId}`);
  });
});

describe('events', () => {
  test('an end is told once, and nothing of a call after it', async () => {
    const fixture = await up();
    const callId = anId<CallId>();
    const peer = fixture.peer();
    peer.event(event('CHANNEL_HANGUP_COMPLETE', callId, { 'Hangup-Cause': 'USER_BUSY' }));
    peer.event(event('CHANNEL_ORIGINATE', callId));
    peer.event(event('CHANNEL_ANSWER', callId));
    peer.event(event('CHANNEL_HANGUP_COMPLETE', callId, { 'Hangup-Cause': 'USER_BUSY' }));
    await heard(fixture);
    expect(fixture.recorder.types(callId)).toEqual(['call-ended']);
  });

  test('a bridge waits for the script of the leg, and is told with both legs', async () => {
    const fixture = await up();
    const [callId, legId] = [anId<CallId>(), anId<LegId>()];
    const peer = fixture.peer();
    peer.event(event('CHANNEL_ORIGINATE', callId));
    peer.event(event('CHANNEL_ANSWER', callId));
    await fixture.recorder.fact('answered', callId);
    fixture.recorder.link.telephony.perform({ do: 'bridge', callId, legId, agentId: AGENT });
    await heard(fixture);
    expect(fixture.server.commands.some(({ line }) => line.startsWith('api uuid_bridge'))).toBe(false);
    peer.event(event('CHANNEL_EXECUTE', callId, { Application: 'sleep' }));
    expect((await fixture.server.command('api uuid_bridge')).line).toBe(`api uuid_bridge ${callId} ${legId}`);
    peer.event(
      event('CHANNEL_BRIDGE', callId, { 'Bridge-A-Unique-ID': callId, 'Bridge-B-Unique-ID': legId }),
    );
    expect(await fixture.recorder.fact('bridged', callId)).toMatchObject({ legId });
  });

  test("a customer who goes while the bridge is made gets the agent's leg parked", async () => {
    const fixture = await up();
    const [callId, legId] = [anId<CallId>(), anId<LegId>()];
    fixture.recorder.link.telephony.perform({ do: 'bridge', callId, legId, agentId: AGENT });
    await fixture.server.command('api uuid_bridge');
    fixture.peer().event(event('CHANNEL_HANGUP_COMPLETE', callId, { 'Hangup-Cause': 'NORMAL_CLEARING' }));
    expect((await fixture.server.command('api uuid_transfer')).line).toBe(
      `api uuid_transfer ${legId} park inline`,
    );
    fixture.peer().event(legEvent('CHANNEL_PARK', legId));
    await fixture.recorder.fact('leg-parked', legId);
    expect(fixture.recorder.types(callId)).toEqual(['call-ended']);
  });

  test('a bridge that the switch refuses is told with its words', async () => {
    const fixture = await up({
      answer: ({ line }) => (line.startsWith('api uuid_bridge') ? '-ERR Invalid uuid\n' : undefined),
    });
    const callId = anId<CallId>();
    fixture.recorder.link.telephony.perform({ do: 'bridge', callId, legId: anId<LegId>(), agentId: AGENT });
    expect((await fixture.recorder.fact('bridge-failed', callId)).reason).toBe('-ERR Invalid uuid');
  });

  test('an answer that is told late says how long ago it was', async () => {
    const fixture = await up({ movesMonotonic: true });
    const callId = anId<CallId>();
    const now = fixture.timers.clock.now();
    const answered = (ms: number): EslEvent =>
      event('CHANNEL_ANSWER', callId, { 'Event-Date-Timestamp': `${now + ms}000` });
    fixture.peer().event(answered(0));
    expect(await fixture.recorder.fact('answered', callId)).toMatchObject({ ageMs: 0 });
    fixture.timers.advance(4000);
    fixture.peer().event(answered(500));
    expect(await fixture.recorder.fact('answered', callId, 1)).toMatchObject({ ageMs: 3500 });
  });

  test("heartbeats tell the switch's clock", async () => {
    const fixture = await up({ movesMonotonic: true });
    const now = fixture.timers.clock.now();
    fixture.peer().event({ 'Event-Name': 'HEARTBEAT', 'Event-Date-Timestamp': `${now + 1500}000` });
    await heard(fixture);
    fixture.peer().reset();
    expect((await fixture.recorder.fact('link-down')).at).toBe(now + 1500);
  });
});

describe('commands', () => {
  const callId = anId<CallId>();
  const legId = anId<LegId>();

  test.each([
    [
      { do: 'play-message', callId, file: 'a, b.wav' },
      `api uuid_transfer ${callId} m:^:playback:a,\\\\sb.wav^hangup:NORMAL_CLEARING inline`,
    ],
    [
      { do: 'play-to-customer', callId, file: 'a.wav' },
      `api uuid_transfer ${callId} m:^:loop_playback:+1\\\\sa.wav^sleep:30000^sleep:5000^hangup:NORMAL_CLEARING inline`,
    ],
    [
      { do: 'hold', callId, legId },
      `api uuid_transfer ${callId} m:^:loop_playback:+600\\\\stone_stream://v=-20;%(300,5700,440)^sleep:1000^sleep:5000^hangup:NORMAL_CLEARING inline`,
    ],
    [{ do: 'play-tone', legId }, `api uuid_displace ${legId} start tone_stream://%(150,0,800) 0 mux`],
    [{ do: 'hang-up', channelId: legId }, `api uuid_kill ${legId}`],
    [{ do: 'resume', callId, legId }, `api uuid_bridge ${callId} ${legId}`],
    [
      { do: 'mark', channelId: callId, variables: { ringline_a: "it's; x", ringline_b: '2' } },
      `api uuid_setvar_multi ${callId} ringline_a=it\\'s\\;\\sx;ringline_b=2`,
    ],
  ] as const)('%j', async (command, line) => {
    const fixture = await up();
    fixture.recorder.link.telephony.perform(command);
    expect((await fixture.server.command('api ')).line).toBe(line);
  });

  test('a hold that the switch refuses, or whose reply never comes, is told: the agent is heard for all that we know', async () => {
    const fixture = await up({
      answer: ({ line }) => (line.startsWith('api uuid_transfer') ? '-ERR No such channel!\n' : undefined),
    });
    fixture.recorder.link.telephony.perform({ do: 'hold', callId, legId });
    expect(await fixture.recorder.fact('hold-failed', callId)).toMatchObject({ legId });
    const silent = await up({
      answer: ({ line }) => (line.startsWith('api uuid_transfer') ? null : undefined),
    });
    silent.recorder.link.telephony.perform({ do: 'hold', callId, legId });
    await silent.server.command('api uuid_transfer');
    silent.peer().reset();
    expect(await silent.recorder.fact('hold-failed', callId)).toMatchObject({ legId });
  });

  test.each(['before the leg parks', 'in the same moment'])(
    'a call of an agent that is given up %s is never dialled',
    async (when) => {
      const fixture = await up();
      const { telephony } = fixture.recorder.link;
      fixture.peer().event(legEvent('CHANNEL_ORIGINATE', legId));
      await heard(fixture);
      const { orphanAfterMs: _, messageFile: __, callId: dialled, ...command } = clearedOriginate();
      telephony.perform({ ...command, do: 'dial-for-agent', legId, agentId: AGENT });
      if (when !== 'in the same moment') await heard(fixture);
      telephony.perform({ do: 'hang-up', channelId: dialled });
      expect(fixture.recorder.types(dialled)).toEqual([]);
      await heard(fixture);
      fixture.peer().event(legEvent('CHANNEL_PARK', legId));
      await heard(fixture);
      expect(fixture.recorder.types(dialled)).toEqual(['not-dialled']);
      expect(fixture.server.commands.filter(({ line }) => line.startsWith('api '))).toEqual([]);
    },
  );

  test('one that cannot be expressed is not sent and does no harm', async () => {
    const fixture = await up();
    fixture.recorder.link.telephony.perform({
      do: 'mark',
      channelId: callId,
      variables: { ringline_a: 'a\n\napi shutdown' },
    });
    fixture.recorder.link.telephony.perform({ do: 'play-message', callId, file: "x' y" });
    fixture.recorder.link.telephony.perform({ do: 'hang-up', channelId: 'all' as CallId });
    await heard(fixture);
    expect(fixture.server.commands.filter(({ line }) => line.startsWith('api '))).toEqual([]);
    expect(fixture.recorder.link.isUp()).toBe(true);
  });
});
