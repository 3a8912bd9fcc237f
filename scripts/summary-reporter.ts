import { writeFileSync } from 'node:fs';
import type { SerializedError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Full names of the skipped tests, with the reason where one was given. */
  readonly skippedNames: readonly string[];
  /** Full names of the tests that passed at the second try only. */
  readonly unsteadyNames: readonly string[];
}

function count(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): TestCounts {
  let passed = 0;
  let failed = unhandledErrors.length;
  const skippedNames: string[] = [];
  const unsteadyNames: string[] = [];
  for (const module of modules) {
    // A file that cannot even be loaded has no tests, yet it is a failure.
    failed += module.errors().length;
    for (const suite of module.children.allSuites()) failed += suite.errors().length;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (test.diagnostic()?.flaky === true)
        unsteadyNames.push(`${module.relativeModuleId} > ${test.fullName}`);
      if (result.state === 'passed') passed += 1;
      else if (result.state === 'failed') failed += 1;
      else {
        const note = result.state === 'skipped' ? result.note : undefined;
        skippedNames.push(
          `${module.relativeModuleId} > ${test.fullName}${note === undefined ? '' : ` (${note})`}`,
        );
      }
    }
  }
  return { passed, failed, skipped: skippedNames.length, skippedNames, unsteadyNames };
}

/**
 * Names every skipped test and every one that needed a second try, and ends the run with `N passed, N failed, N skipped`. Under `npm test` it leaves the counts in
 * the file RINGLINE_TEST_COUNTS instead, because the checks that ran before are added there.
 */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const counts = count(modules, unhandledErrors);
    for (const name of counts.skippedNames) process.stdout.write(`skipped: ${name}\n`);
    for (const name of counts.unsteadyNames) process.stdout.write(`passed at the second try: ${name}\n`);
    const file = process.env['RINGLINE_TEST_COUNTS'];
    if (file === undefined) {
      process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
    } else writeFileSync(file, JSON.stringify(counts));
  }
}

export { SummaryReporter as default };
