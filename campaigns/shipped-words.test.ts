import { expect, test } from 'vitest';
import { DEFAULT_DISPOSITIONS } from './defaults.ts';
import { dispositionWord } from './shipped-words.ts';

test('every disposition that is shipped has a Chinese word; an organization’s own stays as it is', () => {
  for (const { label } of DEFAULT_DISPOSITIONS) {
    expect(dispositionWord(label, 'zh-CN'), label).toMatch(/\p{Script=Han}/u);
    expect(dispositionWord(label, 'en')).toBe(label);
  }
  expect(dispositionWord('Sold it', 'zh-CN')).toBe('Sold it');
});
