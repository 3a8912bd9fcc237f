import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DigitSet } from './digit-set.ts';

test('holds what was put in and nothing else', () => {
  const someDigits = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(fc.array(someDigits, { maxLength: 200 }), fc.array(someDigits), (inside, others) => {
      const set = new DigitSet();
      const truth = new Set<number>();
      for (const digits of inside) {
        expect(set.has(digits)).toBe(truth.has(digits));
        set.add(digits);
        truth.add(digits);
      }
      for (const digits of [...inside, ...others]) expect(set.has(digits)).toBe(truth.has(digits));
    }),
  );
});

test('grows over a whole exchange of consecutive numbers', () => {
  const set = new DigitSet();
  const phone = (n: number): number => 13_055_550_000 + n;
  for (let n = 0; n < 10_000; n += 2) set.add(phone(n));
  for (let n = 0; n < 10_000; n += 1) expect(set.has(phone(n))).toBe(n % 2 === 0);
});
