import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EpochMs, MonotonicMs } from '../kernel/time.ts';
import { NOON, someCandidate } from './candidate.fixture.ts';
import type { CallCandidate } from './candidate.ts';
import { clear, isExpired, isIssued, type Clearance, type GateTime } from './gate.ts';
import { RULES, RULES_VERSION } from './verdict.ts';

const time = (now: EpochMs = NOON, monotonic = 1000): GateTime => ({
  now,
  monotonic: monotonic as MonotonicMs,
});

function cleared(candidate: CallCandidate, when = time()): Clearance {
  const verdict = clear(candidate, when);
  if (verdict.kind !== 'cleared') throw new Error(`refused: ${verdict.rule}`);
  return verdict;
}

describe('a clearance', () => {
  test('is given to a lead that no rule objects to, with its candidate and the version of the rules', () => {
    const candidate = someCandidate();
    const clearance = cleared(candidate);
    expect(clearance.candidate).toBe(candidate);
    expect(clearance.rulesVersion).toBe(RULES_VERSION);
    expect(isIssued(clearance)).toBe(true);
  });

  test('is no clearance when it was cast, copied, or made by hand', () => {
    const clearance = cleared(someCandidate());
    expect(isIssued({ ...clearance })).toBe(false);
    expect(isIssued(structuredClone(clearance))).toBe(false);
    expect(isIssued(JSON.parse(JSON.stringify(clearance)) as Clearance)).toBe(false);
    expect(isIssued(Object.create(clearance) as Clearance)).toBe(false);
    expect(isIssued(new Proxy(clearance, {}))).toBe(false);
  });

  test('cannot be changed after it was given', () => {
    const clearance = cleared(someCandidate());
    expect(() => Object.assign(clearance, { expiresAt: Infinity })).toThrow(TypeError);
    expect(() => Object.assign(clearance.conditions, { messageAllowed: false })).toThrow(TypeError);
  });

  test('holds for two seconds of the clock that never jumps', () => {
    const clearance = cleared(someCandidate(), time(NOON, 5000));
    expect(isExpired(clearance, 7000 as MonotonicMs)).toBe(false);
    expect(isExpired(clearance, 7001 as MonotonicMs)).toBe(true);
  });
});

describe('a refusal', () => {
  const onList = { doNotCall: 'organization' as const };
  const atNight = { zones: ['Asia/Shanghai'] };
  const tooOften = { leadAttempts: 6 };
  const atRest = { abandonedAt: (NOON - 60_000) as EpochMs };
  const stale = { factsAt: (NOON - 60_000) as EpochMs };

  test('names the first rule that objects, in the order of RULES', () => {
    const rules = [
      { ...stale, ...onList, ...atNight, ...tooOften, ...atRest },
      { ...onList, ...atNight, ...tooOften, ...atRest },
      { ...atNight, ...tooOften, ...atRest },
      { ...tooOften, ...atRest },
      atRest,
    ].map((changes) => {
      const verdict = clear(someCandidate(changes), time());
      return verdict.kind === 'refused' ? verdict.rule : 'cleared';
    });
    expect(rules).toEqual(RULES);
  });

  test('carries the facts that the rule saw and the version of the rules', () => {
    expect(clear(someCandidate(atNight), time())).toMatchObject({
      kind: 'refused',
      rulesVersion: RULES_VERSION,
      facts: { zone: 'Asia/Shanghai', localTime: '01:00' },
    });
  });

  test('is given on facts that are stale, or younger than the present by more than a second', () => {
    for (const factsAt of [NOON - 30_001, NOON + 1001, Number.NaN]) {
      const verdict = clear(someCandidate({ factsAt: factsAt as EpochMs }), time());
      expect(verdict).toMatchObject({ kind: 'refused', rule: 'facts' });
    }
  });
});

describe('whatever the facts', () => {
  const someFacts: fc.Arbitrary<CallCandidate> = fc
    .record({
      zones: fc.subarray([
        'America/New_York',
        'America/Los_Angeles',
        'Pacific/Guam',
        'Europe/Berlin',
        'Nowhere/At_All',
      ]),
      doNotCall: fc.constantFrom('organization' as const, 'campaign' as const, null),
      leadAttempts: fc.integer({ min: 0, max: 8 }),
      numberAttemptsAt: fc
        .array(fc.integer({ min: 0, max: 30 }), { maxLength: 5 })
        .map((ages) => ages.sort((a, b) => b - a).map((age) => (NOON - age * 3_600_000) as EpochMs)),
      isAgentReserved: fc.boolean(),
      abandonedAt: fc.option(
        fc.integer({ min: 0, max: 100 }).map((age) => (NOON - age * 3_600_000) as EpochMs),
        { nil: null },
      ),
      factsAt: fc.integer({ min: -60_000, max: 5000 }).map((age) => (NOON + age) as EpochMs),
    })
    .map((changes) => someCandidate(changes));

  test('nobody on a do-not-call list, without a known zone, over a limit or at rest is cleared', () => {
    fc.assert(
      fc.property(someFacts, (candidate) => {
        const verdict = clear(candidate, time());
        if (verdict.kind === 'refused') return;
        expect(candidate.doNotCall).toBeNull();
        expect(candidate.zones.length).toBeGreaterThan(0);
        for (const zone of candidate.zones) {
          const hour = Number(
            new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' }).format(
              NOON,
            ),
          );
          expect(hour).toBeGreaterThanOrEqual(8);
          expect(hour).toBeLessThan(21);
        }
        expect(candidate.leadAttempts).toBeLessThan(candidate.leadAttemptsMax);
        const recent = candidate.numberAttemptsAt.filter((at) => at > NOON - 86_400_000);
        expect(recent.length).toBeLessThan(candidate.numberAttemptsPerDayMax);
        if (candidate.abandonedAt !== null && !candidate.isAgentReserved) {
          expect(NOON - candidate.abandonedAt).toBeGreaterThanOrEqual(72 * 3_600_000);
        }
        expect(NOON - candidate.factsAt).toBeLessThanOrEqual(30_000);
      }),
      { numRuns: 500 },
    );
  });

  test('retryAt lies ahead, and at it that rule objects no more', () => {
    fc.assert(
      fc.property(someFacts, (candidate) => {
        const verdict = clear(candidate, time());
        if (verdict.kind === 'cleared' || verdict.retryAt === null || verdict.rule === 'facts') return;
        expect(verdict.retryAt).toBeGreaterThan(NOON);
        const later = clear({ ...candidate, factsAt: verdict.retryAt }, time(verdict.retryAt));
        if (later.kind === 'refused') expect(later.rule).not.toBe(verdict.rule);
      }),
      { numRuns: 500 },
    );
  });

  test('the same facts and the same time get the same verdict', () => {
    fc.assert(
      fc.property(someFacts, (candidate) => {
        expect(clear(candidate, time())).toEqual(clear(candidate, time()));
      }),
    );
  });
});
