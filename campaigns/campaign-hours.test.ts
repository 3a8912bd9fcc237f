import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EpochMs } from '../kernel/time.ts';
import { campaignOpening, hasEnded, type CampaignSchedule, type WeekHours } from './campaign-hours.ts';

const at = (text: string): EpochMs => Date.parse(text) as EpochMs;
const day = (...hours: readonly (readonly [number, number])[]) =>
  hours.map(([from, to]) => ({ fromMinute: from * 60, toMinute: to * 60 }));
/** Monday to Friday 9 to 12 and 13 to 18, Saturday 10 to 14. */
const OFFICE: WeekHours = [...Array.from({ length: 5 }, () => day([9, 12], [13, 18])), day([10, 14]), []];
const schedule = (changes: Partial<CampaignSchedule> = {}): CampaignSchedule => ({
  timeZone: 'America/New_York',
  startsOn: null,
  endsOn: null,
  dailyHours: null,
  ...changes,
});
const opening = (changes: Partial<CampaignSchedule>, now: string) => {
  const { isOpen, ...rest } = campaignOpening(schedule(changes), at(now));
  const moment = 'opensAt' in rest ? rest.opensAt : rest.closesAt;
  const said = moment === null ? null : new Date(moment).toISOString();
  return isOpen ? { closes: said } : { why: 'why' in rest ? rest.why : null, opens: said };
};

test('a campaign without days and hours is always open', () => {
  expect(opening({}, '2026-12-02T03:00:00-05:00')).toEqual({ closes: null });
  const always = Array.from({ length: 7 }, () => day([0, 24]));
  expect(opening({ dailyHours: always }, '2026-12-02T03:00:00-05:00')).toEqual({ closes: null });
});

describe('daily hours', () => {
  // 2026-12-02 is a Wednesday.
  test.each([
    ['08:59', { why: 'out-of-hours', opens: '2026-12-02T14:00:00.000Z' }],
    ['09:00', { closes: '2026-12-02T17:00:00.000Z' }],
    ['12:00', { why: 'out-of-hours', opens: '2026-12-02T18:00:00.000Z' }],
    ['17:59', { closes: '2026-12-02T23:00:00.000Z' }],
    ['18:00', { why: 'out-of-hours', opens: '2026-12-03T14:00:00.000Z' }],
  ])('at %s', (clock, expected) => {
    expect(opening({ dailyHours: OFFICE }, `2026-12-02T${clock}:00-05:00`)).toEqual(expected);
  });

  test('name the next open day over a day off, and are those of the wall clock when it is changed', () => {
    // The clock is put forward on Sunday 8 March 2026: Monday 9:00 is 13:00 UTC, not 14:00.
    expect(opening({ dailyHours: OFFICE }, '2026-03-07T15:00:00-05:00')).toEqual({
      why: 'out-of-hours',
      opens: '2026-03-09T13:00:00.000Z',
    });
  });

  test('that are empty on every day never open', () => {
    const never = Array.from({ length: 7 }, () => []);
    expect(opening({ dailyHours: never }, '2026-12-02T12:00:00-05:00')).toEqual({
      why: 'ended',
      opens: null,
    });
  });
});

describe('first and last day', () => {
  test('are days of the campaign’s zone, both included', () => {
    const days = { startsOn: '2026-12-02', endsOn: '2026-12-02' };
    expect(opening(days, '2026-12-01T23:59:59-05:00')).toEqual({
      why: 'not-begun',
      opens: '2026-12-02T05:00:00.000Z',
    });
    expect(opening(days, '2026-12-02T00:00:00-05:00')).toEqual({ closes: '2026-12-03T05:00:00.000Z' });
    expect(opening(days, '2026-12-03T00:00:00-05:00')).toEqual({ why: 'ended', opens: null });
    expect(hasEnded(schedule(days), at('2026-12-02T23:59:59-05:00'))).toBe(false);
    expect(hasEnded(schedule(days), at('2026-12-03T00:00:00-05:00'))).toBe(true);
  });

  test('hold together with the hours: nothing opens after the last day', () => {
    const both = { dailyHours: OFFICE, startsOn: '2026-12-05', endsOn: '2026-12-06' };
    expect(opening(both, '2026-12-02T12:00:00-05:00')).toEqual({
      why: 'not-begun',
      opens: '2026-12-05T15:00:00.000Z',
    });
    expect(opening(both, '2026-12-05T14:00:00-05:00')).toEqual({ why: 'ended', opens: null });
  });
});

test('what it says of the next change is true: the same until then, the other from then on', () => {
  const hours = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 1, max: 24 }))
    .map(([from, to]) => (from < to ? day([from, to]) : []));
  fc.assert(
    fc.property(
      fc.array(hours, { minLength: 7, maxLength: 7 }),
      fc.constantFrom('America/New_York', 'Asia/Shanghai', 'Australia/Lord_Howe'),
      fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2026-12-31T00:00Z') }),
      (dailyHours, timeZone, now) => {
        // A new object each time: nothing is remembered.
        const ask = (moment: number) =>
          campaignOpening(schedule({ dailyHours, timeZone }), moment as EpochMs);
        const said = ask(now);
        const changesAt = said.isOpen ? said.closesAt : said.opensAt;
        if (changesAt === null) return;
        expect(ask(changesAt).isOpen).toBe(!said.isOpen);
        expect(ask(changesAt - 1).isOpen).toBe(said.isOpen);
        expect(ask(Math.floor((now + changesAt) / 2)).isOpen).toBe(said.isOpen);
      },
    ),
    { numRuns: 100 },
  );
});
