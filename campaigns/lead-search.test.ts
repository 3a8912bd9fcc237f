import { expect, test } from 'vitest';
import { afterPhone, isNumberLike, searchWays } from './lead-search.ts';

const nobody: Parameters<typeof searchWays>[1] = { full: null, callingCode: '1' };
const said = (text: string, number = nobody): string[] =>
  searchWays(text, number).map((way) => {
    switch (way.by) {
      case 'phone':
        return way.begins;
      case 'external-id':
        return `#${way.is}`;
      case 'last-name':
        return `${way.last}, ${way.first}`;
      case 'first-name':
        return way.first;
    }
  });

test('a number is meant as it stands and as the own country writes it', () => {
  expect(said('305 555')).toEqual(['+1305555', '+305555', '#305 555']);
  expect(said('020 7946', { full: null, callingCode: '44' })).toEqual(['+44207946', '#020 7946']);
  expect(said('+44 (20) 79')).toEqual(['+442079', '#+44 (20) 79']);
  expect(said('0044 2079', { full: null, callingCode: null })).toEqual(['+442079', '#0044 2079']);
  expect(said('3055550101', { full: '+13055550101', callingCode: '1' })[0]).toBe('+13055550101');
  expect(isNumberLike('12')).toBe(false);
  expect(isNumberLike('X-7777')).toBe(false);
});

test('a name is meant as the beginning of the last or the first one, or of both in either order', () => {
  expect(said('diaz')).toEqual(['diaz, ', 'diaz', '#diaz']);
  expect(said('rosa diaz')).toEqual(['diaz, rosa', 'rosa, diaz', 'rosa diaz, ', 'rosa diaz', '#rosa diaz']);
  expect(said('王小明')).toContain('王, 小明');
  expect(said('欧阳小明')).toContain('欧阳, 小明');
});

test('the end of all numbers that begin so is the next number', () => {
  expect(afterPhone('+1305')).toBe('+1306');
  expect(afterPhone('+1399')).toBe('+14');
  expect(afterPhone('+99')).toBe('+:');
});
