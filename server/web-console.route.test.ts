import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { useTestHttp } from './test-http.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ringline-console-'));
const build = (hash: string): void => {
  mkdirSync(path.join(folder, 'assets'), { recursive: true });
  writeFileSync(path.join(folder, 'index.html'), `<script src="/assets/index-${hash}.js"></script>`);
  writeFileSync(path.join(folder, 'assets', `index-${hash}.js`), `"${hash}"`);
  writeFileSync(path.join(folder, 'favicon.svg'), '<svg/>');
};
build('one');
const http = useTestHttp({ settings: { consoleFolder: folder } });
afterAll(() => rmSync(folder, { recursive: true }));

const get = (address: string) => http().stranger().get<string>(address);

test('a console that is built anew under a running server is served with its new files', async () => {
  expect((await get('/assets/index-one.js')).body).toBe('"one"');
  build('two');
  expect((await get('/campaigns')).body).toContain('index-two.js');
  const file = await get('/assets/index-two.js');
  expect([file.status, file.body]).toEqual([200, '"two"']);
  expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect((await get('/favicon.svg')).headers.get('cache-control')).toBe('no-cache');
});

test('an unknown file is no page, and no folder is shown', async () => {
  for (const address of ['/assets/index-none.js', '/assets/', '/assets/..%2f..%2fetc/passwd']) {
    const answer = await get(address);
    expect(answer.status, address).toBeGreaterThanOrEqual(400);
  }
});
