import { expect, test } from 'vitest';
import type { EpochMs } from '../kernel/time.ts';
import { periodsIn } from './abandonment-report.ts';

const campaign = {
  startedAt: Date.parse('2026-10-10T23:30:00-04:00') as EpochMs,
  timeZone: 'America/New_York',
};

test('the periods that a range touches are whole, count from the day of the first start and leave no day between them', () => {
  expect(periodsIn(campaign, { firstDay: '2026-11-08', lastDay: '2026-12-09' })).toEqual([
    { firstDay: '2026-10-10', lastDay: '2026-11-08' },
    { firstDay: '2026-11-09', lastDay: '2026-12-08' },
    { firstDay: '2026-12-09', lastDay: '2027-01-07' },
  ]);
  expect(periodsIn(campaign, { firstDay: '2026-10-10', lastDay: '2026-10-10' })).toHaveLength(1);
});

test('there is no period before the first start', () => {
  expect(periodsIn(campaign, { firstDay: '2026-09-01', lastDay: '2026-10-09' })).toEqual([]);
  expect(
    periodsIn({ ...campaign, startedAt: null }, { firstDay: '2026-09-01', lastDay: '2026-10-09' }),
  ).toEqual([]);
});
