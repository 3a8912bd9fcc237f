import { expect, test } from 'vitest';
import { nothingToday } from '../../../server/api/desk-today.schema.ts';
import { NOW } from './desk.fixture.ts';
import { hourColumns, signedInMs, timeParts } from './own-day.ts';

const nothing = nothingToday(NOW as Parameters<typeof nothingToday>[0]);

test('the parts of the day make up the time signed in; what never was is left out unless a shift has it for certain', () => {
  const today = {
    times: {
      ...nothing.times,
      talking: 60_000,
      consulting: 20_000,
      'wrapping-up': 20_000,
      reserved: 100_000,
    },
  };
  expect(signedInMs(today)).toBe(200_000);
  const parts = timeParts(today);
  expect(parts.map(({ kind, ms, share }) => [kind, ms, share])).toEqual([
    ['talk', 80_000, 0.4],
    ['wrapUp', 20_000, 0.1],
    ['waiting', 100_000, 0.5],
    ['pause', 0, 0],
  ]);
  expect(timeParts(nothing).every(({ share }) => share === 0)).toBe(true);
});

test('columns stand for every hour between the first and the last call, and for a shift at least', () => {
  const hour = (at: number) => ({ hour: at, calls: 2, sales: 1 });
  const hoursOf = (...at: number[]) => hourColumns(at.map(hour)).map((column) => column.hour);
  expect(hoursOf()).toEqual([]);
  expect(hoursOf(9)).toEqual([9, 10, 11, 12, 13, 14, 15, 16]);
  expect(hoursOf(9, 19)).toEqual([9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  expect(hoursOf(23)).toEqual([16, 17, 18, 19, 20, 21, 22, 23]);
  expect(hourColumns([hour(9), hour(11)]).slice(0, 3)).toEqual([
    hour(9),
    { hour: 10, calls: 0, sales: 0 },
    hour(11),
  ]);
});
