import { expect, test } from 'vitest';
import { keepColumnChoice, nextSort, readColumnChoice, rowAfterKey } from './data-table.ts';

test('a head that is pressed sorts up, down, and no more', () => {
  const first = nextSort(null, 'name');
  expect(first).toEqual({ id: 'name', isDescending: false });
  const second = nextSort(first, 'name');
  expect(second).toEqual({ id: 'name', isDescending: true });
  expect(nextSort(second, 'name')).toBeNull();
  expect(nextSort(second, 'added')).toEqual({ id: 'added', isDescending: false });
});

test('arrow keys stay inside the table, other keys are left alone', () => {
  expect(rowAfterKey('ArrowDown', 0, 3)).toBe(1);
  expect(rowAfterKey('ArrowDown', 2, 3)).toBe(2);
  expect(rowAfterKey('ArrowUp', 0, 3)).toBe(0);
  expect(rowAfterKey('End', 0, 3)).toBe(2);
  expect(rowAfterKey('Enter', 0, 3)).toBeNull();
});

test('the choice of columns is kept for its table, and nonsense is forgotten', () => {
  keepColumnChoice('leads', { city: true });
  expect(readColumnChoice('leads')).toEqual({ city: true });
  expect(readColumnChoice('lists')).toEqual({});
  localStorage.setItem('ringline.columns.leads', '{"city":"yes"');
  expect(readColumnChoice('leads')).toEqual({});
});
