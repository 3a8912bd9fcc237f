import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { disposeCall } from '../campaigns/call-disposition.store.ts';
import { setCampaignState } from '../campaigns/campaign.store.ts';
import type { CampaignId, OrganizationId, PoolId, UserId } from '../kernel/ids.ts';
import { uuidV7 } from '../kernel/uuid.ts';
import { processCpuMs, processMemoryBytesMax } from '../loadtest/sip/process-cpu.ts';
import type { ProductSetup, ProductUnderTest, RunningProduct } from '../loadtest/sip/product-under-test.ts';
import { systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { openDatabasePlace, type DatabasePlace } from './database-place.ts';
import { openDatabase, type Database } from './database.ts';
import { createLogger } from './logger.ts';
import { migrate } from './migrate.ts';
import { PoolDirectory } from './pool-directory.ts';
import { makeSipCampaign } from './sip-campaign.ts';
import { readDialerCalls, readProgress, readSwitchRecords } from './sip-count.store.ts';

const SECRET = 'of-the-load-test';
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 15_000;
const log = createLogger({ level: 'silent' });

interface Prepared {
  readonly folder: string;
  readonly place: DatabasePlace;
  readonly database: Database;
  readonly port: number;
}

interface Keys {
  readonly organizationId: OrganizationId;
  readonly poolId: PoolId;
  readonly campaignId: CampaignId;
  readonly agents: readonly UserId[];
}

/** The product as an operator runs it (`serve` in a process and a database of its own), for a load test. */
export function sipProduct(config: Config, say: (line: string) => void): ProductUnderTest {
  const undo: (() => Promise<void>)[] = [];
  let prepared: Prepared | null = null;
  return {
    async prepare() {
      prepared = await prepare(config, say, undo);
      return {
        callRecordsUrl: `http://127.0.0.1:${String(prepared.port)}/internal/cdr`,
        callRecordsSecret: SECRET,
      };
    },
    async start(setup) {
      if (prepared === null) throw new Error('Bug: the product was not prepared');
      return start(prepared, setup, undo);
    },
    async stop() {
      for (let next = undo.pop(); next; next = undo.pop()) await next();
    },
  };
}

async function prepare(
  config: Config,
  say: (line: string) => void,
  undo: (() => Promise<void>)[],
): Promise<Prepared> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ringline-load-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  const place = await openDatabasePlace({ ...config, databaseUrl: null, dataFolder: folder }, say);
  undo.push(() => place.leave());
  await migrate({ url: place.url, report: () => undefined });
  const database = await openDatabase({ url: place.url, applicationName: 'load test', log });
  undo.push(() => database.close());
  return { folder, place, database, port: await freePort() };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function start(
  prepared: Prepared,
  setup: ProductSetup,
  undo: (() => Promise<void>)[],
): Promise<RunningProduct> {
  const { database } = prepared;
  const newId = uuidV7((into) => void crypto.getRandomValues(into));
  const keys: Keys = await makeSipCampaign({ database, clock: systemClock, newId }, setup);
  const child = await startDialer(prepared, setup, undo);
  const pid = child.pid ?? 0;
  const pools = new PoolDirectory({ database, log });
  undo.push(() => pools.close());
  const connection = await until('the dialer owns the pool', () =>
    pools.connect(keys.organizationId, keys.poolId),
  );
  const rows = database.organization(keys.organizationId);
  return {
    owner: connection.owner,
    agents: keys.agents as unknown as RunningProduct['agents'],
    async dispose(agentId, callId) {
      const at = systemClock.now();
      const word = { code: 'not-interested', notes: '', callbackAt: null, callbackIsMine: false, at };
      await disposeCall(rows, keys.organizationId, { callId, agentId, ...word });
    },
    async setCampaign(state) {
      await setCampaignState(rows.query, keys, { state, at: systemClock.now() });
    },
    progress: () => readProgress(rows.query),
    calls: () => readDialerCalls(rows.query),
    records: () => readSwitchRecords(rows.query),
    cpuMs: () => processCpuMs(pid),
    memoryBytesMax: () => processMemoryBytesMax(pid),
  };
}

async function startDialer(
  { folder, place, port }: Prepared,
  setup: ProductSetup,
  undo: (() => Promise<void>)[],
): Promise<ChildProcess> {
  const { host, port: eslPort, password } = setup.eventSocket;
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'cli.ts'), 'serve'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: place.url,
      RINGLINE_DATA: folder,
      RINGLINE_HOST: '127.0.0.1',
      PORT: String(port),
      FREESWITCH_URL: `esl://:${encodeURIComponent(password)}@${host}:${String(eslPort)}`,
      RINGLINE_AGENT_DOMAIN: setup.agentDomain,
      RINGLINE_CDR_SECRET: SECRET,
      RINGLINE_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const ended = once(child, 'exit');
  undo.push(async () => {
    process.removeListener('exit', killWithUs);
    child.kill('SIGTERM');
    const inTime = await Promise.race([ended.then(() => true), wait(STOP_MS_MAX, false, { ref: false })]);
    if (!inTime) child.kill('SIGKILL');
    await ended;
  });
  await until('the dialer listens', async () => {
    if (child.exitCode !== null) throw new Error('The dialer ended at its start; its words are above.');
    const reply = await fetch(`http://127.0.0.1:${String(port)}/livez`).catch(() => null);
    return reply?.ok === true ? true : null;
  });
  return child;
}

async function until<Found>(what: string, look: () => Promise<Found | null>): Promise<Found> {
  const giveUpAt = systemClock.monotonic() + START_MS_MAX;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (systemClock.monotonic() > giveUpAt) throw new Error(`Waited in vain until ${what}.`);
    await wait(200);
  }
}
