import { describe, expect, test } from 'vitest';
import type { Column } from './column.ts';
import type { LeadField } from './header-words.ts';
import { readRow, type ReadRow } from './lead-row.ts';

const columns = (...fields: LeadField[]): Column[] =>
  fields.map((field, i) => ({ name: `${field} ${i}`, field }));

function read(fields: LeadField[], ...cells: string[]): ReadRow {
  return readRow(
    { type: 'cells', line: 7, cells, hasStrayQuote: false },
    {
      columns: columns(...fields),
      country: 'US',
      dateOrder: 'month-day',
    },
  );
}

test('a row becomes a lead with its numbers, their zones, and all other columns as they came', () => {
  expect(
    read(
      ['firstName', 'lastName', 'phone', 'externalId', 'other', 'ignore'],
      'Ann',
      'Smith',
      '(364) 555-0100',
      'A-7',
      'x@y.z',
      'no',
    ),
  ).toEqual({
    type: 'lead',
    lead: {
      line: 7,
      firstName: 'Ann',
      lastName: 'Smith',
      externalId: 'A-7',
      fields: { 'other 4': 'x@y.z' },
      numbers: [{ phone: '+13645550100', zoneKey: 'America/Chicago|America/New_York' }],
      misfits: [],
      cells: ['Ann', 'Smith', '(364) 555-0100', 'A-7', 'x@y.z', 'no'],
    },
  });
});

test.each([
  ['Smith, Ann', 'Ann', 'Smith'],
  ['Ann Maria Smith', 'Ann Maria', 'Smith'],
  ['Cher', '', 'Cher'],
  ['王小明', '', '王小明'],
])('a full name is split: %s', (name, firstName, lastName) => {
  expect(read(['fullName', 'phone'], name, '3055550100')).toMatchObject({ lead: { firstName, lastName } });
});

test('a lead with one good number keeps the bad one as it came', () => {
  expect(read(['phone', 'phone', 'phone'], '12', '3055550100', '305-555-0100')).toMatchObject({
    lead: { numbers: [{ phone: '+13055550100' }], fields: { 'phone 0': '12' } },
  });
});

describe('a row that is no lead says why, where, and what stood there', () => {
  test.each([
    [['Ann', ''], 'phone-missing', 'phone 1', ''],
    [['Ann', '1.21E+10'], 'phone-damaged', 'phone 1', '1.21E+10'],
    [['Ann', 'see notes'], 'phone-not-a-number', 'phone 1', 'see notes'],
    [['Ann', '3055550100', 'Jr.'], 'too-many-cells', null, 'Jr.'],
    [['Jos\ufffd', '3055550100'], 'unreadable-text', 'fullName 0', 'Jos\ufffd'],
    [['x'.repeat(40_000), '3055550100'], 'row-too-large', null, null],
    [[], 'phone-missing', 'phone 1', ''],
  ])('%j', (...[cells, reason, column, value]) => {
    expect(read(['fullName', 'phone'], ...cells)).toMatchObject({
      type: 'rejected',
      rejected: { line: 7, reason, column, value },
    });
  });

  test('a broken quotation mark', () => {
    expect(
      readRow(
        { type: 'broken', line: 3, text: '"Ann,3' },
        { columns: columns('phone'), country: 'US', dateOrder: 'month-day' },
      ),
    ).toEqual({
      type: 'rejected',
      rejected: { line: 3, reason: 'bad-quote', column: null, value: null, row: [['line', '"Ann,3']] },
    });
  });
});

test('a field is stored in the form of its type, and as it came where it has another', () => {
  const typed: Column[] = [
    { name: 'Phone', field: 'phone' },
    { name: 'Born', field: 'other', type: 'date' },
    { name: 'Paid', field: 'other', type: 'number' },
    { name: 'Member', field: 'other', type: 'yes-no' },
  ];
  const layout = { columns: typed, country: 'US', dateOrder: 'month-day' } as const;
  const record = (...cells: string[]) => ({ type: 'cells', line: 2, cells, hasStrayQuote: false }) as const;
  expect(readRow(record('3055550100', '12/31/1990', '1,234.50', 'Y'), layout)).toMatchObject({
    lead: { fields: { Born: '1990-12-31', Paid: '1234.50', Member: 'yes' }, misfits: [] },
  });
  expect(readRow(record('3055550100', 'unknown', '', 'maybe'), layout)).toMatchObject({
    lead: { fields: { Born: 'unknown', Member: 'maybe' }, misfits: ['Born', 'Member'] },
  });
});

test('zeros are taken out of the text, because PostgreSQL stores none', () => {
  expect(read(['fullName', 'phone'], 'A\0nn', '3055550100')).toMatchObject({ lead: { lastName: 'Ann' } });
});
