import { expect, test } from 'vitest';
import type { HistoryEntry } from '../../../server/api.ts';
import { locale } from '../i18n/locale.svelte.ts';
import { finishedWhy } from './finished-why.ts';
import { groupByDay, isShown, toneOf } from './history-entry.ts';
import { leadName } from './lead-name.ts';
import { Paged } from './paged.svelte.ts';
import { placeOfZone, timesThere } from './times-there.ts';

const entry = (kind: HistoryEntry['kind'], at: number, ending: string | null = null): HistoryEntry => ({
  kind,
  at: at as HistoryEntry['at'],
  sentence: '',
  phone: null,
  campaignId: null,
  campaignName: null,
  callId: null,
  agentId: null,
  agentName: null,
  ending,
  rule: null,
  rulesVersion: null,
  retryAt: null,
  notes: null,
});

test('a lead without a name is known by its own id', () => {
  expect(leadName({ firstName: 'Rosa', lastName: '', externalId: null })).toBe('Rosa');
  expect(leadName({ firstName: '', lastName: '', externalId: 'FL-1' })).toBe('FL-1');
});

test('zones that show the same time are one time', () => {
  const times = timesThere(['America/New_York', 'America/Toronto', 'America/Chicago'], (zone) =>
    zone.endsWith('Chicago') ? '13:00' : '14:00',
  );
  expect(times).toEqual([
    { time: '14:00', places: ['New York', 'Toronto'] },
    { time: '13:00', places: ['Chicago'] },
  ]);
  expect(placeOfZone('America/Argentina/Buenos_Aires')).toBe('Buenos Aires');
});

test('history is grouped by day in the order in which it came', () => {
  const days = groupByDay([entry('call', 30), entry('refusal', 20), entry('imported', 5)], (at) =>
    at >= 20 ? 'today' : 'before',
  );
  expect(days.map(({ day, entries }) => [day, entries.length])).toEqual([
    ['today', 2],
    ['before', 1],
  ]);
});

test('"not called" shows refusals and the do-not-call list', () => {
  const kinds: HistoryEntry['kind'][] = [
    'call',
    'refusal',
    'disposition',
    'do-not-call',
    'imported',
    'note',
    'list-held',
  ];
  const shownBy = (filter: Parameters<typeof isShown>[1]): string[] =>
    kinds.filter((kind) => isShown(entry(kind, 0), filter));
  expect(shownBy('refusals')).toEqual(['refusal', 'do-not-call', 'list-held']);
  expect(shownBy('outcomes')).toEqual(['disposition', 'note']);
  expect(shownBy('calls')).toEqual(['call']);
  expect(shownBy('all')).toEqual(kinds);
  expect(toneOf(entry('call', 0, 'human-abandoned'))).toBe('bad');
  expect(toneOf(entry('call', 0, 'no-answer'))).toBeNull();
});

test('why a lead is finished is said in words', () => {
  locale.use('en');
  expect(finishedWhy('attempts-used-up')).toBe('all attempts used up');
  expect(finishedWhy('disposition:sale')).toBe('outcome “sale”');
  expect(finishedWhy('invalid-number')).toBe('Invalid number');
  expect(finishedWhy('something-new')).toBe('something-new');
});

test('pages are put together, and a new search begins anew', async () => {
  const asked: (string | null)[] = [];
  const rows = new Paged<number>(async (after) => {
    asked.push(after);
    return after === null ? { rows: [1, 2], next: 'p2' } : { rows: [3], next: null };
  });
  await rows.load();
  await rows.more();
  await rows.more();
  expect(rows.rows).toEqual([1, 2, 3]);
  expect(rows.hasMore).toBe(false);
  await rows.load();
  expect(rows.rows).toEqual([1, 2]);
  expect(asked).toEqual([null, 'p2', null]);
});

test('an answer to an older search is forgotten', async () => {
  const waiting: ((rows: number[]) => void)[] = [];
  const rows = new Paged<number>(
    () => new Promise((resolve) => waiting.push((found) => resolve({ rows: found, next: null }))),
  );
  const first = rows.load();
  const second = rows.load();
  waiting[1]?.([2]);
  waiting[0]?.([1]);
  await Promise.all([first, second]);
  expect(rows.rows).toEqual([2]);
});
