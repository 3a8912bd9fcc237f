import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from './migrate.ts';
import { startEmbeddedPostgres } from './postgres-supervisor.ts';
import type { EmbeddedPostgres } from './postgres-supervisor.ts';
import { identifyProcess, isSameProcess } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

export interface TestCluster {
  /** Superuser, database `postgres`: makes and drops the databases of test files. */
  readonly superuserUrl: string;
  /** Owner of the tables, database `ringline_template`: replace the name. */
  readonly ownerUrl: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly testCluster: TestCluster;
  }
}

export const TEMPLATE = 'ringline_template';
const PREFIX = 'ringline-test-';
/** A test run that is killed loses nothing that anybody misses. */
const SETTINGS = [
  'fsync=off',
  'full_page_writes=off',
  'synchronous_commit=off',
  'shared_buffers=64MB',
  'max_wal_size=512MB',
];

export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.toString();
}

/** Ends what a killed test run left behind. */
function sweep(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = path.join(tmpdir(), name);
    try {
      const owner = JSON.parse(readFileSync(path.join(folder, 'owner.json'), 'utf8')) as ProcessIdentity;
      if (isSameProcess(owner)) continue;
      const pidFile = path.join(folder, 'postgres/cluster/data/postmaster.pid');
      process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGQUIT');
    } catch {
      // No owner yet, or no server any more.
      if (!readdirSync(folder).includes('owner.json')) continue;
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function makeTemplate(postgres: EmbeddedPostgres): Promise<void> {
  const client = new pg.Client({ connectionString: withDatabase(postgres.superuserUrl, 'postgres') });
  await client.connect();
  await client.query(`create database ${TEMPLATE} owner ringline`);
  await client.end();
  await migrate({ url: withDatabase(postgres.url, TEMPLATE), report: () => undefined });
}

interface RunningCluster {
  readonly cluster: TestCluster;
  stop(): Promise<void>;
}

async function startCluster(): Promise<RunningCluster> {
  sweep();
  const folder = mkdtempSync(path.join(tmpdir(), PREFIX));
  // PostgreSQL runs as another user when we are root.
  chmodSync(folder, 0o755);
  writeFileSync(path.join(folder, 'owner.json'), JSON.stringify(identifyProcess(process.pid)), {
    mode: 0o644,
  });
  const report = (line: string): void => void process.stderr.write(`${line}\n`);
  const postgres = await startEmbeddedPostgres({ dataFolder: folder, report, settings: SETTINGS });
  await makeTemplate(postgres);
  return {
    cluster: {
      superuserUrl: withDatabase(postgres.superuserUrl, 'postgres'),
      ownerUrl: withDatabase(postgres.url, TEMPLATE),
    },
    async stop() {
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Vitest loads this file once per project, in one process: the projects share one cluster. */
const shared = globalThis as { ringlineTestCluster?: { running: Promise<RunningCluster>; users: number } };

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const entry = (shared.ringlineTestCluster ??= { running: startCluster(), users: 0 });
  entry.users += 1;
  const running = await entry.running;
  project.provide('testCluster', running.cluster);
  return async () => {
    entry.users -= 1;
    if (entry.users > 0) return;
    delete shared.ringlineTestCluster;
    await running.stop();
  };
}
