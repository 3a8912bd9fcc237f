import { expect, test } from 'vitest';
import { ConnectionLost } from '../kernel/database-error.ts';
import { SessionPool } from './database-pool.ts';
import type { SessionKind } from './database-pool.ts';
import { OpenPromises } from './database-session.ts';
import type { Session } from './database-session.ts';

const kind = (key: string): SessionKind => ({ key, organizationId: null, statementTimeoutMs: 1000 });
const one = kind('one');
const other = kind('other');

class FakeSession implements Session {
  private readonly open = new OpenPromises();

  get lost(): ConnectionLost | null {
    return this.open.lost;
  }

  run(): Promise<readonly object[]> {
    return Promise.resolve([]);
  }

  command(): Promise<string> {
    return Promise.resolve('');
  }

  copyIn(): Promise<void> {
    return Promise.resolve();
  }

  onLost(callback: (why: ConnectionLost) => void): () => void {
    return this.open.onLost(callback);
  }

  destroy(): void {
    this.open.loseAll(new ConnectionLost('gone', { mayHaveHappened: true }));
  }
}

/** A pool whose connections open at once; remembers all that it opened. */
function makePool(connectionsMax: number): {
  pool: SessionPool;
  opened: { key: string; session: Session }[];
} {
  const opened: { key: string; session: Session }[] = [];
  const settings = { connectionsMax, idleMs: 60_000, acquireTimeoutMs: 60_000 };
  const pool = new SessionPool(settings, async ({ key }) => {
    const session = new FakeSession();
    opened.push({ key, session });
    return session;
  });
  return { pool, opened };
}

const living = (opened: { session: Session }[]): number =>
  opened.filter(({ session }) => session.lost === null).length;

test('lends a returned connection again instead of opening another', async () => {
  const { pool, opened } = makePool(5);
  const first = await pool.acquire(one);
  pool.release(one, first);
  expect(await pool.acquire(one)).toBe(first);
  expect(opened).toHaveLength(1);
});

test('never lends a connection of one kind to another', async () => {
  const { pool, opened } = makePool(5);
  pool.release(one, await pool.acquire(one));
  await pool.acquire(other);
  expect(opened.map(({ key }) => key)).toEqual(['one', 'other']);
});

test('ends the longest idle connection of others when all are open, and gives each waiter exactly one', async () => {
  const { pool, opened } = makePool(3);
  const lent = await Promise.all([pool.acquire(one), pool.acquire(one), pool.acquire(one)]);
  const waiting = [pool.acquire(other), pool.acquire(other), pool.acquire(other)];
  for (const session of lent) pool.release(one, session);
  const got = await Promise.all(waiting);
  expect(new Set(got).size).toBe(3);
  expect(living(opened)).toBe(3);
  expect(opened).toHaveLength(6);
});

test('replaces a connection that dies while somebody waits', async () => {
  const { pool, opened } = makePool(1);
  const first = await pool.acquire(one);
  const waiting = pool.acquire(one);
  first.destroy();
  expect(await waiting).not.toBe(first);
  expect(living(opened)).toBe(1);
});

test('tells a waiter at once that no connection can be opened, and that nothing happened', async () => {
  const settings = { connectionsMax: 1, idleMs: 60_000, acquireTimeoutMs: 60_000 };
  const pool = new SessionPool(settings, () => Promise.reject(new Error('connect ECONNREFUSED')));
  await expect(pool.acquire(one)).rejects.toMatchObject({ name: 'ConnectionLost', mayHaveHappened: false });
  await expect(pool.acquire(one)).rejects.toThrow('ECONNREFUSED');
});

test('waits no longer than the bound for a free connection', async () => {
  const settings = { connectionsMax: 1, idleMs: 60_000, acquireTimeoutMs: 1 };
  const pool = new SessionPool(settings, async () => new FakeSession());
  const first = await pool.acquire(one);
  await expect(pool.acquire(one)).rejects.toThrow('All 1 database connections were busy');
  pool.release(one, first);
  expect(await pool.acquire(one)).toBe(first);
});

test('closes idle connections at once and lent ones when they come back', async () => {
  const { pool, opened } = makePool(2);
  const lent = await pool.acquire(one);
  pool.release(one, await pool.acquire(one));
  const closed = pool.close(60_000);
  expect(living(opened)).toBe(1);
  await expect(pool.acquire(one)).rejects.toThrow('closed');
  pool.release(one, lent);
  await closed;
  expect(living(opened)).toBe(0);
});
