import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { EslClient } from './esl-client.fixture.ts';
import {
  CALL,
  callAgent,
  heldSwitch,
  LEG,
  liveSwitch,
  NUMBER,
  originate,
  PASSWORD,
  SECOND_CALL,
  type LiveSwitch,
} from './simulated-switch.fixture.ts';

const open: { stop(): Promise<void> }[] = [];
const clients: EslClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.end();
  for (const one of open.splice(0)) await one.stop();
});

async function start(changes: object = {}): Promise<LiveSwitch> {
  const live = await liveSwitch({
    answerDelaySeconds: { human: { dist: 'constant', mean: 0.05 } },
    ...changes,
  });
  open.push(live);
  return live;
}

async function client(live: LiveSwitch, events = ''): Promise<EslClient> {
  const one = await EslClient.open(live.port, PASSWORD, events);
  clients.push(one);
  return one;
}

/** What FreeSWITCH 1.11.0 answered, byte by byte. */
const REAL = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'real-replies.json'), 'utf8'),
) as readonly { readonly send: string; readonly answer: string }[];

describe('the event socket', () => {
  test('asks for the password and drops who does not know it', async () => {
    const live = await start();
    const stranger = new EslClient(live.port);
    clients.push(stranger);
    expect((await stranger.frame()).headers).toEqual({ 'Content-Type': 'auth/request' });
    expect((await stranger.send('api status')).headers['Reply-Text']).toBe('-ERR command not found');
    expect((await stranger.send('auth wrong')).headers['Reply-Text']).toBe('-ERR invalid');
    await stranger.closed;
    expect(
      stranger.received.endsWith('Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n'),
    ).toBe(true);
  });

  test('answers as FreeSWITCH 1.11.0 does, to the byte', async () => {
    const live = await start();
    for (const { send, answer } of REAL) {
      const one = await client(live);
      const before = one.received.length;
      await one.send(send);
      expect({ send, answer: one.received.slice(before) }).toEqual({ send, answer });
      one.end();
    }
  });

  test('says goodbye to who exits', async () => {
    const live = await start();
    const one = await client(live);
    expect((await one.send('exit')).headers['Reply-Text']).toBe('+OK bye');
    await one.closed;
    expect(one.received).toContain('Content-Type: text/disconnect-notice\nContent-Length: 67\n\n');
  });

  test('takes commands in any pieces and several at once', async () => {
    const live = await start();
    const one = await client(live);
    const bytes = 'api echo one\n\nbgapi status\nJob-UUID: j1\n\n\n\napi echo two\r\n\r\n';
    for (const byte of bytes) {
      one.write(byte);
      await new Promise(setImmediate);
    }
    expect((await one.frame()).body).toBe('one');
    expect((await one.frame()).headers['Job-UUID']).toBe('j1');
    expect((await one.frame()).body).toBe('two');
    one.write('api echo three\n\napi echo four\n\n');
    expect((await one.frame()).body).toBe('three');
    expect((await one.frame()).body).toBe('four');
  });

  test('reports a background job to those who listen, with the text as body', async () => {
    const live = await start();
    const one = await client(live, 'BACKGROUND_JOB');
    const reply = await one.send('bgapi uuid_kill nobody\nJob-UUID: my-job');
    expect(reply.headers).toMatchObject({ 'Reply-Text': '+OK Job-UUID: my-job', 'Job-UUID': 'my-job' });
    expect(await one.event('BACKGROUND_JOB', { 'Job-UUID': 'my-job' })).toMatchObject({
      'Job-Command': 'uuid_kill',
      'Job-Command-Arg': 'nobody',
      'Content-Length': '22',
      _body: '-ERR No such channel!\n',
    });
  });

  test('sends each client what it subscribed to, and only what its filters let through', async () => {
    const live = await start();
    const all = await client(live, 'CHANNEL_CREATE CHANNEL_ANSWER BACKGROUND_JOB');
    const creates = await client(live, 'CHANNEL_CREATE');
    const filtered = await client(live, 'CHANNEL_CREATE CHANNEL_ANSWER');
    await filtered.send('filter variable_ringline_pool p2');
    await all.send(`bgapi ${originate()}`);
    await all.send(
      `bgapi ${originate(SECOND_CALL, '+13055550102').replace('ringline_pool=p1', 'ringline_pool=p2')}`,
    );
    await all.event('CHANNEL_ANSWER', { 'Unique-ID': CALL });
    await all.event('CHANNEL_ANSWER', { 'Unique-ID': SECOND_CALL });
    await filtered.event('CHANNEL_ANSWER');
    await creates.event('CHANNEL_CREATE', { 'Unique-ID': SECOND_CALL });
    expect(creates.events.map((event) => event['Event-Name'])).toEqual(['CHANNEL_CREATE', 'CHANNEL_CREATE']);
    expect(new Set(filtered.events.map((event) => event['Unique-ID']))).toEqual(new Set([SECOND_CALL]));
  });

  test('passes events of clients on to all who listen to their subclass, with headers as they were written', async () => {
    const live = await start();
    const listener = await client(live, 'CHANNEL_CREATE CUSTOM ringline::epoch');
    const deaf = await client(live, 'CUSTOM other::thing');
    const sender = await client(live);
    await sender.send(
      'sendevent CUSTOM\nEvent-Subclass: ringline::epoch\nringline_pool: P1\nringline_epoch: 7',
    );
    const event = await listener.event('CUSTOM');
    expect(event).toMatchObject({
      'Event-Subclass': 'ringline::epoch',
      ringline_pool: 'P1',
      ringline_epoch: '7',
    });
    await deaf.api('status');
    expect(deaf.events).toEqual([]);
  });

  test('stops and starts events by nixevent, noevents and filter delete', async () => {
    const live = await start();
    const one = await client(live, 'ALL');
    await one.send('nixevent API CHANNEL_STATE');
    await one.send('filter Unique-ID nobody');
    await one.send(`bgapi ${originate()}`);
    await live.theSwitch.api(`uuid_kill ${CALL}`);
    await one.send('filter delete all');
    await one.send(`bgapi ${originate(SECOND_CALL)}`);
    await one.event('CHANNEL_ANSWER', { 'Unique-ID': SECOND_CALL });
    expect(
      one.events.some((event) => event['Unique-ID'] === CALL && event['Event-Name'] === 'CHANNEL_CREATE'),
    ).toBe(false);
    expect(one.events.some((event) => ['API', 'CHANNEL_STATE'].includes(event['Event-Name'] ?? ''))).toBe(
      false,
    );
    expect((await one.send('noevents')).headers['Reply-Text']).toBe('+OK no longer listening for events');
  });

  test('shows what is up to a client that comes later, with the variables of each leg', async () => {
    const live = await start();
    const first = await client(live, 'CHANNEL_BRIDGE CHANNEL_ANSWER CHANNEL_PARK');
    await first.send(`bgapi ${callAgent()}`);
    await first.send(`bgapi ${originate(CALL, NUMBER, ',accountcode=ringline/p1')}`);
    await Promise.all([first.event('CHANNEL_PARK'), first.event('CHANNEL_ANSWER', { 'Unique-ID': CALL })]);
    await first.api(`uuid_bridge ${CALL} ${LEG}`);
    await first.event('CHANNEL_BRIDGE');
    first.end();
    const second = await client(live);
    const channels = JSON.parse(await second.api('show channels as json')) as {
      row_count: number;
      rows: object[];
    };
    expect(channels).toMatchObject({
      row_count: 2,
      rows: [{ uuid: LEG, callstate: 'ACTIVE' }, { uuid: CALL }],
    });
    const like = JSON.parse(await second.api('show channels like ringline/p1 as json')) as { rows: object[] };
    expect(like.rows).toMatchObject([{ uuid: CALL, accountcode: 'ringline/p1' }]);
    const calls = JSON.parse(await second.api('show calls as json')) as { rows: object[] };
    expect(calls.rows).toMatchObject([{ uuid: CALL, b_uuid: LEG }]);
    const dump = JSON.parse(await second.api(`uuid_dump ${CALL} json`)) as object;
    expect(dump).toMatchObject({
      variable_ringline_pool: 'p1',
      'Answer-State': 'answered',
      variable_bridge_uuid: LEG,
    });
  });
});

describe('faults', () => {
  test('originates are refused as often as was said', async () => {
    const live = await start();
    const one = await client(live);
    await one.api('ringline_fault refuse-originate 1 NORMAL_CIRCUIT_CONGESTION');
    expect(await one.api(originate())).toBe('-ERR NORMAL_CIRCUIT_CONGESTION\n');
    expect(await one.api(originate())).toBe(`+OK ${CALL}\n`);
    expect(live.theSwitch.carrier.journal.totals().invites).toBe(1);
  });

  test('a deaf switch neither obeys nor answers, but goes on to tell what happens', async () => {
    const live = await start();
    const one = await client(live, 'CHANNEL_HANGUP_COMPLETE');
    await one.api(originate());
    await one.api('ringline_fault deaf on');
    one.write(`api uuid_kill ${CALL}\n\n`);
    expect(await one.api('ringline_fault deaf off')).toBe('+OK\n');
    expect(await one.api(`uuid_exists ${CALL}`)).toBe('true');
    await one.api(`uuid_kill ${CALL}`);
    await one.event('CHANNEL_HANGUP_COMPLETE');
  });

  test('dropped replies: the command is obeyed all the same', async () => {
    const live = await start();
    const one = await client(live, 'CHANNEL_HANGUP_COMPLETE');
    await one.api(originate());
    await one.api('ringline_fault drop-replies on');
    one.write(`api uuid_kill ${CALL}\n\n`);
    await one.event('CHANNEL_HANGUP_COMPLETE');
    await one.api('ringline_fault clear');
    expect(await one.api('echo back')).toBe('back');
  });

  test('events come twice, or not at all, for the names that were said', async () => {
    const live = await start();
    const one = await client(live, 'CHANNEL_CREATE CHANNEL_ANSWER CHANNEL_HANGUP_COMPLETE');
    await one.api('ringline_fault event-twice 1 CHANNEL_ANSWER');
    await one.api(originate());
    await one.api('ringline_fault clear');
    await one.api('ringline_fault event-lost 1 CHANNEL_CREATE');
    await one.api(originate(SECOND_CALL));
    for (const uuid of [CALL, SECOND_CALL]) {
      await one.api(`uuid_kill ${uuid}`);
      await one.event('CHANNEL_HANGUP_COMPLETE', { 'Unique-ID': uuid });
    }
    const names = one.events.map((event) => `${event['Event-Name']} ${event['Unique-ID']?.slice(-2)}`);
    expect(names.filter((name) => name === 'CHANNEL_ANSWER c1')).toHaveLength(2);
    expect(names).not.toContain('CHANNEL_CREATE c2');
  });

  test('closed listeners open again on the same port, and the calls are still up', async () => {
    const live = await start();
    const one = await client(live);
    await one.api(originate());
    await one.api('ringline_fault close-listeners 30');
    await one.closed;
    const again = await reconnect(live);
    expect(await again.api(`uuid_exists ${CALL}`)).toBe('true');
  });

  test('after a restart every call is gone without a word', async () => {
    const live = await start();
    const one = await client(live, 'ALL');
    await one.api(originate());
    const before = live.theSwitch.core.coreUuid;
    await one.api('ringline_fault restart 30');
    await one.closed;
    const again = await reconnect(live);
    expect(await again.api('show channels as json')).toBe('{"row_count": 0}\n');
    expect(live.theSwitch.core.coreUuid).not.toBe(before);
    expect(live.theSwitch.carrier.journal.calls()[0]).toMatchObject({ endedBy: 'switch' });
    expect(one.events.map((event) => event['Event-Name'])).not.toContain('CHANNEL_HANGUP');
  });

  test('takes a carrier away from its gateway, and brings it back', async () => {
    const live = await start();
    const one = await client(live);
    const dial = 'originate {}sofia/gateway/one/12125550101 &park()';
    expect(await one.api('sofia xmlstatus gateway one')).toContain('<status>UP</status>');
    expect(await one.api('ringline_carrier gateway one down')).toBe('+OK\n');
    expect(await one.api('sofia xmlstatus gateway one')).toContain('<status>DOWN</status>');
    expect(await one.api('sofia xmlstatus gateway two')).toContain('<status>UP</status>');
    expect(await one.api(dial)).toBe('-ERR GATEWAY_DOWN\n');
    expect(live.theSwitch.carrier.journal.calls()).toEqual([]);
    await one.api('ringline_carrier gateway one up');
    expect(await one.api('sofia xmlstatus gateway one')).toContain('<status>UP</status>');
    expect(await one.api('ringline_carrier gateway one sideways')).toMatch(/^-USAGE/);
  });

  async function reconnect(live: LiveSwitch): Promise<EslClient> {
    for (;;) {
      const one = new EslClient(live.port);
      const frame = await Promise.race([one.frame(), one.closed]);
      if (frame === undefined) continue;
      clients.push(one);
      await one.send(`auth ${PASSWORD}`);
      return one;
    }
  }

  test('of the scenario begin and end at their hours', async () => {
    const { theSwitch, time } = heldSwitch({
      faults: [
        { kind: 'event-lost', fromHour: 1, toHour: 2, rate: 1 },
        { kind: 'switch-restart', fromHour: 3, seconds: 1 },
        { kind: 'dialer-kill', fromHour: 4 },
      ],
    });
    const port = await theSwitch.listen(0);
    open.push({ stop: () => theSwitch.close() });
    const one = await EslClient.open(port, PASSWORD, 'HEARTBEAT');
    clients.push(one);
    theSwitch.core.sendEventsTo(theSwitch.events);
    const beats = async (): Promise<number> => {
      const before = one.events.length;
      time.pass(60_000);
      await one.api('status');
      return one.events.length - before;
    };
    expect(await beats()).toBe(3);
    time.pass(3_600_000);
    await one.api('status');
    expect(await beats()).toBe(0);
    time.pass(3_600_000);
    await one.api('status');
    expect(await beats()).toBe(3);
    time.pass(3_600_000);
    await one.closed;
  });

  test('a wrong fault is answered with all that there are', async () => {
    const live = await start();
    const one = await client(live);
    expect(await one.api('ringline_fault nonsense')).toMatch(
      /^-USAGE: ringline_fault refuse-originate COUNT/u,
    );
    expect(await one.api('ringline_fault event-lost 2')).toMatch(/^-USAGE/u);
  });
});
