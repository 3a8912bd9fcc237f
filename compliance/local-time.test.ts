import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import type { EpochMs } from '../kernel/time.ts';
import { localClock, localDay, startOfLocalDay, windowOf } from './local-time.ts';

const HOURS = { fromMinute: 480, toMinute: 1260 };
const at = (iso: string): EpochMs => Date.parse(iso) as EpochMs;
const iso = (instant: number | null): string | null =>
  instant === null ? null : new Date(instant).toISOString();

describe('the window of one zone', () => {
  test('opens at 8:00 and closes at 21:00, to the millisecond', () => {
    const opening = at('2026-07-01T08:00:00-04:00');
    const closing = at('2026-07-01T21:00:00-04:00');
    expect(windowOf('America/New_York', (opening - 1) as EpochMs, HOURS)).toMatchObject({
      isOpen: false,
      opensAt: opening,
    });
    expect(windowOf('America/New_York', opening, HOURS)).toMatchObject({ isOpen: true, closesAt: closing });
    expect(windowOf('America/New_York', (closing - 1) as EpochMs, HOURS).isOpen).toBe(true);
    expect(iso(windowOf('America/New_York', closing, HOURS).opensAt)).toBe('2026-07-02T12:00:00.000Z');
  });

  test('remembers its answer up to the change and no millisecond longer', () => {
    const opening = at('2026-07-03T08:00:00-04:00');
    const closing = at('2026-07-03T21:00:00-04:00');
    for (const [before, change, isOpenAfter] of [
      [opening - 60_000, opening, true],
      [closing - 60_000, closing, false],
    ] as const) {
      expect(windowOf('America/New_York', before as EpochMs, HOURS).isOpen).toBe(!isOpenAfter);
      expect(windowOf('America/New_York', change, HOURS).isOpen).toBe(isOpenAfter);
    }
  });

  test('opens by the new clock on the morning after a change', () => {
    expect(iso(windowOf('America/New_York', at('2026-10-31T22:00:00-04:00'), HOURS).opensAt)).toBe(
      '2026-11-01T13:00:00.000Z',
    );
    expect(iso(windowOf('America/New_York', at('2026-03-07T22:00:00-05:00'), HOURS).opensAt)).toBe(
      '2026-03-08T12:00:00.000Z',
    );
  });

  test('keeps its own time where the clock is never changed', () => {
    expect(iso(windowOf('America/Phoenix', at('2026-03-08T10:00:00Z'), HOURS).opensAt)).toBe(
      '2026-03-08T15:00:00.000Z',
    );
  });

  test('skips a day that a country left out', () => {
    // Samoa had no 30 December 2011.
    expect(iso(windowOf('Pacific/Apia', at('2011-12-30T07:30:00Z'), HOURS).opensAt)).toBe(
      '2011-12-30T18:00:00.000Z',
    );
  });
});

describe('the window of several zones', () => {
  test('is open from the latest opening to the earliest closing', () => {
    const key = 'America/Los_Angeles|America/New_York';
    expect(windowOf(key, at('2026-07-01T14:59:59Z'), HOURS)).toMatchObject({
      isOpen: false,
      opensAt: at('2026-07-01T15:00:00Z'),
    });
    expect(windowOf(key, at('2026-07-01T15:00:00Z'), HOURS)).toEqual({
      isOpen: true,
      closesAt: at('2026-07-02T01:00:00Z'),
      opensAt: at('2026-07-02T15:00:00Z'),
    });
  });

  test('never opens when no moment suits all', () => {
    // Half the world apart: 8 to 21 here is 20 to 9 there.
    const state = windowOf('Etc/GMT+0|Etc/GMT-13', at('2026-07-01T00:00:00Z'), {
      fromMinute: 540,
      toMinute: 1200,
    });
    expect(state).toEqual({ isOpen: false, closesAt: null, opensAt: null });
  });

  test.each(['', 'Atlantis/Capital', 'America/New_York|Atlantis/Capital'])('never opens for %j', (key) => {
    expect(windowOf(key, at('2026-07-01T15:00:00Z'), HOURS)).toEqual({
      isOpen: false,
      closesAt: null,
      opensAt: null,
    });
  });
});

/** The same question asked of luxon minute by minute: slow and plain. */
function isOpenByClock(zones: readonly string[], instant: number): boolean {
  return zones.every((zone) => {
    const local = DateTime.fromMillis(instant, { zone });
    return local.hour >= 8 && local.hour < 21;
  });
}

const someZones = fc.uniqueArray(
  fc.constantFrom(
    'America/New_York',
    'America/Chicago',
    'America/Phoenix',
    'America/St_Johns',
    'America/Adak',
    'Pacific/Guam',
    'Europe/London',
    'Asia/Calcutta',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'Africa/Casablanca',
    'Pacific/Kiritimati',
  ),
  { minLength: 1, maxLength: 3 },
);
const someInstant = fc
  .integer({ min: Date.parse('2025-01-01T00:00:00Z') / 1000, max: Date.parse('2029-01-01T00:00:00Z') / 1000 })
  .map((n) => n * 1000);

test('agrees with the wall clock, and every opening and closing is the first moment of its kind', () => {
  fc.assert(
    fc.property(someZones, someInstant, (zones, now) => {
      const state = windowOf(zones.join('|'), now as EpochMs, HOURS);
      expect(state.isOpen).toBe(isOpenByClock(zones, now));
      const change = state.isOpen ? state.closesAt : state.opensAt;
      if (change === null) return;
      expect(change).toBeGreaterThan(now);
      expect(isOpenByClock(zones, change)).toBe(!state.isOpen);
      for (let t = now; t < change; t += 7 * 60_000) expect(isOpenByClock(zones, t)).toBe(state.isOpen);
      expect(isOpenByClock(zones, change - 1)).toBe(state.isOpen);
    }),
    { numRuns: 100 },
  );
});

test('answers the same whatever was asked before', () => {
  fc.assert(
    fc.property(someZones, fc.array(someInstant, { minLength: 2, maxLength: 6 }), (zones, moments) => {
      const key = zones.join('|');
      for (const now of moments) {
        const first = windowOf(key, now as EpochMs, HOURS);
        for (let other = 0; other < 10_001 && moments[0] === now; other += 5000) {
          windowOf(key, (now + other * 3600) as EpochMs, HOURS);
        }
        expect(windowOf(key, now as EpochMs, HOURS)).toEqual(first);
      }
    }),
    { numRuns: 100 },
  );
});

describe('calendar days of a zone', () => {
  test('are those of its wall clock', () => {
    expect(localDay('America/New_York', at('2026-07-02T03:59:59Z'))).toBe('2026-07-01');
    expect(localDay('Asia/Shanghai', at('2026-07-01T16:00:00Z'))).toBe('2026-07-02');
    expect(localClock('America/New_York', at('2026-12-03T01:31:00Z'))).toBe('20:31');
  });

  test('begin at the first moment that has their date, also where midnight is skipped', () => {
    expect(iso(startOfLocalDay('America/New_York', '2026-11-01'))).toBe('2026-11-01T04:00:00.000Z');
    expect(iso(startOfLocalDay('Africa/Cairo', '2026-04-24'))).toBe('2026-04-23T22:00:00.000Z');
    fc.assert(
      fc.property(someZones, someInstant, ([zone], instant) => {
        const day = localDay(zone!, instant as EpochMs);
        const start = startOfLocalDay(zone!, day);
        expect(start).toBeLessThanOrEqual(instant);
        expect(localDay(zone!, start)).toBe(day);
        expect(localDay(zone!, (start - 1) as EpochMs) < day).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
