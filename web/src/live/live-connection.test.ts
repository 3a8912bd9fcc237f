import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fakeServer, type FakeServer } from './fake-socket.fixture.ts';
import { LiveConnection, retryDelayMs, SILENCE_MAX_MS } from './live-connection.svelte.ts';

let server: FakeServer;
let heard: unknown[];
let closedBy: string[];
let connection: LiveConnection;

beforeEach(() => {
  vi.useFakeTimers();
  server = fakeServer();
  heard = [];
  closedBy = [];
  connection = new LiveConnection(server, {
    opened: () => heard.push('opened'),
    received: (message) => heard.push(message),
    closed: (why) => closedBy.push(why),
  });
  connection.start();
});
afterEach(() => {
  connection.stop();
  vi.useRealTimers();
});

test('waits longer after each failed attempt, and never more than ten seconds', () => {
  const waits = Array.from({ length: 8 }, (_, i) => retryDelayMs(i + 1, 1));
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
  expect(retryDelayMs(3, 0)).toBe(1000);
});

test('comes back by itself when the line breaks, and counts anew once something was heard', () => {
  server.last.opens();
  expect(connection.state.kind).toBe('open');
  server.last.ends();
  expect(connection.state).toMatchObject({ kind: 'lost', attempt: 1 });
  vi.advanceTimersByTime(250);
  expect(server.sockets).toHaveLength(2);
  server.last.ends();
  expect(connection.state).toMatchObject({ kind: 'lost', attempt: 2 });
  vi.advanceTimersByTime(500);
  server.last.opens();
  server.last.says('hello');
  server.last.ends();
  expect(connection.state).toMatchObject({ kind: 'lost', attempt: 1 });
});

test('tries at once for somebody who does not want to wait', () => {
  server.last.ends();
  connection.retryNow();
  expect(server.sockets).toHaveLength(2);
  vi.advanceTimersByTime(20_000);
  expect(server.sockets).toHaveLength(2);
});

test.each([
  [4001, 'signed-out'],
  [4002, 'taken-over'],
  [4004, 'not-found'],
] as const)('stays closed after code %i: %s', (code, why) => {
  server.last.opens();
  server.last.ends(code, 'because');
  expect(connection.state).toEqual({ kind: 'closed', why, message: 'because' });
  expect(closedBy).toEqual([why]);
  vi.advanceTimersByTime(60_000);
  expect(server.sockets).toHaveLength(1);
});

test('asks the server when nothing was heard for long, and keeps the socket of a server that answers', async () => {
  server.last.opens();
  await vi.advanceTimersByTimeAsync(SILENCE_MAX_MS);
  expect(server.probes).toBe(1);
  expect(connection.state.kind).toBe('open');
  await vi.advanceTimersByTimeAsync(SILENCE_MAX_MS);
  expect(server.probes).toBe(2);
});

test('gives up a silent socket whose server does not answer either', async () => {
  server.last.opens();
  server.isReachable = false;
  const silent = server.last;
  await vi.advanceTimersByTimeAsync(SILENCE_MAX_MS);
  expect(silent.isClosed).toBe(true);
  expect(connection.state.kind).toBe('lost');
});

test('does not listen to a socket that was given up', () => {
  const old = server.last;
  old.opens();
  connection.drop();
  old.says('late');
  old.ends(4001);
  expect(heard).toEqual(['opened']);
  expect(connection.state.kind).toBe('lost');
});
