import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeStartLock } from './start-lock.ts';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(path.join(tmpdir(), 'start-lock-'));
});
afterEach(() => rmSync(stateDir, { recursive: true }));

/** The process id of one that has ended. */
const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;
const lockFile = (generation: number): string =>
  path.join(stateDir, `simulated-switch.start-${generation}.lock`);

test('one starter at a time holds the lock, and the next one after its release', () => {
  const lock = takeStartLock(stateDir);
  expect(lock).not.toBeNull();
  expect(takeStartLock(stateDir)).toBeNull();
  lock?.release();
  expect(takeStartLock(stateDir)).not.toBeNull();
});

test('the lock of a starter that died is stepped over, and taken away once somebody has finished', () => {
  writeFileSync(lockFile(0), String(deadPid()));
  writeFileSync(lockFile(1), String(deadPid()));
  const lock = takeStartLock(stateDir);
  expect(readdirSync(stateDir)).toHaveLength(3);
  expect(takeStartLock(stateDir)).toBeNull();
  lock?.release();
  expect(readdirSync(stateDir)).toEqual([]);
});

test('a lock that was just created and has no process in it yet is held', () => {
  writeFileSync(lockFile(0), '');
  expect(takeStartLock(stateDir)).toBeNull();
});

test('a starter that lives but is stuck can be stepped over, by one only', () => {
  takeStartLock(stateDir);
  expect(takeStartLock(stateDir, true)).not.toBeNull();
  expect(readdirSync(stateDir)).toHaveLength(2);
});
