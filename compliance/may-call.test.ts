import { describe, expect, test } from 'vitest';
import type { EpochMs } from '../kernel/time.ts';
import { NOON, someCandidate } from './candidate.fixture.ts';
import { clear, isIssued } from './gate.ts';
import { mayCall, type MayCallAnswer, type MayCallQuestion } from './may-call.ts';
import { RULES } from './verdict.ts';

function ask(number: string, changes: Partial<MayCallQuestion> = {}): MayCallAnswer {
  const answer = mayCall({ number, country: 'US', kind: 'telemarketing', at: NOON, ...changes });
  if ('misuse' in answer) throw new Error(answer.misuse);
  return answer;
}
const at = (iso: string): EpochMs => Date.parse(iso) as EpochMs;

test('clears a number within its hours and says what it did not ask', () => {
  const answer = ask('305-555-0100');
  expect(answer).toMatchObject({
    verdict: 'cleared',
    rule: null,
    reason: null,
    retryAt: null,
    jurisdictions: ['US', 'US-FL'],
    zones: ['America/New_York'],
    checked: ['number', 'calling-window'],
  });
  for (const rule of RULES.filter((name) => name !== 'facts')) {
    expect([...answer.checked, ...answer.notChecked]).toContain(rule);
  }
  expect(ask('305-555-0100', { postcode: '33101' }).notChecked).toContain('postcode');
});

test('has the conditions of the gate, and is no clearance', () => {
  const answer = ask('305-555-0100');
  const verdict = clear(someCandidate(), { now: NOON, monotonic: 0 as never });
  expect(verdict).toMatchObject({ conditions: answer.conditions });
  expect(isIssued(answer as never)).toBe(false);
});

test('refuses at night with rule, sentence and the next moment', () => {
  expect(ask('+13055550100', { at: at('2026-12-02T21:31:00-05:00') })).toMatchObject({
    verdict: 'refused',
    rule: 'calling-window',
    reason: 'not called at 21:31 in Miami: calls are allowed there from 08:00 to 21:00; next 3 Dec 08:00',
    retryAt: '2026-12-03T13:00:00.000Z',
    conditions: null,
  });
});

test('adds the zones of an address and of what the person said', () => {
  const early = at('2026-12-02T08:30:00-05:00');
  expect(ask('305-555-0100', { at: early }).verdict).toBe('cleared');
  expect(ask('305-555-0100', { at: early, region: 'us-ca' })).toMatchObject({
    verdict: 'refused',
    jurisdictions: ['US', 'US-FL', 'US-CA'],
    retryAt: '2026-12-02T16:00:00.000Z',
  });
  expect(ask('305-555-0100', { at: early, zone: 'America/Denver' })).toMatchObject({
    verdict: 'refused',
    zones: ['America/Denver', 'America/New_York'],
    retryAt: '2026-12-02T15:00:00.000Z',
  });
});

test('refuses a call that would last beyond the window', () => {
  const evening = at('2026-12-02T20:50:00-05:00');
  expect(ask('305-555-0100', { at: evening, minutes: 10 }).verdict).toBe('cleared');
  expect(ask('305-555-0100', { at: evening, minutes: 11 })).toMatchObject({
    verdict: 'refused',
    rule: 'calling-window',
    retryAt: '2026-12-03T13:00:00.000Z',
  });
});

test('never clears a premium-rate number', () => {
  expect(ask('900-555-0100')).toMatchObject({ verdict: 'refused', rule: 'number', retryAt: null });
});

describe('a question that cannot be answered gets one sentence', () => {
  test.each([
    [{ number: '12' }, '“12” cannot be judged: the number is too short.'],
    [{ zone: 'Mars/Olympus' }, '“Mars/Olympus” is no time zone; write one like America/New_York.'],
    [{ region: 'US-XX' }, '“US-XX” is no region that Ringline knows; write one like US-FL.'],
    [{ minutes: -1 }, 'The minutes that a call lasts cannot be negative.'],
  ])('%j', (changes, misuse) => {
    const question: MayCallQuestion = {
      number: '305-555-0100',
      country: 'US',
      kind: 'debt',
      at: NOON,
      ...changes,
    };
    expect(mayCall(question)).toEqual({ misuse });
  });
});
