import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import type { SqlValue } from '../kernel/database.ts';
import type { OrganizationId } from '../kernel/ids.ts';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';
import { useTestDatabase } from './test-database.ts';

const testDatabase = useTestDatabase();
const log = { warn: () => undefined };

async function asSuperuser(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: testDatabase().superuserUrl });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

const organizationName = (name: string) => [{ name }];

test('brings bigint and numeric as numbers, dates as ISO days, instants as milliseconds, jsonb as values', async () => {
  const { organization } = testDatabase();
  const rows = await organization.query`
    select 9007199254740991::bigint as big, 12.5::numeric as fraction, date '2026-11-20' as day,
           timestamptz '2026-11-20 08:00:00.123456+02' as at, null::timestamptz as never, 'infinity'::timestamptz as always,
           '{"a": [1]}'::jsonb as json, array[1, 2]::bigint[] as bigs, array['a"b', 'c\\d'] as texts, true as yes`;
  expect(rows).toEqual([
    {
      big: 9_007_199_254_740_991,
      fraction: 12.5,
      day: '2026-11-20',
      at: Date.UTC(2026, 10, 20, 6, 0, 0, 123),
      never: null,
      always: Infinity,
      json: { a: [1] },
      bigs: [1, 2],
      texts: ['a"b', 'c\\d'],
      yes: true,
    },
  ]);
});

test('sends lists, instants and JSON as parameters of the type that the statement asks for', async () => {
  const { organization, newId } = testDatabase();
  const id = newId(0 as never);
  const at = new Date(1_700_000_000_123);
  const rows = await organization.query`
    select ${id}::uuid = any(${[id]}) as "isOurs", ${[1, null, 3]}::int[] as numbers, ${[true, false]}::boolean[] as flags,
           ${at}::timestamptz as at, ${1_700_000_000_123}::timestamptz as "fromNumber",
           ${JSON.stringify({ a: 'ü"' })}::jsonb as json, ${JSON.stringify([{ n: 1 }])}::text::jsonb as text`;
  expect(rows).toMatchObject([
    {
      isOurs: true,
      flags: [true, false],
      at: at.getTime(),
      fromNumber: at.getTime(),
      json: { a: 'ü"' },
      text: [{ n: 1 }],
    },
  ]);
});

test('refuses a bigint that a number cannot hold, rather than bending it', async () => {
  const { organization } = testDatabase();
  await expect(organization.query`select 9007199254740993 as big`).rejects.toThrow('does not fit');
  expect(await organization.query`select 1 as one`).toEqual([{ one: 1 }]);
});

test('refuses a parameter that is undefined before anything is sent', async () => {
  const { organization } = testDatabase();
  const missing = undefined as unknown as SqlValue;
  await expect(organization.query`select ${missing}::text`).rejects.toThrow('undefined parameter');
});

test('tells a refused statement by its SQLSTATE and constraint, without the values of the row', async () => {
  const { organization, organizationId } = testDatabase();
  const again = organization.query`
    insert into organization (organization_id, name, created_at) values (${organizationId}, 'again', ${new Date(0)})`;
  await expect(again).rejects.toMatchObject({
    name: 'SqlError',
    code: '23505',
    constraint: 'organization_pkey',
  });
});

test('shows an organization its own rows and nobody else’s, and system none', async () => {
  const { database, makeOrganization } = testDatabase();
  const [north, south] = [await makeOrganization('North'), await makeOrganization('South')];
  const names = (id: OrganizationId) => database.organization(id).query`select name from organization`;
  expect(await names(north)).toEqual(organizationName('North'));
  expect(await names(south)).toEqual(organizationName('South'));
  expect(await database.system`select name from organization`).toEqual([]);
  const theft = database.organization(north).query`
    update organization set name = 'stolen' where organization_id = ${south} returning name`;
  expect(await theft).toEqual([]);
});

test('commits what the work did when it resolves and nothing when it rejects', async () => {
  const { organization } = testDatabase();
  await organization.tx((query) => query`update organization set name = 'kept'`);
  const failing = organization.tx(async (query) => {
    await query`update organization set name = 'lost'`;
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  expect(await organization.query`select name from organization`).toEqual(organizationName('kept'));
});

test('rolls back when a statement failed, even if the work swallowed the failure', async () => {
  const { organization } = testDatabase();
  const swallowing = organization.tx(async (query) => {
    await query`update organization set name = 'half'`;
    await query`select 1 / 0`.catch(() => undefined);
  });
  await expect(swallowing).rejects.toMatchObject({ code: '22012' });
  expect(await organization.query`select name from organization`).not.toEqual(organizationName('half'));
});

test('refuses a statement that comes after its transaction', async () => {
  const { organization } = testDatabase();
  const [late] = await organization.tx((query) => Promise.resolve([query]));
  await expect(late`update organization set name = 'late'`).rejects.toThrow(
    'after the end of its transaction',
  );
});

test('copies a stream into a temporary table and inserts from there', async () => {
  const { organization } = testDatabase();
  async function* rows(): AsyncGenerator<string> {
    for (let n = 0; n < 10_000; n += 1) yield `${n}\n`;
  }
  const counted = await organization.importTx(async (query, copyIn) => {
    await query`create temp table staged (n int) on commit drop`;
    await copyIn('copy staged from stdin', rows());
    return query`select count(*) as count, sum(n) as sum from staged`;
  });
  expect(counted).toEqual([{ count: 10_000, sum: 49_995_000 }]);
});

test.each([
  [
    'a bad last row',
    async function* () {
      yield '1\n';
      yield 'x\n';
    },
    'invalid input syntax for type integer',
  ],
  [
    'a source that breaks',
    async function* () {
      yield '1\n';
      throw new Error('file ended early');
    },
    'file ended early',
  ],
])('ends a copy with %s in that very error, and the connection stays usable', async (_, rows, message) => {
  const { organization } = testDatabase();
  const copying = organization.importTx(async (query, copyIn) => {
    await query`create temp table staged (n int) on commit drop`;
    await copyIn('copy staged from stdin', rows());
  });
  await expect(copying).rejects.toThrow(message);
  expect(await organization.query`select 1 as one`).toEqual([{ one: 1 }]);
});

test('hears notifications, and says after a lost connection that it listens again', async () => {
  const { database, organization } = testDatabase();
  const heard: string[] = [];
  const next = (): Promise<string> =>
    new Promise((resolve) => {
      tell = (what) => {
        heard.push(what);
        resolve(what);
      };
    });
  let tell = (what: string): void => void heard.push(what);
  let waiting = next();
  const stop = database.listen(
    'ringline_campaign',
    (payload) => tell(payload),
    () => tell('listening'),
  );
  expect(await waiting).toBe('listening');
  waiting = next();
  await organization.query`select pg_notify('ringline_campaign', 'one')`;
  expect(await waiting).toBe('one');
  waiting = next();
  await asSuperuser(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen%'`,
  );
  expect(await waiting).toBe('listening');
  waiting = next();
  await organization.query`select pg_notify('ringline_campaign', 'two')`;
  expect(await waiting).toBe('two');
  stop();
});

test('reads the clock of the database', async () => {
  const { database } = testDatabase();
  const first = await database.now();
  expect(await database.now()).toBeGreaterThanOrEqual(first);
});

/** Opens and closes at once: what matters is whether it may be opened. */
async function tryOpen(url: string): Promise<void> {
  const database: Database = await openDatabase({ url, applicationName: 'trial', log });
  await database.close();
}

test('does not start where the app role could see everybody’s rows', async () => {
  const { url } = testDatabase();
  await asSuperuser('alter role ringline_app bypassrls');
  try {
    await expect(tryOpen(url)).rejects.toThrow('Role ringline_app is a superuser or has BYPASSRLS');
  } finally {
    await asSuperuser('alter role ringline_app nobypassrls');
  }
  await tryOpen(url);
});

test.each([
  ['a wrong password', (url: URL) => (url.password = 'geheim'), 'refuses the password of user ringline'],
  ['no such database', (url: URL) => (url.pathname = '/nowhere'), 'has no database nowhere'],
  ['nobody there', (url: URL) => (url.port = '1'), 'cannot be reached (connect ECONNREFUSED 127.0.0.1:1)'],
])('says in one sentence what to do about %s', async (_, change, message) => {
  const url = new URL(inject('testCluster').ownerUrl);
  change(url);
  const failure = await tryOpen(url.toString()).then(
    () => new Error('it opened'),
    (error: unknown) => error as Error,
  );
  expect(failure.name).toBe('OperatorError');
  expect(failure.message).toContain(message);
  expect(failure.message).not.toContain('geheim');
});

/** Stands between us and PostgreSQL like a pooler that forwards only what it knows. */
async function withoutStartupParameters(target: URL, use: (url: string) => Promise<void>): Promise<void> {
  const { connect } = await import('node:net');
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ host: target.hostname, port: Number(target.port) });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.once('data', (startup: Buffer) => {
      const [user, database] = ['ringline', target.pathname.slice(1)];
      const body = Buffer.from(`user\0${user}\0database\0${database}\0\0`);
      const head = Buffer.from(startup.subarray(0, 8));
      head.writeInt32BE(body.length + 8, 0);
      upstream.write(Buffer.concat([head, body]));
      client.pipe(upstream);
    });
    upstream.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const through = new URL(target);
  through.port = String((server.address() as AddressInfo).port);
  try {
    await use(through.toString());
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

test('does not start through a pooler that drops the organization', async () => {
  await withoutStartupParameters(new URL(testDatabase().url), async (url) => {
    await expect(tryOpen(url)).rejects.toThrow('drops start-up parameters');
  });
});
