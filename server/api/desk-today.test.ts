import { expect, test } from 'vitest';
import { minutes, type EpochMs } from '../../kernel/time.ts';
import { dayUntil, nothingToday } from './desk-today.schema.ts';

const NOW = Date.parse('2026-12-03T15:00Z') as EpochMs;
const later = (minute: number): EpochMs => (NOW + minute * minutes(1)) as EpochMs;
const today = { ...nothingToday(NOW), calls: 3 };

test('the state that goes on is counted until the moment asked for, and a talk is work at once', () => {
  const talked = dayUntil(today, 'talking', later(4));
  expect(talked).toEqual({
    ...today,
    at: later(4),
    times: { ...today.times, talking: minutes(4) },
    busyMs: minutes(4),
  });
  const rested = dayUntil(talked, 'paused', later(9));
  expect(rested).toMatchObject({
    at: later(9),
    times: { talking: minutes(4), paused: minutes(5) },
    busyMs: minutes(4),
  });
});

test('whoever is signed out collects no time, and a moment that is counted already is not counted again', () => {
  const gone = dayUntil(today, 'signed-out', later(60));
  expect(gone).toEqual({ ...today, at: later(60) });
  expect(dayUntil(gone, 'ready', later(30))).toEqual(gone);
});
