import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { locale } from '../i18n/locale.svelte.ts';
import { ServerClock } from '../ui/server-clock.svelte.ts';
import { fakeServer, poolView, type FakeServer } from './fake-socket.fixture.ts';
import FeedBanner from './feed-banner.svelte';
import { PoolFeed } from './pool-feed.svelte.ts';

let server: FakeServer;
let feed: PoolFeed;

beforeEach(() => {
  vi.useFakeTimers();
  locale.use('en');
  server = fakeServer();
  feed = new PoolFeed({
    poolId: poolView().poolId,
    ports: server,
    clock: new ServerClock({ now: () => server.time }),
    whenSignedOut: () => undefined,
  });
  feed.start();
  server.last.opens();
  server.last.says({ type: 'snapshot', version: 1, view: poolView() });
});
afterEach(() => {
  cleanup();
  feed.stop();
  vi.useRealTimers();
});

test('is not there while the figures are live', () => {
  const { container } = render(FeedBanner, { feed });
  expect(container.textContent.trim()).toBe('');
});

test('says that the connection is lost, of when the figures are, and tries at once when asked', async () => {
  render(FeedBanner, { feed });
  server.last.ends();
  await tick();
  expect(screen.getByRole('alert').textContent).toContain('The connection to the server is lost.');
  expect(screen.getByRole('alert').textContent).toMatch(/The figures below are from \d\d:\d\d:\d\d\./);
  await fireEvent.click(screen.getByRole('button', { name: 'Try now' }));
  expect(server.sockets).toHaveLength(2);
});

test('shows the server’s own sentence while nobody runs the pool', async () => {
  render(FeedBanner, { feed });
  server.last.says({ type: 'unavailable', message: 'Nobody runs this pool.' });
  await tick();
  expect(screen.getByRole('alert').textContent).toContain('Nobody runs this pool.');
});
