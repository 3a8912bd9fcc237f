import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findSimulatedSwitch, startSimulatedSwitch } from '../loadtest/simulated-switch/start.ts';
import { keepSimulatedSwitch } from './simulated-switch-keeper.ts';

test('a simulated switch that was killed is started again where it was, with a sentence in the log', async () => {
  const stateDir = await mkdtemp(path.join(tmpdir(), 'switch-keeper-'));
  const wanted = {
    stateDir,
    password: 'secret',
    scenarioFile: path.join(import.meta.dirname, '../loadtest/scenarios/demo.json'),
    nodePath: process.execPath,
  };
  const first = await startSimulatedSwitch(wanted);
  const said: string[] = [];
  const keeper = keepSimulatedSwitch(first.pid, {
    start: () => startSimulatedSwitch({ ...wanted, port: first.port }),
    log: { warn: (_fields, message) => said.push(message) },
    lookMs: 50,
  });
  try {
    process.kill(first.pid, 'SIGKILL');
    await expect
      .poll(async () => (await findSimulatedSwitch(stateDir))?.pid ?? first.pid, { timeout: 20_000 })
      .not.toBe(first.pid);
    const second = await findSimulatedSwitch(stateDir);
    expect(second).toMatchObject({ port: first.port, password: 'secret' });
    expect(said[0]).toContain('started again');
  } finally {
    process.kill(await keeper.stop(), 'SIGTERM');
    await rm(stateDir, { recursive: true, force: true });
  }
});
