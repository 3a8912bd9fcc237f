import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { describe } from 'vitest';

const NAMES = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome'],
  sipp: ['sipp'],
  freeswitch: ['freeswitch'],
} as const;

export type Tool = keyof typeof NAMES;

/** Full path of a tool that npm cannot bring, or null. */
export function findTool(tool: Tool): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    for (const name of NAMES[tool]) {
      const file = path.join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // The next one.
      }
    }
  }
  return null;
}

/** A describe whose tests need tools; where one is missing they are skipped, and their names say so. */
export function describeWith(tools: readonly Tool[], name: string, define: () => void): void {
  const missing = tools.filter((tool) => findTool(tool) === null);
  if (missing.length === 0) describe(name, define);
  else describe.skip(`${name} [needs ${missing.join(', ')}]`, define);
}
