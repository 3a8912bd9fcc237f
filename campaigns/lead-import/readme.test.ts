import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { REJECT_REASONS } from './lead-row.ts';

const folder = path.join(import.meta.dirname, '..');
const readme = readFileSync(path.join(folder, 'README.md'), 'utf8');

test('campaigns/README.md names every reason for which a row is rejected, and links to files that exist', () => {
  for (const reason of REJECT_REASONS) expect(readme).toContain(`\`${reason}\``);
  for (const [, target] of readme.matchAll(/\]\(([^)]+)\)/g)) {
    expect(existsSync(path.join(folder, target ?? '')), target).toBe(true);
  }
});
