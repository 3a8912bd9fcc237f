// What a supervisor's page costs and how late it is: `node loadtest/bench/live.ts [AGENTS [SECONDS]]`, 200 and 40 by default.
// Starts the product with its demo in a folder of its own, adds agents who work by themselves, opens the board and the campaign's
// live page in Chromium, and prints one JSON object: from an agent's change of state (by the switch's or the owner's clock, which is
// this machine's) to the painted row, p50 and p99 in ms, and the CPU of all of the browser's processes as a share of one core.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { chromium, type Page } from 'playwright-core';
import { cpuSecondsOf } from './process-cpu.ts';

const [agentCount = 200, seconds = 40] = process.argv.slice(2).map(Number);
const AIM = { updateMs: 250, cpu: 0.15 };
const DEMO_AGENTS = 8;
const WORKING_SHARE = 0.95;
const root = path.join(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'ringline-live-bench-'));
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const product = spawn(process.execPath, ['server/cli.ts', 'serve'], {
  cwd: root,
  env: {
    ...process.env,
    PORT: '0',
    RINGLINE_DATA: folder,
    RINGLINE_LOG_LEVEL: 'error',
    DATABASE_URL: undefined,
    FREESWITCH_URL: undefined,
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});

function addressOf(): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    product.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const address = /Ringline runs at (http:\/\/\S+)/.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    });
    product.once('exit', () => reject(new Error(`The product did not start:\n${said}`)));
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

/** More agents who work by themselves, and a trunk that carries their calls. */
async function addAgents(): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  await client.query(
    `with demo as (select organization_id, pool_id from pool limit 1),
     made as (
       insert into app_user (user_id, organization_id, email, name, password_hash, role, created_at)
       select gen_random_uuid(), demo.organization_id, 'bench' || i || '@demo.ringline', 'Agent ' || lpad(i::text, 3, '0'), 'x',
              'agent', now()
         from demo, generate_series(1, $1) i returning user_id, organization_id)
     insert into agent (agent_id, organization_id, pool_id, extension, is_automatic)
     select user_id, made.organization_id, demo.pool_id, (2000 + row_number() over ())::text, true from made, demo`,
    [agentCount - DEMO_AGENTS],
  );
  await client.query('update trunk set calls_max = 2000, calls_per_second_max = 100');
  await client.query(`select pg_notify(channel, organization_id::text) from organization,
    unnest(array['ringline_agent', 'ringline_campaign']) channel`);
  await client.end();
}

/** Watches rows with `data-since`: notes how old each new state is when it is painted. */
const WATCH = `(() => {
  const late = [];
  window.late = late;
  new MutationObserver((changes) => {
    const sinces = changes.map((change) => Number(change.target.dataset.since));
    requestAnimationFrame(() => setTimeout(() => {
      const now = Date.now();
      for (const since of sinces) late.push(now - since);
    }));
  }).observe(document.body, { attributes: true, attributeFilter: ['data-since'], subtree: true });
})()`;

interface Measured {
  readonly updates: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpu: number;
}

async function measure(page: Page, browserPid: number): Promise<Measured> {
  await sleep(5000);
  await page.evaluate(WATCH);
  const cpuBefore = cpuSecondsOf(browserPid);
  const began = performance.now();
  await sleep(seconds * 1000);
  const cpu = (cpuSecondsOf(browserPid) - cpuBefore) / ((performance.now() - began) / 1000);
  const late = (await page.evaluate<number[]>('window.late')).sort((a, b) => a - b);
  const at = (share: number): number =>
    late[Math.min(late.length - 1, Math.floor(late.length * share))] ?? NaN;
  return { updates: late.length, p50Ms: at(0.5), p99Ms: at(0.99), cpu: Math.round(cpu * 1000) / 1000 };
}

async function openBoard(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.getByLabel('E-mail').fill('supervisor@demo.ringline');
  await page.getByLabel('Password').fill('ringline-demo');
  await page.keyboard.press('Enter');
  await page.locator('header.bar').waitFor();
  await page.goto(`${address}/agents`);
  await page.locator('tbody tr').first().waitFor();
  const atWork = async (): Promise<number> => page.locator('tr[data-since]').count();
  while ((await atWork()) < agentCount * WORKING_SHARE) await sleep(500);
}

try {
  const address = await addressOf();
  await addAgents();
  const server = await chromium.launchServer({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  try {
    const browser = await chromium.connect(server.wsEndpoint());
    const browserPid = server.process().pid ?? 0;
    const page = await browser.newPage({ viewport: { width: 1366, height: 768 }, locale: 'en-GB' });
    await openBoard(page, address);
    say(`${agentCount} agents are at work; watching the board for ${seconds} s.`);
    await sleep(20_000);
    const board = await measure(page, browserPid);
    await page.goto(address);
    await page.locator('.strip').waitFor();
    say(`Watching the campaign's live page for ${seconds} s.`);
    const live = await measure(page, browserPid);
    const isWithin = [board, live].every(({ p99Ms, cpu }) => p99Ms <= AIM.updateMs && cpu <= AIM.cpu);
    process.stdout.write(
      `${JSON.stringify({ agents: agentCount, seconds, board, live, aim: AIM, isWithin })}\n`,
    );
  } finally {
    await server.close();
  }
} finally {
  if (product.exitCode === null) {
    product.kill('SIGTERM');
    await new Promise((resolve) => product.once('exit', resolve));
  }
  rmSync(folder, { recursive: true, force: true });
}
