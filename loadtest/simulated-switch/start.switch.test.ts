import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EslClient } from './esl-client.fixture.ts';
import { CALL, originate } from './simulated-switch.fixture.ts';
import { findSimulatedSwitch, startSimulatedSwitch, type RunningSwitch, type StartOptions } from './start.ts';

const scenarioFile = path.join(import.meta.dirname, '../scenarios/kill.json');
let stateDir: string;
const pids = new Set<number>();

beforeEach(async () => {
  stateDir = await mkdtemp(path.join(tmpdir(), 'simulated-switch-'));
});
afterEach(async () => {
  for (const pid of pids) await ended(pid);
  pids.clear();
  await rm(stateDir, { recursive: true, force: true });
});

async function start(changes: Partial<StartOptions> = {}): Promise<RunningSwitch> {
  const running = await startSimulatedSwitch({
    stateDir,
    password: 'secret',
    scenarioFile,
    nodePath: process.execPath,
    ...changes,
  });
  pids.add(running.pid);
  return running;
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Ends the process and waits until it is gone. */
async function ended(pid: number, signal: NodeJS.Signals | null = 'SIGKILL'): Promise<void> {
  if (signal !== null && isAlive(pid)) process.kill(pid, signal);
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('starting the simulated switch', () => {
  test('starts it detached, and whoever comes later finds it with its password', async () => {
    const first = await start();
    const second = await start({ password: 'another' });
    expect(first.wasRunning).toBe(false);
    expect(second).toEqual({ ...first, wasRunning: true });
    expect(await findSimulatedSwitch(stateDir)).toEqual({ ...first, wasRunning: true });
  });

  test('gives several who start at once the same one', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => start()));
    expect(new Set(all.map((running) => running.pid)).size).toBe(1);
    expect(all.filter((running) => !running.wasRunning)).toHaveLength(1);
  });

  test('starts a new one when the old one was killed', async () => {
    const first = await start();
    await ended(first.pid);
    expect(await findSimulatedSwitch(stateDir)).toBeNull();
    const second = await start();
    expect(second).toMatchObject({ wasRunning: false });
    expect(second.pid).not.toBe(first.pid);
  });

  test('says in one sentence why it did not start', async () => {
    await expect(start({ scenarioFile: path.join(stateDir, 'absent.json') })).rejects.toThrow(
      /^The simulated switch did not start: The scenario file .*absent\.json cannot be read \(ENOENT\)\.$/u,
    );
    expect(await start()).toMatchObject({ wasRunning: false });
  });

  test('keeps its state file to its owner, and takes it away at a clean end', async () => {
    const running = await start();
    const file = path.join(stateDir, 'simulated-switch.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      pid: running.pid,
      port: running.port,
      password: 'secret',
    });
    await ended(running.pid, 'SIGTERM');
    expect(() => readFileSync(file)).toThrow(/ENOENT/u);
  });
});

describe('a running simulated switch', () => {
  test('keeps its calls when the client that made them is gone', async () => {
    const { port } = await start();
    const first = await EslClient.open(port, 'secret', 'CHANNEL_ANSWER');
    await first.api(`ringline_carrier script +13055550101 10:180,20:200`);
    await first.api(originate());
    await first.event('CHANNEL_ANSWER');
    first.end();
    const second = await EslClient.open(port, 'secret');
    expect(await second.api(`uuid_exists ${CALL}`)).toBe('true');
    second.end();
  });

  test('ends by itself once nobody was connected for long enough, and not while somebody is', async () => {
    const { port, pid } = await start({ lonelyAfterMs: 300 });
    const client = await EslClient.open(port, 'secret', 'HEARTBEAT');
    await client.api('ringline_fault reply-delay 600');
    expect(await client.api('echo still here')).toBe('still here');
    expect(isAlive(pid)).toBe(true);
    client.end();
    await ended(pid, null);
  });

  test('moves its time of day with the one who attaches', async () => {
    await start();
    const running = await start({ clockOffsetMs: 6 * 3_600_000 });
    const client = await EslClient.open(running.port, 'secret');
    const ahead = Number(await client.api('strepoch')) - (performance.timeOrigin + performance.now()) / 1000;
    expect(ahead).toBeGreaterThan(5.9 * 3600);
    client.end();
  });
});
