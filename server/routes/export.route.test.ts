import { parse } from 'csv-parse/sync';
import { beforeAll, expect, test } from 'vitest';
import { seedCall, seedLead, seedOrganization, type Seed } from '../../campaigns/campaign.fixture.ts';
import { localDay } from '../../compliance/local-time.ts';
import { after, seconds } from '../../kernel/time.ts';
import { runExport } from '../../reports/export.job.ts';
import { addPiece, removeExpired } from '../../reports/export.store.ts';
import type { Export, Exports, NewExport } from '../api/export.schema.ts';
import type { ErrorBody } from '../api/scalar.schema.ts';
import { systemClock } from '../clock.ts';
import { MASKED } from '../exports.job.ts';
import { startJobs } from '../jobs.ts';
import { useTestHttp, type TestUser } from '../test-http.ts';

const http = useTestHttp();
const clock = systemClock;
const now = systemClock.now();
const today = localDay('America/New_York', now);
const CALLS: NewExport = { kind: 'calls', from: today, to: today, figure: 'connected' };

let seed: Seed;
let manager: TestUser;
let supervisor: TestUser;

beforeAll(async () => {
  const { database } = http();
  seed = await seedOrganization(database);
  [manager, supervisor] = [await http().signedIn('manager'), await http().signedIn('supervisor')];
  const { leadId } = await seedLead(database, seed, { phones: ['+13055550123'], name: '=cmd|"x"' });
  const { query } = database.organization;
  await query`update lead set fields = '{"City": "Zürich, 苏黎世", "Other phone": "305 555 0177"}'`;
  await query`
    insert into campaign_lead (campaign_id, lead_id, organization_id, list_id, due_at, number_id, phone, zone_key)
    select ${seed.campaignId}, lead_id, organization_id, list_id, now(), number_id, phone, zone_key from lead_number`;
  const call = { leadId, phone: '+13055550123', placedAt: now, endedAt: after(now, seconds(60)) };
  const talk = {
    answeredAt: after(now, seconds(5)),
    bridgedAt: after(now, seconds(5)),
    agentId: seed.agentId,
  };
  await seedCall(database, seed, { ...call, ...talk, ending: 'connected' });
  await seedCall(database, seed, { ...call, ending: 'no-answer' });
});

const order = async (who: TestUser, what: NewExport): Promise<Export> => {
  const { status, body } = await who.send<Export>('POST', '/api/exports', what);
  expect(status, JSON.stringify(body)).toBe(202);
  return body;
};
const write = async ({ exportId }: Export): Promise<void> => {
  const { organization, organizationId } = http().database;
  await runExport({ database: organization, organizationId, clock, masked: MASKED }, exportId);
};
async function rowsOf(who: TestUser, { exportId }: Export): Promise<Record<string, string>[]> {
  const { status, body, headers } = await who.get<string>(`/api/exports/${exportId}/file.csv`);
  expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
  return parse(body, { columns: true, bom: true });
}

test('the queue writes the calls behind a figure, and their manager fetches the file', async () => {
  const { url, database } = http().database;
  const written = Promise.withResolvers<null>();
  const log = {
    info: (_: object, message: string) => message === 'export written' && written.resolve(null),
    warn: (fields: object) => written.reject(new Error(JSON.stringify(fields))),
  };
  const jobs = await startJobs({ url, database, clock, log });
  try {
    const ordered = await order(manager, CALLS);
    expect(ordered).toMatchObject({ state: 'waiting', isMine: true, hasFullPhones: true, rows: 0 });
    await written.promise;
    const { body } = await manager.get<Export>(`/api/exports/${ordered.exportId}`);
    expect(body).toMatchObject({ state: 'done', rows: 1, progress: 1, downloads: 0 });
    const rows = await rowsOf(manager, ordered);
    expect(rows).toMatchObject([
      { number: '+13055550123', ending: 'connected', agent: 'Ann Agent', day: today },
    ]);
    // What a spreadsheet would run is text to it.
    expect(rows[0]?.['name']).toBe('Pat =cmd|"x"');
    const all = await manager.get<Exports>('/api/exports');
    expect(all.body.exports[0]).toMatchObject({ exportId: ordered.exportId, downloads: 1 });
  } finally {
    await jobs.stop();
  }
});

test('leads carry their own columns; who may not see numbers gets them masked, also within other columns', async () => {
  const what: NewExport = { kind: 'leads', campaignId: seed.campaignId, listId: seed.listId };
  const [full, masked] = [await order(manager, what), await order(supervisor, what)];
  await write(full);
  await write(masked);
  expect(await rowsOf(manager, full)).toMatchObject([
    {
      number: '+13055550123',
      'last name': '\'=cmd|"x"',
      City: 'Zürich, 苏黎世',
      'Other phone': '305 555 0177',
      state: 'awaiting-disposition',
    },
  ]);
  const city = (value: string): NewExport => ({
    ...what,
    filter: { groups: [{ conditions: [{ kind: 'custom', name: 'City', test: 'contains', value }] }] },
  });
  for (const [value, rows] of [
    ['rich', 1],
    ['Basel', 0],
  ] as const) {
    const filtered = await order(manager, city(value));
    await write(filtered);
    expect(await rowsOf(manager, filtered)).toHaveLength(rows);
  }
  const [row] = await rowsOf(supervisor, masked);
  expect(row?.['number']).toMatch(/^'?\+1305\*{5}23$/);
  expect(row?.['Other phone']).toContain('*****');
});

test('a file is its owner’s alone, and others see that it was made only where they may', async () => {
  const theirs = await order(supervisor, CALLS);
  await write(theirs);
  expect((await manager.get<Export>(`/api/exports/${theirs.exportId}`)).body.isMine).toBe(false);
  expect((await manager.get(`/api/exports/${theirs.exportId}/file.csv`)).status).toBe(403);
  expect((await manager.send('POST', `/api/exports/${theirs.exportId}/cancel`)).status).toBe(403);
  const ours = await order(manager, CALLS);
  expect((await supervisor.get(`/api/exports/${ours.exportId}`)).status).toBe(404);
  const own = await supervisor.get<Exports>('/api/exports');
  expect(own.body.exports.every(({ isMine }) => isMine)).toBe(true);
  expect((await manager.send('POST', `/api/exports/${ours.exportId}/cancel`)).status).toBe(200);
});

test('what is cancelled is not written on, and a run that was given up adds nothing to the next one’s file', async () => {
  const { organization } = http().database;
  const ordered = await order(manager, CALLS);
  await write(ordered);
  expect((await manager.send('POST', `/api/exports/${ordered.exportId}/cancel`)).status).toBe(409);
  const piece = { number: 9, packed: new Uint8Array(1), rows: 1, bytes: 1, progress: 1 };
  expect(await addPiece(organization.query, { exportId: ordered.exportId, attempt: 0 }, piece)).toBe(false);
  const other = await order(manager, CALLS);
  await manager.send('POST', `/api/exports/${other.exportId}/cancel`);
  await write(other);
  expect((await manager.get<Export>(`/api/exports/${other.exportId}`)).body).toMatchObject({
    state: 'cancelled',
    rows: 0,
  });
  const none = await manager.get<ErrorBody>(`/api/exports/${other.exportId}/file.csv`);
  expect(none.status).toBe(409);
});

test('after seven days the file is gone, and who took it stays on record', async () => {
  const { organization, organizationId } = http().database;
  const ordered = await order(manager, CALLS);
  await write(ordered);
  await organization.query`update export_job set expires_at = ${new Date(now)} where export_id = ${ordered.exportId}`;
  expect((await manager.get(`/api/exports/${ordered.exportId}/file.csv`)).status).toBe(410);
  await removeExpired(organization.query, organizationId, clock.now());
  const [left] = await organization.query<{ pieces: number }>`
    select count(*)::int as pieces from export_piece where export_id = ${ordered.exportId}`;
  expect(left?.pieces).toBe(0);
  expect((await manager.get<Export>(`/api/exports/${ordered.exportId}`)).body.state).toBe('done');
});

test('nobody fills the queue, and another organization finds nothing to export', async () => {
  const organizationId = await http().database.makeOrganization('Others');
  const stranger = await http().signedIn('manager', { organizationId });
  const foreign = { ...CALLS, campaignId: seed.campaignId };
  expect((await stranger.send('POST', '/api/exports', foreign)).status).toBe(404);
  for (let i = 0; i < 5; i += 1) await order(stranger, CALLS);
  const sixth = await stranger.send<ErrorBody>('POST', '/api/exports', CALLS);
  expect([sixth.status, sixth.body.error.code]).toEqual([409, 'too-many-exports']);
});
