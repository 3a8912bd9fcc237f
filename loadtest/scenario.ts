import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { scenarioSchema, type Scenario } from './scenario.schema.ts';

/** A scenario that cannot be used; the message is one line for people: where, what. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

function placeOf(path: readonly PropertyKey[]): string {
  const text = path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./u, '');
  return text === '' ? 'the scenario' : text;
}

function sentence(issue: z.core.$ZodIssue): string {
  const place = placeOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => `"${key}"`).join(', ');
    return `${place} has the unknown key${issue.keys.length > 1 ? 's' : ''} ${keys}`;
  }
  if (issue.code === 'invalid_type' && issue.input === undefined) return `${place} is missing`;
  const message = issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  return `${place}: ${message}`.replace(/: (must|is|has) /u, ' $1 ');
}

/** Checks a scenario and fills in the defaults of the contract. Throws {@link ScenarioError}. */
export function scenarioOf(json: unknown): Scenario {
  const result = scenarioSchema.safeParse(json, { reportInput: true });
  if (result.success) return result.data;
  const [first] = result.error.issues;
  throw new ScenarioError(
    first === undefined ? 'The scenario cannot be read.' : `Scenario: ${sentence(first)}.`,
  );
}

/** Reads a scenario file. Throws {@link ScenarioError}. */
export function readScenario(file: string): Scenario {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new ScenarioError(`The scenario file ${file} cannot be read (${reason}).`, { cause: error });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown error';
    throw new ScenarioError(`The scenario file ${file} is not JSON: ${reason}.`, { cause: error });
  }
  return scenarioOf(json);
}
