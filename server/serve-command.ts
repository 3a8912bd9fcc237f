import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readConfig } from './config.ts';
import { OperatorError } from './operator-error.ts';
import { serve, type ServeRole } from './serve.ts';

const ROLES: readonly ServeRole[] = ['api', 'dialer', 'jobs'];
/** An end that takes longer is a bug of ours or a dead machine; whoever asked for it gets his prompt back. */
const STOP_MS_MAX = 15_000;

/** Runs the product until it is asked to end (SIGINT, SIGTERM) or must not go on. Resolves after a clean end. */
export async function serveCommand(rolesText: string, say: (line: string) => void): Promise<void> {
  const roles = readRoles(rolesText);
  const config = readConfig(process.env, process.cwd());
  const { version } = JSON.parse(readFileSync(path.join(import.meta.dirname, '../package.json'), 'utf8')) as {
    version: string;
  };
  let end: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    end = resolve;
  });
  // From the first moment: a signal during the start ends what was started.
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  const onFatal = (reason: string): void => {
    process.stderr.write(`Ringline ends: ${reason}.\n`);
    // At once and without a farewell: whatever we still did could contradict the new owner.
    process.exit(1);
  };
  const serving = await serve({ config, roles, version, say, onFatal });
  await asked;
  say('Ending; calls that are up are left to the switch.');
  const tooLong = setTimeout(() => process.exit(1), STOP_MS_MAX);
  await serving.stop();
  clearTimeout(tooLong);
}

function readRoles(text: string): readonly ServeRole[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !(ROLES as readonly string[]).includes(name));
  if (wrong !== undefined) {
    throw new OperatorError(`--roles knows api, dialer and jobs, not "${wrong}".`, { exitCode: 2 });
  }
  return names as ServeRole[];
}
