import { Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { milliseconds } from '../../kernel/time.ts';
import { EslError, type EslErrorCode } from './esl-error.ts';
import { header, type EslEvent } from './esl-event.ts';
import { SafeConnection, type SafeConnectionOptions } from './esl-connection.ts';
import { machineClock } from './link-recorder.fixture.ts';
import { ManualTimers } from './manual-timers.fixture.ts';
import {
  frame,
  startScriptedSwitch,
  type Script,
  type ScriptedPeer,
  type ScriptedSwitch,
} from './scripted-switch.fixture.ts';
import { systemTimers } from './timers.ts';

interface Opened {
  readonly server: ScriptedSwitch;
  readonly connection: SafeConnection;
  readonly peer: ScriptedPeer;
  readonly events: EslEvent[];
  readonly closed: Promise<EslError>;
}

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).toReversed()) await close();
  vi.restoreAllMocks();
});

async function open(script: Script = {}, options: Partial<SafeConnectionOptions> = {}): Promise<Opened> {
  const server = await startScriptedSwitch(script);
  cleanup.push(() => server.close());
  const events: EslEvent[] = [];
  const closed = Promise.withResolvers<EslError>();
  const connection = new SafeConnection({
    address: server.address,
    clock: machineClock,
    timers: systemTimers,
    onEvent: (event) => events.push(event),
    onClose: closed.resolve,
    ...options,
  });
  cleanup.push(() => connection.close());
  return { server, connection, peer: await server.peer(), events, closed: closed.promise };
}

async function ready(script: Script = {}, options: Partial<SafeConnectionOptions> = {}): Promise<Opened> {
  const opened = await open(script, options);
  await opened.connection.ready;
  return opened;
}

const api = (text: string) => ({ line: `api ${text}`, headers: [] });
const codeOf = (code: EslErrorCode): unknown => expect.objectContaining({ code });

describe('defects of modesl 1.2.1 that are gone', () => {
  test("1: a caller's name in Latin-1 or a percent sign in a reply neither crashes nor hides what follows", async () => {
    const { connection, peer, events } = await ready({
      answer: ({ line }) => (line === 'api a' ? '50% of Andr%E9\n' : undefined),
    });
    peer.write(frame({ 'Content-Type': 'text/event-plain' }, 'Event-Name: X\nCaller-Name: Andr%E9\n\n'));
    peer.write(frame({ 'Content-Type': 'command/reply-ish', 'Reply-Text': '%' }));
    const latin = Buffer.from('{"Event-Name":"FIRST","Name":"Andr\xe9"}', 'latin1');
    peer.write(
      Buffer.concat([
        Buffer.from(`Content-Length: ${latin.length}\nContent-Type: text/event-json\n\n`),
        latin,
      ]),
    );
    peer.event({ 'Event-Name': 'SECOND' });
    expect((await connection.request(api('a'))).text).toBe('50% of Andr%E9');
    expect(events.map((event) => header(event, 'Event-Name'))).toEqual(['FIRST', 'SECOND']);
  });

  test('2: every command waits for its own reply, sendmsg like the others', async () => {
    const { connection } = await ready({
      answer: ({ line }) => (line.startsWith('sendmsg') ? '+OK msg' : line === 'api b' ? 'bee\n' : undefined),
    });
    const replies = await Promise.all([
      connection.request({ line: 'sendmsg 1', headers: [['call-command', 'execute']] }),
      connection.request(api('b')),
      connection.request({ line: 'sendmsg 2', headers: [] }),
    ]);
    expect(replies.map(({ text }) => text)).toEqual(['+OK msg', 'bee', '+OK msg']);
  });

  test('3: an api command that is refused with a command/reply does not shift the replies after it', async () => {
    const { connection } = await ready({
      answer: ({ line }) => {
        if (line === 'api show calls') return { refused: '-ERR permission denied' };
        return line === 'api status' ? 'UP 3 years\n' : undefined;
      },
    });
    const [refused, status] = await Promise.all([
      connection.request(api('show calls')),
      connection.request(api('status')),
    ]);
    expect(refused).toEqual({ isOk: false, text: '-ERR permission denied' });
    expect(status).toEqual({ isOk: true, text: 'UP 3 years' });
  });

  test('4: a command is one write on a socket without delay', async () => {
    const noDelay = vi.spyOn(Socket.prototype, 'setNoDelay');
    const { connection, peer } = await ready();
    const before = peer.segments;
    await connection.request({
      line: 'sendevent CUSTOM',
      headers: [
        ['a', '1'],
        ['b', '2'],
      ],
    });
    expect(peer.segments - before).toBe(1);
    expect(noDelay).toHaveBeenCalledWith(true);
  });

  test('5: nothing is added to a subscription', async () => {
    const { connection, server } = await ready();
    await connection.request({ line: 'event json BACKGROUND_JOB CUSTOM a::b', headers: [] });
    expect(server.commands.map(({ line }) => line)).toEqual([
      'auth secret',
      'event json BACKGROUND_JOB CUSTOM a::b',
    ]);
  });

  test.each([
    ['6: a reset', (peer: ScriptedPeer) => peer.reset()],
    ['7: a FIN', (peer: ScriptedPeer) => peer.end()],
  ])('%s ends the connection, and everything that was pending is told', async (_name, cut) => {
    const { connection, peer, server, closed } = await ready({
      answer: ({ line }) => (line === 'api x' ? null : undefined),
    });
    const job = connection.background({ line: 'originate …', headers: [] }, 'job-1');
    await server.command('bgapi');
    const reply = connection.request(api('x'));
    await server.command('api x');
    cut(peer);
    await expect(reply).rejects.toEqual(codeOf('closed'));
    await expect(job).rejects.toEqual(codeOf('closed'));
    expect(await closed).toEqual(codeOf('closed'));
    expect(connection.connected()).toBe(false);
    await expect(connection.request(api('y'))).rejects.toEqual(codeOf('closed'));
  });

  test('8: a background command that is refused is told', async () => {
    const { connection } = await ready({
      answer: ({ line }) => (line.startsWith('bgapi') ? { refused: '-ERR permission denied' } : undefined),
    });
    await expect(connection.background({ line: 'originate', headers: [] }, 'job-1')).rejects.toEqual(
      codeOf('refused'),
    );
  });

  test('9: thousands of background jobs may be outstanding, and each gets its own result', async () => {
    const { connection, peer, server } = await ready();
    const ids = Array.from({ length: 5000 }, (_, i) => `job-${i}`);
    const results = Promise.all(ids.map((id) => connection.background({ line: 'x', headers: [] }, id)));
    while (server.commands.length < 5001) await server.command('bgapi');
    for (const id of ids.toReversed()) {
      peer.event({ 'Event-Name': 'BACKGROUND_JOB', 'Job-UUID': id, _body: `+OK ${id}\n` });
    }
    expect(await results).toEqual(ids.map((id) => `+OK ${id}`));
  });

  test('10: a long reply in small segments arrives whole', async () => {
    const long = '名'.repeat(1_500_000);
    const bytes = frame({ 'Content-Type': 'api/response' }, long);
    const { connection } = await ready({
      answer: ({ line }, peer) => {
        if (line !== 'api long') return undefined;
        for (let at = 0; at < bytes.length; at += 1460) peer.write(bytes.subarray(at, at + 1460));
        return null;
      },
    });
    expect((await connection.request(api('long'))).text === long).toBe(true);
  });

  test.each([
    ['a line feed', { line: 'api originate x\n\napi shutdown', headers: [] }],
    ['a carriage return', { line: 'api originate x\rapi shutdown', headers: [] }],
    ['a line feed in a header', { line: 'sendevent CUSTOM', headers: [['a', 'b\nc: d']] as const }],
    ['a zero byte', { line: 'api a\0b', headers: [] }],
    ['words that unload the event socket', { line: 'api x unLoad it, Mod_Event_Socket', headers: [] }],
  ])('11: a command with %s is refused and not sent', async (_name, request) => {
    const { connection, server } = await ready();
    await expect(connection.request(request)).rejects.toEqual(codeOf('unsafe'));
    await connection.request(api('status'));
    expect(server.commands.map(({ line }) => line)).toEqual(['auth secret', 'api status']);
  });

  test('12: a wrong password and an access list that turns us away are errors with a name', async () => {
    const wrong = await open({ password: 'another' });
    await expect(wrong.connection.ready).rejects.toEqual(codeOf('wrong-password'));
    expect((await wrong.closed).message).toBe('FreeSWITCH refused the password of its event socket.');
    const rude = 'Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n';
    const rejected = await open({ greeting: rude });
    await expect(rejected.connection.ready).rejects.toEqual(codeOf('rejected'));
  });

  test('13: nothing is kept for jobs that are over', async () => {
    const { connection, peer, server } = await ready();
    const listeners = (): number => connection.listeners('esl::event::**').length;
    const before = listeners();
    const results = Promise.all(
      Array.from({ length: 200 }, (_, i) => connection.background({ line: 'x', headers: [] }, `job-${i}`)),
    );
    while (server.commands.length < 201) await server.command('bgapi');
    for (let i = 0; i < 200; i += 1) {
      peer.event({ 'Event-Name': 'BACKGROUND_JOB', 'Job-UUID': `job-${i}`, _body: '+OK' });
    }
    await results;
    expect(listeners()).toBe(before);
    // The id is free again, so nothing waits under it any more.
    const again = connection.background({ line: 'x', headers: [] }, 'job-1');
    await server.command('bgapi');
    peer.event({ 'Event-Name': 'BACKGROUND_JOB', 'Job-UUID': 'job-1', _body: '+OK again' });
    expect(await again).toBe('+OK again');
  });

  test('14: a command without reply for a second destroys the socket, and modesl itself cannot send', async () => {
    const timers = new ManualTimers();
    const { connection, server, peer, closed } = await ready(
      { answer: ({ line }) => (line === 'api x' ? null : undefined) },
      { timers, clock: timers.clock },
    );
    const reply = connection.request(api('x'));
    await server.command('api x');
    timers.advance(999);
    expect(connection.failure).toBeNull();
    timers.advance(2);
    await expect(reply).rejects.toEqual(codeOf('no-reply'));
    expect(await closed).toEqual(codeOf('no-reply'));
    await peer.closed;
    expect(() => connection.send()).toThrow('Bug');
  });
});

test('a reply that is late by our own standstill still counts when it is there', async () => {
  const timers = new ManualTimers();
  const { connection, server, peer } = await ready(
    { answer: ({ line }) => (line === 'api x' ? null : undefined) },
    {
      timers: { schedule: (run, wait) => (wait === 0 ? systemTimers : timers).schedule(run, wait) },
      clock: timers.clock,
    },
  );
  const reply = connection.request(api('x'));
  await server.command('api x');
  peer.write(frame({ 'Content-Type': 'api/response' }, '+OK\n'));
  timers.advance(milliseconds(5000));
  expect(await reply).toEqual({ isOk: true, text: '+OK' });
  expect(connection.failure).toBeNull();
});

test('a command that follows an answered one has a second of its own', async () => {
  const timers = new ManualTimers();
  const { connection, server } = await ready(
    { answer: ({ line }) => (line === 'api b' ? null : undefined) },
    { timers, clock: timers.clock },
  );
  await connection.request(api('a'));
  timers.advance(900);
  const second = connection.request(api('b'));
  await server.command('api b');
  timers.advance(900);
  expect(connection.failure).toBeNull();
  timers.advance(101);
  await expect(second).rejects.toEqual(codeOf('no-reply'));
});

test('nobody who greets is a failure after three seconds', async () => {
  const timers = new ManualTimers();
  const { connection } = await open({ greeting: null }, { timers, clock: timers.clock });
  timers.advance(3000);
  await expect(connection.ready).rejects.toEqual(codeOf('unreachable'));
});

test('a port where nobody listens is unreachable', async () => {
  const server = await startScriptedSwitch();
  await server.close();
  const closed = Promise.withResolvers<EslError>();
  const connection = new SafeConnection({
    address: server.address,
    clock: machineClock,
    timers: systemTimers,
    onEvent: () => undefined,
    onClose: closed.resolve,
  });
  await expect(connection.ready).rejects.toEqual(codeOf('unreachable'));
  expect((await closed.promise).message).toContain('cannot be reached');
});

test('an answer that nobody asked for, and a frame beyond the limit, end the connection', async () => {
  const first = await ready();
  first.peer.write(frame({ 'Content-Type': 'api/response' }, '+OK\n'));
  expect(await first.closed).toEqual(codeOf('bad-frame'));
  const second = await ready({}, { limits: { headerBytesMax: 1000, bodyBytesMax: 1000 } });
  second.peer.write('Content-Length: 1001\n\n');
  expect(await second.closed).toEqual(codeOf('bad-frame'));
});

test('events behind the one that made us close are not told', async () => {
  const events: string[] = [];
  const opened = await ready(
    {},
    {
      onEvent: (event) => {
        events.push(header(event, 'Event-Name') ?? '');
        opened.connection.close();
      },
    },
  );
  opened.peer.write(
    Buffer.concat([
      frame({ 'Content-Type': 'text/event-json' }, '{"Event-Name":"A"}'),
      frame({ 'Content-Type': 'text/event-json' }, '{"Event-Name":"B"}'),
    ]),
  );
  await opened.closed;
  expect(events).toEqual(['A']);
});

test('too many unanswered commands are refused instead of piling up', async () => {
  const { connection } = await ready({ answer: ({ line }) => (line.startsWith('api') ? null : undefined) });
  const replies = Array.from({ length: 10_001 }, () =>
    connection.request(api('x')).catch((error: unknown) => error),
  );
  expect(await replies.at(-1)).toEqual(codeOf('overloaded'));
  connection.close();
  expect(await replies[0]).toEqual(codeOf('closed'));
});

test('a command before the password was accepted is not sent', async () => {
  const { connection, server } = await open({ greeting: null });
  await expect(connection.request(api('x'))).rejects.toEqual(codeOf('closed'));
  expect(server.commands).toEqual([]);
});
