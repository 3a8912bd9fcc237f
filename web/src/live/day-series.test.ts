import { expect, test } from 'vitest';
import type { LiveMinutes } from '../../../server/api.ts';
import { dayPoints, dayRows, mergeMinutes } from './day-series.ts';

const MINUTE = 60_000;
const LIMITS = { rateMax: 0.03, rateTarget: 0.0285 };

const day = (minutes: number[], answers: number[], change: object = {}): LiveMinutes => ({
  dayStart: 0 as LiveMinutes['dayStart'],
  at: minutes.map((minute) => minute * MINUTE) as LiveMinutes['at'],
  linesMax: minutes,
  talkingMean: minutes,
  attempts: [...answers],
  humanAnswers: [...answers],
  connected: [...answers],
  abandoned: answers.map(() => 1),
  agents: { talking: minutes.map(() => 2), 'on-hold': minutes.map(() => 1) },
  ...change,
});

test('answers of a minute are what the day’s count grew by, and agents are gathered by what they do', () => {
  const points = dayPoints(day([0, 1, 2], [4, 10, 10]), LIMITS);
  expect(points.map(({ values }) => values.answers)).toEqual([4, 6, 0]);
  expect(points[2]?.values).toMatchObject({ rate: 0.1, limit: 0.03, talking: 3, paused: 0 });
});

test('nothing is drawn over minutes that nobody saw, and the first one known hides what came before it', () => {
  const points = dayPoints(day([10, 13], [100, 103]), LIMITS);
  expect(points.map(({ at, values }) => [at / MINUTE, values.lines, values.answers])).toEqual([
    [10, 10, null],
    [11, null, null],
    [13, 13, 3],
  ]);
});

test('what came since is added, the last minute put right, and a new day begins anew', () => {
  const known = day([0, 1], [1, 2]);
  const merged = mergeMinutes(known, day([1, 2], [3, 4], { agents: { paused: [5, 6] } }));
  expect(merged.humanAnswers).toEqual([1, 3, 4]);
  expect(merged.agents['paused']).toEqual([0, 5, 6]);
  expect(merged.agents['talking']).toEqual([2, 0, 0]);
  const next = day([1], [1], { dayStart: 86_400_000 });
  expect(mergeMinutes(merged, next)).toBe(next);
});

test('the table has ten minutes in a row: most lines, answers together', () => {
  const rows = dayRows(dayPoints(day([1, 2, 9, 10], [1, 3, 6, 10]), LIMITS));
  expect(rows.map(({ at, values }) => [at / MINUTE, values.lines, values.answers])).toEqual([
    [10, 10, 4],
    [0, 9, 6],
  ]);
});
