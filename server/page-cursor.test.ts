import { expect, test } from 'vitest';
import type { OrganizationId } from '../kernel/ids.ts';
import { openCursor, sealCursor } from './page-cursor.ts';

const ours = '0190a000-0000-7000-8000-000000000001' as OrganizationId;
const other = '0190a000-0000-7000-8000-000000000002' as OrganizationId;
const place = `1733158800000.r+13055550101calling-window${ours}`;

test('a cursor comes back as it was, is never the same twice, and fits the query', () => {
  const sealed = sealCursor(ours, place)!;
  expect(openCursor(ours, sealed)).toBe(place);
  expect(sealCursor(ours, place)).not.toBe(sealed);
  expect(sealed.length).toBeLessThanOrEqual(200);
  expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('3055550101');
});

test('the first page asks without one and the last page gives none', () => {
  expect(openCursor(ours, undefined)).toBeUndefined();
  expect(sealCursor(ours, null)).toBeNull();
});

test.each(['', 'x', 'a b', '\0', '+13055550101 0190a000-0000-7000-8000-000000000001', 'A'.repeat(80)])(
  'what is none of ours is refused with one sentence: %j',
  (text) => {
    expect(() => openCursor(ours, text)).toThrow(/start again with the first one\.$/);
  },
);

test('the cursor of another organization is none of ours', () => {
  expect(() => openCursor(ours, sealCursor(other, place)!)).toThrow(/start again/);
});
