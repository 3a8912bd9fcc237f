import { describe, expect, test } from 'vitest';
import type { EpochMs } from '../kernel/time.ts';
import {
  abandonmentHeadroom,
  abandonmentRate,
  fixedPeriodOf,
  judgeAnswer,
  localDayOf,
  type HumanAnswer,
} from './abandonment.ts';

const at = (iso: string): EpochMs => Date.parse(iso) as EpochMs;
const rule = { legalMs: 2000, isEarlyHangUpAbandoned: true };

/** A person who answers at 10,000 and goes at 40,000. */
function answer(changes: {
  agentAt?: number | null;
  greetingEndedAt?: number | null;
  endedAt?: number;
}): HumanAnswer {
  return {
    answeredAt: 10_000 as EpochMs,
    greetingEndedAt: (changes.greetingEndedAt ?? null) as EpochMs | null,
    agentAt: (changes.agentAt ?? null) as EpochMs | null,
    endedAt: (changes.endedAt ?? 40_000) as EpochMs,
  };
}

describe('a person who answered', () => {
  test.each([
    ['an agent at once', { agentAt: 10_050 }, false, false],
    ['an agent at the very end of the legal time', { agentAt: 12_000 }, false, false],
    ['an agent a millisecond too late', { agentAt: 12_001 }, true, false],
    [
      'an agent in time after the end of the greeting',
      { greetingEndedAt: 11_500, agentAt: 13_400 },
      false,
      false,
    ],
    [
      'an agent too late after the end of the greeting',
      { greetingEndedAt: 11_500, agentAt: 13_501 },
      true,
      false,
    ],
    ['no agent, gone before the legal moment', { endedAt: 11_999 }, true, true],
    ['no agent, gone at the legal moment', { endedAt: 12_000 }, true, false],
    ['no agent, the message to its end', {}, true, false],
  ] as const)('%s', (...[, changes, isAbandoned, isEarlyHangUp]) => {
    expect(judgeAnswer(answer(changes), rule)).toEqual({ isAbandoned, isEarlyHangUp });
  });

  test('counts as served when he left early and the rule of the place says so', () => {
    const lenient = { ...rule, isEarlyHangUpAbandoned: false };
    expect(judgeAnswer(answer({ endedAt: 11_000 }), lenient)).toEqual({
      isAbandoned: false,
      isEarlyHangUp: true,
    });
    expect(judgeAnswer(answer({}), lenient).isAbandoned).toBe(true);
  });
});

describe('the rate and its room', () => {
  test('abandoned is divided by human answers, and nothing by nothing is nothing', () => {
    expect(abandonmentRate({ answered: 200, abandoned: 6 })).toBe(0.03);
    expect(abandonmentRate({ answered: 0, abandoned: 0 })).toBe(0);
  });

  test('room is limit × answered + 2, less what was abandoned', () => {
    expect(abandonmentHeadroom({ answered: 0, abandoned: 0 }, 0.03)).toBe(2);
    expect(abandonmentHeadroom({ answered: 100, abandoned: 5 }, 0.03)).toBe(0);
    expect(abandonmentHeadroom({ answered: 100, abandoned: 6 }, 0.03)).toBe(-1);
  });
});

describe('the fixed period of thirty days', () => {
  const zone = 'America/New_York';
  const startedAt = at('2026-03-01T22:00:00-05:00');

  test.each([
    ['2026-03-01T22:00:00-05:00', '2026-03-01', '2026-03-30'],
    ['2026-03-30T23:59:59-04:00', '2026-03-01', '2026-03-30'],
    ['2026-03-31T00:00:00-04:00', '2026-03-31', '2026-04-29'],
    ['2027-03-01T12:00:00-05:00', '2027-02-24', '2027-03-25'],
    // A clock that ran backwards does not open a period before the first.
    ['2026-02-01T12:00:00-05:00', '2026-03-01', '2026-03-30'],
  ])('%s is in %s to %s', (now, firstDay, lastDay) => {
    expect(fixedPeriodOf(startedAt, zone, at(now))).toEqual({ firstDay, lastDay });
  });
});

test('a local day of 23 or 25 hours is one day', () => {
  const spring = localDayOf('America/New_York', at('2026-03-08T12:00:00Z'));
  expect(spring.day).toBe('2026-03-08');
  expect(spring.to - spring.from).toBe(23 * 3_600_000);
  const autumn = localDayOf('America/New_York', at('2026-11-01T12:00:00Z'));
  expect(autumn.to - autumn.from).toBe(25 * 3_600_000);
});
