import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { DEFAULT_DISPOSITIONS, DEFAULT_PAUSE_REASONS } from '../campaigns/defaults.ts';
import { ENDINGS } from '../campaigns/ending.ts';
import { RULES } from '../compliance/verdict.ts';
import { ROLES } from '../kernel/roles.ts';
import { messagesEn } from '../web/src/i18n/messages.ts';

const ROOT = path.join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

/** Folders that hold what others wrote, or what is made from our sources. */
const NOT_OURS = ['node_modules', '.git', '.ringline', 'dist'];
const PAGES = globSync('**/*.md', {
  cwd: ROOT,
  exclude: (file) => NOT_OURS.includes(path.basename(file)),
}).sort();

/** Code shows links that are none, and `#` that begins a comment. */
const withoutCode = (text: string): string =>
  text
    .replaceAll(/^(```+)[^\n]*\n[\s\S]*?^\1$/gm, '')
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ''));

const linksOf = (page: string): readonly string[] =>
  [...withoutCode(read(page)).matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)].map(
    ([, target = '']) => target,
  );

/** As GitHub makes them: small letters, no marks, hyphens for blanks, and a number when a heading comes again. */
function anchorsOf(page: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const headings = withoutCode(read(page)).matchAll(/^#{1,6} +(.+?) *#*$/gm);
  return new Set(
    [...headings].map(([, heading = '']) => {
      const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
      const anchor = words.replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-');
      const times = seen.get(anchor) ?? 0;
      seen.set(anchor, times + 1);
      return times === 0 ? anchor : `${anchor}-${times}`;
    }),
  );
}

/** What is wrong with a link, or null. */
function brokenBecause(page: string, target: string): string | null {
  if (/^[a-z]+:/.test(target)) return null;
  const [file = '', anchor] = target.split('#', 2);
  const to = file === '' ? page : path.join(path.dirname(page), file);
  if (!existsSync(path.join(ROOT, to))) return `${to} does not exist`;
  if (anchor === undefined) return null;
  return anchorsOf(to).has(anchor) ? null : `${to} has no heading #${anchor}`;
}

/** The cells of the row that begins with `word`, or null. */
function rowOf(page: string, word: string): readonly string[] | null {
  const line = read(page)
    .split('\n')
    .find((text) => text.startsWith(`| \`${word}\` |`));
  return line?.split('|').map((cell) => cell.trim()) ?? null;
}

describe('links', () => {
  test('the pages that people begin with are among those that are looked at', () => {
    for (const page of [
      'README.md',
      'ARCHITECTURE.md',
      'CONTRIBUTING.md',
      'docs/manager.md',
      'compliance/README.md',
    ])
      expect(PAGES).toContain(page);
    expect(linksOf('README.md').length).toBeGreaterThan(20);
  });

  test.each(PAGES)('%s links to files and headings that exist', (page) => {
    expect(linksOf(page).flatMap((target) => brokenBecause(page, target) ?? [])).toEqual([]);
  });
});

describe('the manual', () => {
  test.each(ENDINGS)(
    'explains the ending %s and what follows, by the word that the screen shows',
    (ending) => {
      const [, , label, what = '', , next = ''] = rowOf('docs/manager.md', ending) ?? [];
      expect(label).toBe(`**${messagesEn[`ending.${ending}`]}**`);
      expect(what.length).toBeGreaterThan(10);
      expect(next).not.toBe('');
    },
  );

  test.each(RULES)(
    'says when the rule %s refuses and until when, by the word that the screen shows',
    (rule) => {
      const [, , label, when = '', until = ''] = rowOf('docs/officer.md', rule) ?? [];
      expect(label).toBe(`**${messagesEn[`rule.${rule}`]}**`);
      expect(when.length).toBeGreaterThan(10);
      expect(until).not.toBe('');
    },
  );

  test('has the rules in the order in which they are asked', () => {
    const rows = [...read('docs/officer.md').matchAll(/^\| `([^`]+)` \|/gm)].map(([, rule]) => rule);
    expect(rows).toEqual(RULES);
  });

  test.each(ROLES)('says what the role %s may do', (role) => {
    const [, , label, what = ''] = rowOf('docs/operator.md', role) ?? [];
    expect(label).toBe(`**${messagesEn[`role.${role}`]}**`);
    expect(what.length).toBeGreaterThan(10);
  });

  const settings = [...read('server/config.ts').matchAll(/^ {2}([A-Z][A-Z_]+): setting/gm)].map(
    ([, name = '']) => name,
  );
  test('the settings are found where the program reads them', () => {
    expect(settings).toContain('DATABASE_URL');
    expect(settings.length).toBeGreaterThanOrEqual(12);
  });

  test.each(settings)('says what the setting %s means and what holds without it', (name) => {
    const [, , meaning = '', fallback = ''] = rowOf('docs/operator.md', name) ?? [];
    expect(meaning.length).toBeGreaterThan(5);
    expect(fallback).not.toBe('');
  });

  const WORDS: ReadonlySet<string> = new Set([
    // A count in brackets behind a title is left away in the manual.
    ...Object.values<string>(messagesEn).map((text) => text.replace(/ \(\{count\}\)$/, '')),
    ...[...DEFAULT_DISPOSITIONS, ...DEFAULT_PAUSE_REASONS].map(({ label }) => label),
  ]);
  test.each(['manager', 'agent', 'supervisor', 'officer'])(
    'in docs/%s.md, bold words stand on the screen',
    (reader) => {
      const bold = [...read(`docs/${reader}.md`).matchAll(/\*\*([^*]+)\*\*/g)].map(([, words = '']) =>
        words.replaceAll(/\s+/g, ' '),
      );
      expect(bold.length).toBeGreaterThan(10);
      expect(bold.filter((words) => !WORDS.has(words) && words !== 'bold')).toEqual([]);
    },
  );
});

test('pictures are small enough to come with every checkout', () => {
  const pictures = PAGES.flatMap((page) =>
    linksOf(page)
      .filter((target) => target.endsWith('.png'))
      .map((target) => path.join(ROOT, path.dirname(page), target)),
  );
  expect(pictures.length).toBeGreaterThan(0);
  for (const picture of pictures) expect(readFileSync(picture).length).toBeLessThan(200_000);
});
