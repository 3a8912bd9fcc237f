import { describe, expect, test } from 'vitest';
import { addDoNotCall } from '../../compliance/do-not-call.store.ts';
import type { PhoneNumber } from '../../kernel/phone.ts';
import { useTestDatabase } from '../../server/test-database.ts';
import { systemClock } from '../../server/clock.ts';
import { attachList } from '../campaign-list.store.ts';
import { NOON, seedOrganization } from '../campaign.fixture.ts';
import { listLeadLists } from '../lead-list.store.ts';
import { readColumnMap } from './column-map.ts';
import { importLeads, type ImportRequest } from './lead-import.job.ts';
import { failAbandonedImports, listImports, readRejects } from './import-job.store.ts';
import { rejectsCsv } from './rejects-file.ts';

const testDatabase = useTestDatabase();

async function* chunksOf(text: string | Buffer, size = 50_000): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text as string);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function newOrganization(name: string) {
  const { database, makeOrganization, newId } = testDatabase();
  const organizationId = await makeOrganization(name);
  const organization = database.organization(organizationId);
  const ports = { database: organization, clock: systemClock, newId };
  const importFile = (text: string | Buffer, changes: Partial<ImportRequest> = {}) =>
    importLeads(ports, {
      organizationId,
      list: { name: 'December' },
      country: 'US',
      fileName: 'leads.csv',
      source: { chunks: chunksOf(text) },
      map: readColumnMap(''),
      startedBy: null,
      ...changes,
    });
  return { organizationId, organization, newId, query: organization.query, importFile };
}

async function resultOf(running: ReturnType<typeof importLeads>) {
  const answer = await running;
  if (!answer.ok) throw new Error(answer.problem);
  const { rows, imported, updated, rejected, byReason, suppressed } = answer.result;
  return { rows, imported, updated, rejected, byReason, suppressed };
}

type Query = Awaited<ReturnType<typeof newOrganization>>['query'];

const storedLeads = (query: Query) => query<{
  name: string;
  external_id: string | null;
  phones: string[];
  zones: string[];
  fields: object;
}>`
  select trim(first_name || ' ' || last_name) as name, external_id, fields,
         (select jsonb_agg(phone order by position) from lead_number n where n.lead_id = l.lead_id) as phones,
         (select jsonb_agg(zone_key order by position) from lead_number n where n.lead_id = l.lead_id) as zones
    from lead l order by name`;

const MESSY = `Name;Phone;Mobile;Customer ID;City
"Smith, Ann";(305) 555-0101;305-555-0102;A-1;Miami
Bob Jones;1.21E+10;;A-2;"New
York"
Cy Lee;+44 20 7946 0000;;A-3;London
Dee;305.555.0101;;A-4;Miami

Eve "The Eagle" Fox;3055550105;;A-5;a\\b	c
"Gus;3055550106;;A-6;Reno
Hal;3055550107;;A-7;Reno;;too much
;;;A-8;
Ida;213 555 0109;nonsense;A-9;LA
`;

test('a messy file becomes leads and rejected rows with their reasons', async () => {
  const { organizationId, query, importFile } = await newOrganization('Messy');
  expect(await resultOf(importFile(MESSY))).toEqual({
    rows: 9,
    imported: 4,
    updated: 0,
    rejected: 5,
    byReason: {
      'phone-damaged': 1,
      'duplicate-in-file': 1,
      'bad-quote': 1,
      'too-many-cells': 1,
      'phone-missing': 1,
    },
    suppressed: 0,
  });
  expect(await storedLeads(query)).toEqual([
    {
      name: 'Ann Smith',
      external_id: 'A-1',
      phones: ['+13055550101', '+13055550102'],
      zones: ['America/New_York', 'America/New_York'],
      fields: { City: 'Miami' },
    },
    {
      name: 'Cy Lee',
      external_id: 'A-3',
      phones: ['+442079460000'],
      zones: ['Europe/London'],
      fields: { City: 'London' },
    },
    {
      name: 'Eve "The Eagle" Fox',
      external_id: 'A-5',
      phones: ['+13055550105'],
      zones: ['America/New_York'],
      fields: { City: 'a\\b\tc' },
    },
    {
      name: 'Ida',
      external_id: 'A-9',
      phones: ['+12135550109'],
      zones: ['America/Los_Angeles'],
      fields: { City: 'LA', Mobile: 'nonsense' },
    },
  ]);
  const [record] = await listImports(query, organizationId);
  expect(record).toMatchObject({
    state: 'done',
    rowsRead: 9,
    imported: 4,
    rejected: 5,
    listName: 'December',
    error: null,
  });
  const lines: number[] = [];
  for await (const reject of readRejects(query, record!.importId)) lines.push(reject.line);
  expect(lines).toEqual([3, 6, 9, 10, 11]);
  let csv = '';
  for await (const piece of rejectsCsv(readRejects(query, record!.importId), 'en')) csv += piece;
  expect(csv).toContain('\r\n3,Phone,1.21E+10,phone-damaged,');
});

describe('the same file again', () => {
  test('changes nothing', async () => {
    const { query, importFile } = await newOrganization('Again');
    await importFile(MESSY);
    const before = await storedLeads(query);
    expect(await resultOf(importFile(MESSY))).toMatchObject({
      rows: 9,
      imported: 0,
      updated: 4,
      rejected: 5,
    });
    expect(await storedLeads(query)).toEqual(before);
  });

  test('completes an import that was cut off in the middle', async () => {
    const { organizationId, query, importFile } = await newOrganization('Cut');
    const rows = Array.from({ length: 12_000 }, (_, i) => `Lead ${i},305${String(2_000_000 + i)}`);
    const file = `name,phone\n${rows.join('\n')}\n`;
    async function* cut(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(file.slice(0, file.length / 2));
      throw new Error('the browser was closed');
    }
    await expect(importFile('', { source: { chunks: cut() } })).rejects.toThrow(
      /^The import was interrupted after 5,000 rows: /,
    );
    const [failed] = await listImports(query, organizationId);
    expect(failed).toMatchObject({ state: 'failed', imported: 5000 });
    expect(failed?.error).toMatch(/no lead is stored twice/);
    expect(await resultOf(importFile(file))).toMatchObject({
      rows: 12_000,
      imported: 7000,
      updated: 5000,
      rejected: 0,
    });
    const [count] = await query<{ leads: number }>`select count(*)::int as leads from lead`;
    expect(count?.leads).toBe(12_000);
  });

  test('at the same time by two people stores every lead once', async () => {
    const { query, importFile } = await newOrganization('Race');
    const rows = Array.from({ length: 6000 }, (_, i) => `Lead ${i},305${String(2_000_000 + i)}`);
    const file = `name,phone\n${rows.join('\n')}\n`;
    const [one, two] = await Promise.all([resultOf(importFile(file)), resultOf(importFile(file))]);
    expect(one.imported + two.imported).toBe(6000);
    expect(one.updated + two.updated).toBe(6000);
    const [count] = await query<{ leads: number; bare: number }>`
      select count(*)::int as leads,
             (count(*) filter (where not exists (select from lead_number n where n.lead_id = l.lead_id)))::int as bare
        from lead l`;
    expect(count).toEqual({ leads: 6000, bare: 0 });
  });
});

test('new values of a known lead are taken, and what the file leaves empty stays', async () => {
  const { query, importFile } = await newOrganization('Update');
  await importFile('name,phone,id,City,Plan\nAnn Smith,3055550101,A,Miami,Gold\n');
  await importFile('name,phone,phone 2,id,City\n,3055550101,3055550102,A,Tampa\n');
  expect(await storedLeads(query)).toEqual([
    {
      name: 'Ann Smith',
      external_id: 'A',
      phones: ['+13055550101', '+13055550102'],
      zones: ['America/New_York', 'America/New_York'],
      fields: { City: 'Tampa', Plan: 'Gold' },
    },
  ]);
});

test('leads go into every campaign that has the list, and those on a do-not-call list are counted', async () => {
  const { organizationId, organization, newId, query, importFile } = await newOrganization('Campaigns');
  const seed = await seedOrganization({ organizationId, organization, newId });
  await attachList(organization, seed, { listId: seed.listId, priority: 3, at: NOON });
  await addDoNotCall(query, organizationId, [
    {
      phone: '+13055550102' as PhoneNumber,
      campaignId: null,
      source: 'officer',
      addedBy: null,
      addedAt: NOON,
    },
  ]);
  const file = 'name,phone,mobile\nAnn,3055550101,3055550102\nBob,4165550103,\n';
  expect(await resultOf(importFile(file))).toMatchObject({ imported: 2, suppressed: 1 });
  const rows = await query<{ phone: string; zone_key: string; priority: number; state: string }>`
    select phone, zone_key, priority, state from campaign_lead where campaign_id = ${seed.campaignId} order by phone`;
  expect(rows).toEqual([
    { phone: '+13055550101', zone_key: 'America/New_York', priority: 0, state: 'waiting' },
    { phone: '+14165550103', zone_key: 'America/Toronto', priority: 0, state: 'waiting' },
  ]);
});

test('a list that is attached while a file comes into it gives the campaign every lead', async () => {
  const { organizationId, organization, newId, query, importFile } = await newOrganization('Meanwhile');
  const seed = await seedOrganization({ organizationId, organization, newId });
  const rows = Array.from({ length: 16_000 }, (_, i) => `Lead ${i},305${String(2_000_000 + i)}`);
  const attachments: Promise<unknown>[] = [];
  await importFile(`name,phone\n${rows.join('\n')}`, {
    onProgress: ({ rows: stored }) => {
      if (stored === 5000) {
        attachments.push(attachList(organization, seed, { listId: seed.listId, priority: 0, at: NOON }));
      }
    },
  });
  await Promise.all(attachments);
  const [count] = await query<{ leads: number }>`
    select count(*)::int as leads from campaign_lead where campaign_id = ${seed.campaignId}`;
  expect(count?.leads).toBe(16_000);
});

describe('a file that cannot be imported', () => {
  test.each([
    ['is empty', '', /^The file is empty/],
    ['has no phone column', 'name,age\nAnn,33\n', /^No column of the file holds phone numbers/],
    ['has one bad quotation mark on line 1', '"name,phone\nAnn,3055550101\n', /^Line 1 has a quotation mark/],
    ['has 5,000 columns', `${'a column,'.repeat(5000)}\n1\n`, /^The file has 5,001 columns/],
    [
      'has 5,000 columns of long names',
      `${'a very long name of a column,'.repeat(5000)}\n1\n`,
      /^The file has 5,001 columns/,
    ],
    [
      'is a workbook',
      Buffer.from('PK\u0003\u0004xl/worksheets', 'latin1'),
      /^The file is a workbook of a kind/,
    ],
    ['has no line end', 'x'.repeat(3_000_000), /^The file is not text/],
  ])('because it %s leaves nothing behind', async (...[name, text, sentence]) => {
    const { organizationId, query, importFile } = await newOrganization(name);
    await expect(importFile(text)).rejects.toThrow(sentence);
    expect(await listLeadLists(query, organizationId)).toEqual([]);
    expect(await listImports(query, organizationId)).toEqual([]);
  });
});

test('a list of another organization is an unknown list', async () => {
  const mine = await newOrganization('Mine');
  const theirs = await newOrganization('Theirs');
  await theirs.importFile('name,phone\nAnn,3055550101\n');
  const [list] = await listLeadLists(theirs.query, theirs.organizationId);
  expect(await mine.importFile('name,phone\nAnn,3055550101\n', { list: { listId: list!.listId } })).toEqual({
    ok: false,
    problem: 'unknown-list',
  });
  // The same name is another list.
  expect(await resultOf(mine.importFile('name,phone\nAnn,3055550101\n'))).toMatchObject({ imported: 1 });
});

test('numbers without a country are read by that of the list', async () => {
  const { organizationId, query, importFile } = await newOrganization('Country');
  const file = 'name,phone\nAnn,020 7946 0000\n';
  expect(await resultOf(importFile(file, { country: 'GB' }))).toMatchObject({ imported: 1 });
  // An existing list keeps its country whatever is said later.
  expect(await resultOf(importFile('name,phone\nBob,020 7946 0001\n', { country: 'US' }))).toMatchObject({
    imported: 1,
  });
  expect(await listLeadLists(query, organizationId)).toMatchObject([{ country: 'GB', leads: 2 }]);
});

test('says how far it is', async () => {
  const { importFile } = await newOrganization('Progress');
  const rows = Array.from({ length: 11_000 }, (_, i) => `Lead ${i},305${String(2_000_000 + i)}`);
  const seen: number[] = [];
  await importFile(`name,phone\n${rows.join('\n')}`, { onProgress: ({ rows: read }) => seen.push(read) });
  expect(seen).toEqual([2500, 5000, 7500, 10_000, 11_000]);
});

test('an import whose process is gone is marked, with what to do; one that goes on is left alone', async () => {
  const { organizationId, query, importFile } = await newOrganization('Gone');
  const rows = Array.from({ length: 6000 }, (_, i) => `Lead ${i},305${String(2_000_000 + i)}`);
  const looks: Promise<number>[] = [failAbandonedImports(query, NOON)];
  const look = (): void => void looks.push(failAbandonedImports(query, NOON));
  const result = await resultOf(importFile(`name,phone\n${rows.join('\n')}`, { onProgress: look }));
  expect(await Promise.all(looks)).toEqual([0, 0, 0, 0]);
  expect(result).toMatchObject({ imported: 6000 });
  await query`update import_job set state = 'running'`;
  expect(await failAbandonedImports(query, NOON)).toBe(0);
  await query`update import_job set lease_until = clock_timestamp() - interval '1 second'`;
  expect(await failAbandonedImports(query, NOON)).toBe(1);
  const [ended] = await listImports(query, organizationId);
  expect(ended).toMatchObject({ state: 'failed' });
  expect(ended?.error).toMatch(/import the same file again/);
});
