import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { OperatorError } from './operator-error.ts';
import type { PostgresHome } from './postgres-home.ts';
import { commandOf, isPidAlive } from './process-identity.ts';

/** Passwords of the cluster; kept in a file that only its owner may read. */
export interface ClusterSecrets {
  readonly superuserPassword: string;
  readonly ownerPassword: string;
}

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly isReady: boolean;
}

/** Why a launch did not lead to a running server. */
export type LaunchFailure = 'port-taken' | 'data-in-use' | 'other';

/** Room for a hundred connections of the product, its jobs and a person with psql. */
const CONNECTIONS_MAX = 200;
const LOG_BYTES_MAX = 10_000_000;
/** Recovery after a crash replays the write-ahead log: 0.8 s for 180 MB; this is for slow disks. */
const READY_WAIT_MS = 120_000;
const STOP_WAIT_MS = 30_000;
const POLL_MS = 20;

const secretsFile = (home: PostgresHome): string => path.join(home.cluster, 'secrets.json');
const logFile = (home: PostgresHome): string => path.join(home.base, 'postgresql.log');
const asAccount = (home: PostgresHome): { uid: number; gid: number } | object =>
  home.account === null ? {} : { uid: home.account.uid, gid: home.account.gid };
const binary = (home: PostgresHome, name: string): string => path.join(home.binaries, 'bin', name);

export function readSecrets(home: PostgresHome): ClusterSecrets {
  return JSON.parse(readFileSync(secretsFile(home), 'utf8')) as ClusterSecrets;
}

/** Makes the cluster beside its final place and moves it there when it is complete; the first of several makers wins. */
export function initialiseCluster(home: PostgresHome): void {
  if (existsSync(home.cluster)) return;
  const draft = `${home.cluster}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(path.join(draft, 'data'), { recursive: true });
  chmodSync(draft, 0o711);
  const secret = (): string => randomBytes(24).toString('base64url');
  const secrets: ClusterSecrets = { superuserPassword: secret(), ownerPassword: secret() };
  writeFileSync(path.join(draft, 'secrets.json'), JSON.stringify(secrets), { mode: 0o600 });
  const passwordFile = path.join(draft, 'password');
  writeFileSync(passwordFile, secrets.superuserPassword, { mode: 0o600 });
  if (home.account !== null) {
    for (const file of [path.join(draft, 'data'), passwordFile])
      chownSync(file, home.account.uid, home.account.gid);
  }
  const result = spawnSync(
    binary(home, 'initdb'),
    [
      ...['--pgdata', path.join(draft, 'data'), '--username', 'postgres', '--pwfile', passwordFile],
      ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C', '--data-checksums'],
      ...['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    ],
    { ...asAccount(home), cwd: draft, encoding: 'utf8', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } },
  );
  rmSync(passwordFile, { force: true });
  if (result.status !== 0) {
    rmSync(draft, { recursive: true, force: true });
    const why = result.error?.message ?? `${result.stdout}${result.stderr}`.trim().split('\n').at(-1);
    throw new OperatorError(`PostgreSQL could not make its data folder ${home.data}: ${why ?? 'unknown'}.`);
  }
  try {
    renameSync(draft, home.cluster);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(home.cluster)) throw error;
  }
}

/** The living postmaster of these data, or null. A pid file that a crash left behind is no postmaster. */
export function findPostmaster(home: PostgresHome): Postmaster | null {
  let lines: string[];
  try {
    lines = readFileSync(path.join(home.data, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return null;
  }
  const pid = Number(lines[0]);
  if (!isPidAlive(pid) || commandOf(pid)?.includes(home.data) === false) return null;
  return { pid, port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' };
}

/**
 * PostgreSQL refuses to start while the number in its pid file is somebody's, be it a zombie that nobody reaps or a stranger.
 * Such a file holds nothing back.
 */
export function removeMeaninglessPidFile(home: PostgresHome): void {
  const file = path.join(home.data, 'postmaster.pid');
  if (!existsSync(file) || findPostmaster(home) !== null) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  const command = commandOf(pid);
  if (command !== null && !command.includes(home.data)) rmSync(file, { force: true });
}

function logTail(home: PostgresHome, from: number): string {
  try {
    return readFileSync(logFile(home)).subarray(from).toString('utf8').trim();
  } catch {
    return '';
  }
}

function classify(log: string): LaunchFailure {
  if (/could not bind|could not create any TCP\/IP sockets/.test(log)) return 'port-taken';
  if (/lock file .* (already exists|is empty)|pre-existing shared memory block/.test(log))
    return 'data-in-use';
  return 'other';
}

export class LaunchError extends OperatorError {
  readonly failure: LaunchFailure;

  constructor(message: string, failure: LaunchFailure) {
    super(message);
    this.failure = failure;
  }
}

/** Starts the server in a session of its own, so that it outlives us and our terminal, and waits until it takes connections. */
export async function launch(
  home: PostgresHome,
  port: number,
  settings: readonly string[],
): Promise<Postmaster> {
  if (existsSync(logFile(home)) && statSync(logFile(home)).size > LOG_BYTES_MAX) truncateSync(logFile(home));
  const log = openSync(logFile(home), 'a', 0o600);
  const logFrom = statSync(logFile(home)).size;
  const all = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    `max_connections=${CONNECTIONS_MAX}`,
    'timezone=UTC',
    'log_timezone=UTC',
    'log_line_prefix=%m [%p] %a ',
    ...settings,
  ];
  const child = spawn(binary(home, 'postgres'), ['-D', home.data, ...all.flatMap((s) => ['-c', s])], {
    ...asAccount(home),
    cwd: home.data,
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
  });
  closeSync(log);
  const ended: { why?: string } = {};
  child.on('error', (error) => (ended.why = error.message));
  child.on('exit', (code, signal) => (ended.why = `it ended with ${code ?? signal ?? 'nothing'}`));
  child.unref();
  for (let waitedMs = 0; waitedMs < READY_WAIT_MS; waitedMs += POLL_MS) {
    const postmaster = findPostmaster(home);
    if (postmaster?.isReady === true && postmaster.pid === child.pid) return postmaster;
    if (ended.why !== undefined) {
      const text = logTail(home, logFrom);
      const fatal = /(?:FATAL|PANIC): +(.*)/.exec(text)?.[1] ?? text.split('\n').at(-1) ?? ended.why;
      throw new LaunchError(
        `PostgreSQL did not start on ${home.data} (${fatal}); its log is ${logFile(home)}.`,
        classify(text),
      );
    }
    await wait(POLL_MS);
  }
  throw new OperatorError(
    `PostgreSQL was not ready on ${home.data} after ${READY_WAIT_MS / 1000} s; its log is ${logFile(home)}.`,
  );
}

/** Ends the server: sessions are closed, the write-ahead log is flushed; after half a minute it is made to end at once. */
export async function stopPostmaster(pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    for (let waitedMs = 0; waitedMs < STOP_WAIT_MS; waitedMs += POLL_MS) {
      if (!isPidAlive(pid)) return;
      await wait(POLL_MS);
    }
  }
}

/** A TCP port of the loopback that nobody holds at this moment. */
export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(address.port)
          : reject(new Error('Bug: a TCP server without a port')),
      );
    });
  });
}
