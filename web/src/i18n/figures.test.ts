import { expect, test } from 'vitest';
import {
  formatClock,
  formatCount,
  formatDayTime,
  formatRate,
  formatRateSetting,
  formatTimer,
} from './figures.ts';
import { locale } from './locale.svelte.ts';

test('rates have one digit, and two where they are small', () => {
  locale.use('en');
  expect(formatRate(0.0213)).toBe('2.1%');
  expect(formatRate(0.0049)).toBe('0.49%');
  expect(formatRate(0)).toBe('0.0%');
  expect(formatRateSetting(0.0285)).toBe('2.85%');
  expect(formatRateSetting(0.03)).toBe('3%');
});

test('timers grow into hours and never run backwards', () => {
  expect(formatTimer(-5000)).toBe('0:00');
  expect(formatTimer(7999)).toBe('0:07');
  expect(formatTimer(3_723_000)).toBe('1:02:03');
});

test('figures and days follow the language, clocks have 24 hours in both', () => {
  const at = Date.UTC(2026, 11, 3, 20, 31);
  locale.use('en');
  expect(formatCount(12_345)).toBe('12,345');
  expect(formatClock(at, 'UTC')).toBe('20:31');
  expect(formatDayTime(at, 'America/New_York')).toBe('Thu 3 Dec, 15:31');
  locale.use('zh-CN');
  expect(formatDayTime(at, 'UTC')).toContain('12月3日');
  expect(formatClock(Date.UTC(2026, 0, 1, 0, 5), 'UTC')).toBe('00:05');
  locale.use('en');
});
