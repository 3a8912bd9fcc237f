import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** The suffix of a test says what it needs; CONTRIBUTING.md has the list. */
const NEEDS_POSTGRES = ['**/*.{store,database,route,job}.test.ts'];
const NEEDS_SWITCH = ['**/*.switch.test.ts'];
const NEEDS_BROWSER = ['**/*.browser.test.ts', 'web/e2e/**/*.test.ts'];
const NEVER = ['**/node_modules/**', '.ringline/**', 'web/dist/**'];

const setupFiles = ['scripts/property-seed.ts'];
const withCluster = { globalSetup: ['server/test-cluster.ts'], setupFiles };

export default defineConfig({
  test: {
    reporters: ['default', './scripts/summary-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...NEVER, ...NEEDS_POSTGRES, ...NEEDS_SWITCH, ...NEEDS_BROWSER, 'web/**'],
          setupFiles,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'store',
          include: NEEDS_POSTGRES,
          exclude: NEVER,
          testTimeout: 30_000,
          hookTimeout: 30_000,
          sequence: { groupOrder: 1 },
          ...withCluster,
        },
      },
      {
        test: {
          name: 'switch',
          include: NEEDS_SWITCH,
          exclude: NEVER,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // They start processes and watch them by the clock: one file at a time.
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
          ...withCluster,
        },
      },
      {
        test: {
          name: 'browser',
          include: NEEDS_BROWSER,
          exclude: NEVER,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          maxWorkers: 1,
          // Pages, people who answer when they like and two cores: a second try is allowed, and named at the end of the run.
          retry: 1,
          sequence: { groupOrder: 3 },
          ...withCluster,
        },
      },
      // The console's own unit tests (jsdom, Svelte plugin) are configured beside the console.
      ...(existsSync('web/vite.config.ts') ? ['web/vite.config.ts'] : []),
    ],
  },
});
