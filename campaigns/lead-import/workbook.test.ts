import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import writeXlsxFile from 'write-excel-file/node';
import { cellText } from './workbook-cell.ts';
import { sheetNamed, sheetNames } from './workbook-sheets.ts';
import { workbookRows } from './workbook.job.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ringline-workbook-'));
afterAll(() => rmSync(folder, { recursive: true }));

const place = (name: string): string => path.join(folder, name);

async function rowsOf(file: string, sheet: string | null = null) {
  const rows: (readonly [line: number, ...cells: string[]])[] = [];
  for await (const { records } of workbookRows(file, sheet)) {
    for (const record of records) if (record.type === 'cells') rows.push([record.line, ...record.cells]);
  }
  return rows;
}

describe('the rows of a workbook', () => {
  test('are what the user saw, with the line of each', async () => {
    const file = place('seen.xlsx');
    await writeXlsxFile([
      [{ value: 'Name' }, { value: 'Mobile' }, { value: 'Born' }, { value: 'Share' }, { value: 'Member' }],
      [
        { value: ' Ann ' },
        { value: 13_055_550_100 },
        { value: new Date('1990-12-31'), type: Date, format: 'dd/mm/yyyy' },
        { value: 0.1 + 0.2 },
        { value: true },
      ],
      [null, null, null, null, null],
      [{ value: 'Bob' }, { value: '0012' }, null, null, null],
    ]).toFile(file);
    expect(await rowsOf(file)).toEqual([
      [1, 'Name', 'Mobile', 'Born', 'Share', 'Member'],
      [2, 'Ann', '13055550100', '1990-12-31', '0.3', 'TRUE'],
      [4, 'Bob', '0012', '', '', ''],
    ]);
  });

  test.each([
    ['1.3055550100000001E10', true, '13055550100'],
    ['442079460018', true, '442079460018'],
    ['-12.50', true, '-12.5'],
    ['1E+30', true, '1E+30'],
    [new Date('2026-12-01T14:30:00Z'), false, '2026-12-01 14:30'],
    [new Date('1899-12-30T08:15:00Z'), false, '08:15'],
    [false, false, 'FALSE'],
    [null, false, ''],
  ])('%s is %s', (cell, isNumber, text) => {
    expect(cellText(cell, isNumber)).toBe(text);
  });
});

describe('the sheets of a workbook', () => {
  const cells = (...texts: string[]) => texts.map((value) => ({ value }));

  test('are read by name, as it is written or nearly; without one the first with anything on it', async () => {
    const file = place('sheets.xlsx');
    const sheets = [
      { sheet: 'Empty', data: [] },
      { sheet: 'Read <me> & "co"', data: [cells('Hello')] },
      { sheet: '客户 2026', data: [cells('Mobile'), cells('12')] },
    ];
    await writeXlsxFile(sheets).toFile(file);
    expect(await rowsOf(file)).toEqual([[1, 'Hello']]);
    expect(await rowsOf(file, 'read <ME> & "co"')).toEqual([[1, 'Hello']]);
    expect(await rowsOf(file, '客户 2026')).toEqual([
      [1, 'Mobile'],
      [2, '12'],
    ]);
    expect(await rowsOf(file, 'Empty')).toEqual([]);
    for await (const found of workbookRows(file)) {
      expect(found).toMatchObject({ sheet: 'Read <me> & "co"', sheets: sheets.map(({ sheet }) => sheet) });
    }
    await expect(rowsOf(file, 'Leads')).rejects.toThrow(
      'The workbook has no sheet “Leads”: its sheets are Empty, Read <me> & "co", 客户 2026.',
    );
  });

  test.each([
    ['<sheets><sheet name="A" sheetId="1" r:id="rId1"/><sheet name="B" sheetId="2"/></sheets>', ['A', 'B']],
    ["<x:sheet sheetId='1'\n name = 'Tom&apos;s &#x5BA2;&#25143;' />", ["Tom's 客户"]],
    [
      '<sheet state="hidden" name="Old"/><sheet name="x > y"/><sheet state="veryHidden" name="Z"/>',
      ['x > y', 'Old', 'Z'],
    ],
    ['<sheet name="a_x000D_b &unknown; &#x110000;"/>', ['a\rb &unknown; &#x110000;']],
    ['<sheetView name="no"/><sheet sheetId="3"/>', []],
  ])('of %s are %j', (xml, names) => {
    expect(sheetNames(xml)).toEqual(names);
  });

  test('that is meant is the one of exactly that name, then one that differs in case or in spaces', () => {
    expect(sheetNamed(['leads', 'Leads'], 'Leads')).toBe('Leads');
    expect(sheetNamed(['Leads '], 'leads')).toBe('Leads ');
    expect(sheetNamed(['Leads'], 'Lead')).toBeNull();
  });
});

interface ZipEntry {
  readonly name: string;
  readonly text: string;
  /** What its directory says instead of the truth. */
  readonly saidSize?: number;
}

/** A zip by hand, because no library writes one that lies. */
function zipOf(entries: readonly ZipEntry[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, text, saidSize } of entries) {
    const packed = deflateRawSync(text);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(8, 4);
    head.writeUInt32LE(crc32(text), 10);
    head.writeUInt32LE(packed.length, 14);
    head.writeUInt32LE(saidSize ?? text.length, 18);
    head.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), head, Buffer.from(name), packed]);
    const tail = Buffer.alloc(16);
    tail.writeUInt32LE(offset, 12);
    directory.push(
      Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\0'), head, tail.subarray(2), Buffer.from(name)]),
    );
    bodies.push(local);
    offset += local.length;
  }
  const names = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(names.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, names, end]);
}

const BOOK = { name: 'xl/workbook.xml', text: '<workbook/>' };
const sheet = (text: string): ZipEntry => ({ name: 'xl/worksheets/sheet1.xml', text });

describe('a workbook is refused in one sentence', () => {
  test.each([
    [
      'with too many rows',
      zipOf([BOOK, sheet('<row r="1"></row>'.repeat(100_002))]),
      /more than 100,000 rows, .* save as CSV/,
    ],
    [
      'that says it becomes gigabytes',
      zipOf([BOOK, { ...sheet('<row/>'), saidSize: 3_000_000_000 }]),
      /becomes too large when it is unpacked: save as CSV/,
    ],
    [
      'that becomes more than it says',
      zipOf([BOOK, { ...sheet('<row r="1"></row>'.repeat(50_000)), saidSize: 1000 }]),
      /cannot be read: .* save as CSV/,
    ],
    [
      'with something that its directory does not name',
      Buffer.concat([Buffer.alloc(100_000), zipOf([BOOK, sheet('<row/>')])]),
      /cannot be read: .* save as CSV/,
    ],
    ['that is another archive', zipOf([{ name: 'word/document.xml', text: '<document/>' }]), /compressed/],
    ['that is cut off', zipOf([BOOK, sheet('<row/>')]).subarray(0, 60), /cannot be read/],
    ['without a sheet', zipOf([BOOK]), /cannot be read/],
  ])('%s', async (name, bytes, sentence) => {
    const file = place(`${name}.xlsx`);
    writeFileSync(file, bytes);
    await expect(rowsOf(file)).rejects.toThrow(sentence);
  });
});
