// `npm run check`: types, lint, import arrow, formatting. Two at a time; output only of what failed.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const SOURCES = ['kernel', 'compliance', 'campaigns', 'dialer', 'reports', 'loadtest', 'server', 'web'];

const LINT_CACHE = [
  ...['--cache', '--cache-strategy', 'content', '--cache-location', 'node_modules/.cache/ringline-eslint'],
];

/**
 * The checks of this checkout, the slowest first. A cached lint result may be out of date where a type changed in another file:
 * good enough while working, not for a whole test run.
 */
function checks({ isCached }) {
  const folders = SOURCES.filter((folder) => existsSync(path.join(ROOT, folder)));
  return [
    ['lint', 'eslint', '.', ...(isCached ? LINT_CACHE : [])],
    ['types', 'tsc', '-p', '.'],
    ...(existsSync(path.join(ROOT, 'web/tsconfig.json'))
      ? [
          [
            'web types',
            'svelte-check',
            '--tsconfig',
            'web/tsconfig.json',
            '--fail-on-warnings',
            '--output',
            'human',
          ],
        ]
      : []),
    ['import arrow', 'depcruise', ...folders, '--config', '.dependency-cruiser.mjs', '--output-type', 'err'],
    [
      'formatting',
      'prettier',
      '.',
      '--check',
      '--log-level',
      'warn',
      '--cache',
      '--cache-location',
      'node_modules/.cache/ringline-prettier',
    ],
  ];
}

function run([name, command, ...args]) {
  return new Promise((resolve) => {
    const started = performance.now();
    const child = spawn(path.join(ROOT, 'node_modules/.bin', command), args, {
      cwd: ROOT,
      env: {
        ...process.env,
        // The tools' own first line asks for `node`: it is to be the bundled one.
        PATH: `${path.join(ROOT, 'node_modules/.bin')}${path.delimiter}${process.env.PATH ?? ''}`,
        ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
      },
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ name, ok: false, output: String(error), seconds: 0 }));
    child.on('close', (code) =>
      resolve({ name, ok: code === 0, output, seconds: (performance.now() - started) / 1000 }),
    );
  });
}

/** Runs all checks and prints each result as it comes. Resolves to { passed, failed }. */
export async function runChecks(options) {
  const waiting = checks(options);
  const counts = { passed: 0, failed: 0 };
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const result = await run(next);
      counts[result.ok ? 'passed' : 'failed'] += 1;
      process.stdout.write(
        `${result.ok ? 'ok    ' : 'FAILED'} ${result.name} (${result.seconds.toFixed(1)} s)\n`,
      );
      if (!result.ok) process.stdout.write(`${result.output.trimEnd()}\n`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
  return counts;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { failed } = await runChecks({ isCached: true });
  process.exitCode = failed === 0 ? 0 : 1;
}
