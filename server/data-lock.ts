import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { OperatorError } from './operator-error.ts';
import { identifyProcess, isSameProcess } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

interface LockHolder extends ProcessIdentity {
  /** Where people reach it, e.g. http://127.0.0.1:8080. */
  readonly address: string;
}

export interface DataLock {
  /** Tells the next starter where we are, once that is known. */
  announce(address: string): void;
  release(): void;
}

const TAKEOVER_STALE_MS = 5_000;

function read(file: string): LockHolder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LockHolder;
  } catch {
    return null;
  }
}

/** Makes the file with its content in one step; false when somebody else's stands there. */
function create(file: string, holder: LockHolder): boolean {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(holder), { mode: 0o644 });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Removes the lock of a dead holder. Only one starter does so at a time (a folder is the mutex): without it, a slow second one
 * would remove the fresh lock of the first.
 */
function removeStale(file: string): void {
  const mutex = `${file}.takeover`;
  try {
    mkdirSync(mutex);
  } catch {
    removeForgottenMutex(mutex);
    return;
  }
  try {
    const holder = read(file);
    if (holder === null || !isSameProcess(holder)) rmSync(file, { force: true });
  } finally {
    rmSync(mutex, { recursive: true, force: true });
  }
}

/** One whose maker died between two lines. Ages are compared by the file system's own clock. */
function removeForgottenMutex(mutex: string): void {
  const probe = `${mutex}.${process.pid}`;
  try {
    writeFileSync(probe, '');
    if (statSync(probe).mtimeMs - statSync(mutex).mtimeMs > TAKEOVER_STALE_MS) {
      rmSync(mutex, { recursive: true, force: true });
    }
  } catch {
    // It has gone in the meantime: what we wanted.
  } finally {
    rmSync(probe, { force: true });
  }
}

/**
 * Makes this process the only one that runs the product on a data folder. A dead holder's lock is taken over.
 * @throws OperatorError (exit code 2) that names the living holder.
 */
export async function lockDataFolder(folder: string): Promise<DataLock> {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'ringline.lock');
  let mine: LockHolder = { ...identifyProcess(process.pid), address: '' };
  while (!create(file, mine)) {
    const holder = read(file);
    if (holder !== null && isSameProcess(holder)) {
      const where = holder.address === '' ? 'still starting' : holder.address;
      throw new OperatorError(
        `Ringline already runs on ${folder} (process ${holder.pid}, ${where}): use that one, stop it, or set RINGLINE_DATA to another folder.`,
        { exitCode: 2 },
      );
    }
    removeStale(file);
    await wait(20);
  }
  return {
    announce(address) {
      mine = { ...mine, address };
      writeFileSync(file, JSON.stringify(mine));
    },
    release() {
      if (read(file)?.pid === mine.pid) rmSync(file, { force: true });
    },
  };
}
