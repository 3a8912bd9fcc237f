// What npm cannot bring for the tests: a browser, a font with Chinese characters, SIPp. Installed where that is allowed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const APT_SECONDS_MAX = 240;

const onPath = (...names) =>
  (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .some((folder) => names.some((name) => existsSync(path.join(folder, name))));

const MISSING = [
  ['chromium', () => !onPath('chromium', 'chromium-browser', 'google-chrome')],
  ['fonts-noto-cjk', () => !existsSync('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc')],
  ['sip-tester', () => !onPath('sipp')],
];

/** Quiet and bounded in time; without root or apt-get the tests that need a tool are skipped by name. */
export function installTestTools() {
  const packages = MISSING.filter(([, isMissing]) => isMissing()).map(([name]) => name);
  if (packages.length === 0 || process.platform !== 'linux') return;
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    process.stderr.write(`Not installed here: ${packages.join(', ')}. Tests that need them are skipped.\n`);
    return;
  }
  process.stderr.write(`Installing ${packages.join(', ')} by apt-get …\n`);
  const apt = (...args) =>
    spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=60', ...args], {
      encoding: 'utf8',
      timeout: APT_SECONDS_MAX * 1000,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  let result = apt(...install);
  if (result.status !== 0) {
    // Most often the package lists are missing or old.
    apt('update');
    result = apt(...install);
  }
  if (result.status !== 0) {
    const why = (result.stderr || String(result.error ?? 'unknown')).trim().split('\n').at(-1);
    process.stderr.write(`apt-get could not install them (${why}). Tests that need them are skipped.\n`);
  }
}
