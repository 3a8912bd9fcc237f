// How fast a file of leads is imported: `node loadtest/bench/import.ts [ROWS]`, a million by default.
// Starts the product on data of its own, imports a file by the command line, copies the very same rows into tables with the same columns
// and indexes with COPY, and prints one JSON object: seconds of both, their ratio, and the peak memory of the importing process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { writeLeadFile } from './import-file.ts';

const [rows = 1_000_000] = process.argv.slice(2).map(Number);
const AIM = { ratio: 10, peakMegabytes: 300 };
const DO_NOT_CALL = 10_000;
const root = path.join(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'ringline-import-bench-'));
// PostgreSQL, another user, reads and writes files here.
chmodSync(folder, 0o777);

function startProduct(...args: readonly string[]) {
  return spawn(process.execPath, ['server/cli.ts', ...args], {
    cwd: root,
    env: {
      ...process.env,
      PORT: '0',
      RINGLINE_DATA: folder,
      DATABASE_URL: undefined,
      FREESWITCH_URL: undefined,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function databaseUrl(): string {
  const own = path.join(folder, 'postgres');
  const pointer = path.join(own, 'location');
  const base = existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : own;
  const secrets = JSON.parse(readFileSync(path.join(base, 'cluster/secrets.json'), 'utf8')) as {
    superuserPassword: string;
  };
  const port = readFileSync(path.join(base, 'port'), 'utf8').trim();
  return `postgres://postgres:${secrets.superuserPassword}@127.0.0.1:${port}/ringline`;
}

interface Imported {
  readonly rows: number;
  readonly imported: number;
  readonly updated: number;
  readonly rejected: number;
  readonly suppressed: number;
  readonly seconds: number;
}

/** The import, and the most memory that its process ever held. */
async function runImport(
  file: string,
): Promise<{ readonly answer: Imported; readonly peakMegabytes: number }> {
  const child = startProduct('import', file, '--list', 'Bench', '--json');
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const ended = once(child, 'exit');
  let peakKilobytes = 0;
  const watch = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${String(child.pid)}/status`, 'utf8');
      peakKilobytes = Math.max(peakKilobytes, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // It has ended since.
    }
  }, 50);
  await ended;
  clearInterval(watch);
  return { answer: JSON.parse(text) as Imported, peakMegabytes: Math.round(peakKilobytes / 1024) };
}

async function copyTheSame(database: pg.Client): Promise<number> {
  let seconds = 0;
  for (const table of ['lead', 'lead_number']) {
    const file = path.join(folder, `${table}.copy`);
    const own = `list_id = (select list_id from lead_list where name = 'Bench')`;
    const { rows: columns } = await database.query<{ names: string }>(
      `select string_agg(attname, ', ' order by attnum) as names from pg_attribute
        where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
      [table],
    );
    const names = columns[0]?.names ?? '';
    await database.query(`copy (select ${names} from ${table} where ${own}) to '${file}'`);
    await database.query(`create table bench_${table} (like ${table} including all)`);
    await database.query('checkpoint');
    const began = performance.now();
    await database.query(`copy bench_${table} (${names}) from '${file}'`);
    seconds += (performance.now() - began) / 1000;
  }
  return seconds;
}

const product = startProduct('serve', '--roles', 'api');
try {
  await new Promise<void>((resolve, reject) => {
    product.stdout.setEncoding('utf8').on('data', (piece: string) => {
      if (piece.includes('Ctrl+C')) resolve();
    });
    product.once('exit', () => reject(new Error('The product ended before it was ready')));
  });
  const file = path.join(folder, 'leads.csv');
  await writeLeadFile(file, rows);
  const database = new pg.Client({ connectionString: databaseUrl() });
  await database.connect();
  await database.query(`
    insert into do_not_call (organization_id, phone, source, added_at)
    select organization_id, '+1212' || (2000000 + n), 'officer', now()
      from organization, generate_series(1, ${DO_NOT_CALL}) n`);
  await database.query('checkpoint');
  const { answer, peakMegabytes } = await runImport(file);
  const copySeconds = await copyTheSame(database);
  await database.end();
  const result = {
    ...answer,
    fileMegabytes: Math.round(statSync(file).size / 1e6),
    rowsPerSecond: Math.round(answer.rows / answer.seconds),
    copySeconds: Number(copySeconds.toFixed(2)),
    ratio: Number((answer.seconds / copySeconds).toFixed(2)),
    peakMegabytes,
    aim: AIM,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  product.kill('SIGTERM');
  await Promise.race([once(product, 'exit'), sleep(15_000)]);
  rmSync(folder, { recursive: true, force: true });
}
