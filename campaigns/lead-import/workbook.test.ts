import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import writeXlsxFile from 'write-excel-file/node';
import { cellText } from './workbook-cell.ts';
import { workbookRows } from './workbook.job.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ringline-workbook-'));
afterAll(() => rmSync(folder, { recursive: true }));

const place = (name: string): string => path.join(folder, name);

async function rowsOf(file: string) {
  const rows: (readonly [line: number, ...cells: string[]])[] = [];
  for await (const { records } of workbookRows(file)) {
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
