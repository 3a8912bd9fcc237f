import fc from 'fast-check';
import { expect, test } from 'vitest';
import { days, hours, minutes, type EpochMs } from '../kernel/time.ts';
import { checkRest } from './rest.ts';

const now = Date.parse('2026-12-02T15:00:00Z') as EpochMs;
const ago = (ms: number): EpochMs => (now - ms) as EpochMs;
const facts = (changes: Partial<Parameters<typeof checkRest>[0]> = {}) => ({
  isAgentReserved: false,
  abandonedAt: null,
  lostAt: null,
  ...changes,
});

test('nobody rests who was neither abandoned nor lost', () => {
  expect(checkRest(facts(), now)).toBeNull();
});

test('an abandoned call is followed by 72 hours without a machine, to the millisecond', () => {
  expect(checkRest(facts({ abandonedAt: ago(hours(1)) }), now)).toEqual({
    rule: 'rest',
    facts: { after: 'abandoned', minutes: 4320 },
    retryAt: now + hours(71),
  });
  expect(checkRest(facts({ abandonedAt: ago(hours(72) - 1) }), now)).not.toBeNull();
  expect(checkRest(facts({ abandonedAt: ago(hours(72)) }), now)).toBeNull();
});

test('a lost call is followed by half an hour, unless the longer rest holds', () => {
  expect(checkRest(facts({ lostAt: ago(minutes(10)) }), now)).toEqual({
    rule: 'rest',
    facts: { after: 'lost', minutes: 30 },
    retryAt: now + minutes(20),
  });
  expect(checkRest(facts({ lostAt: ago(minutes(30)) }), now)).toBeNull();
  const both = facts({ lostAt: ago(minutes(10)), abandonedAt: ago(minutes(10)) });
  expect(checkRest(both, now)).toMatchObject({ facts: { after: 'abandoned' } });
});

test('an agent who waits for the call may make it at once', () => {
  const rested = { abandonedAt: ago(minutes(1)), lostAt: ago(minutes(1)) };
  expect(checkRest(facts({ ...rested, isAgentReserved: true }), now)).toBeNull();
});

test('what cannot be judged is refused', () => {
  const broken = facts({ abandonedAt: Number.NaN as EpochMs });
  expect(checkRest(broken, now)).toMatchObject({ rule: 'rest', retryAt: null });
});

test('retryAt is the first moment at which the rule no longer objects', () => {
  const age = fc.option(fc.integer({ min: -1000, max: days(4) }).map(ago), { nil: null });
  fc.assert(
    fc.property(age, age, (abandonedAt, lostAt) => {
      const candidate = facts({ abandonedAt, lostAt });
      const objection = checkRest(candidate, now);
      if (!objection?.retryAt) return;
      expect(objection.retryAt).toBeGreaterThan(now);
      expect(checkRest(candidate, (objection.retryAt - 1) as EpochMs)).not.toBeNull();
      const then = checkRest(candidate, objection.retryAt);
      if (then !== null) expect(then.facts).not.toEqual(objection.facts);
    }),
  );
});
