import { PgBoss } from 'pg-boss';
import type { Clock } from '../kernel/time.ts';
import type { Database } from './database.ts';
import { removeOldExports, startExports } from './exports.job.ts';
import { countLeads, countReports } from './report-counts.job.ts';

export interface JobsPorts {
  /** A connection that may make the schema of the queue: pg-boss keeps its own pool. */
  readonly url: string;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

interface Job {
  readonly queue: string;
  /** Cron, UTC. Also run once at each start. */
  readonly cron: string;
  readonly run: (ports: JobsPorts) => Promise<void>;
  /** Too often for a line in the log each time. */
  readonly isQuiet?: boolean;
}

const DAY_MS = 86_400_000;
const MONTHS_AHEAD = 15;

/** Every background job there is. */
const JOBS: readonly Job[] = [
  {
    queue: 'make-partitions',
    cron: '17 3 * * *',
    // A month back for what is written late; the default partitions take whatever falls outside.
    run: async ({ database, clock }) => {
      const first = new Date(clock.now() - 31 * DAY_MS).toISOString().slice(0, 10);
      await database.system`call ringline_make_partitions(${first}::date, ${MONTHS_AHEAD})`;
    },
  },
  { queue: 'report-counts', cron: '* * * * *', run: countReports, isQuiet: true },
  { queue: 'report-leads', cron: '*/5 * * * *', run: countLeads, isQuiet: true },
  { queue: 'remove-exports', cron: '43 * * * *', run: removeOldExports, isQuiet: true },
];

/** Runs the background jobs: one process of all at a time does each, because the queue is in PostgreSQL. */
export async function startJobs(ports: JobsPorts): Promise<{ stop(): Promise<void> }> {
  const { url, log } = ports;
  const boss = new PgBoss({ connectionString: url, max: 3, useListenNotify: true });
  boss.on('error', (error: Error) => {
    log.warn({ err: error }, 'job queue failed; it goes on when the database is back');
  });
  await boss.start();
  for (const { queue, cron, run, isQuiet = false } of JOBS) {
    await boss.createQueue(queue, { policy: 'short', retryLimit: 3, notify: true });
    await boss.work(queue, async () => {
      await run(ports);
      if (!isQuiet) log.info({ queue }, 'job done');
    });
    await boss.schedule(queue, cron);
    await boss.send(queue, {});
  }
  const exports = await startExports(boss, ports);
  return {
    async stop() {
      exports.stop();
      await boss.stop({ graceful: true, timeout: 5000 });
    },
  };
}
