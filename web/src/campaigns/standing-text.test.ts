import { afterEach, expect, test } from 'vitest';
import type { CampaignStanding } from '../../../server/api.ts';
import { locale } from '../i18n/locale.svelte.ts';
import { changeText, fieldName } from './change-text.ts';
import { headline, reasonText, roughly } from './standing-text.ts';

afterEach(() => locale.use('en'));

const AT = Date.parse('2026-12-02T18:00:00Z') as CampaignStanding['countedAt'];
const standing = (changes: Partial<CampaignStanding>): CampaignStanding => ({
  countedAt: AT,
  leads: 300,
  dueNow: 0,
  inProgress: 0,
  awaitingDisposition: 0,
  finished: 0,
  waiting: [{ reason: { kind: 'retry', after: 'no-answer' }, leads: 300, nextAt: AT }],
  finishedBy: [],
  nextAt: AT,
  opening: { isOpen: true, closesAt: null },
  runsOutAfterMs: null,
  ...changes,
});

test('says in the reader’s language why leads wait', () => {
  const words = { 'no-time': 'No time now' };
  expect(reasonText({ kind: 'retry', after: 'no-answer' }, words)).toBe('resting after “No answer”');
  expect(reasonText({ kind: 'retry', after: 'disposition:no-time' }, words)).toBe(
    'resting after “No time now”',
  );
  expect(reasonText({ kind: 'list', hold: 'list-paused', name: 'Florida' }, words)).toBe(
    'list “Florida” is paused',
  );
  expect(reasonText({ kind: 'rule', rule: 'attempt-limit' }, words)).toContain('refused by the rule');
  locale.use('zh-CN');
  expect(reasonText({ kind: 'calling-window' }, words)).toBe('对方所在地此时不得拨打');
});

test('the headline names the one thing that stands before the next call', () => {
  expect(headline(standing({ dueNow: 3 }), 'UTC')).toBeNull();
  expect(headline(standing({}), 'UTC')).toMatch(
    /^Nobody may be called right now: the next lead is due .*2 Dec/,
  );
  const shut = { isOpen: false, why: 'out-of-hours', opensAt: AT } as const;
  expect(headline(standing({ opening: shut, dueNow: 0 }), 'America/New_York')).toContain('13:00');
  expect(headline(standing({ nextAt: null }), 'UTC')).toMatch(/^Nothing can be dialled/);
});

test('an estimate is said as one', () => {
  expect([12, 70, 600, 3000].map((minutes) => roughly(minutes * 60_000))).toEqual([
    'about 10 minutes of dialling',
    'about an hour of dialling',
    'about 10 hours of dialling',
    'about 5 days of dialling',
  ]);
});

test('a line of the history shows values as the form does', () => {
  const change = (field: string, before: unknown, after: unknown) =>
    changeText({ changeId: 'c', at: AT, userName: 'Ann', version: 1, field, before, after });
  expect([fieldName('wrapUpMs'), change('wrapUpMs', 30_000, 10_000)]).toEqual([
    'Wrap-up time',
    '30 s → 10 s',
  ]);
  expect(change('dialMode', 'progressive', 'preview')).toBe('Progressive → Preview');
  expect(change('state', 'draft', 'running')).toBe('Draft → Running');
  expect(change('attemptsPerNumberMax', null, 3)).toBe('none → 3');
  const rule = { afterMs: 90 * 60_000, triesMax: 3, isSpread: true };
  expect(change('retryRules', {}, { 'no-answer': rule })).toBe(
    'No answer: 90 minutes, at most 3, Other part of the day',
  );
  expect(fieldName('leads-redated')).toContain('another date');
  expect(change('leads-redated', null, 12_345)).toBe('12,345');
  expect(change('script', '', 'long')).toBeNull();
});
