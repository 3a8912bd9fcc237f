import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockDataFolder } from './data-lock.ts';
import { identifyProcess } from './process-identity.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ringline-lock-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lockFile = (): string => path.join(folder, 'ringline.lock');

/** The identity of a process that was and is no more. */
async function deadProcess(): Promise<object> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const identity = identifyProcess(child.pid ?? 0);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return identity;
}

test('names the process and the address of the first one to the second', async () => {
  const first = await lockDataFolder(folder);
  first.announce('http://127.0.0.1:8080');
  await expect(lockDataFolder(folder)).rejects.toMatchObject({
    message: `Ringline already runs on ${folder} (process ${process.pid}, http://127.0.0.1:8080): use that one, stop it, or set RINGLINE_DATA to another folder.`,
    exitCode: 2,
  });
});

test('says that the first one is still starting while it has no address', async () => {
  await lockDataFolder(folder);
  await expect(lockDataFolder(folder)).rejects.toThrow('still starting');
});

test('can be taken after it was given back, and leaves nothing behind', async () => {
  const first = await lockDataFolder(folder);
  first.release();
  expect(readdirSync(folder)).toEqual([]);
  const second = await lockDataFolder(folder);
  second.release();
});

test('takes over the lock of a process that was killed', async () => {
  writeFileSync(lockFile(), JSON.stringify({ ...(await deadProcess()), address: 'http://old' }));
  await lockDataFolder(folder);
  expect(readFileSync(lockFile(), 'utf8')).toContain(`"pid":${process.pid}`);
});

test('takes over from a killed process whose number now belongs to another one', async () => {
  writeFileSync(lockFile(), JSON.stringify({ pid: process.pid, startMark: 'an earlier life', address: '' }));
  await lockDataFolder(folder);
});

test('takes over a lock file that was cut off in the middle', async () => {
  writeFileSync(lockFile(), '{"pid":');
  await lockDataFolder(folder);
});

test('gives the lock of a dead one to exactly one of many starters', async () => {
  writeFileSync(lockFile(), JSON.stringify({ ...(await deadProcess()), address: '' }));
  const script = `
    import { lockDataFolder } from ${JSON.stringify(new URL('./data-lock.ts', import.meta.url).href)};
    await lockDataFolder(process.argv[1]).then(() => console.log('mine'), (error) => console.log(error.message));
    process.stdin.resume();`;
  const children = Array.from({ length: 6 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  const answers = await Promise.all(
    children.map(async (child) => {
      const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
      return chunk.toString().trim();
    }),
  );
  for (const child of children) child.kill();
  expect(answers.filter((answer) => answer === 'mine')).toHaveLength(1);
  expect(answers.filter((answer) => answer.startsWith('Ringline already runs'))).toHaveLength(5);
});
