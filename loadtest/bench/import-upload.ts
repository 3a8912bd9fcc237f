// How much memory an import by upload takes in the server that dials: `node loadtest/bench/import-upload.ts [ROWS …]`, a hundred thousand
// and a million by default. Starts the whole product with the demo's running campaign on data of its own, uploads a file for each number of
// rows, and prints one JSON object a file: the memory of the server process with all its threads before, at most meanwhile, and after.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openAsBlob, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeLeadFile } from './import-file.ts';

const AIM = { ownMegabytes: 300 };
/** The demo's agents are at work and the start is over. */
const WARM_UP_MS = 30_000;
const LOOK_EVERY_MS = 50;
const said = process.argv.slice(2).map(Number);
const sizes = said.length > 0 ? said : [100_000, 1_000_000];
const root = path.join(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'ringline-upload-bench-'));

const product = spawn(process.execPath, ['server/cli.ts', 'serve'], {
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

function megabytes(): number {
  const status = readFileSync(`/proc/${String(product.pid)}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

interface Import {
  readonly importId: string;
  readonly state: string;
  readonly imported: number;
  readonly rowsRead: number;
}

async function signIn(address: string): Promise<Record<string, string>> {
  const body = JSON.stringify({ email: 'manager@demo.ringline', password: 'ringline-demo' });
  const headers = { 'content-type': 'application/json', origin: address };
  const answer = await fetch(`${address}/api/session`, { method: 'POST', headers, body });
  const { csrfToken } = (await answer.json()) as { csrfToken: string };
  const cookie = answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
  return { cookie, origin: address, 'x-csrf-token': csrfToken };
}

async function upload(address: string, rows: number): Promise<void> {
  const file = path.join(folder, `${String(rows)}.csv`);
  await writeLeadFile(file, rows);
  const headers = await signIn(address);
  const beforeMegabytes = megabytes();
  let peakMegabytes = beforeMegabytes;
  const watch = setInterval(() => {
    peakMegabytes = Math.max(peakMegabytes, megabytes());
  }, LOOK_EVERY_MS);
  const began = performance.now();
  const form = new FormData();
  form.append('file', await openAsBlob(file), 'leads.csv');
  const url = `${address}/api/imports?listName=Bench${String(rows)}`;
  let job = (await (await fetch(url, { method: 'POST', headers, body: form })).json()) as Import;
  while (job.state === 'queued' || job.state === 'running') {
    await sleep(500);
    job = (await (await fetch(`${address}/api/imports/${job.importId}`, { headers })).json()) as Import;
  }
  clearInterval(watch);
  const { state, imported, rowsRead } = job;
  const result = {
    ...{ state, rows: rowsRead, imported, fileMegabytes: Math.round(statSync(file).size / 1e6) },
    seconds: Math.round((performance.now() - began) / 1000),
    ...{ beforeMegabytes, peakMegabytes, ownMegabytes: peakMegabytes - beforeMegabytes },
    afterMegabytes: megabytes(),
    aim: AIM,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

try {
  const address = await new Promise<string>((resolve, reject) => {
    product.stdout.setEncoding('utf8').on('data', (piece: string) => {
      const found = /Ringline runs at (\S+)/.exec(piece)?.[1];
      if (found !== undefined) resolve(found);
    });
    product.once('exit', () => reject(new Error('The product ended before it was ready')));
  });
  await sleep(WARM_UP_MS);
  for (const rows of sizes) await upload(address, rows);
} finally {
  product.kill('SIGTERM');
  await Promise.race([once(product, 'exit'), sleep(15_000)]);
  rmSync(folder, { recursive: true, force: true });
}
