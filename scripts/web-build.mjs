// Builds the console into web/dist when its sources changed since the last build.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { ROOT, SetupError, say } from './install.mjs';

const DIST = path.join(ROOT, 'web/dist');
const STAMP = path.join(DIST, '.built-from');
/** Folders whose `*.schema.ts` and kernel words end up in the console. */
const SHARED = ['kernel', 'compliance', 'campaigns', 'dialer', 'reports', 'server'];

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'dist' || entry.name === 'e2e' ? [] : filesUnder(file);
    return [file];
  });
}

function sourcesHash() {
  const shared = SHARED.flatMap((folder) => filesUnder(path.join(ROOT, folder))).filter(
    (file) => file.endsWith('.schema.ts') || path.relative(ROOT, file).startsWith('kernel'),
  );
  const hash = createHash('sha256');
  for (const file of [
    ...filesUnder(path.join(ROOT, 'web')),
    ...shared,
    path.join(ROOT, 'package-lock.json'),
  ].sort()) {
    if (!file.endsWith('.test.ts'))
      hash.update(path.relative(ROOT, file)).update('\0').update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** Whether a start needs the packages for development, of which the builder is one. */
export function webNeedsBuild() {
  if (!existsSync(path.join(ROOT, 'web/vite.config.ts'))) return false;
  return !existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== sourcesHash();
}

/** The old console stays in place until the new one is complete. */
export function buildWeb() {
  const hash = sourcesHash();
  say('Building the web console …');
  const fresh = mkdtempSync(path.join(ROOT, 'web/dist-'));
  try {
    const vite = path.join(ROOT, 'node_modules/vite/bin/vite.js');
    const args = ['build', 'web', '--config', 'web/vite.config.ts', '--outDir', fresh, '--emptyOutDir'];
    const result = spawnSync(bundledNode(), [vite, ...args, '--logLevel', 'warn'], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, NODE_ENV: 'production' },
    });
    if (result.status !== 0)
      throw new SetupError(`The web console could not be built:\n${result.stdout}${result.stderr}`);
    writeFileSync(path.join(fresh, '.built-from'), hash);
    rmSync(DIST, { recursive: true, force: true });
    renameSync(fresh, DIST);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Node 24 as npm brought it, or the Node that runs us where that is new enough. */
export function bundledNode() {
  const bundled = path.join(ROOT, 'node_modules/.bin/node');
  if (existsSync(bundled)) return bundled;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 24 || (major === 24 && minor >= 12)) return process.execPath;
  throw new SetupError(
    `There is no bundled Node for ${process.platform}-${process.arch}: run Ringline with Node 24.12 or newer (this is ${process.versions.node}).`,
  );
}
