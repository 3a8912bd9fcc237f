import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ListId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import { hopperPhase, hopperShares, listHold, type HopperList } from './hopper.ts';

const TODAY = '2026-12-02';

function list(name: string, changes: Partial<HopperList> = {}): HopperList {
  return { listId: name as ListId, priority: 0, weight: 1, isPaused: false, expiresOn: null, ...changes };
}

function quotas(lists: readonly HopperList[], count: number, phase = 0): Record<string, number> {
  const shares = hopperShares(lists, { count, today: TODAY, phase });
  return Object.fromEntries(shares.map(({ listId, quota }) => [listId, quota]));
}

describe('a list', () => {
  test('is called on its last day and held from the next on', () => {
    expect(listHold(list('a', { expiresOn: TODAY }), TODAY)).toBeNull();
    expect(listHold(list('a', { expiresOn: '2026-12-01' }), TODAY)).toBe('list-expired');
  });

  test('that is paused or expired gives nothing, and the others its share', () => {
    const lists = [list('a'), list('b', { isPaused: true }), list('c', { expiresOn: '2026-01-01' })];
    expect(quotas(lists, 10)).toEqual({ a: 10 });
  });
});

describe('a claim', () => {
  test('takes lists of one priority in proportion to their weights', () => {
    expect(quotas([list('a', { weight: 3 }), list('b')], 100)).toEqual({ a: 75, b: 25 });
  });

  test('asks lists of lower priority only for what the higher ones cannot give', () => {
    const shares = hopperShares([list('low'), list('high', { priority: 2 }), list('also', { priority: 2 })], {
      count: 10,
      today: TODAY,
      phase: 0,
    });
    expect(shares.map(({ listId, tier, quota }) => [listId, tier, quota])).toEqual([
      ['also', 0, 5],
      ['high', 0, 5],
      ['low', 1, 10],
    ]);
  });

  test('of one lead keeps the proportion over many claims', () => {
    const lists = [list('a', { weight: 7 }), list('b', { weight: 2 }), list('c', { weight: 1 })];
    const taken = { a: 0, b: 0, c: 0 };
    for (let turn = 0; turn < 1000; turn += 1) {
      const now = (1_796_000_000_000 + turn * 1000) as EpochMs;
      const first = hopperShares(lists, { count: 1, today: TODAY, phase: hopperPhase(now) });
      taken[first.find(({ quota }) => quota === 1)?.listId as 'a'] += 1;
    }
    expect(Math.abs(taken.a - 700) + Math.abs(taken.b - 200) + Math.abs(taken.c - 100)).toBeLessThan(10);
  });

  test('gives every tier the whole count, and each list its proportion rounded down or up', () => {
    const anyList = fc.record({
      priority: fc.integer({ min: -1, max: 1 }),
      weight: fc.integer({ min: 1, max: 9 }),
    });
    const phase = fc.double({ min: 0, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(anyList, { maxLength: 6 }),
        fc.integer({ min: 0, max: 100 }),
        phase,
        (given, count, at) => {
          const lists = given.map((one, i) => list(`l${i}`, one));
          const shares = hopperShares(lists, { count, today: TODAY, phase: at });
          expect(shares).toHaveLength(lists.length);
          for (const tier of new Set(shares.map((share) => share.tier))) {
            const inTier = shares.filter((share) => share.tier === tier);
            const total = inTier.reduce((sum, { weight }) => sum + weight, 0);
            expect(inTier.reduce((sum, { quota }) => sum + quota, 0)).toBe(count);
            for (const { quota, weight } of inTier)
              expect(Math.abs(quota - (count * weight) / total)).toBeLessThan(1 + 1e-9);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
