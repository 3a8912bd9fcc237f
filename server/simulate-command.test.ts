import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MonotonicMs, EpochMs } from '../kernel/time.ts';
import { runCommandLine } from './command-line.ts';
import { simulateCommand } from './simulate-command.ts';

let folder = '';
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'ringline-simulate-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SMALL = {
  name: 'small',
  hours: 0.5,
  agents: [{ count: 3 }],
  outcomes: [{ human: 0.5, machine: 0, busy: 0, invalid: 0, noAnswer: 0.5 }],
  talkSeconds: [{ dist: 'constant', mean: 30 }],
  wrapSeconds: { dist: 'constant', mean: 5 },
};

async function run(
  scenario: object,
  ...options: string[]
): Promise<{ code: number; out: string; err: string }> {
  const file = path.join(folder, 'scenario.json');
  writeFileSync(file, JSON.stringify(scenario));
  let [out, err] = ['', ''];
  const output = { answer: (text: string) => void (out += text), say: (text: string) => void (err += text) };
  const clock = { now: () => 0 as EpochMs, monotonic: () => 0 as MonotonicMs };
  const program = new Command('ringline').addCommand(simulateCommand(output, clock));
  return { code: await runCommandLine(program, ['simulate', file, ...options], output), out, err };
}

test('prints one object with the figures of the contract, and nothing else', async () => {
  const { code, out, err } = await run(SMALL, '--json', '--pacer', 'progressive', '--seed', '7');
  expect([code, err]).toEqual([0, '']);
  expect(JSON.parse(out)).toMatchObject({
    scenario: 'small',
    seed: 7,
    pacer: 'progressive',
    agentHours: 1.5,
    abandoned: 0,
  });
});

test('says it in words without --json, with numerators and denominators', async () => {
  const { code, out } = await run(SMALL, '--pacer', 'progressive');
  expect(code).toBe(0);
  expect(out).toMatch(/abandonment rate 0\.0 % \(0 of \d+/);
});

test.each([
  [{ ...SMALL, agents: [] }, 'there are no agents; give at least one'],
  [{ ...SMALL, colour: 'red' }, 'has the unknown key "colour"'],
  [{ ...SMALL, faults: [{ kind: 'dialer-kill', fromHour: 0.1 }] }, 'faults are not simulated yet'],
])('refuses what it cannot play with one line and exit code 2', async (scenario, words) => {
  const { code, out, err } = await run(scenario, '--json');
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(words);
  expect(err.trim().split('\n')).toHaveLength(1);
});
