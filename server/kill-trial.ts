import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ledgerDifferences } from '../compliance/abandonment-ledger.store.ts';
import type { CampaignId, OrganizationId } from '../kernel/ids.ts';
import { seededRandom, type Random } from '../kernel/random.ts';
import type { DurationMs } from '../kernel/time.ts';
import { uuidV7 } from '../kernel/uuid.ts';
import { carrierOf, type CarrierReport } from './carrier-report.ts';
import { offsetClock, systemClock } from './clock.ts';
import { openDatabase, type Database, type OrganizationConnections } from './database.ts';
import { makeDemo } from './demo.ts';

export interface KillTrialOptions {
  /** A migrated database of its own. */
  readonly databaseUrl: string;
  readonly seed: number;
  /** How often the owner is killed or stopped. */
  readonly blows: number;
  readonly say: (line: string) => void;
}

/** What was seen, and every broken promise in a sentence; empty when all held. */
export interface KillTrialResult {
  readonly seed: number;
  readonly calls: number;
  readonly connected: number;
  readonly abandoned: number;
  readonly lost: number;
  readonly invites: number;
  readonly takeovers: number;
  readonly broken: readonly string[];
}

const BETWEEN_BLOWS_MS = { least: 2500, most: 6000 };
const STOPPED_MS = 9000;
const PATIENCE_MS = 90_000;
/** The demo's windows are open at noon in New York. */
const NOON_UTC_HOUR = 17;

interface Owner {
  readonly process: ChildProcess;
  address: string | null;
  exitCode: number | null;
  isStopped: boolean;
}

/**
 * A campaign runs on the simulated switch with two dialer processes; the owner is killed (SIGKILL) or stopped for a while
 * (SIGSTOP, SIGCONT) at random moments, and another takes over. Then everything is counted again: at the carrier, in our tables.
 */
export async function runKillTrial(options: KillTrialOptions): Promise<KillTrialResult> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ringline-kill-'));
  const log = { warn: () => undefined };
  const database = await openDatabase({ url: options.databaseUrl, applicationName: 'kill trial', log });
  const trial = new KillTrial({ ...options, folder, database });
  try {
    const result = await trial.run();
    await trial.end();
    // The processes' logs stay when something broke.
    if (result.broken.length === 0) await rm(folder, { recursive: true, force: true });
    else options.say(`logs of the processes are in ${folder}`);
    return result;
  } finally {
    await trial.end();
    await database.close();
  }
}

class KillTrial {
  readonly #options: KillTrialOptions & { readonly folder: string; readonly database: Database };
  readonly #random: Random;
  readonly #owners: Owner[] = [];
  readonly #clockOffset: DurationMs;
  #takeovers = 0;

  constructor(options: KillTrialOptions & { folder: string; database: Database }) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    const hour = new Date(systemClock.now()).getUTCHours();
    this.#clockOffset = ((NOON_UTC_HOUR - hour) * 3_600_000) as DurationMs;
  }

  async run(): Promise<KillTrialResult> {
    const { database, blows } = this.#options;
    const newId = uuidV7((into) => void crypto.getRandomValues(into));
    await makeDemo({ database, clock: offsetClock(systemClock, this.#clockOffset), newId });
    const { organizationId, campaignId } = await this.#ids();
    const rows = database.organization(organizationId);
    // Many lines in flight at every blow, whatever the law would say to it.
    await rows.query`update campaign set dial_mode = 'power', lines_per_agent = 4, abandon_rate_max = 0.2`;
    await Promise.all([this.#startOwner(), this.#startOwner()]);
    await this.#until('calls are placed', async () => (await this.#count(rows)) > 10);
    for (let blow = 0; blow < blows; blow += 1) {
      const { least, most } = BETWEEN_BLOWS_MS;
      await wait(least + this.#random.next() * (most - least));
      await this.#strike(rows, this.#random.next() < 0.5 ? 'SIGKILL' : 'SIGSTOP');
      const before = await this.#count(rows);
      await this.#until('calls are placed again', async () => (await this.#count(rows)) > before + 5);
    }
    await rows.query`update campaign set state = 'paused'`;
    await rows.query`select pg_notify('ringline_campaign', ${organizationId})`;
    await this.#until('no attempt is open', async () => {
      const [open] = await rows.query<{ open: number }>`select count(*)::int as open from open_attempt`;
      return open?.open === 0;
    });
    // Facts are written within 100 ms of the end that freed the last attempt.
    await wait(500);
    const carrier = await carrierOf(path.join(this.#options.folder, 'switch'));
    return await this.#judge(rows, campaignId, carrier);
  }

  async end(): Promise<void> {
    for (const owner of this.#owners) {
      if (owner.isStopped) owner.process.kill('SIGCONT');
      owner.process.kill('SIGKILL');
    }
    await carrierOf(path.join(this.#options.folder, 'switch')).then(
      ({ pid }) => process.kill(pid, 'SIGTERM'),
      () => undefined,
    );
  }

  async #ids(): Promise<{ organizationId: OrganizationId; campaignId: CampaignId }> {
    const { database } = this.#options;
    const organizations = await database.system<{ organizationId: OrganizationId; isDemo: boolean }>`
      select organization_id as "organizationId", is_demo as "isDemo" from ringline_organizations()`;
    const demo = organizations.find(({ isDemo }) => isDemo);
    if (!demo) throw new Error('Bug: the demo organization is missing');
    const [campaign] = await database.organization(demo.organizationId).query<{ campaignId: CampaignId }>`
      select campaign_id as "campaignId" from campaign`;
    if (!campaign) throw new Error('Bug: the demo campaign is missing');
    return { organizationId: demo.organizationId, campaignId: campaign.campaignId };
  }

  async #startOwner(): Promise<Owner> {
    const { folder, databaseUrl } = this.#options;
    const cli = path.join(import.meta.dirname, 'cli.ts');
    const logFile = await open(path.join(folder, `owner-${String(this.#owners.length)}.log`), 'w');
    const child = spawn(process.execPath, [cli, 'serve', '--roles', 'dialer'], {
      env: {
        PATH: process.env['PATH'] ?? '',
        DATABASE_URL: databaseUrl,
        RINGLINE_DATA: folder,
        RINGLINE_SCENARIO: path.join(import.meta.dirname, '../loadtest/scenarios/kill.json'),
        RINGLINE_CLOCK_OFFSET: `${String(this.#clockOffset / 1000)}s`,
        RINGLINE_HOST: '127.0.0.1',
        PORT: '0',
      },
      stdio: ['ignore', 'pipe', logFile.fd],
    });
    await logFile.close();
    const owner: Owner = { process: child, address: null, exitCode: null, isStopped: false };
    child.on('exit', (code) => {
      owner.exitCode = code ?? -1;
    });
    this.#owners.push(owner);
    child.stdout?.on('data', (chunk: Buffer) => {
      const said = /runs at (http:\S+)/.exec(chunk.toString());
      if (said?.[1] !== undefined) owner.address = said[1];
    });
    await this.#until('a process listens', () => {
      if (owner.exitCode !== null)
        throw new Error(`a dialer process ended at its start; logs are in ${folder}`);
      return Promise.resolve(owner.address !== null);
    });
    return owner;
  }

  /** Strikes whoever owns the pool now, and waits until another one does. */
  async #strike(rows: OrganizationConnections, signal: 'SIGKILL' | 'SIGSTOP'): Promise<void> {
    const struck = await this.#owner(rows);
    this.#options.say(
      `seed ${String(this.#options.seed)}: ${signal} to the owner with epoch ${String(struck.epoch)}`,
    );
    struck.owner.process.kill(signal);
    struck.owner.isStopped = signal === 'SIGSTOP';
    if (signal === 'SIGSTOP') await wait(STOPPED_MS);
    await this.#until(
      'another process owns the pool',
      async () => (await this.#owner(rows)).epoch > struck.epoch,
    );
    this.#takeovers += 1;
    if (signal === 'SIGSTOP') {
      struck.owner.process.kill('SIGCONT');
      struck.owner.isStopped = false;
      await this.#until('the stopped owner has left by itself', () =>
        Promise.resolve(struck.owner.exitCode !== null),
      );
    }
    await this.#startOwner();
  }

  async #owner(rows: OrganizationConnections): Promise<{ owner: Owner; epoch: number }> {
    const [row] = await rows.query<{ address: string; epoch: number }>`
      select owner_address as address, epoch from pool_owner`;
    const owner = this.#owners.find(({ address }) => address === row?.address);
    if (!row || !owner) throw new Error('Bug: the pool has no owner that we started');
    return { owner, epoch: row.epoch };
  }

  async #count(rows: OrganizationConnections): Promise<number> {
    const [row] = await rows.query<{
      calls: number;
    }>`select count(*)::int as calls from call where dialled_at is not null`;
    return row?.calls ?? 0;
  }

  async #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const giveUpAt = performance.now() + PATIENCE_MS;
    while (!(await holds())) {
      if (performance.now() > giveUpAt)
        throw new Error(`waited in vain until ${what}; logs are in ${this.#options.folder}`);
      await wait(100);
    }
  }

  async #judge(
    rows: OrganizationConnections,
    campaignId: CampaignId,
    carrier: CarrierReport,
  ): Promise<KillTrialResult> {
    const broken: string[] = [];
    const promise = (holds: boolean, sentence: string): void => {
      if (!holds) broken.push(sentence);
    };
    const attempts = await rows.query<{ phone: string; attempts: number }>`
      select phone, count(*)::int as attempts from call where dialled_at is not null group by phone`;
    const attemptsOf = new Map(attempts.map(({ phone, attempts: count }) => [phone, count]));
    for (const { number, invites, concurrentMax } of carrier.numbers) {
      const ours = attemptsOf.get(number) ?? 0;
      promise(
        invites <= ours,
        `the carrier saw ${String(invites)} INVITEs to one number, we count ${String(ours)} attempts`,
      );
      promise(concurrentMax <= 1, 'two calls rang one number at the same time');
    }
    const [totals] = await rows.query<
      Omit<KillTrialResult, 'seed' | 'invites' | 'takeovers' | 'broken'> & { endless: number; ledger: number }
    >`
      select count(*)::int as calls, (count(*) filter (where ending = 'connected'))::int as connected,
             (count(*) filter (where ending = 'lost'))::int as lost, (count(*) filter (where ending is null))::int as endless,
             (select count(*)::int from abandonment_ledger) as ledger,
             (select count(*)::int from abandonment_ledger where is_abandoned) as abandoned
        from call`;
    if (!totals) throw new Error('Bug: no totals');
    promise(totals.endless === 0, `${String(totals.endless)} calls have no ending`);
    promise(carrier.totals.talksCut === 0, `${String(carrier.totals.talksCut)} talks were cut`);
    promise(
      totals.ledger >= carrier.totals.humansAnswered,
      `people answered ${String(carrier.totals.humansAnswered)} times, the ledger has ${String(totals.ledger)}`,
    );
    promise(
      totals.abandoned >= carrier.totals.humansAnswered - carrier.totals.bridged,
      `the carrier saw ${String(carrier.totals.humansAnswered - carrier.totals.bridged)} people unserved, the ledger says ${String(totals.abandoned)}`,
    );
    const differences = await ledgerDifferences(rows.query, campaignId, 2000);
    promise(differences.length === 0, `${String(differences.length)} ledger rows differ from their calls`);
    const { calls, connected, abandoned, lost } = totals;
    const { seed } = this.#options;
    return {
      seed,
      calls,
      connected,
      abandoned,
      lost,
      invites: carrier.totals.invites,
      takeovers: this.#takeovers,
      broken,
    };
  }
}
