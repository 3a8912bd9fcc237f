import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { RULES } from './verdict.ts';

const readme = readFileSync(path.join(import.meta.dirname, 'README.md'), 'utf8');
const rows = readme.split('\n').filter((line) => line.startsWith('| `'));

test('the table has one row for each rule, in the order of the gate', () => {
  expect(rows.map((row) => /^\| `([^`]+)`/.exec(row)?.[1])).toEqual(RULES);
});

test('every row cites a source, and every linked file exists', () => {
  for (const row of rows) expect(row.split('|')[3]?.trim().length).toBeGreaterThan(10);
  for (const [, target] of readme.matchAll(/\]\(([^)]+)\)/g)) {
    expect(existsSync(path.join(import.meta.dirname, target ?? '')), target).toBe(true);
  }
});
