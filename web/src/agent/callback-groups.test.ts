import { expect, test } from 'vitest';
import type { DeskCallback } from '../../../server/api/desk-dial.schema.ts';
import { groupCallbacks } from './callback-groups.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-12-03T15:00Z');
const due = (at: number) => ({ dueAt: at }) as DeskCallback;
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

test('callbacks are overdue, for today or for later, each in its order', () => {
  const [past, now, soon, tonight, tomorrow] = [-HOUR, 0, HOUR, 8 * HOUR, 10 * HOUR].map((after) =>
    due(NOW + after),
  );
  const all = [past, now, soon, tonight, tomorrow].filter((one) => one !== undefined);
  expect(groupCallbacks(all, NOW, dayOf)).toEqual({
    overdue: [past, now],
    today: [soon, tonight],
    later: [tomorrow],
  });
});
