import { expect, test } from 'vitest';
import type { CallId, Epoch, OrganizationId, PoolId } from '../kernel/ids.ts';
import type { LiveMessage } from './api/live-message.ts';
import type { PoolConnection } from './pool-connection.ts';
import { PoolFeed, type FeedReader } from './pool-feed.ts';
import { FakePoolOwner, callView } from './test-pool-owner.ts';

class Reader implements FeedReader {
  bufferedBytes = 0;
  readonly messages: LiveMessage[] = [];
  #wake: (() => void) | null = null;

  send(text: string): void {
    this.messages.push(JSON.parse(text) as LiveMessage);
    this.#wake?.();
  }

  async count(n: number): Promise<readonly LiveMessage[]> {
    while (this.messages.length < n) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.messages;
  }
}

function connected(owner: FakePoolOwner) {
  const gone = new Set<() => void>();
  const connection: PoolConnection & { end(): void } = {
    owner,
    local: { organizationId: 'o' as OrganizationId, epoch: 1 as Epoch, secret: 's', owner },
    remote: null,
    isGone: false,
    onGone: (listener) => {
      gone.add(listener);
      return () => gone.delete(listener);
    },
    end: () => {
      for (const listener of gone) listener();
    },
  };
  return connection;
}

const options = { gapMs: 1, bufferedBytesMax: 100, retryMs: 1 };
const a = callView('a' as CallId);
const b = callView('b' as CallId);

test('gives a snapshot first, then what changed, each with the next version', async () => {
  const owner = new FakePoolOwner('p' as PoolId);
  owner.set({ calls: [a] });
  const feed = new PoolFeed({ ...options, connect: async () => connected(owner) });
  const reader = new Reader();
  const detach = feed.attach(reader);
  await reader.count(1);
  owner.set({ calls: [a, b] });
  await reader.count(2);
  owner.set({ calls: [{ ...b, state: 'connected' }] });
  const [snapshot, first, second] = await reader.count(3);
  expect(snapshot).toMatchObject({ type: 'snapshot', version: 1, view: { calls: [a] } });
  expect(first).toMatchObject({ type: 'delta', version: 2, delta: { calls: { set: [b], remove: [] } } });
  expect(second).toMatchObject({
    type: 'delta',
    version: 3,
    delta: { calls: { set: [{ callId: 'b', state: 'connected' }], remove: ['a'] } },
  });
  detach();
  expect(owner.listenerCount).toBe(0);
});

test('a reader who lags is sent nothing until he has read, and then a snapshot instead of a backlog', async () => {
  const owner = new FakePoolOwner('p' as PoolId);
  const feed = new PoolFeed({ ...options, connect: async () => connected(owner) });
  const [slow, quick] = [new Reader(), new Reader()];
  feed.attach(slow);
  feed.attach(quick);
  await Promise.all([slow.count(1), quick.count(1)]);
  slow.bufferedBytes = 101;
  for (let i = 2; i <= 50; i += 1) {
    owner.set({ calls: i % 2 === 0 ? [a] : [b] });
    await quick.count(i);
  }
  expect(slow.messages).toHaveLength(1);
  slow.bufferedBytes = 0;
  const [, caughtUp] = await slow.count(2);
  expect(caughtUp).toMatchObject({ type: 'snapshot', version: 50, view: { calls: [a] } });
  owner.set({ calls: [b] });
  expect((await slow.count(3))[2]).toMatchObject({ type: 'delta', version: 51 });
});

test('says once that nobody owns the pool, and shows it again as soon as somebody does', async () => {
  const first = connected(new FakePoolOwner('p' as PoolId));
  const answers: (PoolConnection | null)[] = [first, null, null, connected(new FakePoolOwner('p' as PoolId))];
  const feed = new PoolFeed({ ...options, connect: async () => answers.shift() ?? null });
  const reader = new Reader();
  feed.attach(reader);
  await reader.count(1);
  first.end();
  const messages = await reader.count(3);
  expect(messages.map(({ type }) => type)).toEqual(['snapshot', 'unavailable', 'snapshot']);
  expect(messages[2]).toMatchObject({ version: 2 });
  expect(answers).toHaveLength(0);
});
