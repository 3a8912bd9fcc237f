import { expect, test } from 'vitest';
import { dayIn, daysOf } from './report-days.ts';

const OWN = { from: '2026-01-02', to: '2026-02-03' };

test('today is the day of the campaign’s zone, not of the reader’s', () => {
  const at = Date.parse('2026-12-03T03:00:00Z');
  expect(dayIn('America/New_York', at)).toBe('2026-12-02');
  expect(dayIn('Asia/Shanghai', at)).toBe('2026-12-03');
});

test('ranges end today, or yesterday, and the month begins with its first day', () => {
  expect(daysOf('today', '2026-03-01', OWN)).toEqual({ from: '2026-03-01', to: '2026-03-01' });
  expect(daysOf('yesterday', '2026-03-01', OWN)).toEqual({ from: '2026-02-28', to: '2026-02-28' });
  expect(daysOf('week', '2026-03-01', OWN)).toEqual({ from: '2026-02-23', to: '2026-03-01' });
  expect(daysOf('month', '2026-03-15', OWN)).toEqual({ from: '2026-03-01', to: '2026-03-15' });
  expect(daysOf('own', '2026-03-15', OWN)).toEqual(OWN);
});
