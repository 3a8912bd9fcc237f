import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { describeWith } from '../../server/test-tools.ts';
import { CONTRACT_CASES, CRASH_CASE } from './contract-cases.ts';
import { differencesFrom } from './contract-record.ts';
import { playContract } from './contract-run.ts';
import type { ContractStage } from './contract-stage.ts';
import type { ContractRecord, ContractTrace } from './contract-trace.ts';
import { startRealStage } from './real-stage.ts';
import { startSimulatedStage } from './simulated-stage.ts';

const FOLDER = path.join(import.meta.dirname, 'traces');
const records = readdirSync(FOLDER).map(
  (file) => JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as ContractRecord,
);

function keepsTheContract(start: () => Promise<ContractStage>): void {
  let traces: readonly ContractTrace[] = [];
  beforeAll(async () => {
    const stage = await start();
    try {
      traces = await playContract(stage);
    } finally {
      await stage.stop();
    }
  }, 120_000);

  test.each(records.map((record) => [record.case, record] as const))('%s', (name, record) => {
    const trace = traces.find((each) => each.case === name);
    expect(trace && differencesFrom(record, trace)).toEqual([]);
  });
}

describe('the simulated switch behaves like the FreeSWITCH that was recorded', () => {
  keepsTheContract(startSimulatedStage);

  test('every case has a record', () => {
    const names = [...CONTRACT_CASES, CRASH_CASE].map((each) => each.name);
    expect(records.map((record) => record.case).sort()).toEqual(names.sort());
  });
});

describeWith(['freeswitch', 'sipp'], 'this FreeSWITCH behaves like the one that was recorded', () => {
  keepsTheContract(startRealStage);
});
