import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { DEFAULT_DUPLICATE_RULES } from '../campaigns/lead-import/duplicate-rules.ts';
import {
  cancelImport,
  claimImport,
  listImports,
  startImportJob,
  type ImportKey,
} from '../campaigns/lead-import/import-job.store.ts';
import { resumeImport } from '../campaigns/lead-import/lead-import.job.ts';
import type { ImportDatabase } from '../campaigns/lead-import/lead-import.store.ts';
import { openImportFile } from '../campaigns/lead-import/open-file.job.ts';
import { findOrCreateLeadList } from '../campaigns/lead-list.store.ts';
import type { ImportId, ListId, OrganizationId } from '../kernel/ids.ts';
import { SqlError } from '../kernel/database-error.ts';
import type { EpochMs } from '../kernel/time.ts';
import { systemClock } from './clock.ts';
import { ImportRunner } from './import-runner.ts';
import { useTestDatabase } from './test-database.ts';
import { testLog } from './test-http.ts';

const testDatabase = useTestDatabase();
const folder = mkdtempSync(path.join(tmpdir(), 'ringline-runner-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ROWS = 6000;
/** Every hundredth row is a person of the row before, and every thousandth has no number. */
const FILE = [
  'Name,Phone',
  ...Array.from({ length: ROWS }, (_, i) => {
    if (i % 1000 === 500) return `Nobody ${i},none`;
    return `Lead ${i},305${String(2_000_000 + (i % 100 === 99 ? i - 1 : i))}`;
  }),
].join('\n');
const COUNTS = { rowsRead: ROWS, imported: 5934, updated: 0, skipped: 0, rejected: 66 };

/** By default whatever waits is imported by a thread; a database that fails on purpose is one of this process. */
function newRunner({
  isOnlyProcess = true,
  around = (database: ImportDatabase): ImportDatabase => database,
  inProcessBytesMax = 0,
} = {}): ImportRunner {
  const { database: real, url, newId } = testDatabase();
  const settings = { imports: { folder, isOnlyProcess, databaseUrl: url, inProcessBytesMax } };
  const database = { ...real, organization: (id: OrganizationId) => around(real.organization(id)) };
  return new ImportRunner({ database, newId, clock: systemClock, log: testLog, settings });
}

/** An organization with an uploaded file that waits. */
async function waitingImport(name: string, runner = newRunner()) {
  const { database, makeOrganization, newId } = testDatabase();
  const organizationId = await makeOrganization(name);
  const organization = database.organization(organizationId);
  const startedAt = systemClock.now();
  const importId = newId<ImportId>(startedAt);
  const file = runner.fileOf(importId);
  writeFileSync(file, FILE);
  const opened = await openImportFile({ path: file }, { country: 'US', map: new Map() });
  await opened.close();
  const { listId } = await findOrCreateLeadList(organization.query, organizationId, {
    listId: newId<ListId>(startedAt),
    name: 'Big',
    country: 'US',
    createdAt: startedAt,
  });
  const { format, encoding, layout } = opened;
  const plan = {
    format,
    encoding,
    layout,
    country: 'US',
    rules: DEFAULT_DUPLICATE_RULES,
    locale: 'en' as const,
  };
  const key: ImportKey = { organizationId, importId, listId, startedAt, attempt: 0 };
  const waiting = { plan, bytes: FILE.length };
  await startImportJob(organization.query, key, { fileName: 'big.csv', startedBy: null, waiting });
  const ports = { clock: systemClock, newId };
  const claim = () => {
    const until = (systemClock.now() + 60_000) as EpochMs;
    return claimImport(organization.query, key, { at: systemClock.now(), until, isOnlyProcess: true });
  };
  const record = async () => (await listImports(organization.query, organizationId, { importId }))[0];
  const stored = async () => {
    const [row] = await organization.query<{ leads: number; phones: number }>`
      select (select count(*)::int from lead) as leads, (select count(distinct phone)::int from lead_number) as phones`;
    return row;
  };
  return { organization, organizationId, importId, file, ports, claim, record, stored };
}

/** A database that is gone after some batches, as for a process that is killed. */
function dyingAfter(database: ImportDatabase, batches: number): ImportDatabase {
  let left = batches;
  return {
    ...database,
    importTx: (work) => {
      left -= 1;
      return left < 0 ? Promise.reject(new Error('killed')) : database.importTx(work);
    },
  };
}

test('an import whose process is killed in the middle goes on with the next one, and no row comes twice', async () => {
  const { organization, ports, claim, record, stored, file } = await waitingImport('Killed');
  const claimed = await claim();
  const database = dyingAfter(organization, 1);
  const options = { path: file, signal: new AbortController().signal };
  await expect(resumeImport({ ...ports, database }, claimed!, options)).rejects.toThrow('killed');
  expect(await record()).toMatchObject({ state: 'running', rowsRead: 2500 });
  const runner = newRunner();
  runner.start();
  await expect.poll(async () => (await record())?.state, { interval: 20, timeout: 20_000 }).toBe('done');
  await runner.stop();
  expect(await record()).toMatchObject({ ...COUNTS, byReason: expect.anything() as unknown });
  expect(await stored()).toEqual({ leads: 5934, phones: 5934 });
  expect(existsSync(file)).toBe(false);
});

test('a run that was given up writes nothing more when it wakes', async () => {
  const { organization, ports, claim, stored, file } = await waitingImport('Frozen');
  const old = await claim();
  await claim();
  const options = { path: file, signal: new AbortController().signal };
  expect(await resumeImport({ ...ports, database: organization }, old!, options)).toBeNull();
  expect(await stored()).toEqual({ leads: 0, phones: 0 });
  rmSync(file);
});

test('a runner that is stopped lets go after a batch, and the next one ends it', async () => {
  const runner = newRunner();
  const { record, stored } = await waitingImport('Stopped', runner);
  runner.start();
  await expect.poll(async () => (await record())?.rowsRead, { interval: 5, timeout: 20_000 }).not.toBe(0);
  await runner.stop();
  const next = newRunner();
  next.start();
  await expect.poll(async () => (await record())?.state, { interval: 20, timeout: 20_000 }).toBe('done');
  await next.stop();
  expect(await record()).toMatchObject(COUNTS);
  expect(await stored()).toEqual({ leads: 5934, phones: 5934 });
});

test('cancelled in the middle, it ends there, and its file is removed', async () => {
  const { organization, importId, ports, claim, record, stored, file } = await waitingImport('Cancelled');
  const claimed = await claim();
  let batches = 0;
  const database: ImportDatabase = {
    ...organization,
    importTx: async (work) => {
      batches += 1;
      if (batches === 2) await cancelImport(organization.query, importId, systemClock.now());
      return organization.importTx(work);
    },
  };
  const options = { path: file, signal: new AbortController().signal };
  expect(await resumeImport({ ...ports, database }, claimed!, options)).toBeNull();
  const kept = await record();
  expect(kept).toMatchObject({ state: 'cancelled', rowsRead: 2500 });
  expect((await stored())?.leads).toBe(kept?.imported);
  const runner = newRunner();
  runner.start();
  await expect.poll(() => existsSync(file), { interval: 20 }).toBe(false);
  await runner.stop();
});

test('a file that turns out to be damaged in its thread ends the import with its sentence', async () => {
  const { record, file } = await waitingImport('Damaged');
  writeFileSync(file, 'Name,Phone\n\0\0\0');
  const runner = newRunner();
  runner.start();
  await expect.poll(async () => (await record())?.state, { interval: 20, timeout: 20_000 }).toBe('failed');
  await runner.stop();
  expect((await record())?.error).toMatch(/^The file is not text: /);
  expect(existsSync(file)).toBe(false);
});

test('a small file is imported without a thread and becomes the same', async () => {
  const { record, stored } = await waitingImport('Small');
  const runner = newRunner({ inProcessBytesMax: 1_000_000 });
  runner.start();
  await expect.poll(async () => (await record())?.state, { interval: 20, timeout: 20_000 }).toBe('done');
  await runner.stop();
  expect(await record()).toMatchObject(COUNTS);
  expect(await stored()).toEqual({ leads: 5934, phones: 5934 });
});

test('an upload that is no longer there says so', async () => {
  const { record, file } = await waitingImport('Gone');
  rmSync(file);
  const runner = newRunner();
  runner.start();
  await expect.poll(async () => (await record())?.state, { interval: 20, timeout: 20_000 }).toBe('failed');
  await runner.stop();
  expect((await record())?.error).toMatch(
    /^The uploaded file is no longer there after 0 rows: import it again/,
  );
});

test('also beside other processes, files stay no longer than their import', async () => {
  const runner = newRunner({ isOnlyProcess: false });
  const aged = (file: string, hours: number): string => {
    if (!existsSync(file)) writeFileSync(file, FILE);
    const at = new Date(systemClock.now() - hours * 3_600_000);
    utimesSync(file, at, at);
    return file;
  };
  const ended = await waitingImport('Cancelled while it waited');
  await cancelImport(ended.organization.query, ended.importId, systemClock.now());
  const busy = await waitingImport('Of another process');
  await busy.claim();
  const newId = () => testDatabase().newId<ImportId>(systemClock.now());
  const unneeded = [
    aged(ended.file, 2),
    aged(runner.fileOf(newId()), 2),
    aged(runner.partOf('killed in the upload'), 25),
  ];
  const needed = [
    aged(busy.file, 200),
    aged(runner.fileOf(newId()), 0.5),
    aged(runner.partOf('arrives'), 2),
    aged(path.join(folder, 'not ours'), 200),
  ];
  runner.start();
  await expect.poll(() => unneeded.filter(existsSync), { interval: 20 }).toEqual([]);
  await runner.stop();
  expect(needed.filter((file) => !existsSync(file))).toEqual([]);
  for (const file of needed) rmSync(file);
});

test('a command that was killed in the middle is said to have failed, also beside other processes', async () => {
  const { database, makeOrganization, newId } = testDatabase();
  const organizationId = await makeOrganization('Command killed');
  const { query } = database.organization(organizationId);
  const startedAt = systemClock.now();
  const list = { listId: newId<ListId>(startedAt), name: 'Big', country: 'US', createdAt: startedAt };
  const { listId } = await findOrCreateLeadList(query, organizationId, list);
  const key: ImportKey = { organizationId, importId: newId(startedAt), listId, startedAt, attempt: 0 };
  await startImportJob(query, key, { fileName: 'big.csv', startedBy: null, waiting: null });
  const state = async () => (await listImports(query, organizationId))[0]?.state;
  const runner = newRunner({ isOnlyProcess: false });
  runner.start();
  await runner.looked();
  expect(await state()).toBe('running');
  await query`update import_job set lease_until = clock_timestamp() - interval '1 second'`;
  runner.wake();
  await runner.looked();
  expect(await state()).toBe('failed');
  await runner.stop();
});

/** Refuses every batch of an import from the second on, as long as `isBusy` says so. */
const busyFrom2nd = (code: string, isBusy: () => boolean) => {
  let batches = 0;
  return (database: ImportDatabase): ImportDatabase => ({
    ...database,
    importTx: async (work) => {
      batches += 1;
      if (batches > 1 && isBusy()) throw new SqlError('busy', { code, constraint: null, cause: null });
      return database.importTx(work);
    },
  });
};

test.each(['40P01', '40001', '57014', '53300'])(
  'what passes by itself (%s) ends no import: it goes on where it stopped',
  async (code) => {
    const { record, stored, file } = await waitingImport(`Busy ${code}`);
    let isBusy = true;
    const runner = newRunner({ around: busyFrom2nd(code, () => isBusy), inProcessBytesMax: 1_000_000 });
    runner.start();
    await runner.looked();
    expect(await record()).toMatchObject({ state: 'running', rowsRead: 2500, error: null });
    isBusy = false;
    runner.wake();
    await runner.looked();
    await runner.stop();
    expect(await record()).toMatchObject({ ...COUNTS, state: 'done' });
    expect(await stored()).toEqual({ leads: 5934, phones: 5934 });
    expect(existsSync(file)).toBe(false);
  },
);

test('an import that never comes further is given up at last, and says so; those after it do not wait for it', async () => {
  const stuck = await waitingImport('Stuck');
  const next = await waitingImport('Behind');
  const busy = busyFrom2nd('57014', () => true);
  const runner = newRunner({
    inProcessBytesMax: 1_000_000,
    around: (database) => (database.query === stuck.organization.query ? busy(database) : database),
  });
  runner.start();
  await runner.looked();
  expect([(await stuck.record())?.state, (await next.record())?.state]).toEqual(['running', 'done']);
  for (let i = 0; i < 20; i++) runner.wake();
  await runner.looked();
  await runner.stop();
  expect(await stuck.record()).toMatchObject({ state: 'failed', rowsRead: 2500 });
  expect(existsSync(stuck.file)).toBe(false);
});
