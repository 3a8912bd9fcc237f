import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { findPostgresHome } from './postgres-home.ts';
import type { PostgresHome } from './postgres-home.ts';
import {
  LaunchError,
  findPostmaster,
  freePort,
  initialiseCluster,
  launch,
  readSecrets,
  removeMeaninglessPidFile,
  stopPostmaster,
} from './postgres-process.ts';
import type { ClusterSecrets, Postmaster } from './postgres-process.ts';
import { identifyProcess, isSameProcess } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** A running PostgreSQL of our own. It outlives this process when that is killed; the next one attaches to it. */
export interface EmbeddedPostgres {
  /** Contains a password: never log it. */
  readonly url: string;
  /** For administration (ending backends, creating databases). Contains a password. */
  readonly superuserUrl: string;
  /** One line for people, or null. */
  readonly note: string | null;
  /** Stops the server unless another living process uses it. */
  stop(): Promise<void>;
}

export interface SupervisorOptions {
  /** RINGLINE_DATA */
  readonly dataFolder: string;
  /** Told when the server had to be started again, and why that did not work. */
  readonly report: (line: string) => void;
  /** Further settings, e.g. `fsync=off` for tests. */
  readonly settings?: readonly string[];
}

/** How soon a killed server is noticed. */
const WATCH_MS = 250;
/** Backends of a killed postmaster need a moment to notice and to let go of the shared memory. */
const IN_USE_RETRIES_MAX = 100;
const IN_USE_RETRY_MS = 100;
const PORT_TRIES_MAX = 10;
const GONE_TRIES_MAX = 50;
const OWNER = 'ringline';

const urlFor = (port: number, user: string, password: string): string =>
  `postgres://${user}:${password}@127.0.0.1:${port}`;

const portFile = (home: PostgresHome): string => path.join(home.base, 'port');

function lastPort(home: PostgresHome): number | null {
  return existsSync(portFile(home)) ? Number(readFileSync(portFile(home), 'utf8')) : null;
}

/** Attaches to the running server of these data or starts it. With `port`, that one or none. */
async function attachOrLaunch(
  home: PostgresHome,
  settings: readonly string[],
  port: number | null,
): Promise<Postmaster> {
  let wanted = port ?? lastPort(home) ?? (await freePort());
  let portTries = 0;
  for (let retries = 0; ; retries += 1) {
    const running = findPostmaster(home);
    if (running?.isReady === true) return running;
    if (running === null) {
      try {
        const launched = await launch(home, wanted, settings);
        writeFileSync(portFile(home), String(launched.port));
        return launched;
      } catch (error) {
        if (!(error instanceof LaunchError) || error.failure === 'other') throw error;
        if (error.failure === 'port-taken') {
          portTries += 1;
          if (portTries >= PORT_TRIES_MAX) throw error;
          if (port === null) wanted = await freePort();
        } else if (retries >= IN_USE_RETRIES_MAX) throw error;
        removeMeaninglessPidFile(home);
      }
    }
    // Starting or stopping under somebody else's hands, or its dead backends still hold the memory.
    await wait(IN_USE_RETRY_MS);
  }
}

const DUPLICATE = new Set(['42710', '42P04', '23505']);

/** Role and database of the product, made once. The role owns its database and may make roles, and is no superuser. */
async function ensureDatabase(port: number, secrets: ClusterSecrets): Promise<void> {
  const client = new pg.Client({
    connectionString: `${urlFor(port, 'postgres', secrets.superuserPassword)}/postgres`,
    connectionTimeoutMillis: 10_000,
    query_timeout: 30_000,
  });
  client.on('error', () => undefined);
  await client.connect();
  const makeUnless = async (existing: string, statement: string): Promise<void> => {
    const found = await client.query(existing, [OWNER]);
    if (found.rowCount !== 0) return;
    await client.query(statement).catch((error: unknown) => {
      if (!DUPLICATE.has((error as { code?: string }).code ?? '')) throw error;
    });
  };
  try {
    await makeUnless(
      'select from pg_roles where rolname = $1',
      `create role ${OWNER} login createrole password '${secrets.ownerPassword}'`,
    );
    await makeUnless('select from pg_database where datname = $1', `create database ${OWNER} owner ${OWNER}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The server that we attached to was just ending: nobody answers, or it says that it shuts down. */
function isGoneError(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code !== 'string' || code.startsWith('E') || /^(57P0|08)/.test(code);
}

/** A server that answers, with our role and database in it. */
async function bringUp(home: PostgresHome, settings: readonly string[]): Promise<Postmaster> {
  const secrets = readSecrets(home);
  for (let tries = 1; ; tries += 1) {
    const postmaster = await attachOrLaunch(home, settings, null);
    try {
      await ensureDatabase(postmaster.port, secrets);
      return postmaster;
    } catch (error) {
      if (!isGoneError(error) || tries >= GONE_TRIES_MAX) throw error;
      await wait(IN_USE_RETRY_MS);
    }
  }
}

/** Who uses the server: one file per process, so that the last one out stops it. */
class Users {
  private readonly folder: string;
  private readonly mine: string;

  constructor(home: PostgresHome) {
    this.folder = path.join(home.base, 'users');
    this.mine = path.join(this.folder, `${process.pid}.json`);
  }

  enter(): void {
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(this.mine, JSON.stringify(identifyProcess(process.pid)));
  }

  /** Whether nobody else is left. */
  leave(): boolean {
    rmSync(this.mine, { force: true });
    if (!existsSync(this.folder)) return true;
    return !readdirSync(this.folder).some((file) => this.isInUse(path.join(this.folder, file)));
  }

  private isInUse(file: string): boolean {
    try {
      if (isSameProcess(JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity)) return true;
      rmSync(file, { force: true });
      return false;
    } catch {
      return false;
    }
  }
}

/** Starts the server again when it was killed, at the same port, so that everybody's address stays right. */
function watch(home: PostgresHome, first: Postmaster, options: SupervisorOptions): () => Promise<void> {
  let isStopped = false;
  let restart: Promise<unknown> | null = null;
  let complained = '';
  const again = async (): Promise<void> => {
    options.report('PostgreSQL has ended by itself; starting it again.');
    try {
      await attachOrLaunch(home, options.settings ?? [], first.port);
      complained = '';
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== complained) options.report(message);
      complained = message;
    }
  };
  const timer = setInterval(() => {
    if (isStopped || restart !== null || findPostmaster(home) !== null) return;
    restart = again().finally(() => (restart = null));
  }, WATCH_MS);
  timer.unref();
  return async () => {
    isStopped = true;
    clearInterval(timer);
    await restart;
  };
}

/**
 * Brings up the PostgreSQL of a data folder: makes the cluster when there is none, attaches to one that runs, starts it
 * otherwise, and watches it.
 * @throws OperatorError with one clear sentence.
 */
export async function startEmbeddedPostgres(options: SupervisorOptions): Promise<EmbeddedPostgres> {
  const home = findPostgresHome(options.dataFolder);
  initialiseCluster(home);
  const users = new Users(home);
  users.enter();
  const postmaster = await bringUp(home, options.settings ?? []);
  const secrets = readSecrets(home);
  const stopWatching = watch(home, postmaster, options);
  let isStopped = false;
  return {
    url: `${urlFor(postmaster.port, OWNER, secrets.ownerPassword)}/${OWNER}`,
    superuserUrl: `${urlFor(postmaster.port, 'postgres', secrets.superuserPassword)}/${OWNER}`,
    note: home.note,
    async stop() {
      if (isStopped) return;
      isStopped = true;
      await stopWatching();
      const running = findPostmaster(home);
      if (users.leave() && running !== null) await stopPostmaster(running.pid);
    },
  };
}
