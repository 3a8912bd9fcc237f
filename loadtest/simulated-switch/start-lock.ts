import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A start that takes longer than this has failed. */
export const START_TIMEOUT_MS = 20_000;

export interface StartLock {
  /** Frees this lock and those of starters that died; only once the state file says what was started. */
  release(): void;
}

const fileName = (generation: number): string => `simulated-switch.start-${generation}.lock`;

function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function isHeld(file: string): boolean {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    // Empty: just created and not written yet, so somebody holds it.
    return pid === 0 || isProcessAlive(pid);
  } catch {
    return true;
  }
}

/**
 * The right to start the switch of this folder; null while somebody else has it. The lock of a starter that died is not
 * taken away, which two could do at once, but stepped over: the next generation's file decides. `stepsOver` also passes by one whose holder lives.
 */
export function takeStartLock(stateDir: string, stepsOver = false): StartLock | null {
  mkdirSync(stateDir, { recursive: true });
  for (let generation = 0; ; generation += 1) {
    const file = path.join(stateDir, fileName(generation));
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
    } catch (error) {
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      if (!isTaken) throw error;
      if (!stepsOver && isHeld(file)) return null;
      continue;
    }
    return { release: () => removeLocks(stateDir, generation) };
  }
}

function removeLocks(stateDir: string, upTo: number): void {
  const names = new Set(Array.from({ length: upTo + 1 }, (_, generation) => fileName(generation)));
  for (const name of readdirSync(stateDir)) {
    if (names.has(name)) rmSync(path.join(stateDir, name), { force: true });
  }
}
