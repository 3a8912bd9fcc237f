import { expect, test } from 'vitest';
import { duplicateActions, withColumn } from './import-choices.ts';

const columns = [
  { name: 'Name', field: 'fullName' },
  { name: 'Who', field: 'other' },
  { name: 'Phone', field: 'phone' },
  { name: 'Mobile', field: 'phone' },
] as const;

test('what only one column can be is taken from the one that was it', () => {
  expect(withColumn(columns, 1, { field: 'fullName' }).map(({ field }) => field)).toEqual([
    'other',
    'fullName',
    'phone',
    'phone',
  ]);
});

test('several columns may hold numbers, and a type belongs to a field of our own alone', () => {
  expect(withColumn(columns, 1, { field: 'phone' }).filter(({ field }) => field === 'phone')).toHaveLength(3);
  expect(withColumn(columns, 1, { field: 'other', type: 'date' })[1]).toEqual({
    name: 'Who',
    field: 'other',
    type: 'date',
  });
});

test('only somebody of another list can be added all the same', () => {
  expect(duplicateActions('list')).not.toContain('add');
  expect(duplicateActions('organization')).toContain('add');
});
