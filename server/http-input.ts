import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { HttpProblem } from './http-problem.ts';

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

/** Checks bodies, queries and parameters; what does not fit becomes one sentence that names the field. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (data) => {
    const result = schema.safeParse(data, { error: predicateOf });
    return result.success ? { value: result.data } : { error: sayIssue(result.error.issues) };
  };

/** The first issue as a problem; the others show when this one is mended. */
export function sayIssue(issues: readonly z.core.$ZodIssue[]): HttpProblem {
  const issue = issues[0];
  const path = issue?.path.map(String).join('.') ?? '';
  if (issue?.code === 'unrecognized_keys') {
    const field = [...(path === '' ? [] : [path]), issue.keys[0] ?? ''].join('.');
    return new HttpProblem(400, 'invalid-input', { message: `There is no field ${field} here.`, field });
  }
  const predicate = issue?.message ?? 'does not fit';
  if (path === '') {
    return new HttpProblem(400, 'invalid-input', { message: `The body of the request ${predicate}.` });
  }
  return new HttpProblem(400, 'invalid-input', { message: `The field ${path} ${predicate}.`, field: path });
}

/** What is wrong, as the rest of a sentence that begins with the field; messages in the schemas have the same form. */
function predicateOf(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${nameOfType(issue.expected)}`;
    case 'too_small':
      if (issue.origin === 'string') return `needs at least ${issue.minimum} characters`;
      if (issue.origin === 'array') return `needs at least ${issue.minimum} entries`;
      return `must be at least ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'string') return `may have at most ${issue.maximum} characters`;
      if (issue.origin === 'array') return `may have at most ${issue.maximum} entries`;
      return `must be at most ${issue.maximum}`;
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(' or ')}`;
    case 'invalid_union':
      return issue.discriminator === undefined ? 'has a form that is not known here' : 'is not known here';
    case 'invalid_format':
    case 'invalid_key':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'custom':
    default:
      return 'does not fit';
  }
}

function nameOfType(expected: string): string {
  switch (expected) {
    case 'string':
      return 'a text';
    case 'int':
      return 'a whole number';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'object':
    case 'record':
      return 'an object';
    default:
      return expected;
  }
}
