import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readConfig } from './config.ts';
import { openDatabasePlace } from './database-place.ts';
import { runKillTrial, type KillTrialResult } from './kill-trial.ts';
import { migrate } from './migrate.ts';
import { OperatorError } from './operator-error.ts';

/** Runs the kill test with seeds 1 to `seeds`, each on a PostgreSQL of its own. Throws when a promise was broken. */
export async function soakKill(
  seeds: number,
  say: (line: string) => void,
): Promise<readonly KillTrialResult[]> {
  const results: KillTrialResult[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) {
    const result = await oneTrial(seed, say);
    say(JSON.stringify(result));
    results.push(result);
  }
  const broken = results.filter((result) => result.broken.length > 0);
  if (broken.length > 0) {
    const which = broken.map(({ seed }) => String(seed)).join(', ');
    throw new OperatorError(`Promises were broken with the seeds ${which}; the lines above say which.`);
  }
  return results;
}

async function oneTrial(seed: number, say: (line: string) => void): Promise<KillTrialResult> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ringline-soak-'));
  const place = await openDatabasePlace(readConfig({ RINGLINE_DATA: folder }, folder), () => undefined);
  try {
    await migrate({ url: place.url, report: () => undefined });
    return await runKillTrial({ databaseUrl: place.url, seed, blows: 3, say });
  } finally {
    await place.leave();
    await rm(folder, { recursive: true, force: true });
  }
}
