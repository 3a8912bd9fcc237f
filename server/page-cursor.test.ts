import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openCursor, sealCursor } from './page-cursor.ts';

const ours = randomBytes(32);
const other = randomBytes(32);
const place = '1733158800000.r+13055550101calling-window0190a000-0000-7000-8000-000000000001';

test('a cursor comes back as it was, is never the same twice, and fits the query', () => {
  const sealed = sealCursor(ours, place);
  expect(openCursor(ours, sealed)).toBe(place);
  expect(sealCursor(ours, place)).not.toBe(sealed);
  expect(sealed.length).toBeLessThanOrEqual(200);
  expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('3055550101');
});

test.each(['', 'x', 'a b', '\0', '+13055550101 0190a000-0000-7000-8000-000000000001', 'A'.repeat(80)])(
  'what is none of ours is refused with one sentence: %j',
  (text) => {
    expect(() => openCursor(ours, text)).toThrow(/start again with the first one\.$/);
  },
);

test('the cursor of another organization is none of ours', () => {
  expect(() => openCursor(ours, sealCursor(other, place))).toThrow(/start again/);
});
