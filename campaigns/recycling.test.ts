import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NumberId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import { hours, minutes, type EpochMs } from '../kernel/time.ts';
import { ENDINGS, type Ending } from './ending.ts';
import {
  DEFAULT_RETRY_RULES,
  retryRulesOf,
  type RetryEnding,
  type RetryRule,
  type RetryRules,
} from './retry-rule.ts';
import { recycle, type EndedAttempt, type LeadContext, type LeadNumber } from './recycling.ts';

const NOW = Date.parse('2026-12-02T15:00:00Z') as EpochMs;

function number(name: string): LeadNumber {
  return { numberId: name as NumberId, phone: '+13055550100' as PhoneNumber, zoneKey: 'America/New_York' };
}
const home = number('home');
const work = number('work');

function after(
  ending: Ending,
  call: Partial<EndedAttempt> = {},
  { rules = DEFAULT_RETRY_RULES, ...lead }: Partial<LeadContext> & { readonly rules?: RetryRules } = {},
) {
  return recycle(
    { ending, endedAt: NOW, numberId: home.numberId, isDialled: true, ...call },
    { attempts: 0, attemptsMax: 6, numbers: [home], ...lead },
    rules,
  );
}

const changed = (ending: RetryEnding, rule: Partial<RetryRule>): RetryRules =>
  retryRulesOf({ [ending]: { ...DEFAULT_RETRY_RULES[ending], ...rule } });

describe('a call that reached nobody who talked with us', () => {
  test.each([
    ['no-answer', hours(4)],
    ['busy', minutes(20)],
    ['machine', hours(4)],
    ['message-left', hours(24)],
    ['screening', hours(24)],
    ['rejected', hours(24)],
    ['human-abandoned', hours(72)],
    ['hung-up-waiting', hours(72)],
    ['carrier-failure', minutes(10)],
    ['lost', minutes(30)],
  ] as const)('%s is tried again on its number after its rest', (ending, rest) => {
    expect(after(ending).next).toEqual({
      state: 'waiting',
      dueAt: NOW + rest,
      finishedWhy: null,
      number: null,
    });
  });
});

describe('attempts', () => {
  test('count once an INVITE was sent and the end is not a carrier failure', () => {
    expect(after('no-answer').isAttempt).toBe(true);
    expect(after('lost').isAttempt).toBe(true);
    expect(after('no-answer', { isDialled: false }).isAttempt).toBe(false);
    expect(after('carrier-failure').isAttempt).toBe(false);
  });

  test('finish the lead when the last one is used', () => {
    expect(after('no-answer', {}, { attempts: 5 }).next).toMatchObject({
      state: 'finished',
      finishedWhy: 'attempts-used-up',
    });
    expect(after('no-answer', {}, { attempts: 4 }).next.state).toBe('waiting');
    expect(after('carrier-failure', {}, { attempts: 5 }).next.state).toBe('waiting');
  });
});

test.each(['connected', 'agent-lost'] as const)(
  'a lead that talked with a person (%s) waits for a disposition, also with its last attempt',
  (ending) => {
    expect(after(ending, {}, { attempts: 5 }).next.state).toBe('awaiting-disposition');
  },
);

test('a call revoked by a do-not-call entry finishes the lead', () => {
  expect(after('revoked').next).toMatchObject({ state: 'finished', finishedWhy: 'do-not-call' });
});

describe('several numbers', () => {
  const numbers = [home, work];

  test('take turns', () => {
    expect(after('no-answer', {}, { numbers }).next.number).toEqual(work);
    expect(after('no-answer', { numberId: work.numberId }, { numbers }).next.number).toEqual(home);
  });

  test('stay as they are when the trunk failed', () => {
    expect(after('carrier-failure', {}, { numbers }).next.number).toBeNull();
  });

  test('step in at once for one that is not in service', () => {
    expect(after('invalid-number', {}, { numbers }).next).toMatchObject({
      state: 'waiting',
      dueAt: NOW,
      number: work,
    });
  });

  test.each(['invalid-number', 'fax', 'sit'] as const)(
    'finish the lead when the last one ends with %s',
    (ending) => {
      expect(after(ending).next).toMatchObject({ state: 'finished', finishedWhy: ending });
      expect(after(ending, { numberId: work.numberId }, { numbers }).next).toMatchObject({
        state: 'finished',
        finishedWhy: ending,
      });
    },
  );
});

test('whatever happened: never due in the past, never more attempts than allowed, always the same answer', () => {
  const someCall = fc.record({
    ending: fc.constantFrom(...ENDINGS),
    isDialled: fc.boolean(),
    numberId: fc.constantFrom('n0', 'n1', 'n2', 'gone').map((id) => id as NumberId),
    attempts: fc.integer({ min: 0, max: 10 }),
    attemptsMax: fc.integer({ min: 1, max: 10 }),
    count: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(someCall, ({ ending, isDialled, numberId, attempts, attemptsMax, count }) => {
      const numbers = Array.from({ length: count }, (_, i) => number(`n${i}`));
      const ask = () => after(ending, { isDialled, numberId }, { attempts, attemptsMax, numbers });
      const { isAttempt, next } = ask();
      expect(ask()).toEqual({ isAttempt, next });
      expect(next.dueAt).toBeGreaterThanOrEqual(NOW);
      expect(next.state === 'finished').toBe(next.finishedWhy !== null);
      if (next.state === 'waiting') expect(attempts + (isAttempt ? 1 : 0)).toBeLessThan(attemptsMax);
      if (ending === 'lost' && next.state === 'waiting') {
        expect(next.dueAt).toBeGreaterThanOrEqual(NOW + minutes(30));
      }
    }),
    { numRuns: 500 },
  );
});

test('rests an hour when the carrier fails twice in a row', () => {
  const lead = { attempts: 0, attemptsMax: 6, previousEnding: 'carrier-failure', numbers: [] } as const;
  const call = {
    ending: 'carrier-failure',
    endedAt: NOW,
    numberId: 'n' as NumberId,
    isDialled: true,
  } as const;
  expect(recycle(call, lead, DEFAULT_RETRY_RULES).next.dueAt).toBe(NOW + hours(1));
  expect(recycle(call, { ...lead, previousEnding: 'busy' }, DEFAULT_RETRY_RULES).next.dueAt).toBe(
    NOW + minutes(10),
  );
});

describe('a campaign’s own rules', () => {
  test('say how long the lead rests', () => {
    const rules = changed('no-answer', { afterMs: minutes(90) });
    expect(after('no-answer', {}, { rules }).next.dueAt).toBe(NOW + minutes(90));
    expect(after('busy', {}, { rules }).next.dueAt).toBe(NOW + minutes(20));
  });

  test('finish the lead after so many calls that ended so, whatever attempts it has left', () => {
    const rules = changed('no-answer', { triesMax: 2 });
    const lead = { rules, attemptsMax: 6 };
    expect(after('no-answer', {}, { ...lead, endingCounts: { busy: 5 } }).next.state).toBe('waiting');
    expect(after('no-answer', {}, { ...lead, endingCounts: { 'no-answer': 1 } }).next).toMatchObject({
      state: 'finished',
      finishedWhy: 'tries-used-up:no-answer',
    });
  });

  test('never shorten the 72 hours after an abandoned call, nor the half hour after a lost one', () => {
    expect(
      after('human-abandoned', {}, { rules: changed('human-abandoned', { afterMs: minutes(5) }) }).next.dueAt,
    ).toBe(NOW + hours(72));
    expect(after('lost', {}, { rules: changed('lost', { afterMs: minutes(1) }) }).next.dueAt).toBe(
      NOW + minutes(30),
    );
    expect(
      after('human-abandoned', {}, { rules: changed('human-abandoned', { afterMs: hours(100) }) }).next.dueAt,
    ).toBe(NOW + hours(100));
  });

  test('spread calls over the parts of the called party’s day', () => {
    // 10:00 in New York; half an hour later is morning still.
    const rules = changed('no-answer', { afterMs: minutes(30), isSpread: true });
    const dueAt = (at: string): string => {
      const endedAt = Date.parse(at) as EpochMs;
      return new Date(after('no-answer', { endedAt }, { rules }).next.dueAt).toISOString();
    };
    expect(dueAt('2026-12-02T10:00:00-05:00')).toBe('2026-12-02T17:00:00.000Z');
    expect(dueAt('2026-12-02T12:30:00-05:00')).toBe('2026-12-02T22:00:00.000Z');
    expect(dueAt('2026-12-02T18:00:00-05:00')).toBe('2026-12-03T13:00:00.000Z');
    // Already another part: left as it is.
    expect(dueAt('2026-12-02T11:45:00-05:00')).toBe('2026-12-02T17:15:00.000Z');
    // Nobody is called at night: that is the next morning.
    expect(dueAt('2026-12-02T20:45:00-05:00')).toBe('2026-12-03T02:15:00.000Z');
  });
});

describe('a limit of attempts per number', () => {
  const numbers = [home, work];
  const lead = { numbers, attemptsPerNumberMax: 2 };

  test('moves the lead on to the number that has attempts left', () => {
    const numberAttempts = { home: 1, work: 2 };
    expect(after('no-answer', {}, { ...lead, numberAttempts: { home: 1 } }).next.number).toEqual(work);
    expect(after('no-answer', { numberId: work.numberId }, { ...lead, numberAttempts }).next.number).toEqual(
      home,
    );
    expect(after('busy', {}, { ...lead, numberAttempts: { work: 2 } }).next).toMatchObject({
      state: 'waiting',
      number: null,
    });
  });

  test('finishes the lead when all are used up', () => {
    expect(after('no-answer', {}, { ...lead, numberAttempts: { home: 1, work: 2 } }).next).toMatchObject({
      state: 'finished',
      finishedWhy: 'attempts-used-up',
    });
  });
});
