import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { OperatorError } from './operator-error.ts';

const SHIPPED = fileURLToPath(new URL('../migrations', import.meta.url));
const TABLE = 'ringline_migration';
const CONNECT_TIMEOUT_MS = 5_000;

export interface MigrateOptions {
  /** Its user becomes the owner of the tables. Contains a password: never logged. */
  readonly url: string;
  /** Told the name of each migration that was applied. */
  readonly report: (line: string) => void;
  /** Folder of the migrations; another one in tests. */
  readonly folder?: string;
}

/** Migrations that this code does not know: the database is newer. */
async function unknownMigrations(client: pg.Client, folder: string): Promise<readonly string[]> {
  const exists = await client.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [
    `public.${TABLE}`,
  ]);
  if (exists.rows[0]?.exists !== true) return [];
  const known = new Set(readdirSync(folder).map((file) => path.parse(file).name));
  const { rows } = await client.query<{ name: string }>(`select name from public.${TABLE} order by id`);
  return rows.map(({ name }) => name).filter((name) => !known.has(name));
}

async function refuseNewer(client: pg.Client, folder: string): Promise<void> {
  const [first, ...more] = await unknownMigrations(client, folder);
  if (first === undefined) return;
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  throw new OperatorError(
    `The database is newer than this Ringline (it has migration ${first}${others}): start the newer Ringline, or restore the backup from before its upgrade.`,
  );
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'ringline migrate',
  });
  // A connection that dies between two queries tells us by the next one.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new OperatorError(
      `PostgreSQL at ${client.host}:${client.port} cannot be reached (${why}): start it or correct DATABASE_URL.`,
      { cause },
    );
  }
}

/** What a role may not do that migrations need is the operator's to mend; other failures are ours. */
async function explained<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { code, message } = cause as { code?: string; message?: string };
    // insufficient_privilege; 0LP01 invalid_grant_operation
    if (code !== '42501' && code !== '0LP01') throw cause;
    const user = new pg.Client({ connectionString: url }).user ?? '';
    throw new OperatorError(
      `The database role ${user} lacks a right that the tables need (${message ?? ''}): as a superuser run "alter role ${user} createrole", or make the role by hand: "create role ringline_app nologin; grant ringline_app to ${user} with admin option", and let ${user} own the database.`,
      { cause },
    );
  }
}

/**
 * Brings the schema up to this code, in one transaction. Of several processes that start at once one migrates and the others
 * wait for it. Returns the names of what was applied.
 * @throws OperatorError when the database cannot be reached or is newer than the code.
 */
export async function migrate({ url, report, folder = SHIPPED }: MigrateOptions): Promise<readonly string[]> {
  const client = await connect(url);
  try {
    await refuseNewer(client, folder);
    const silent = (): undefined => undefined;
    const applied = await explained(url, () =>
      runner({
        dbClient: client,
        dir: folder,
        direction: 'up',
        migrationsTable: TABLE,
        singleTransaction: true,
        advisoryLockMode: 'wait',
        logger: { debug: silent, info: silent, warn: silent, error: silent },
      }),
    );
    // Somebody newer may have migrated while we waited.
    await refuseNewer(client, folder);
    for (const { name } of applied) report(`migrated ${name}`);
    return applied.map(({ name }) => name);
  } finally {
    await client.end().catch(() => undefined);
  }
}
