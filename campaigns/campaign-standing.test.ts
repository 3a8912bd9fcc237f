import { expect, test } from 'vitest';
import type { ListId } from '../kernel/ids.ts';
import { hours, type EpochMs } from '../kernel/time.ts';
import { runsOutAfterMs, standingOf, type LeadGroup, type StandingFacts } from './campaign-standing.ts';

/** Noon in New York, nine in the morning in Los Angeles, midnight in Tokyo's night. */
const NOW = Date.parse('2026-12-02T12:00:00-05:00') as EpochMs;
const LIST = 'list' as ListId;
const inHours = (n: number): EpochMs => (NOW + hours(n)) as EpochMs;
const group = (changes: Partial<LeadGroup> = {}): LeadGroup => ({
  state: 'waiting',
  listId: LIST,
  zoneKey: 'America/New_York',
  isDue: true,
  why: null,
  leads: 1,
  firstDueAt: NOW,
  ...changes,
});
const standing = (groups: readonly LeadGroup[], changes: Partial<StandingFacts> = {}) =>
  standingOf({ now: NOW, groups, opening: { isOpen: true, closesAt: null }, holds: new Map(), ...changes });

test('says of 300 waiting leads why they wait and until when, the greatest reason first', () => {
  const { waiting, dueNow, nextAt } = standing([
    group({ leads: 7 }),
    group({ isDue: false, why: 'no-answer', leads: 150, firstDueAt: inHours(3) }),
    group({ isDue: false, why: 'no-answer', zoneKey: 'America/Chicago', leads: 50, firstDueAt: inHours(2) }),
    group({ zoneKey: 'Asia/Tokyo', leads: 60 }),
    group({ isDue: false, why: 'rule:attempt-limit', leads: 25, firstDueAt: inHours(20) }),
    group({
      state: 'callback',
      isDue: false,
      why: 'disposition:callback',
      leads: 10,
      firstDueAt: inHours(5),
    }),
    group({ isDue: false, why: 'disposition:no-time', leads: 5, firstDueAt: inHours(24) }),
  ]);
  expect(dueNow).toBe(7);
  expect(waiting).toEqual([
    { reason: { kind: 'retry', after: 'no-answer' }, leads: 200, nextAt: inHours(2) },
    { reason: { kind: 'calling-window' }, leads: 60, nextAt: Date.parse('2026-12-03T08:00:00+09:00') },
    { reason: { kind: 'rule', rule: 'attempt-limit' }, leads: 25, nextAt: inHours(20) },
    { reason: { kind: 'callback' }, leads: 10, nextAt: inHours(5) },
    { reason: { kind: 'retry', after: 'disposition:no-time' }, leads: 5, nextAt: inHours(24) },
  ]);
  expect(nextAt).toBe(inHours(2));
});

test('names a paused list before all else, and the campaign’s hours before the law’s window', () => {
  const groups = [group({ leads: 3 }), group({ listId: 'other' as ListId, zoneKey: 'Asia/Tokyo', leads: 2 })];
  const holds = new Map([[LIST, { name: 'Florida', hold: 'list-paused' as const }]]);
  const opening = { isOpen: false, why: 'out-of-hours', opensAt: inHours(1) } as const;
  expect(standing(groups, { holds, opening })).toMatchObject({
    dueNow: 0,
    waiting: [
      { reason: { kind: 'list', hold: 'list-paused', name: 'Florida' }, leads: 3, nextAt: null },
      { reason: { kind: 'campaign-hours', why: 'out-of-hours' }, leads: 2, nextAt: inHours(1) },
    ],
    nextAt: inHours(1),
  });
});

test('a lead that the sweep has put off waits for the window, and one without a known zone for ever', () => {
  const { waiting } = standing([
    group({
      zoneKey: 'Asia/Tokyo',
      isDue: false,
      why: 'rule:calling-window',
      leads: 2,
      firstDueAt: inHours(6),
    }),
    group({ zoneKey: '', leads: 1 }),
  ]);
  expect(waiting).toEqual([{ reason: { kind: 'calling-window' }, leads: 3, nextAt: inHours(6) }]);
});

test('every lead is counted once', () => {
  const groups = [
    group({ leads: 4 }),
    group({ isDue: false, leads: 8 }),
    group({ state: 'calling', leads: 1 }),
    group({ state: 'awaiting-disposition', leads: 2 }),
    group({ state: 'finished', why: 'disposition:sale', leads: 16 }),
    group({ state: 'finished', why: 'do-not-call', leads: 32 }),
  ];
  const { leads, dueNow, inProgress, awaitingDisposition, finished, waiting, finishedBy } = standing(groups);
  expect(leads).toBe(63);
  expect(dueNow + inProgress + awaitingDisposition + finished + (waiting[0]?.leads ?? 0)).toBe(63);
  expect(finishedBy).toEqual([
    { why: 'do-not-call', leads: 32 },
    { why: 'disposition:sale', leads: 16 },
  ]);
});

test('the list lasts as long as it takes at today’s pace, once today says enough', () => {
  const pace = { firstCallAt: inHours(-2), lastCallAt: NOW, finishedToday: 100 };
  expect(runsOutAfterMs(250, pace)).toBe(hours(5));
  expect(runsOutAfterMs(250, { ...pace, finishedToday: 0 })).toBeNull();
  expect(runsOutAfterMs(250, { ...pace, firstCallAt: inHours(-0.1) })).toBeNull();
  expect(runsOutAfterMs(0, pace)).toBe(0);
});
