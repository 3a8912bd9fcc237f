// `npm test`: everything that CI runs. With arguments (`npm test -- dialer/`): only the tests of these paths.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runChecks } from './check.mjs';
import { ROOT } from './install.mjs';
import { installTestTools } from './test-tools.mjs';

function runVitest(args, env) {
  return new Promise((resolve) => {
    const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
    const child = spawn(process.execPath, [vitest, 'run', ...args], {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, ...env },
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

async function runEverything() {
  installTestTools();
  const checks = await runChecks({ isCached: false });
  const folder = mkdtempSync(path.join(tmpdir(), 'ringline-counts-'));
  const countsFile = path.join(folder, 'counts.json');
  const code = await runVitest([], { RINGLINE_TEST_COUNTS: countsFile });
  let counts;
  try {
    counts = JSON.parse(readFileSync(countsFile, 'utf8'));
  } catch {
    process.stdout.write('The tests did not run to their end.\n');
    counts = { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  // A run that failed outside of any test (a set-up, a leak) is a failure as well.
  const failed = checks.failed + (counts.failed === 0 && code !== 0 ? 1 : counts.failed);
  process.stdout.write(
    `${checks.passed + counts.passed} passed, ${failed} failed, ${counts.skipped} skipped\n`,
  );
  return failed === 0 ? 0 : 1;
}

const args = process.argv.slice(2);
process.exitCode = args.length === 0 ? await runEverything() : await runVitest(args, {});
