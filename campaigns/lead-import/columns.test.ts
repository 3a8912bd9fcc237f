import { describe, expect, test } from 'vitest';
import { readColumnMap } from './column-map.ts';
import { readLayout, requirePhoneColumn, type LayoutOptions } from './columns.ts';

type Said = Partial<Omit<LayoutOptions, 'map'>> & { readonly map?: string };

function layoutOf(text: string, { map = '', country = 'US', ...said }: Said = {}) {
  const layout = readLayout(text, { country, map: readColumnMap(map), isWhole: true, ...said });
  requirePhoneColumn(layout);
  return layout;
}
const fieldsOf = (text: string, options: Said = {}) =>
  Object.fromEntries(layoutOf(text, options).columns.map(({ name, field }) => [name, field]));

describe('columns are known by their names', () => {
  test.each([
    ['en', 'First Name,Last Name,Phone Number,Customer ID,City', 'US', '305-555-0100'],
    ['es', 'Nombre,Apellidos,Teléfono móvil,Código cliente,Ciudad', 'ES', '612 345 678'],
    ['de', 'Vorname;Nachname;Rufnummer;Kunden-Nr.;Ort', 'DE', '030 123456'],
    ['fr', 'Prénom;Nom;Téléphone portable;Numéro client;Ville', 'FR', '06 12 34 56 78'],
    ['zh', '名,姓,手机号码,客户编号,城市', 'CN', '13912345678'],
  ])('%s', (...[, header, country, phone]) => {
    const row = header.includes(';') ? `A;B;${phone};7;C` : `A,B,${phone},7,C`;
    const { columns } = layoutOf(`${header}\n${row}\n`, { country });
    const expected = ['firstName', 'lastName', 'phone', 'externalId', 'other'];
    // "Teléfono móvil" and "Téléphone portable" are words of the list, too.
    expect(columns.map(({ field }) => field)).toEqual(expected);
  });

  test('several numbers of a person are all numbers', () => {
    expect(fieldsOf('name,phone1,phone2,Mobile\nAnn,3055550100,,3055550101\n')).toEqual({
      name: 'fullName',
      phone1: 'phone',
      phone2: 'phone',
      Mobile: 'phone',
    });
  });

  test('a second column of the same name is kept as it came', () => {
    expect(fieldsOf('Name,Name,Phone,\nAnn,Beth,3055550100,x\n')).toEqual({
      Name: 'fullName',
      'Name (2)': 'other',
      Phone: 'phone',
      'Column 4': 'other',
    });
  });
});

describe('what stands in a column decides over its name', () => {
  test('numbers under a name that says nothing', () => {
    expect(fieldsOf('who,where to reach\nAnn,(305) 555-0100\nBob,305.555.0101\n')).toMatchObject({
      'where to reach': 'phone',
    });
  });

  test('a column named phone without any number, beside one that has them', () => {
    expect(fieldsOf('Phone,Contact line\nhome,3055550100\nwork,3055550101\n')).toEqual({
      Phone: 'other',
      'Contact line': 'phone',
    });
  });

  test('a column of damaged numbers stays one of numbers, so that its rows are handed back', () => {
    expect(fieldsOf('Phone,Mobile\n3055550100,1.21E+10\n3055550101,########\n')).toEqual({
      Phone: 'phone',
      Mobile: 'phone',
    });
  });

  test('a name that has the word for a phone in it, where numbers stand below it', () => {
    expect(fieldsOf('姓名,备用电话,Phone type,Best phone to reach\nA,3055550100,home,3055550101\n')).toEqual({
      姓名: 'fullName',
      备用电话: 'phone',
      'Phone type': 'other',
      'Best phone to reach': 'phone',
    });
  });

  test('a file without a header', () => {
    const layout = layoutOf('Ann,3055550100\nBob,3055550101\n');
    expect(layout.hasHeader).toBe(false);
    expect(layout.columns).toEqual([
      { name: 'Column 1', field: 'other' },
      { name: 'Column 2', field: 'phone' },
    ]);
  });

  test('a bare list of numbers', () => {
    expect(layoutOf('3055550100\n3055550101\n')).toMatchObject({
      hasHeader: false,
      columns: [{ field: 'phone' }],
    });
  });
});

test.each([
  [',', 'name,phone\nAnn,3055550100\n'],
  [';', 'name;phone\n"Smith, Ann";3055550100\n'],
  ['\t', 'name\tphone\nSmith, Ann\t3055550100\n'],
  ['|', 'name|phone\nAnn|3055550100\n'],
])('the delimiter is guessed: %j', (delimiter, text) => {
  expect(layoutOf(text).delimiter).toBe(delimiter);
});

describe('what somebody has said of the file goes before what it looks like', () => {
  test('another delimiter', () => {
    const layout = layoutOf('name~phone\nAnn~3055550100\n', { delimiter: '~' });
    expect(layout.columns.map(({ name }) => name)).toEqual(['name', 'phone']);
  });

  test('a header that looks like a row, and a row that looks like a header', () => {
    expect(layoutOf('3055550100,2026\n3055550101,12\n', { hasHeader: true })).toMatchObject({
      hasHeader: true,
      linesAhead: 1,
      columns: [{ name: '3055550100', field: 'phone' }, { name: '2026' }],
    });
    expect(layoutOf('Ann,none\nBob,3055550101\nCy,3055550102\n', { hasHeader: false })).toMatchObject({
      linesAhead: 0,
      columns: [{ name: 'Column 1' }, { name: 'Column 2', field: 'phone' }],
    });
  });

  test('all columns, as long as they are those of the file', () => {
    const columns = [
      { name: 'a', field: 'fullName' },
      { name: 'b', field: 'phone' },
    ] as const;
    expect(layoutOf('a,b\nAnn,3055550100\n', { columns }).columns).toEqual(columns);
    expect(() => layoutOf('a,c\nAnn,3055550100\n', { columns })).toThrow(/^The file has no column “b”/);
  });
});

test('Excel’s own line sep= names the delimiter and is no row', () => {
  const layout = layoutOf('sep=;\r\nname;phone\r\n"Smith, Ann";3055550100\r\n');
  expect(layout).toMatchObject({ delimiter: ';', linesAhead: 2, hasHeader: true });
});

test('fields of the organization’s own have the type of what stands in them', () => {
  const text =
    'phone,Born,Balance,Member,Zip\n3055550100,12/31/1990,12.5,yes,10001\n3055550101,,7,no,90210\n';
  expect(layoutOf(text).columns.slice(1)).toEqual([
    { name: 'Born', field: 'other', type: 'date' },
    { name: 'Balance', field: 'other', type: 'number' },
    { name: 'Member', field: 'other', type: 'yes-no' },
    { name: 'Zip', field: 'other' },
  ]);
});

describe('columns named by hand', () => {
  const file = 'Mobile,Phone,Who\n3055550100,3055550101,Ann\n';

  test('go before every guess', () => {
    expect(fieldsOf(file, { map: 'Mobile=phone, who=fullName' })).toEqual({
      Mobile: 'phone',
      Phone: 'other',
      Who: 'fullName',
    });
    expect(fieldsOf(file, { map: 'Phone=ignore' })).toMatchObject({ Mobile: 'phone', Phone: 'ignore' });
  });

  test.each([
    ['Handset=phone', 'The file has no column “Handset”: its columns are Mobile, Phone, Who.'],
    [
      'Mobile=telephone',
      '“telephone” is no field of a lead: choose phone, firstName, lastName, fullName, externalId, other, ignore.',
    ],
    ['Mobile', '“Mobile” does not say which column is which field: write column=field, like Mobile=phone.'],
  ])('%s', (map, sentence) => {
    expect(() => layoutOf(file, { map })).toThrow(sentence);
  });
});

describe('a file that cannot be imported gets one sentence', () => {
  test.each([
    [
      'no numbers',
      'name,age\nAnn,33\n',
      'No column of the file holds phone numbers (its columns are name, age): say which one it is, like --map "name=phone".',
    ],
    ['an open quotation mark on line 1', '"name,phone\nAnn,3055550100\n', /^Line 1 has a quotation mark/],
    ['a stray quotation mark on line 1', 'na"me,phone\nAnn,3055550100\n', /^Line 1 has a quotation mark/],
    [
      '5,000 columns',
      `${Array.from({ length: 5000 }, (_, i) => `column ${i}`).join(',')}\n`,
      'The file has 5,000 columns, and at most 500 can be imported: remove those that are not needed.',
    ],
    ['a header alone', 'name,phone\n', 'The file has a header line and no rows below it.'],
    ['nothing but line ends', '\n\r\n\n', /is empty/],
  ])('%s', (_, text, sentence) => {
    expect(() => layoutOf(text)).toThrow(sentence);
  });
});
