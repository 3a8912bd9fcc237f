import { describe, expect, test } from 'vitest';
import writeXlsxFile from 'write-excel-file/node';
import type { Import, ImportOptions, ImportPreview, Imports, LeadFieldTypes } from '../api/import.schema.ts';
import type { Lists } from '../api/list.schema.ts';
import type { DoNotCallList } from '../api/do-not-call.schema.ts';
import type { History, Lead, Leads } from '../api/lead.schema.ts';
import type { ErrorBody } from '../api/scalar.schema.ts';
import { useTestHttp, type Answer, type TestUser } from '../test-http.ts';

const http = useTestHttp({ settings: { uploadBytesMax: 200_000 } });

function form(file: string | Uint8Array<ArrayBuffer>, options: ImportOptions | null = null): FormData {
  const parts = new FormData();
  if (options !== null) parts.append('options', JSON.stringify(options));
  parts.append('file', new Blob([file], { type: 'text/csv' }), 'leads.csv');
  return parts;
}

/** Uploads and waits for the end of the import, if one begins. */
async function upload(
  user: TestUser,
  query: string,
  ...file: Parameters<typeof form>
): Promise<Answer<Import & ErrorBody>> {
  const answer = await user.send<Import & ErrorBody>('POST', `/api/imports?${query}`, form(...file));
  if (answer.status !== 201) return answer;
  const { importId } = answer.body;
  const read = async () => (await user.get<Import & ErrorBody>(`/api/imports/${importId}`)).body;
  await expect
    .poll(async () => (await read()).state, { interval: 10, timeout: 20_000 })
    .not.toMatch(/queued|running/);
  return { ...answer, body: await read() };
}

const CSV = [
  'First name,Last name,Phone,Plan',
  'Grace,Hopper,305-555-0101,gold',
  'Ada,Lovelace,12,silver',
  'Alan,Turing,(305) 555-0102,',
].join('\n');

describe('an upload', () => {
  test('is stored as a list with its leads, and gives back the rows that were not taken', async () => {
    const manager = await http().signedIn('manager');
    const { status, body } = await upload(manager, 'listName=Spring', CSV);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      listName: 'Spring',
      fileName: 'leads.csv',
      state: 'done',
      rowsRead: 3,
      imported: 2,
      rejected: 1,
      byReason: [{ reason: 'phone-too-short', rows: 1 }],
    });
    const rejects = await manager.get<string>(`/api/imports/${body.importId}/rejects.csv`);
    expect(rejects.headers.get('content-disposition')).toBe(
      `attachment; filename="rejects-${body.importId}.csv"`,
    );
    expect(rejects.body).toContain('Lovelace');
    const { imports } = (await manager.get<Imports>(`/api/imports?listId=${body.listId}`)).body;
    expect(imports.map(({ importId }) => importId)).toEqual([body.importId]);
  });

  test('shows its leads with full numbers to those who need them and masked to the others', async () => {
    const manager = await http().signedIn('manager');
    const supervisor = await http().signedIn('supervisor');
    const { body } = await upload(manager, 'listName=Masks', 'Name,Phone\nGrace Hopper,305-555-0111');
    const path = `/api/leads?listId=${body.listId}&q=grace`;
    const [seen] = (await manager.get<Leads>(path)).body.leads;
    expect(seen?.phones).toEqual(['+13055550111']);
    expect((await supervisor.get<Leads>(path)).body.leads[0]?.phones).toEqual(['+1305*****11']);
    const lead = await supervisor.get<Lead>(`/api/leads/${seen?.leadId ?? ''}`);
    expect(lead.body.numbers).toMatchObject([{ phone: '+1305*****11', zones: ['America/New_York'] }]);
    expect(
      JSON.stringify((await supervisor.get(`/api/leads/${seen?.leadId ?? ''}/history`)).body),
    ).not.toContain('5550111');
  });
});

describe('a preview', () => {
  // 姓名;电话;城市 / 王小明;13912345678;上海 in GBK.
  const GBK = Uint8Array.from(
    Buffer.from('d0d5c3fb3bb5e7bbb03bb3c7cad00acdf5d0a1c3f73b31333931323334353637383bc9cfbaa30a', 'hex'),
  );
  const preview = async (user: TestUser, query: string, ...file: Parameters<typeof form>) =>
    user.send<ImportPreview & ErrorBody>('POST', `/api/import-previews?${query}`, form(...file));

  test('suggests encoding, delimiter and columns, and takes what somebody says instead', async () => {
    const manager = await http().signedIn('manager');
    const suggested = await preview(manager, 'country=CN', GBK);
    expect(suggested.body).toEqual({
      format: 'text',
      encoding: 'gb18030',
      delimiter: ';',
      sheet: null,
      sheets: [],
      hasHeader: true,
      columns: [
        { name: '姓名', field: 'fullName' },
        { name: '电话', field: 'phone' },
        { name: '城市', field: 'other' },
      ],
      isRemembered: false,
      rows: [['王小明', '13912345678', '上海']],
    });
    const said = await preview(manager, 'country=CN&encoding=big5&delimiter=%7C&hasHeader=false', GBK);
    expect(said.body).toMatchObject({ encoding: 'big5', delimiter: '|', hasHeader: false });
    expect(said.body.rows).toHaveLength(2);
  });

  describe('of a workbook', () => {
    const table = (...rows: readonly (readonly (string | number)[])[]) =>
      rows.map((row) => row.map((value) => ({ value })));
    const workbook = async (...sheets: readonly { sheet: string; data: ReturnType<typeof table> }[]) =>
      Uint8Array.from(await writeXlsxFile([...sheets]).toBuffer());
    const cover = { sheet: 'Read me', data: table(['Report of March'], ['by Ann']) };
    const leads = (phone: string) => ({
      sheet: 'Leads of March',
      data: table(['Name', 'Our line'], ['Ada', phone]),
    });

    test('offers its sheets by name and reads the one that is chosen', async () => {
      const manager = await http().signedIn('manager');
      const book = await workbook({ sheet: 'Empty', data: [] }, cover, leads('305-555-0171'));
      const first = (await preview(manager, '', book)).body;
      expect(first).toMatchObject({
        format: 'workbook',
        sheet: 'Read me',
        sheets: ['Empty', 'Read me', 'Leads of March'],
        rows: [['by Ann']],
      });
      const chosen = (await preview(manager, 'sheet=Leads%20of%20March', book)).body;
      expect(chosen).toMatchObject({ sheet: 'Leads of March', rows: [['Ada', '305-555-0171']] });
      const none = await preview(manager, 'sheet=Empty', book);
      expect([none.status, none.body.error.message]).toEqual([
        422,
        'There is nothing on the sheet “Empty”: choose another one.',
      ]);
      const unknown = await preview(manager, 'sheet=April', book);
      expect(unknown.body.error.message).toMatch(
        /^The workbook has no sheet “April”: its sheets are Empty, /,
      );
      const text = await preview(manager, 'sheet=April', CSV);
      expect(text.body.error.message).toBe('The file is no workbook and has no sheets: name no sheet.');
    });

    test('begins with the sheet that was imported the last time, as long as its columns are the same', async () => {
      const manager = await http().signedIn('manager');
      const columns = [
        { name: 'Name', field: 'firstName' as const },
        { name: 'Our line', field: 'phone' as const },
      ];
      const query = 'listName=Sheets&sheet=Leads%20of%20March';
      const imported = await upload(manager, query, await workbook(cover, leads('305-555-0172')), {
        columns,
      });
      expect(imported.body).toMatchObject({ state: 'done', imported: 1 });
      const again = (await preview(manager, '', await workbook(cover, leads('305-555-0173')))).body;
      expect(again).toMatchObject({ sheet: 'Leads of March', isRemembered: true, columns });
      const other = { sheet: 'Leads of March', data: table(['Other'], ['x']) };
      expect((await preview(manager, '', await workbook(cover, other))).body.sheet).toBe('Read me');
      const stranger = await http().signedIn('manager', {
        organizationId: await http().database.makeOrganization('Elsewhere'),
      });
      const elsewhere = await preview(stranger, '', await workbook(cover, leads('305-555-0174')));
      expect(elsewhere.body.sheet).toBe('Read me');
    });

    test('without a sheet of phone numbers at its beginning names the other sheets', async () => {
      const manager = await http().signedIn('manager');
      const book = await workbook(cover, leads('305-555-0175'));
      const { status, body } = await upload(manager, 'listName=Cover', book);
      expect(status).toBe(422);
      expect(body.error.message).toMatch(/or choose another sheet of the workbook \(Leads of March\)\.$/);
    });
  });

  test('of a file that is cut says nothing of its last row', async () => {
    const manager = await http().signedIn('manager');
    const { body } = await preview(manager, 'isCut=true', 'Name,Phone\nAnn,3055550100\nBob,3055');
    expect(body.rows).toEqual([['Ann', '3055550100']]);
  });

  test('offers columns as they were the last time, and fields with their types', async () => {
    const manager = await http().signedIn('manager');
    const csv = 'Who,Where,Since\nAnn,3055550191,2024-01-31\nBob,3055550192,unknown\n';
    const columns: ImportOptions['columns'] = [
      { name: 'Who', field: 'fullName' },
      { name: 'Where', field: 'phone' },
      { name: 'Since', field: 'other', type: 'date' },
    ];
    const { body } = await upload(manager, 'listName=Mapped', csv, { columns });
    expect(body).toMatchObject({
      imported: 2,
      misfits: [{ column: 'Since', type: 'date', cells: 1, line: 3 }],
    });
    expect((await preview(manager, '', csv)).body).toMatchObject({ isRemembered: true, columns });
    const other = await preview(manager, '', 'Since,Phone\nnever,3055550193\n2024-01-31,3055550194\n');
    expect(other.body).toMatchObject({
      isRemembered: false,
      columns: [{ type: 'date' }, { field: 'phone' }],
    });
    const { fields } = (await manager.get<LeadFieldTypes>('/api/lead-fields')).body;
    expect(fields).toContainEqual({ name: 'Since', type: 'date' });
    const organizationId = await http().database.makeOrganization('Strangers');
    const stranger = await http().signedIn('manager', { organizationId });
    expect((await preview(stranger, '', csv)).body).toMatchObject({ isRemembered: false });
    expect((await stranger.get<LeadFieldTypes>('/api/lead-fields')).body.fields).toEqual([]);
  });

  test('of a file that cannot be read says why', async () => {
    const manager = await http().signedIn('manager');
    const { status, body } = await preview(manager, '', '%PDF-1.7');
    expect([status, body.error.code]).toEqual([422, 'import-packed']);
  });
});

test('people who are there already are treated as was chosen, and each is counted', async () => {
  const manager = await http().signedIn('manager');
  await upload(manager, 'listName=Known', 'Name,Phone\nAnn,3055550181\n');
  const csv = 'Name,Phone\nBeth,3055550181\nCy,3055550182\nCy,3055550182\n';
  const rules = { file: 'skip', list: 'reject', organization: 'add' } as const;
  const options: ImportOptions = { duplicates: { byNumber: rules, byExternalId: rules } };
  expect((await upload(manager, 'listName=Known', csv, options)).body).toMatchObject({
    rowsRead: 3,
    imported: 1,
    skipped: 1,
    rejected: 1,
    byReason: [{ reason: 'duplicate-in-list', rows: 1 }],
  });
});

test('an import is cancelled by those who may import, and nobody else’s', async () => {
  const manager = await http().signedIn('manager');
  const supervisor = await http().signedIn('supervisor');
  const rows = Array.from({ length: 8000 }, (_, i) => `305${String(6_000_000 + i)}`).join('\n');
  const started = await manager.send<Import>(
    'POST',
    '/api/imports?listName=Cancelled',
    form(`Phone\n${rows}`),
  );
  const path = `/api/imports/${started.body.importId}/cancel`;
  expect((await supervisor.send('POST', path)).status).toBe(403);
  const organizationId = await http().database.makeOrganization('Others');
  const stranger = await http().signedIn('manager', { organizationId });
  expect((await stranger.send('POST', path)).status).toBe(404);
  expect((await manager.send<Import>('POST', path)).body.state).toBe('cancelled');
  expect((await manager.get<Import>(path.replace('/cancel', ''))).body.state).toBe('cancelled');
});

describe('who sees masked numbers', () => {
  test('gets neither an unread phone cell nor a number within the cursor of a page', async () => {
    const manager = await http().signedIn('manager');
    const supervisor = await http().signedIn('supervisor');
    const csv = 'Name,Phone,Mobile,Born,Plan\nGrace Hopper,305-555-0121,(305) 555 012,1906-12-09,gold 24';
    const { body } = await upload(manager, 'listName=Cells', csv);
    const leadId = (await manager.get<Leads>(`/api/leads?listId=${body.listId}`)).body.leads[0]!.leadId;
    const path = `/api/leads/${leadId}`;
    const fields = { Mobile: '(305) 555 012', Born: '1906-12-09', Plan: 'gold 24' };
    expect((await manager.get<Lead>(path)).body.fields).toMatchObject(fields);
    const seen = (await supervisor.get<Lead>(path)).body.fields;
    expect(seen).toMatchObject({ Born: fields.Born, Plan: fields.Plan });
    expect(JSON.stringify(seen)).not.toMatch(/555/);

    await manager.send('POST', '/api/do-not-call', { phone: '+13055550121' });
    const history = await supervisor.get<History>(`${path}/history?limit=1`);
    const next = history.body.next!;
    expect(Buffer.from(next, 'base64url').toString('latin1') + next).not.toContain('5550121');
    const rest = await supervisor.get<History>(`${path}/history?limit=1&after=${next}`);
    expect(rest.body.entries.map(({ kind }) => kind)).toEqual(['imported']);
  });

  test('turns the pages of the do-not-call list by a cursor without a number', async () => {
    const officer = await http().signedIn('officer');
    const auditor = await http().signedIn('auditor');
    await officer.send('POST', '/api/do-not-call', { phone: '+13055550131' });
    await officer.send('POST', '/api/do-not-call', { phone: '+13055550132' });
    const seen: string[] = [];
    let after = '';
    do {
      const { body } = await auditor.get<DoNotCallList>(`/api/do-not-call?limit=1${after}`);
      expect(Buffer.from(body.next ?? '', 'base64url').toString('latin1') + (body.next ?? '')).not.toMatch(
        /305555/,
      );
      seen.push(...body.entries.map(({ phone }) => phone));
      after = body.next === null ? '' : `&after=${body.next}`;
    } while (after !== '');
    expect(seen.filter((phone) => /3[12]$/.test(phone))).toEqual(['+1305*****31', '+1305*****32']);
  });
});

test.each([
  '/api/leads?after=x',
  '/api/leads?q=%00',
  '/api/do-not-call?after=a%20b',
  '/api/do-not-call?after=%00',
])('what cannot be asked is refused with one sentence: %s', async (path) => {
  const manager = await http().signedIn('manager');
  const { status, body } = await manager.get<ErrorBody>(path);
  expect([status, body.error.message]).toEqual([400, expect.stringMatching(/^[A-Z].*\.$/)]);
});

describe('what cannot be imported gets one sentence and stores nothing', () => {
  const columns = Array.from({ length: 5000 }, (_, i) => `c${i}`).join(',');
  test.each([
    { what: 'an empty file', csv: '', code: 'empty', sentence: /^The file is empty/ },
    {
      what: 'no phone column',
      csv: 'Name\nGrace\nAda',
      code: 'no-phone-column',
      sentence: /^No column of the file/,
    },
    {
      what: 'a bad quote',
      csv: 'Name,"Pho"ne\nGrace,3055550100',
      code: 'bad-quote',
      sentence: /^Line 1 has a quot/,
    },
    {
      what: '5,000 columns',
      csv: `${columns}\n`,
      code: 'too-many-columns',
      sentence: /^The file has 5,000 columns/,
    },
  ])('$what', async ({ what, csv, code, sentence }) => {
    const manager = await http().signedIn('manager');
    const { status, body } = await upload(manager, `listName=${encodeURIComponent(what)}`, csv);
    expect([status, body.error.code]).toEqual([422, `import-${code}`]);
    expect(body.error.message).toMatch(sentence);
    const lists = await manager.get<Lists>('/api/lists');
    expect(lists.body.lists.map(({ name }) => name)).not.toContain(what);
  });

  test('a file that is too large', async () => {
    const manager = await http().signedIn('manager');
    const { status, body } = await upload(
      manager,
      'listName=Large',
      `Phone\n${'3055550100\n'.repeat(30_000)}`,
    );
    expect(status).toBe(413);
    expect(body.error.message).toMatch(/^The file is larger than 0 MB; split it/);
    expect(
      (await manager.get<Imports>('/api/imports')).body.imports.map(({ listName }) => listName),
    ).not.toContain('Large');
  });

  test('no form', async () => {
    const manager = await http().signedIn('manager');
    const answer = await manager.send<ErrorBody>('POST', '/api/imports?listName=x', { a: 1 });
    expect(answer.status).toBe(415);
    expect(answer.body.error.message).toBe('Send the file as multipart/form-data.');
    const csv = await manager.send<ErrorBody>(
      'POST',
      '/api/imports?listName=x',
      {},
      { 'content-type': 'text/csv' },
    );
    expect([csv.status, csv.body.error.message]).toEqual([415, 'Send the file as multipart/form-data.']);
  });

  test.each([
    ['no list', '', 'Say into which list the file goes.'],
    ['an unknown list', 'listId=0190a000-0000-7000-8000-000000000000', 'There is no such list.'],
    [
      'a bad country',
      'listName=x&country=America',
      'The field country must be a country code of two letters, like US.',
    ],
  ])('%s', async (_what, query, message) => {
    const manager = await http().signedIn('manager');
    const { status, body } = await upload(manager, query, CSV);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body.error.message).toBe(message);
  });
});
