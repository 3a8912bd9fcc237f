import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { expect, test } from 'vitest';
import { chooseLocale, locale, t } from './locale.svelte.ts';
import { messagesEn, messagesZhCn, type MessageKey } from './messages.ts';

type Element = ReturnType<IntlMessageFormat['getAst']>[number];

/** Type of plain text in the parsed form of a message. */
const LITERAL = 0;

/** Names of the values in a message, also of those inside its plural branches. */
function valueNames(elements: readonly Element[]): string[] {
  return elements.flatMap((element) => {
    const type: number = element.type;
    const own =
      type !== LITERAL && 'value' in element && typeof element.value === 'string' ? [element.value] : [];
    const inside =
      'options' in element
        ? Object.values(element.options).flatMap((option) => valueNames(option.value))
        : [];
    return [...own, ...inside];
  });
}
const namesOf = (text: string): string[] =>
  [...new Set(valueNames(new IntlMessageFormat(text, 'en', undefined, { ignoreTag: true }).getAst()))].sort();
const KEYS = Object.keys(messagesEn) as MessageKey[];

test('every Chinese text can be read, and takes the same values as the English one', () => {
  const different = KEYS.filter(
    (key) => namesOf(messagesEn[key]).join() !== namesOf(messagesZhCn[key]).join(),
  );
  expect(different).toEqual([]);
});

test('Chinese texts have Chinese punctuation after Chinese words', () => {
  const mixed = KEYS.filter((key) =>
    /[\u4e00-\u9fff][,;:?!](?!\s*(?:plural|number))/.test(messagesZhCn[key]),
  );
  expect(mixed).toEqual([]);
});

/** Keys that are put together from a word of the server or of ours: `ending.${ending}` uses all that begin with "ending.". */
function putTogether(source: string): (key: string) => boolean {
  const forms = [...source.matchAll(/`([a-z]\w*\.[\w.-]*)\$\{[^`]*?\}([\w.]*)`/g)].map(
    ([, before = '', after = '']) => ({ before, after }),
  );
  return (key) =>
    forms.some(({ before, after }) => key.startsWith(before) && key.endsWith(after) && key !== before);
}

test('every text is used somewhere', () => {
  const source = sourceFiles(path.join(import.meta.dirname, '..')).join('\n');
  const isPutTogether = putTogether(source);
  expect(KEYS.filter((key) => !source.includes(`'${key}'`) && !isPutTogether(key))).toEqual([]);
});

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'en' || entry.name === 'zh-cn' ? [] : sourceFiles(file);
    return /\.(ts|svelte)$/.test(entry.name) && !entry.name.includes('.test.')
      ? [readFileSync(file, 'utf8')]
      : [];
  });
}

test('counts take the right form of a word', () => {
  locale.use('en');
  expect(t('live.linesUp', { count: 0 })).toBe('no lines up');
  expect(t('live.linesUp', { count: 1 })).toBe('1 line up');
  expect(t('campaign.leadCount', { count: 50_000, shown: '50,000' })).toBe('50,000 leads');
  locale.use('zh-CN');
  expect(t('live.linesUp', { count: 3 })).toBe('占用 3 条线路');
  expect(document.documentElement.lang).toBe('zh-CN');
  locale.use('en');
});

test('the language is the stored one, else the first of the browser’s that we speak', () => {
  expect(chooseLocale('zh-CN', ['en-US'])).toBe('zh-CN');
  expect(chooseLocale(null, ['fr', 'zh-TW', 'en'])).toBe('zh-CN');
  expect(chooseLocale('xx', ['de'])).toBe('en');
});

test('a value that a text needs cannot be left out', () => {
  // @ts-expect-error the number of seconds is missing
  expect(() => t('live.retryIn')).toThrow();
  // @ts-expect-error this text takes no value
  t('live.title', { seconds: 1 });
});
