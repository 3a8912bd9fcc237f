import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const stateSchema = z.object({
  pid: z.int().positive(),
  port: z.int().min(1).max(65_535),
  password: z.string(),
});

/** How a running simulated switch is found again. */
export type SwitchState = z.output<typeof stateSchema>;

export const stateFileIn = (stateDir: string): string => path.join(stateDir, 'simulated-switch.json');

/** Null when there is none or it cannot be read. */
export function readSwitchState(file: string): SwitchState | null {
  try {
    return stateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

/** Written beside and renamed: who reads it sees all of it or nothing. Only its owner may read the password in it. */
export function writeSwitchState(file: string, state: SwitchState): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${state.pid}`;
  writeFileSync(draft, `${JSON.stringify(state)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

/** Takes the file away unless it speaks of another process by now. */
export function removeSwitchState(file: string, pid: number): void {
  if (readSwitchState(file)?.pid === pid) rmSync(file, { force: true });
}
