import { expect, test } from 'vitest';
import { callView } from './fake-socket.fixture.ts';
import { CELLS_MAX, lineCells } from './line-kind.ts';

test('shows talks first, then who waits, then what rings, and nothing that has ended', () => {
  const cells = lineCells([
    callView('r', { state: 'dialling' }),
    callView('w', { state: 'message' }),
    callView('t', { state: 'connected' }),
    callView('e', { state: 'ended' }),
  ]);
  expect(cells.map(({ kind }) => kind)).toEqual(['talking', 'waiting', 'ringing']);
});

test('keeps the proportions of more lines than there is room for', () => {
  const many = Array.from({ length: CELLS_MAX * 4 }, (_, i) =>
    callView(`c${i}`, { state: i % 4 === 0 ? 'connected' : 'ringing' }),
  );
  const cells = lineCells(many);
  expect(cells.length).toBeLessThanOrEqual(CELLS_MAX + 3);
  expect(cells.filter(({ kind }) => kind === 'talking')).toHaveLength(CELLS_MAX / 4);
});
