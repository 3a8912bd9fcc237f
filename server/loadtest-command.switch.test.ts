import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SipLoadResult } from '../loadtest/sip/loadtest-sip.ts';
import { describeWith } from './test-tools.ts';

const ringline = (...args: readonly string[]) =>
  spawnSync(process.execPath, [path.join(import.meta.dirname, 'cli.ts'), 'loadtest', 'sip', ...args], {
    encoding: 'utf8',
  });
const leftFolders = (): string[] =>
  readdirSync(os.tmpdir()).filter((name) => /^ringline-(switch|sipp|load)-/.test(name));

describe('ringline loadtest sip with wrong usage', () => {
  test.each([
    ['--agents', '0'],
    ['--seconds', 'a-while'],
    ['--scenario', 'no-such-file.json'],
  ])('%s %s is refused in one line', (option, value) => {
    const { status, stderr } = ringline(option, value);
    expect(status).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describeWith(['freeswitch', 'sipp'], 'ringline loadtest sip', () => {
  test('counts the same at the dialer, the carrier and the switch, and leaves nothing behind', () => {
    const before = leftFolders();
    const { status, stdout, stderr } = ringline(
      ...['--calls-per-second', '4', '--seconds', '12', '--agents', '4', '--json'],
    );
    expect(stderr).toContain('The campaign runs');
    const result = JSON.parse(stdout) as SipLoadResult;
    expect(result.differences).toEqual([]);
    expect(status).toBe(0);
    expect(result.placed).toBeGreaterThan(0);
    expect(Object.keys(result)).toEqual(
      expect.arrayContaining([
        ...['placed', 'answered', 'connected', 'abandoned', 'endings', 'answerToBridgeMs', 'differences'],
        ...['cpu', 'memory'],
      ]),
    );
    expect(leftFolders().filter((folder) => !before.includes(folder))).toEqual([]);
  }, 240_000);
});
