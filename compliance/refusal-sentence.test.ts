import { describe, expect, test } from 'vitest';
import type { EpochMs } from '../kernel/time.ts';
import { NOON, someCandidate } from './candidate.fixture.ts';
import type { CallCandidate } from './candidate.ts';
import { clear } from './gate.ts';
import { LOCALES } from './locale.ts';
import { placeOfNumber } from './number-place.ts';
import { refusalSentence, type RefusalToSay } from './refusal-sentence.ts';
import { RULES } from './verdict.ts';

const at = (iso: string): EpochMs => Date.parse(iso) as EpochMs;

function refused(changes: Partial<CallCandidate>, now: EpochMs = NOON): RefusalToSay {
  const candidate = someCandidate({ factsAt: now, ...changes });
  const verdict = clear(candidate, { now, monotonic: 0 as never });
  if (verdict.kind === 'cleared') throw new Error('cleared');
  const { rule, facts, retryAt } = verdict;
  return { rule, facts, at: now, retryAt, phone: candidate.phone, zones: candidate.zones };
}

function lead(phone: string): Partial<CallCandidate> {
  return { phone: phone as never, zones: placeOfNumber(phone).zones };
}

describe('a refusal in plain words', () => {
  test('names the time and the city of the called party, the hours, and when it may be', () => {
    const refusal = refused(lead('+13055550100'), at('2026-12-02T21:31:00-05:00'));
    expect(refusalSentence(refusal, 'en')).toBe(
      'not called at 21:31 in Miami: calls are allowed there from 08:00 to 21:00; next 3 Dec 08:00',
    );
    expect(refusalSentence(refusal, 'zh-CN')).toBe(
      '未拨打（Miami 当地时间 21:31）：当地只允许在 08:00 至 21:00 之间拨打；下次可拨打：12月3日 08:00',
    );
  });

  test('names the zone where the area code is of no single city', () => {
    const refusal = refused(lead('+12185550100'), at('2026-12-02T07:15:00-06:00'));
    expect(refusalSentence(refusal, 'en')).toBe(
      'not called at 07:15 (Central Time): calls are allowed there from 08:00 to 21:00; next 2 Dec 08:00',
    );
    expect(refusalSentence(refusal, 'zh-CN')).toContain('北美中部时间 07:15');
  });

  test('says that all zones count when the number may be in several', () => {
    const refusal = refused(lead('+13645550100'), at('2026-12-02T08:30:00-05:00'));
    expect(refusalSentence(refusal, 'en')).toBe(
      'not called at 07:30 (Central Time): the number may be in 2 time zones, and calls are allowed from 08:00 to 21:00 in each of them; next 2 Dec 08:00',
    );
  });

  test('names no moment when there is none', () => {
    expect(refusalSentence(refused({ zones: [] }), 'en')).toBe(
      'not called: the time zone of the number is not known',
    );
    expect(refusalSentence(refused({ doNotCall: 'organization' }), 'en')).toBe(
      'not called: the number is on the do-not-call list',
    );
    expect(refusalSentence(refused({ doNotCall: 'campaign' }), 'zh-CN')).toBe(
      '未拨打：该号码在此活动的勿扰名单上',
    );
    expect(refusalSentence(refused({ leadAttempts: 6 }), 'en')).toBe(
      'not called: all 6 attempts of this campaign have been made',
    );
  });

  test('names the clock of a moment that the sentence before it did not name', () => {
    const attempts = [5, 3, 1].map((hours) => (NOON - hours * 3_600_000) as EpochMs);
    expect(refusalSentence(refused({ numberAttemptsAt: attempts }), 'en')).toBe(
      'not called: the number was called 3 times within 24 hours, and 3 are allowed; next 3 Dec 07:00 (Eastern Time)',
    );
  });

  test('says whether a call was abandoned or nobody knows how it ended', () => {
    const hourAgo = (NOON - 3_600_000) as EpochMs;
    expect(refusalSentence(refused({ abandonedAt: hourAgo }), 'en')).toBe(
      'not called: a call to this person was abandoned, and for 72 hours only an agent may call by hand; next 5 Dec 11:00 (Eastern Time)',
    );
    const minuteAgo = (NOON - 60_000) as EpochMs;
    expect(refusalSentence(refused({ lostAt: minuteAgo }), 'zh-CN')).toContain('30 分钟内只能由坐席手动拨打');
  });

  test('exists for every rule in every language, also with facts that an older version stored', () => {
    for (const rule of [...RULES, 'a-rule-of-tomorrow']) {
      for (const locale of LOCALES) {
        const sentence = refusalSentence(
          { rule, facts: {}, at: NOON, retryAt: NOON, phone: '+13055550100', zones: [] },
          locale,
        );
        expect(sentence).toMatch(locale === 'en' ? /^not called/ : /^未拨打/);
        expect(sentence).not.toMatch(/undefined|null|NaN/);
      }
    }
  });
});
