import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Import } from '../../../server/api.ts';
import { ApiError } from '../api/api-client.ts';
import { ImportRun, pace, type ImportPorts, type ImportTarget } from './import-run.svelte.ts';

const job = (change: Partial<Import> = {}): Import => ({
  importId: 'i1' as Import['importId'],
  listId: 'l1' as Import['listId'],
  listName: 'Florida',
  fileName: 'leads.csv',
  state: 'running',
  rowsRead: 0,
  imported: 0,
  updated: 0,
  skipped: 0,
  rejected: 0,
  suppressed: 0,
  byReason: [],
  rowsExpected: null,
  misfits: [],
  error: null,
  startedAt: 0 as Import['startedAt'],
  finishedAt: null,
  ...change,
});
const file = new File(['phone\n'], 'leads.csv');
const target: ImportTarget = {
  list: { listName: 'Florida' },
  country: null,
  reading: { encoding: null, delimiter: null, hasHeader: null, sheet: null },
  options: {},
};

let time: number;
let now: Import;
let accept: (result: Import | Error) => void;
let progress: (rate: number) => void;
let run: ImportRun;
let cancelFails = false;

beforeEach(() => {
  vi.useFakeTimers();
  time = 0;
  now = job();
  const ports: ImportPorts = {
    upload: (_file, _target, onProgress) => {
      progress = onProgress;
      return new Promise((resolve, reject) => {
        accept = (result) => (result instanceof Error ? reject(result) : resolve(result));
      });
    },
    read: async () => now,
    cancel: async () => {
      if (cancelFails) throw new ApiError({ status: 0, code: 'unreachable', message: '' });
      return (now = { ...now, state: 'cancelled' });
    },
    monotonic: () => time,
  };
  run = new ImportRun(ports);
});
afterEach(() => vi.useRealTimers());

async function pass(ms: number): Promise<void> {
  time += ms;
  await vi.advanceTimersByTimeAsync(ms);
}

test('shows how much was sent, then how many rows are done, how fast, and for how long yet', async () => {
  const ended = run.start(file, target);
  progress(0.25);
  expect([run.isSending, run.sentRate]).toEqual([true, 0.25]);
  accept(job({ state: 'queued' }));
  await pass(0);
  now = job({ rowsRead: 7000, rowsExpected: 50_000 });
  await pass(700);
  expect(run.isSending).toBe(false);
  expect(run.doneRate).toBeCloseTo(0.14);
  expect(run.rowsPerSecond).toBeCloseTo(10_000);
  expect(run.secondsLeft).toBeCloseTo(4.3);
  now = job({ state: 'done', rowsRead: 50_000 });
  await pass(700);
  await ended;
  expect(run.state).toMatchObject({ kind: 'ended', result: { rowsRead: 50_000 } });
});

test('a file that the server cannot import fails with its sentence, and another may be tried', async () => {
  const ended = run.start(file, target);
  await pass(0);
  accept(new ApiError({ status: 422, code: 'empty', message: 'The file is empty.' }));
  await ended;
  expect(run.state).toEqual({ kind: 'failed', message: 'The file is empty.' });
  run.forget();
  expect(run.state.kind).toBe('idle');
});

test('an import that ended as failed says so too', async () => {
  now = job({ state: 'failed', error: 'The import was interrupted after 3 rows.' });
  const ended = run.watch(job());
  await pass(700);
  await ended;
  expect(run.state).toEqual({ kind: 'failed', message: 'The import was interrupted after 3 rows.' });
});

test('when it cannot be cancelled it says so, and goes on', async () => {
  const ended = run.watch(job());
  cancelFails = true;
  await run.cancel();
  expect([run.isCancelling, run.state.kind]).toEqual([false, 'running']);
  expect(run.cancelProblem).toMatch(/network/);
  cancelFails = false;
  await run.cancel();
  await pass(700);
  await ended;
  expect([run.cancelProblem, run.state.kind]).toEqual([null, 'ended']);
});

test('cancelled, it ends with what was imported', async () => {
  const ended = run.watch(job());
  now = job({ rowsRead: 5000 });
  await pass(700);
  await run.cancel();
  await pass(700);
  await ended;
  expect(run.state).toMatchObject({ kind: 'ended', result: { state: 'cancelled', rowsRead: 5000 } });
});

test('the pace is unknown before time has passed', () => {
  expect(pace([])).toBeNull();
  expect(pace([{ at: 5, rows: 1 }])).toBeNull();
  expect(
    pace([
      { at: 0, rows: 0 },
      { at: 2000, rows: 3000 },
    ]),
  ).toBe(1500);
});
