import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import type { OrganizationDatabase, Query } from '../kernel/database.ts';

/** Resolves as soon as a statement in the tests' database waits for a lock: seen from outside, by a superuser. */
export function useLockWatch(database: () => { readonly superuserUrl: string }): () => Promise<void> {
  let watcher: pg.Client | null = null;
  beforeAll(async () => {
    watcher = new pg.Client({ connectionString: database().superuserUrl });
    await watcher.connect();
  });
  afterAll(async () => {
    await watcher?.end();
  });
  return async () => {
    for (let isWaiting = false; !isWaiting;) {
      const result = await watcher?.query<{ waiting: number }>(
        `select count(*)::int as waiting from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`,
      );
      isWaiting = (result?.rows[0]?.waiting ?? 0) > 0;
    }
  };
}

/** A database whose statements are those of one open transaction: what it writes is on its way until that commits. */
export const within = (query: Query): OrganizationDatabase => ({
  query,
  tx: (work) => work(query as Parameters<typeof work>[0]),
});
