import { expect, test } from 'vitest';
import { SqlError } from '../kernel/database-error.ts';
import { problemOf } from './http-error.ts';

test.each([
  ['22P02', 400],
  ['22021', 400],
  ['22P05', 400],
  ['40001', 503],
  ['42601', 500],
])('a refusal %s of the database is answered with %i and one sentence', (code, status) => {
  const problem = problemOf(new SqlError('inside', { code, constraint: null, cause: null }));
  expect(problem.status).toBe(status);
  expect(problem.message).toMatch(/^[A-Z].*\.$/);
  expect(problem.message).not.toContain('inside');
});
