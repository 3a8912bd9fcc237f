import { describe, expect, test } from 'vitest';
import { fieldValue, guessDateOrder, guessFieldType } from './field-type.ts';

describe('the type of a column is what all its cells have in common', () => {
  test.each([
    [['12', '3.5', '-7'], 'number'],
    [['1,234,567', '12.50', '1.234,5'], 'number'],
    [['12,5'], 'number'],
    [['1,234'], 'text'],
    [['02134', '90210'], 'text'],
    [['12345678901234567890'], 'text'],
    [['2026-12-01', '2026/1/31'], 'date'],
    [['31.12.2026', '1.2.2026'], 'date'],
    [['2026年12月1日'], 'date'],
    [['2026-02-30'], 'text'],
    [['2024-02-29', '2000-02-29'], 'date'],
    [['2026-02-29'], 'text'],
    [['1900-02-29'], 'text'],
    [['2026-13-01'], 'text'],
    [['2026-00-01'], 'text'],
    [['2026-04-31'], 'text'],
    [['yes', 'No', 'Y'], 'yes-no'],
    [['是', '否'], 'yes-no'],
    [['12', 'n/a'], 'text'],
    [['', ''], 'text'],
  ] as const)('%j: %s', (cells, type) => {
    expect(guessFieldType(cells, 'day-month')).toBe(type);
  });
});

test('a day after the twelfth says how dates are written, else the country', () => {
  expect(guessDateOrder(['03/04/2026', '13/04/2026'], 'US')).toBe('day-month');
  expect(guessDateOrder(['03/04/2026', '03/14/2026'], 'GB')).toBe('month-day');
  expect(guessDateOrder(['03/04/2026'], 'US')).toBe('month-day');
  expect(guessDateOrder(['03/04/2026'], 'GB')).toBe('day-month');
});

test.each([
  ['number', '+1,234,567.50', '1234567.50'],
  ['number', '1.234,5', '1234.5'],
  ['number', 'many', null],
  ['date', '03/04/2026', '2026-03-04'],
  ['date', '3.4.2026', '2026-04-03'],
  ['date', '13/04/2026', null],
  ['yes-no', 'Oui', 'yes'],
  ['yes-no', 'perhaps', null],
  ['text', '007', '007'],
] as const)('a %s %j is stored as %j', (type, cell, value) => {
  expect(fieldValue(type, cell, 'month-day')).toBe(value);
});
