import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startEmbeddedPostgres } from './postgres-supervisor.ts';
import type { EmbeddedPostgres } from './postgres-supervisor.ts';
import { isPidAlive } from './process-identity.ts';

let folder = '';
let reports: string[] = [];
let running: EmbeddedPostgres[] = [];
let children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ringline-supervisor-'));
  chmodSync(folder, 0o755);
  reports = [];
  running = [];
  children = [];
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const postgres of running) await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(dataFolder = folder): Promise<EmbeddedPostgres> {
  const report = (line: string): void => void reports.push(line);
  const postgres = await startEmbeddedPostgres({ dataFolder, report });
  running.push(postgres);
  return postgres;
}

/** Another process that starts the same cluster; resolves to the address it got. */
async function startElsewhere(): Promise<{ url: string; child: ChildProcess }> {
  const module = JSON.stringify(new URL('./postgres-supervisor.ts', import.meta.url).href);
  const script = `
    import { startEmbeddedPostgres } from ${module};
    const postgres = await startEmbeddedPostgres({ dataFolder: process.argv[1], report: () => {} });
    process.on('SIGTERM', () => postgres.stop().then(() => process.exit(0)));
    console.log(postgres.url);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: chunk.toString().trim(), child };
}

async function ask<Row extends object>(url: string, text: string): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Asks until there is an answer: the server may be coming back. */
async function askPatiently<Row extends object>(url: string, text: string): Promise<readonly Row[]> {
  for (let tries = 0; tries < 200; tries += 1) {
    try {
      return await ask<Row>(url, text);
    } catch {
      await wait(50);
    }
  }
  throw new Error('PostgreSQL did not come back');
}

const pidFile = (): string => path.join(folder, 'postgres/cluster/data/postmaster.pid');
const postmasterPid = (): number => Number(readFileSync(pidFile(), 'utf8').split('\n')[0]);

test('makes a UTF-8 cluster whose database belongs to a role that is no superuser, on the loopback only', async () => {
  const { url, superuserUrl } = await start();
  expect(
    await ask(
      superuserUrl,
      `select current_setting('server_encoding') as encoding, current_setting('listen_addresses') as addresses,
              current_setting('unix_socket_directories') as sockets, current_setting('data_checksums') as checksums,
              rolname as owner, rolsuper as "isSuperuser"
         from pg_database join pg_roles r on r.oid = datdba where datname = current_database()`,
    ),
  ).toEqual([
    {
      encoding: 'UTF8',
      addresses: '127.0.0.1',
      sockets: '',
      checksums: 'on',
      owner: 'ringline',
      isSuperuser: false,
    },
  ]);
  expect(statSync(path.join(folder, 'postgres/cluster/secrets.json')).mode & 0o777).toBe(0o600);
  const wrong = new URL(url);
  wrong.password = 'guess';
  await expect(ask(wrong.toString(), 'select 1')).rejects.toThrow('password authentication failed');
});

test('keeps its data and its address from one start to the next, and ends with a clean stop', async () => {
  const first = await start();
  await ask(first.url, 'create table kept as select 42 as answer');
  const pid = postmasterPid();
  await first.stop();
  expect(isPidAlive(pid)).toBe(false);
  expect(existsSync(pidFile())).toBe(false);
  const second = await start();
  expect(second.url).toBe(first.url);
  expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

test('outlives a killed parent, and the next start attaches to it', async () => {
  const { url, child } = await startElsewhere();
  const pid = postmasterPid();
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  const next = await start();
  expect(next.url).toBe(url);
  expect(postmasterPid()).toBe(pid);
  await next.stop();
  expect(isPidAlive(pid)).toBe(false);
});

test('comes back at the same address after kill -9, with every acknowledged row', async () => {
  const { url } = await start();
  await ask(url, 'create table written (n int primary key)');
  const writer = new pg.Client({ connectionString: url });
  writer.on('error', () => undefined);
  await writer.connect();
  let acknowledged = 0;
  const writing = (async () => {
    for (;;) {
      await writer.query('insert into written values ($1)', [acknowledged + 1]);
      acknowledged += 1;
      if (acknowledged === 200) process.kill(postmasterPid(), 'SIGKILL');
    }
  })().catch(() => undefined);
  await writing;
  const rows = await askPatiently<{ count: number }>(url, 'select count(*)::int as count from written');
  // The insert whose answer was lost may be stored as well.
  expect([acknowledged, acknowledged + 1]).toContain(rows[0]?.count);
  expect(reports).toEqual(['PostgreSQL has ended by itself; starting it again.']);
});

test('starts after its parent and itself were killed together', async () => {
  const { url, child } = await startElsewhere();
  await ask(url, 'create table kept (x int)');
  child.kill('SIGKILL');
  process.kill(postmasterPid(), 'SIGKILL');
  const next = await start();
  expect(await ask(next.url, 'select * from kept')).toEqual([]);
});

test('goes on for the others when one of several processes leaves', async () => {
  const here = await start();
  const { url, child } = await startElsewhere();
  expect(url).toBe(here.url);
  const pid = postmasterPid();
  await here.stop();
  expect(isPidAlive(pid)).toBe(true);
  child.kill('SIGTERM');
  await once(child, 'exit');
  expect(isPidAlive(pid)).toBe(false);
});

test('is made once when several processes start on an empty folder together', async () => {
  const starters = await Promise.all([startElsewhere(), startElsewhere(), startElsewhere()]);
  expect(new Set(starters.map(({ url }) => url)).size).toBe(1);
  expect(await ask(starters[0].url, 'select 1 as one')).toEqual([{ one: 1 }]);
  const here = await start();
  for (const { child } of starters) child.kill('SIGKILL');
  await here.stop();
});

test('is not kept from starting by a pid file whose number belongs to a stranger', async () => {
  const first = await start();
  await first.stop();
  writeFileSync(pidFile(), `${process.pid}\n${path.dirname(pidFile())}\n1\n5432\n\n127.0.0.1\n0 0\nready\n`);
  const next = await start();
  expect(await ask(next.url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('refuses data of another major version and names the way out', async () => {
  const first = await start();
  await first.stop();
  running = [];
  const data = path.join(folder, 'postgres/cluster/data');
  writeFileSync(path.join(data, 'PG_VERSION'), '16\n');
  await expect(start()).rejects.toMatchObject({
    name: 'OperatorError',
    exitCode: 2,
    message: `The data in ${data} were written by PostgreSQL 16, and this Ringline brings 18: run pg_dump of PostgreSQL 16 on them and load the dump into a PostgreSQL named by DATABASE_URL, or move the folder away to start empty.`,
  });
});

test('says why it cannot start and where its log is', async () => {
  const first = await start();
  await first.stop();
  running = [];
  rmSync(path.join(folder, 'postgres/cluster/data/global/pg_control'));
  const log = path.join(folder, 'postgres/postgresql.log');
  await expect(start()).rejects.toThrow(new RegExp(`pg_control.*log is ${log}`, 's'));
});

test.skipIf(process.getuid?.() !== 0)(
  'run by root on a folder that its account cannot enter, keeps the data elsewhere and says so once [needs root]',
  async () => {
    chmodSync(folder, 0o700);
    const first = await start(path.join(folder, 'data'));
    const base = readFileSync(path.join(folder, 'data/postgres/location'), 'utf8').trim();
    try {
      expect(first.note).toMatch(
        /^PostgreSQL runs as user \w+, who cannot enter .*: its data are kept in \//,
      );
      expect(first.note).toContain(base);
      await ask(first.url, 'create table kept as select 42 as answer');
      await first.stop();
      const second = await start(path.join(folder, 'data'));
      expect(second.note).toBeNull();
      expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
      await second.stop();
      running = [];
    } finally {
      rmSync(base, { recursive: true, force: true });
    }
  },
);
