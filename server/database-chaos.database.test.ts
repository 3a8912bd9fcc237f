import { setImmediate as turn } from 'node:timers/promises';
import pg from 'pg';
import { expect, test } from 'vitest';
import type { Tx } from '../kernel/database.ts';
import { ConnectionLost } from '../kernel/database-error.ts';
import { seededRandom } from '../kernel/random.ts';
import type { OrganizationConnections } from './database.ts';
import { useTestDatabase } from './test-database.ts';

/** RINGLINE_CHAOS_KILLS=5000 for a soak. */
const KILLS = Number(process.env['RINGLINE_CHAOS_KILLS'] ?? 400);
/** The default bound of a process. */
const CONNECTIONS = 20;
const random = seededRandom(20_261_120);
const testDatabase = useTestDatabase();

/** What a worker was told about each of its ids. */
type Told = 'stored' | 'not-stored' | 'unknown';

interface Fates {
  readonly transactions: Map<string, Told>;
  readonly statements: Map<string, Told>;
  readonly copies: Map<string, Told>;
}

function toldBy(error: unknown): Told {
  if (error instanceof ConnectionLost) return error.mayHaveHappened ? 'unknown' : 'not-stored';
  throw error;
}

async function fateOf(work: Promise<unknown>): Promise<Told> {
  try {
    await work;
    return 'stored';
  } catch (error) {
    return toldBy(error);
  }
}

/** A transaction that does what careless code does: it goes on after a failure, and after its connection has gone. */
async function stubbornTransaction(db: OrganizationConnections, id: string): Promise<unknown> {
  const insert = async (query: Tx, part: string): Promise<unknown> =>
    query`insert into marker (id, part) values (${id}, ${part})`;
  return db.tx(async (query) => {
    await insert(query, 'first');
    if (random.next() < 0.3) await query`select pg_sleep(0.002)`;
    for (let turns = random.next() * 5; turns > 1; turns -= 1) await turn();
    const isDone = await Promise.all([insert(query, 'second'), insert(query, 'third')]).then(
      () => true,
      () => false,
    );
    if (isDone) return;
    for (let again = 0; again < 20; again += 1) {
      await insert(query, 'late').catch(() => undefined);
      await turn();
    }
  });
}

async function copyTransaction(db: OrganizationConnections, id: string): Promise<unknown> {
  return db.importTx(async (query, copyIn) => {
    await query`create temp table staged (id text, part text) on commit drop`;
    await copyIn('copy staged from stdin', rowsOf(id));
    await query`insert into marker select id, part from staged`;
  });
}

async function* rowsOf(id: string): AsyncGenerator<string> {
  for (let row = 0; row < 200; row += 1) {
    if (row % 50 === 0) await turn();
    yield `${id}\trow ${row}\n`;
  }
}

async function workUntil(isOver: () => boolean, work: (n: number) => Promise<void>): Promise<void> {
  for (let n = 0; !isOver(); n += 1) {
    await work(n);
    await turn();
  }
}

async function endBackends(admin: pg.Client, share: number): Promise<number> {
  const { rowCount } = await admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and usename = 'ringline' and random() < $1`,
    [share],
  );
  return rowCount ?? 0;
}

async function partsById(admin: pg.Client, where: string): Promise<Map<string, number>> {
  const { rows } = await admin.query<{ id: string; parts: number }>(
    `select id, count(*)::int as parts from marker where ${where} group by id`,
  );
  return new Map(rows.map(({ id, parts }) => [id, parts]));
}

function expectFates(told: Map<string, Told>, stored: Map<string, number>, whole: number): void {
  for (const [id, fate] of told) {
    const parts = stored.get(id) ?? 0;
    if (fate === 'stored') expect([id, parts]).toEqual([id, whole]);
    else if (fate === 'not-stored') expect([id, parts]).toEqual([id, 0]);
    else expect([0, whole]).toContain(parts);
  }
}

/** How many connections the pool can lend at once; fewer than its bound means that some were lost to it. */
async function countLendable(db: OrganizationConnections): Promise<number> {
  const pids = new Set<number>();
  let open = (): void => undefined;
  const everybodyIsIn = new Promise<void>((resolve) => (open = resolve));
  await Promise.all(
    Array.from({ length: CONNECTIONS }, () =>
      db.tx(async (query) => {
        const [row] = await query<{ pid: number }>`select pg_backend_pid() as pid`;
        pids.add(row?.pid ?? 0);
        if (pids.size === CONNECTIONS) open();
        await everybodyIsIn;
      }),
    ),
  );
  return pids.size;
}

const countTold = (fates: Map<string, Told>, told: Told): number =>
  [...fates.values()].filter((fate) => fate === told).length;

test(`ending backends ${KILLS} times under load breaks no transaction, loses no promise and crashes nothing`, async () => {
  const { organization: db, superuserUrl, url } = testDatabase();
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  await owner.query('create table marker (id text not null, part text not null)');
  await owner.query('grant select, insert on marker to ringline_app');
  await owner.end();
  const admin = new pg.Client({ connectionString: superuserUrl });
  admin.on('error', () => undefined);
  await admin.connect();

  const fates: Fates = { transactions: new Map(), statements: new Map(), copies: new Map() };
  let kills = 0;
  const isOver = (): boolean =>
    kills >= KILLS &&
    Object.values<Map<string, Told>>({ ...fates }).every((told) => countTold(told, 'stored') > 10);
  const workers = [
    ...Array.from({ length: 8 }, (_, w) =>
      workUntil(isOver, async (n) => {
        const id = `t${w}-${n}`;
        fates.transactions.set(id, await fateOf(stubbornTransaction(db, id)));
      }),
    ),
    ...Array.from({ length: 8 }, (_, w) =>
      workUntil(isOver, async (n) => {
        const id = `s${w}-${n}`;
        const insert = db.query`insert into marker (id, part) values (${id}, 'only')`;
        fates.statements.set(id, await fateOf(insert));
      }),
    ),
    ...Array.from({ length: 2 }, (_, w) =>
      workUntil(isOver, async (n) => {
        const id = `c${w}-${n}`;
        fates.copies.set(id, await fateOf(copyTransaction(db, id)));
      }),
    ),
  ];
  const killer = workUntil(isOver, async () => {
    await admin.query('select pg_sleep($1)', [random.next() * 0.02]);
    kills += await endBackends(admin, random.next() < 0.2 ? 1 : 0.3);
  });
  await Promise.all([killer, ...workers]);

  expect(await partsById(admin, `part = 'late'`)).toEqual(new Map());
  expectFates(fates.transactions, await partsById(admin, `id like 't%'`), 3);
  expectFates(fates.statements, await partsById(admin, `id like 's%'`), 1);
  expectFates(fates.copies, await partsById(admin, `id like 'c%'`), 200);
  // The trial was one: every kind of work was hit.
  for (const told of [fates.transactions, fates.statements, fates.copies]) {
    expect(countTold(told, 'not-stored') + countTold(told, 'unknown')).toBeGreaterThan(0);
  }
  expect(await countLendable(db)).toBe(CONNECTIONS);
  await admin.end();
}, 120_000);
