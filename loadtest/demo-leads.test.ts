import { describe, expect, test } from 'vitest';
import { callingWindowOf } from '../compliance/calling-window.ts';
import { placeOfNumber, zoneKey } from '../compliance/number-place.ts';
import { readPhone } from '../compliance/read-phone.ts';
import type { EpochMs } from '../kernel/time.ts';
import { demoLeads } from './demo-leads.ts';
import { isReservedNumber } from './reserved-numbers.ts';

const leads = demoLeads(4_000);

describe('demo leads', () => {
  test('are the same people every time', () => {
    expect(demoLeads(4_000)).toEqual(leads);
    expect(demoLeads(50)).toEqual(leads.slice(0, 50));
    expect(leads).toHaveLength(4_000);
  });

  test('have each a number of their own, which is reserved and which the product can read', () => {
    expect(new Set(leads.map((lead) => lead.phone)).size).toBe(leads.length);
    for (const lead of leads) {
      expect(isReservedNumber(lead.phone)).toBe(true);
      expect(readPhone(lead.phone, 'US')).toEqual({ ok: true, phone: lead.phone });
    }
  });

  test('have each a name and a city', () => {
    for (const lead of leads) expect([lead.firstName, lead.lastName, lead.city]).not.toContain('');
  });

  test(
    'can be called between 8 and 21 local time at each of the 8,784 hours of a leap year, in good number',
    { timeout: 60_000 },
    () => {
      const byZones = new Map<string, number>();
      for (const lead of leads) {
        const key = zoneKey(placeOfNumber(lead.phone).zones);
        byZones.set(key, (byZones.get(key) ?? 0) + 1);
      }
      // The small groups only add to it, and cost time.
      for (const [key, count] of byZones) if (count < 250) byZones.delete(key);
      const first = Date.UTC(2028, 0, 1);
      let fewest = Infinity;
      let hours = 0;
      for (let at = first; at < Date.UTC(2029, 0, 1); at += 3_600_000) {
        let callable = 0;
        for (const [key, count] of byZones) if (callingWindowOf(key, at as EpochMs).isOpen) callable += count;
        fewest = Math.min(fewest, callable);
        hours += 1;
      }
      expect(hours).toBe(8_784);
      expect(fewest).toBeGreaterThan(500);
    },
  );
});

describe('reserved numbers', () => {
  test.each(['+13055550100', '+19995550199', '+442079460999', '+493023125000'])('%s is one', (phone) => {
    expect(isReservedNumber(phone)).toBe(true);
  });

  test.each([
    '+13055550200',
    '+13055551212',
    '+1305555010',
    '+442079461000',
    '+4930231250000',
    '+33199010000',
  ])('%s is none', (phone) => {
    expect(isReservedNumber(phone)).toBe(false);
  });
});
