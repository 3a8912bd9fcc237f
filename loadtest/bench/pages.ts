// How long pages wait: `node loadtest/bench/pages.ts [LEADS [CALLS [TIMES]]]`, a million of each by default.
// Starts the product on data of its own, fills it by generate_series, asks for what the pages of lists, leads and campaigns ask for,
// and prints one JSON object with milliseconds per request: the first time (nothing is counted yet), p50 and p99.
// RINGLINE_BENCH_DATA keeps the data for the next run.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { fillPagesData } from './pages-data.ts';
import { pageRequests, type PageSubject } from './pages-requests.ts';

const [leads = 1_000_000, calls = 1_000_000, times = 60] = process.argv.slice(2).map(Number);
const AIM_MS = 200;
const kept = process.env['RINGLINE_BENCH_DATA'];
const folder = kept ?? mkdtempSync(path.join(tmpdir(), 'ringline-bench-'));
const root = path.join(import.meta.dirname, '../..');

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
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

const port = await freePort();
const product = spawn(process.execPath, ['server/cli.ts', 'serve', '--roles', 'api'], {
  cwd: root,
  env: {
    ...process.env,
    PORT: String(port),
    RINGLINE_DATA: folder,
    DATABASE_URL: undefined,
    FREESWITCH_URL: undefined,
  },
  stdio: ['ignore', 'ignore', 'inherit'],
});
const address = `http://127.0.0.1:${port}`;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function whenUp(): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (
      await fetch(`${address}/livez`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await sleep(100);
  }
  throw new Error('The product did not start within a minute.');
}

async function signIn(): Promise<Record<string, string>> {
  const response = await fetch(`${address}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: address },
    body: JSON.stringify({ email: 'manager@demo.ringline', password: 'ringline-demo' }),
  });
  const { csrfToken } = (await response.json()) as { csrfToken: string };
  return {
    cookie: response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '',
    'x-csrf-token': csrfToken,
    origin: address,
  };
}

async function subject(client: pg.Client): Promise<PageSubject> {
  const { rows } = await client.query<PageSubject>(`
    select (select campaign_id from campaign where name = 'Big campaign') as "campaignId",
           (select list_id from lead_list where name = 'Big list 4') as "listId",
           (select lead_id from call group by lead_id order by count(*) desc limit 1) as "leadId",
           (select phone from lead_number order by number_id desc limit 1) as phone`);
  const [row] = rows;
  if (!row) throw new Error('Bug: the filled database says nothing.');
  return row;
}

async function measure(): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  await fillPagesData(client, { leads, calls }, say);
  const about = await subject(client);
  await client.end();
  const headers = await signIn();
  const result: Record<string, { first: number; p50: number; p99: number; status: number }> = {};
  for (const { name, path: where, method = 'GET', body } of pageRequests(about)) {
    const ms: number[] = [];
    let status = 0;
    for (let i = 0; i < times; i += 1) {
      const began = performance.now();
      const response = await fetch(address + where, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      await response.arrayBuffer();
      ms.push(performance.now() - began);
      status = response.status;
    }
    const first = Math.round((ms[0] ?? 0) * 10) / 10;
    ms.sort((a, b) => a - b);
    const at = (share: number): number =>
      Math.round((ms[Math.floor(share * (ms.length - 1))] ?? 0) * 10) / 10;
    result[name] = { first, p50: at(0.5), p99: at(0.99), status };
    say(
      `${name}: first ${first} ms, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms${at(0.99) > AIM_MS ? '  <-- over the aim' : ''}${status < 300 ? '' : ` (status ${status})`}`,
    );
  }
  process.stdout.write(`${JSON.stringify({ leads, calls, times, aimMs: AIM_MS, requests: result })}\n`);
}

try {
  await whenUp();
  await measure();
} finally {
  product.kill('SIGTERM');
  await new Promise((resolve) => product.once('exit', resolve));
  if (kept === undefined) rmSync(folder, { recursive: true, force: true });
}
