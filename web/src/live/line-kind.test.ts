import { expect, test } from 'vitest';
import { CELLS_MAX, lineCells } from './line-kind.ts';

test('shows talks first, then who waits, then what rings', () => {
  expect(lineCells({ ringing: 2, waiting: 1, talking: 1 })).toEqual([
    'talking',
    'waiting',
    'ringing',
    'ringing',
  ]);
  expect(lineCells({ ringing: 0, waiting: 0, talking: 0 })).toEqual([]);
});

test('keeps the proportions of more lines than there is room for, and shows one who waits among them', () => {
  const cells = lineCells({ talking: CELLS_MAX, waiting: 1, ringing: CELLS_MAX * 3 - 1 });
  expect(cells.length).toBeLessThanOrEqual(CELLS_MAX + 3);
  expect(cells.filter((kind) => kind === 'talking')).toHaveLength(CELLS_MAX / 4);
  expect(cells.filter((kind) => kind === 'waiting')).toHaveLength(1);
});
