import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ENDINGS } from '../campaigns/ending.ts';
import { NEXT_AGENT_STATES } from './agent.ts';
import { NEXT_CALL_STATES } from './call.ts';
import { BRIDGE_TIMEOUT_MS, PROGRESS_TIMEOUT_MS, RING_MIN_MS } from './pool-deadlines.ts';
import { RETURNED_CALLER_WAIT_MS } from './pool-state.ts';

const readme = readFileSync(path.join(import.meta.dirname, 'README.md'), 'utf8');
const drawings = [...readme.matchAll(/```mermaid\n([\s\S]*?)```/g)].map(([, drawing]) => drawing);

/** A state machine as Mermaid draws it: GitHub shows it as a picture. */
function drawn(table: Readonly<Record<string, readonly string[]>>, first: string): string {
  const id = (state: string): string => state.replaceAll('-', '_');
  const names = Object.keys(table).filter((state) => state.includes('-'));
  const lines = [
    'stateDiagram-v2',
    ...names.map((state) => `    state "${state}" as ${id(state)}`),
    `    [*] --> ${id(first)}`,
    ...Object.entries(table).flatMap(([from, next]) => next.map((to) => `    ${id(from)} --> ${id(to)}`)),
    ...Object.entries(table).flatMap(([state, next]) =>
      next.length === 0 ? [`    ${id(state)} --> [*]`] : [],
    ),
  ];
  return `${lines.join('\n')}\n`;
}

describe('the drawings are printed from the tables (copy what is expected here)', () => {
  test('of a call', () => {
    expect(drawings[0]).toBe(drawn(NEXT_CALL_STATES, 'dialling'));
  });

  test('of an agent', () => {
    expect(drawings[1]).toBe(drawn(NEXT_AGENT_STATES, 'signed-out'));
  });
});

test('every ending is in the table, and nothing else', () => {
  const rows = [...readme.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, ending]) => ending);
  expect(rows.sort()).toEqual([...ENDINGS].sort());
});

test('the times in the text are those of the code', () => {
  const secondsOf = (ms: number): string => String(ms / 1000);
  expect(readme).toContain(`never before ${secondsOf(RING_MIN_MS)} s of ringing`);
  expect(readme).toContain(`no 18x within ${secondsOf(PROGRESS_TIMEOUT_MS)} s`);
  expect(readme).toContain(`a bridge of which nothing is heard for ${secondsOf(BRIDGE_TIMEOUT_MS)} s`);
  expect(readme).toContain(`kept for ${secondsOf(RETURNED_CALLER_WAIT_MS)} s`);
});

test('every file that it links to exists', () => {
  for (const [, target] of readme.matchAll(/\]\(([^)#]+)\)/g)) {
    expect(existsSync(path.join(import.meta.dirname, target ?? '')), target).toBe(true);
  }
});
