import { afterEach, expect, test } from 'vitest';
import { locale } from '../i18n/locale.svelte.ts';
import { messagesEn } from '../i18n/messages.ts';
import { dispositionLabel } from './disposition-label.ts';

afterEach(() => locale.use('en'));

const shipped = Object.entries(messagesEn).flatMap(([key, label]) =>
  key.startsWith('disposition.') ? [{ code: key.slice('disposition.'.length), label }] : [],
);

test('every word that is shipped has a Chinese one, as long as nobody has changed it', () => {
  locale.use('zh-CN');
  expect(shipped).toHaveLength(10);
  for (const word of shipped) expect(dispositionLabel(word), word.code).toMatch(/\p{Script=Han}/u);
  expect(dispositionLabel({ code: 'sale', label: 'Sold it' })).toBe('Sold it');
  expect(dispositionLabel({ code: 'upgrade', label: 'Upgrade' })).toBe('Upgrade');
});

test('in English the organization’s word stands as it is', () => {
  for (const word of shipped) expect(dispositionLabel(word)).toBe(word.label);
});
