import { Command } from 'commander';
import writeXlsxFile from 'write-excel-file/node';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from './clock.ts';
import { runCommandLine } from './command-line.ts';
import { importCommand } from './import-command.ts';
import { mayCallCommand } from './may-call-command.ts';
import { useTestDatabase } from './test-database.ts';

const testDatabase = useTestDatabase();
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ringline-import-'));
  vi.stubEnv('DATABASE_URL', testDatabase().url);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as cli.ts runs it, in this process. */
async function ringline(...args: string[]): Promise<Run> {
  const written = { stdout: '', stderr: '' };
  const output = {
    answer: (text: string) => void (written.stdout += text),
    say: (text: string) => void (written.stderr += text),
  };
  const program = new Command('ringline')
    .addCommand(importCommand(output))
    .addCommand(mayCallCommand(output, systemClock));
  const code = await runCommandLine(program, args, output);
  return { code, ...written };
}

function file(name: string, text: string): string {
  const at = path.join(folder, name);
  writeFileSync(at, text);
  return at;
}

test('imports a file, prints one object, and writes the rejected rows beside it', async () => {
  const leads = file('leads.csv', 'Name,Phone\nAnn,3055550101\nBob,1.21E+10\n');
  const run = await ringline('import', leads, '--list', 'December', '--json');
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(run.stdout)).toEqual({
    rows: 2,
    imported: 1,
    updated: 0,
    rejected: 1,
    byReason: { 'phone-damaged': 1 },
    suppressed: 0,
    seconds: expect.any(Number) as number,
    rejectsFile: `${leads}.rejects.csv`,
  });
  expect(readFileSync(`${leads}.rejects.csv`, 'utf8')).toContain('3,Phone,1.21E+10,phone-damaged,');
  const again = await ringline('import', leads, '--list', 'December');
  expect(again.code).toBe(0);
  expect(again.stdout).toMatch(
    /^2 rows in [\d.]+ s: 0 imported, 1 updated, 1 rejected\.\n {2}phone-damaged: 1\n/,
  );
});

test('takes columns that are named by hand, and the country of the numbers', async () => {
  const leads = file('british.csv', 'who,a,b\nAnn,020 7946 0000,020 7946 0001\n');
  const map = 'who=fullName,b=phone,a=ignore';
  const run = await ringline('import', leads, '--list', 'UK', '--map', map, '--country', 'gb', '--json');
  expect(JSON.parse(run.stdout)).toMatchObject({ imported: 1, rejectsFile: null });
  const numbers = await testDatabase().organization
    .query`select phone from lead_number where phone like '+44%'`;
  expect(numbers).toEqual([{ phone: '+442079460001' }]);
});

test('takes the encoding and the delimiter that are said, and a workbook by what it is', async () => {
  const gbk = Buffer.from('d0d5c3fb7ecad6bbfa0acdf5d0a1c3f77e31333931323334353637380a', 'hex');
  const chinese = path.join(folder, 'chinese.csv');
  writeFileSync(chinese, gbk);
  const said = ['--encoding', 'GBK', '--delimiter', '~', '--country', 'CN', '--json'];
  const run = await ringline('import', chinese, '--list', 'China', ...said);
  expect(JSON.parse(run.stdout)).toMatchObject({ rows: 1, imported: 1 });
  const book = path.join(folder, 'book.xlsx');
  const rows = [
    ['Name', 'Mobile', 'Born'],
    ['Ann', 3_055_550_141, new Date('1990-12-31')],
    ['Bob', 12, null],
  ];
  await writeXlsxFile(rows.map((row) => row.map(cellOf))).toFile(book);
  const fromBook = await ringline('import', book, '--list', 'Book', '--json');
  expect(JSON.parse(fromBook.stdout)).toMatchObject({
    rows: 2,
    imported: 1,
    byReason: { 'phone-too-short': 1 },
  });
  expect(
    await testDatabase().organization.query`
      select l.last_name, l.fields, n.phone from lead l join lead_number n using (lead_id)
       where n.phone in ('+8613912345678', '+13055550141') order by n.phone`,
  ).toEqual([
    { last_name: 'Ann', fields: { Born: '1990-12-31' }, phone: '+13055550141' },
    { last_name: '王小明', fields: {}, phone: '+8613912345678' },
  ]);
});

test('imports the sheet that is named', async () => {
  const book = path.join(folder, 'sheets.xlsx');
  const sheets = [
    { sheet: 'Cover', data: [['Hello'].map(cellOf)] },
    { sheet: 'March', data: [['Name', 'Mobile'].map(cellOf), ['Eve', '3055550147'].map(cellOf)] },
  ];
  await writeXlsxFile(sheets).toFile(book);
  const run = await ringline('import', book, '--list', 'Sheets', '--sheet', 'march', '--json');
  expect(JSON.parse(run.stdout)).toMatchObject({ rows: 1, imported: 1 });
  const wrong = await ringline('import', book, '--list', 'Sheets', '--sheet', 'April', '--json');
  expect([wrong.code, wrong.stderr]).toEqual([
    2,
    'The workbook has no sheet “April”: its sheets are Cover, March.\n',
  ]);
});

const cellOf = (value: string | number | Date | null) =>
  value instanceof Date ? { value, type: Date, format: 'dd/mm/yyyy' } : value === null ? null : { value };

describe('says in one line what is wrong, and ends with', () => {
  test.each([
    [1, ['empty.csv', ''], [], /^The file is empty: .*\n$/],
    [1, ['ages.csv', 'name,age\nAnn,33\n'], [], /^No column of the file holds phone numbers .*\n$/],
    [
      2,
      ['a.csv', 'name,phone\nAnn,3055550101\n'],
      ['--map', 'tel=phone'],
      /^The file has no column “tel”: .*\n$/,
    ],
    [
      2,
      ['b.csv', 'name,phone\nAnn,3055550101\n'],
      ['--map', 'phone'],
      /^“phone” does not say which column .*\n$/,
    ],
    [
      2,
      ['c.csv', 'name,phone\nAnn,3055550101\n'],
      ['--country', 'USA'],
      /^--country "USA" is no country code .*\n$/,
    ],
    [
      2,
      ['e.csv', 'name,phone\nAnn,3055550101\n'],
      ['--encoding', 'EBCDIC'],
      /^“EBCDIC” is no encoding that can be read: choose utf-8, .*\n$/,
    ],
    [
      2,
      ['f.csv', 'name,phone\nAnn,3055550101\n'],
      ['--delimiter', 'comma'],
      /^“comma” cannot separate columns: .*\n$/,
    ],
    [
      2,
      ['d.csv', 'name,phone\nAnn,3055550101\n'],
      ['--organization', 'Acme'],
      /^There is no organization "Acme": .*\n$/,
    ],
  ] as const)('%i: %j %j', async (...[code, [name, text], options, stderr]) => {
    const run = await ringline('import', file(name, text), '--list', 'Broken', ...options);
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).toMatch(stderr);
  });

  test('2 for a file that is not there, and for a folder', async () => {
    expect(await ringline('import', 'nowhere.csv', '--list', 'x')).toMatchObject({ code: 2, stdout: '' });
    expect(await ringline('import', folder, '--list', 'x')).toMatchObject({
      code: 2,
      stderr: `${folder} is a folder: name the CSV file in it.\n`,
    });
  });
});

describe('may-call', () => {
  test('answers without a database by exit code and one object', async () => {
    const noon = await ringline(
      'may-call',
      '305-555-0100',
      '--kind',
      'telemarketing',
      '--at',
      '2026-12-02T12:00-05:00',
      '--json',
    );
    expect(noon).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(noon.stdout)).toMatchObject({ verdict: 'cleared', zones: ['America/New_York'] });
    const night = await ringline(
      'may-call',
      '305-555-0100',
      '--kind',
      'debt',
      '--at',
      '2026-12-02T22:00-05:00',
      '--json',
    );
    expect(night).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(night.stdout)).toMatchObject({ verdict: 'refused', rule: 'calling-window' });
  });

  test.each([
    [['12', '--kind', 'debt']],
    [['3055550100']],
    [['3055550100', '--kind', 'party']],
    [['3055550100', '--kind', 'debt', '--at', '2026-12-02T12:00']],
    [['3055550100', '--kind', 'debt', '--zone', 'Mars/Olympus']],
    [['3055550100', '--kind', 'debt', '--minutes', 'ten']],
  ])('refuses a question that makes no sense with one line: %j', async (args) => {
    const run = await ringline('may-call', ...args);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr.trimEnd()).toMatch(/^.+$/);
  });
});
