import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ServerClock } from '../ui/server-clock.svelte.ts';
import { at, callView, campaignView, fakeServer, poolView, type FakeServer } from './fake-socket.fixture.ts';
import { PoolFeed } from './pool-feed.svelte.ts';

let server: FakeServer;
let feed: PoolFeed;
let signedOut: number;

beforeEach(() => {
  vi.useFakeTimers();
  server = fakeServer();
  signedOut = 0;
  const clock = new ServerClock({ now: () => server.time });
  const { poolId } = poolView();
  feed = new PoolFeed({ poolId, ports: server, clock, whenSignedOut: () => (signedOut += 1) });
  feed.start();
});
afterEach(() => {
  feed.stop();
  vi.useRealTimers();
});

const snapshot = (version: number, change = {}): object => ({
  type: 'snapshot',
  version,
  view: poolView(change),
});
const delta = (version: number, change = {}): object => ({
  type: 'delta',
  version,
  delta: { at: at(2000), ...change },
});

test('is live from the first snapshot on, and follows its changes', () => {
  expect(feed.freshness.kind).toBe('waiting');
  server.last.opens();
  server.last.says(snapshot(7));
  expect(feed.isLive).toBe(true);
  server.last.says(delta(8, { calls: { set: [callView('a')], remove: [] } }));
  expect(feed.view?.calls).toHaveLength(1);
  expect(feed.isLive).toBe(true);
});

test('never shows figures of a lost connection as live', () => {
  server.last.opens();
  server.last.says(snapshot(1));
  server.last.ends();
  expect(feed.freshness).toEqual({ kind: 'stale', at: 1000, message: null });
  expect(feed.view).not.toBeNull();
});

test('figures from before a reconnection stay stale until a snapshot has come', () => {
  server.last.opens();
  server.last.says(snapshot(1));
  server.last.ends();
  vi.advanceTimersByTime(250);
  server.last.opens();
  expect(feed.freshness.kind).toBe('stale');
  server.last.says(delta(2));
  expect(feed.freshness.kind).toBe('stale');
  server.last.says(snapshot(90));
  expect(feed.freshness.kind).toBe('live');
});

test('a gap between versions makes it stale, and the next snapshot mends it', () => {
  server.last.opens();
  server.last.says(snapshot(1));
  server.last.says(delta(3, { calls: { set: [callView('a')], remove: [] } }));
  expect(feed.freshness.kind).toBe('stale');
  expect(feed.view?.calls).toEqual([]);
  server.last.says(snapshot(4));
  expect(feed.isLive).toBe(true);
  vi.advanceTimersByTime(10_000);
  expect(server.sockets).toHaveLength(1);
});

test('asks for a snapshot by a new socket when none comes after a gap', () => {
  server.last.opens();
  server.last.says(snapshot(1));
  server.last.says(delta(3));
  vi.advanceTimersByTime(5000);
  expect(server.sockets[0]?.isClosed).toBe(true);
  vi.advanceTimersByTime(1000);
  expect(server.sockets).toHaveLength(2);
});

test('says in the server’s words that nobody runs the pool', () => {
  server.last.opens();
  server.last.says(snapshot(1));
  server.last.says({ type: 'unavailable', message: 'Nobody runs this pool.' });
  expect(feed.freshness).toEqual({ kind: 'stale', at: 1000, message: 'Nobody runs this pool.' });
  server.last.says(snapshot(2));
  expect(feed.isLive).toBe(true);
});

test('a session that ended is told to whoever opened the feed', () => {
  server.last.opens();
  server.last.ends(4001, 'You are signed out.');
  expect(signedOut).toBe(1);
});

test('keeps ten minutes of a campaign, with gaps where nothing was known', () => {
  server.last.opens();
  server.last.says(snapshot(1));
  server.time = 1000;
  vi.advanceTimersByTime(1000);
  server.last.ends();
  server.time = 2000;
  vi.advanceTimersByTime(1000);
  const { samples } = feed.history(campaignView().campaignId);
  expect(samples.map(({ lines }) => lines)).toEqual([3, null]);
  server.time = 700_000;
  vi.advanceTimersByTime(1000);
  expect(feed.history(campaignView().campaignId).samples.length).toBeLessThanOrEqual(2);
});
