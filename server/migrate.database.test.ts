import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeEach, expect, inject, test } from 'vitest';
import { migrate } from './migrate.ts';
import { withDatabase } from './test-cluster.ts';

const NAME = `migrate_${process.pid}`;
const url = withDatabase(inject('testCluster').ownerUrl, NAME);
const report = (): void => undefined;

async function administrate(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: inject('testCluster').superuserUrl });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

async function ask<Row extends object>(text: string): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Row>(text);
  await client.end();
  return rows;
}

beforeEach(() =>
  administrate(`drop database if exists ${NAME} with (force)`, `create database ${NAME} owner ringline`),
);
afterAll(() => administrate(`drop database if exists ${NAME} with (force)`));

const shipped = readdirSync(new URL('../migrations', import.meta.url)).map((file) => path.parse(file).name);

test('brings an empty database up to date, once', async () => {
  expect(await migrate({ url, report })).toEqual(shipped.sort());
  expect(await migrate({ url, report })).toEqual([]);
});

test('works from several processes at once: one migrates, the others wait', async () => {
  const applied = await Promise.all(Array.from({ length: 4 }, () => migrate({ url, report })));
  expect(applied.map((names) => names.length).sort((a, b) => a - b)).toEqual([0, 0, 0, shipped.length]);
});

test('applies all of the pending migrations or none', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ringline-migrations-'));
  writeFileSync(path.join(folder, '0001_good.sql'), '-- Up Migration\ncreate table good (x int);');
  writeFileSync(path.join(folder, '0002_bad.sql'), '-- Up Migration\ncreate table bad (x no_such_type);');
  await expect(migrate({ url, report, folder })).rejects.toThrow('no_such_type');
  expect(await ask(`select 1 from pg_tables where tablename = 'good'`)).toEqual([]);
  writeFileSync(path.join(folder, '0002_bad.sql'), '-- Up Migration\ncreate table bad (x int);');
  expect(await migrate({ url, report, folder })).toEqual(['0001_good', '0002_bad']);
  rmSync(folder, { recursive: true });
});

test('refuses a database that is newer than the code, and names what it does not know', async () => {
  await migrate({ url, report });
  await ask(`insert into ringline_migration (name, run_on) values ('9999_from-the-future', now())`);
  await expect(migrate({ url, report })).rejects.toMatchObject({
    name: 'OperatorError',
    message:
      'The database is newer than this Ringline (it has migration 9999_from-the-future): start the newer Ringline, or restore the backup from before its upgrade.',
  });
});

test('says in one sentence that the database cannot be reached', async () => {
  await expect(migrate({ url: 'postgres://a:geheim@127.0.0.1:1/x', report })).rejects.toThrow(
    'PostgreSQL at 127.0.0.1:1 cannot be reached (connect ECONNREFUSED 127.0.0.1:1): start it or correct DATABASE_URL.',
  );
});
