import { pipeline } from 'node:stream/promises';
import postgres from 'postgres';
import type { OrganizationDatabase, Query, SqlValue, Tx } from '../kernel/database.ts';
import { ConnectionLost, SqlError } from '../kernel/database-error.ts';
import type { OrganizationId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import { Listener } from './database-listener.ts';
import { SessionPool } from './database-pool.ts';
import type { SessionKind } from './database-pool.ts';
import { OpenPromises } from './database-session.ts';
import type { Session } from './database-session.ts';
import { runTransaction } from './database-transaction.ts';
import type { CopyIn } from './database-transaction.ts';
import { APP_ROLE, explainFirstFailure, oneSocket, readUrl } from './database-target.ts';
import { PG_TYPES, arrayLiteral } from './database-types.ts';
import { OperatorError } from './operator-error.ts';

/** The database of one organization, with what only wiring needs. */
export interface OrganizationConnections extends OrganizationDatabase {
  /** A transaction whose statements may take a quarter of an hour and that can COPY (into a temporary table: row-level security forbids others). */
  importTx<T>(work: (query: Tx, copyIn: CopyIn) => Promise<T>): Promise<T>;
}

export interface Database {
  organization(id: OrganizationId): OrganizationConnections;
  /** Without an organization: SECURITY DEFINER functions and tables that belong to none. */
  readonly system: Query;
  /**
   * Wakes us when somebody notifies. `onSubscribed` is called at first and after each reconnection, because notifications in
   * between are lost. Returns how to stop.
   */
  listen(channel: string, onPayload: (payload: string) => void, onSubscribed: () => void): () => void;
  /** The database's clock. */
  now(): Promise<EpochMs>;
  close(): Promise<void>;
}

export interface DatabaseSettings {
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  readonly log: { warn(fields: object, message: string): void };
  /** Over all organizations of this process. */
  readonly connectionsMax?: number;
}

const CONNECTIONS_MAX = 20;
const IDLE_MS = 60_000;
const ACQUIRE_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 30_000;
const IMPORT_TIMEOUT_MS = 15 * 60_000;
/** PostgreSQL's own timeout comes first; this is for a server or a network that does not answer at all. */
const DEADLINE_GRACE_MS = 5_000;
/** A transaction that does nothing for so long holds locks for nothing. */
const IDLE_IN_TRANSACTION_MS = 30_000;
const CLOSE_GRACE_MS = 5_000;
const VERSION_MIN = 150_000;
/** With exactly this many statements in flight the library loses count; so nobody ever has. */
const PIPELINE_MAX = 1_000_000;

const SYSTEM: SessionKind = {
  key: 'system',
  organizationId: null,
  statementTimeoutMs: STATEMENT_TIMEOUT_MS,
};

interface OpenOptions {
  readonly url: string;
  readonly applicationName: string;
  readonly kind: SessionKind;
  readonly onNotify?: (channel: string, payload: string) => void;
}

function startupParameters(applicationName: string, kind: SessionKind): Record<string, string> {
  return {
    application_name: applicationName,
    role: APP_ROLE,
    ...(kind.organizationId === null ? {} : { 'ringline.organization_id': kind.organizationId }),
    statement_timeout: String(kind.statementTimeoutMs),
    idle_in_transaction_session_timeout: String(IDLE_IN_TRANSACTION_MS),
    TimeZone: 'UTC',
    DateStyle: 'ISO',
  };
}

/** Statements of ours that cannot be sent; the library would answer them in the wrong order. */
function checkValues(values: readonly SqlValue[]): void {
  if (values.length > 65_000) throw new Error('Bug: a statement with more than 65,000 parameters');
  for (const value of values as readonly unknown[]) {
    if (value === undefined) throw new Error('Bug: a statement with an undefined parameter');
    if (value instanceof Date && Number.isNaN(value.getTime()))
      throw new Error('Bug: an invalid date as parameter');
  }
}

class SourceFailed extends Error {}

/** Tells a failure of the caller's chunks from one of the connection. */
function rememberFailure(chunks: AsyncIterable<string | Uint8Array>): {
  chunks: AsyncIterable<string | Uint8Array>;
  failure: () => Error | null;
} {
  let failure: Error | null = null;
  async function* watched(): AsyncGenerator<string | Uint8Array> {
    try {
      yield* chunks;
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      throw new SourceFailed(failure.message);
    }
  }
  return { chunks: watched(), failure: () => failure };
}

const CONNECTION_CLASSES = /^(08|57P0[1-5]|25P03|25P04)/;

class PostgresSession implements Session {
  private readonly open = new OpenPromises();
  private readonly sql: postgres.Sql;
  private readonly deadlineMs: number;

  constructor({ url, applicationName, kind, onNotify }: OpenOptions) {
    const target = readUrl(url);
    const onClose = (): void => this.lose(new Error('the connection was closed'));
    const ssl = target.ssl as unknown;
    this.deadlineMs = kind.statementTimeoutMs + DEADLINE_GRACE_MS;
    this.sql = postgres({
      host: target.host,
      port: target.port,
      database: target.database ?? '',
      username: target.user ?? '',
      password: target.password ?? '',
      ssl:
        typeof ssl === 'object' && ssl !== null
          ? { servername: target.host, ...ssl }
          : ssl === true
            ? { servername: target.host }
            : false,
      max: 1,
      max_lifetime: null,
      connect_timeout: CONNECT_TIMEOUT_MS / 1000,
      max_pipeline: PIPELINE_MAX,
      no_subscribe: true,
      connection: startupParameters(applicationName, kind),
      types: PG_TYPES,
      onnotice: () => undefined,
      onclose: onClose,
      ...(onNotify === undefined ? {} : { onnotify: onNotify }),
      socket: oneSocket(target, CONNECT_TIMEOUT_MS, onClose),
    } as postgres.Options<Record<string, postgres.PostgresType>>);
  }

  get lost(): ConnectionLost | null {
    return this.open.lost;
  }

  onLost(callback: (why: ConnectionLost) => void): () => void {
    return this.open.onLost(callback);
  }

  destroy(): void {
    this.lose(new Error('we closed it'));
  }

  async run(text: TemplateStringsArray, values: readonly SqlValue[]): Promise<readonly object[]> {
    checkValues(values);
    const parameters = values.map((value) => (Array.isArray(value) ? arrayLiteral(value) : value));
    return await this.settle(() => this.sql(text, ...(parameters as postgres.ParameterOrFragment<never>[])));
  }

  async command(text: string): Promise<string> {
    const result = await this.settle(() => this.sql.unsafe(text));
    return result.command;
  }

  async copyIn(statement: string, chunks: AsyncIterable<string | Uint8Array>): Promise<void> {
    const source = rememberFailure(chunks);
    try {
      await this.settle(async () => pipeline(source.chunks, await this.sql.unsafe(statement).writable()));
    } catch (error) {
      throw source.failure() ?? error;
    }
  }

  private async settle<T>(work: () => PromiseLike<T>): Promise<T> {
    const late = (): void => this.lose(new Error(`no answer within ${this.deadlineMs} ms`));
    try {
      return await this.open.settle(work, this.deadlineMs, late);
    } catch (error) {
      throw this.translate(error);
    }
  }

  private translate(error: unknown): Error {
    if (error instanceof ConnectionLost) return error;
    if (
      error instanceof postgres.PostgresError &&
      error.severity === 'ERROR' &&
      !CONNECTION_CLASSES.test(error.code)
    ) {
      const { code, message, constraint_name: constraint } = error;
      return new SqlError(message, { code, constraint: constraint ?? null, cause: error });
    }
    const cause = error instanceof Error ? error : new Error(String(error));
    // The chunks' own failure: PostgreSQL has been told and the connection is in order.
    if (cause instanceof SourceFailed) return cause;
    // Not an answer of the server, or its last one: whatever state the connection is in, nobody may use it again.
    this.lose(cause);
    return 'code' in cause ? (this.open.lost ?? cause) : cause;
  }

  private lose(cause: Error): void {
    if (this.open.lost !== null) return;
    this.open.loseAll(
      new ConnectionLost(`The connection to the database was lost (${cause.message})`, {
        mayHaveHappened: true,
        cause,
      }),
    );
    void this.sql.end({ timeout: 0 }).catch(() => undefined);
  }
}

interface Verification {
  readonly role: string;
  readonly organization: string | null;
  readonly hasTooMuchPower: boolean;
  readonly version: number;
}

const statement = (text: TemplateStringsArray): TemplateStringsArray => text;

const WHO_ARE_WE = statement`
  select current_user as role, nullif(current_setting('ringline.organization_id', true), '') as organization,
         (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as "hasTooMuchPower",
         current_setting('server_version_num')::int as version`;

/** Row-level security rests on the start-up parameters: a connection where they did not arrive is not used. */
async function verify(session: Session, kind: SessionKind): Promise<void> {
  const [row] = (await session.run(WHO_ARE_WE, [])) as readonly Verification[];
  if (row === undefined) throw new Error('Bug: PostgreSQL does not say who we are');
  if (row.version < VERSION_MIN) {
    throw new OperatorError(
      `DATABASE_URL leads to PostgreSQL ${Math.floor(row.version / 10_000)}: Ringline needs 15 or newer.`,
    );
  }
  if (row.role !== APP_ROLE || row.organization !== kind.organizationId) {
    throw new OperatorError(
      'DATABASE_URL leads through something (a connection pooler?) that drops start-up parameters, which keep organizations apart: connect to PostgreSQL itself.',
    );
  }
  if (row.hasTooMuchPower) {
    throw new OperatorError(
      `Role ${APP_ROLE} is a superuser or has BYPASSRLS, so that organizations would not be kept apart: run "alter role ${APP_ROLE} nosuperuser nobypassrls".`,
    );
  }
}

async function openSession(options: OpenOptions): Promise<Session> {
  const session = new PostgresSession(options);
  try {
    await verify(session, options.kind);
    return session;
  } catch (error) {
    session.destroy();
    throw error;
  }
}

/** @throws OperatorError in one clear sentence when the database is not there or not safe to use. */
export async function checkDatabase(url: string, applicationName: string): Promise<void> {
  if ((postgres as { isPatchedForRingline?: boolean }).isPatchedForRingline !== true) {
    throw new OperatorError(
      'The postgres package is not patched: run "node scripts/install.mjs --postinstall" (npm start does so).',
    );
  }
  try {
    const session = await openSession({ url, applicationName, kind: SYSTEM });
    session.destroy();
  } catch (error) {
    throw error instanceof ConnectionLost ? explainFirstFailure(url, error) : error;
  }
}

/** Lends a living connection to `work`. One that died while it lay idle is noticed before anything is sent. */
async function withSession<T>(
  pool: SessionPool,
  kind: SessionKind,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  let session = await pool.acquire(kind);
  while (session.lost !== null) {
    pool.release(kind, session);
    session = await pool.acquire(kind);
  }
  try {
    return await work(session);
  } finally {
    pool.release(kind, session);
  }
}

function queryOf(pool: SessionPool, kind: SessionKind): Query {
  return async <Row extends object>(text: TemplateStringsArray, ...values: SqlValue[]) =>
    (await withSession(pool, kind, (session) => session.run(text, values))) as readonly Row[];
}

function organizationOf(pool: SessionPool, id: OrganizationId): OrganizationConnections {
  const kind = { key: id, organizationId: id, statementTimeoutMs: STATEMENT_TIMEOUT_MS };
  const importKind = { key: `${id}/import`, organizationId: id, statementTimeoutMs: IMPORT_TIMEOUT_MS };
  return {
    query: queryOf(pool, kind),
    tx: (work) => withSession(pool, kind, (session) => runTransaction(session, (tx) => work(tx))),
    importTx: (work) => withSession(pool, importKind, (session) => runTransaction(session, work)),
  };
}

/**
 * Opens the database with the powers of the app role.
 * @throws OperatorError in one clear sentence when it is not there, not migrated or not safe to use.
 */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  const { url, applicationName, log, connectionsMax = CONNECTIONS_MAX } = settings;
  await checkDatabase(url, applicationName);
  const pool = new SessionPool(
    { connectionsMax, idleMs: IDLE_MS, acquireTimeoutMs: ACQUIRE_TIMEOUT_MS },
    (kind) => openSession({ url, applicationName, kind }),
  );
  const listener = new Listener({
    open: (onNotify) => openSession({ url, applicationName, kind: SYSTEM, onNotify }),
    report: (fields, message) => log.warn(fields, message),
  });
  const system = queryOf(pool, SYSTEM);
  const organizations = new Map<OrganizationId, OrganizationConnections>();
  return {
    organization(id) {
      const connections = organizations.get(id) ?? organizationOf(pool, id);
      organizations.set(id, connections);
      return connections;
    },
    system,
    listen: (channel, onPayload, onSubscribed) => listener.subscribe(channel, { onPayload, onSubscribed }),
    async now() {
      const [row] = await system<{ now: EpochMs }>`select clock_timestamp() as now`;
      if (row === undefined) throw new Error('Bug: a select without a row');
      return row.now;
    },
    async close() {
      await Promise.all([listener.close(), pool.close(CLOSE_GRACE_MS)]);
    },
  };
}
