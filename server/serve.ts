import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { SwitchAddress } from '../dialer/freeswitch/switch-address.ts';
import type { Random } from '../kernel/random.ts';
import type { Clock } from '../kernel/time.ts';
import { uuidV7, type NewId } from '../kernel/uuid.ts';
import { readScenario } from '../loadtest/scenario.ts';
import { startSimulatedSwitch } from '../loadtest/simulated-switch/start.ts';
import { startAutomaticAgents } from './automatic-agents.store.ts';
import { offsetClock, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { lockDataFolder, type DataLock } from './data-lock.ts';
import { openDatabasePlace, type DatabasePlace } from './database-place.ts';
import { openDatabase, type Database } from './database.ts';
import { makeDemo, type DemoSignIn } from './demo.ts';
import { DialerProcess } from './dialer-process.ts';
import { makeFirstOrganization } from './first-organization.ts';
import { createHttpServer } from './http-server.ts';
import { DEFAULT_LIMITS, DEFAULT_LIVE } from './http-settings.ts';
import { IN_PROCESS_BYTES_MAX } from './import-files.ts';
import { startJobs } from './jobs.ts';
import { createLogger } from './logger.ts';
import { migrate } from './migrate.ts';
import { openSecretKeys } from './open-secret-keys.ts';
import { OperatorError } from './operator-error.ts';
import { PoolDirectory } from './pool-directory.ts';
import type { SecretKeys } from './secret-keys.ts';
import { takeSwitchCdr } from './switch-cdr-intake.ts';
import { CdrSpool } from './switch-cdr-spool.job.ts';
import { keepSimulatedSwitch } from './simulated-switch-keeper.ts';
import { switchOpener } from './switch-wiring.ts';
import { undoAll, type Undo } from './undo.ts';

export type ServeRole = 'api' | 'dialer' | 'jobs';

export interface ServeOptions {
  readonly config: Config;
  readonly roles: readonly ServeRole[];
  readonly version: string;
  /** Lines for the person who started us. */
  readonly say: (line: string) => void;
  /** Called when this process must not go on. */
  readonly onFatal: (reason: string) => void;
}

export interface Serving {
  readonly address: string;
  /** Ends everything in order: no new call, facts stored, pool left, sockets closed, database let go. */
  stop(): Promise<void>;
}

/** Starts the product, top to bottom. Rejects with an OperatorError that says what to mend; nothing is left running then. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const undo: Undo = [];
  const stop = (): Promise<void> => undoAll(undo);
  try {
    return { address: await start(options, undo), stop };
  } catch (error) {
    // Why it did not start is what matters then.
    await stop().catch(() => undefined);
    throw error;
  }
}

/** What all parts of a running process share. */
interface Running {
  readonly options: ServeOptions;
  readonly isSimulated: boolean;
  /** Only with a folder and a database of our own. */
  readonly isOnlyProcess: boolean;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly keys: SecretKeys;
  readonly pools: PoolDirectory;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly random: Random;
  readonly log: ReturnType<typeof createLogger>;
}

async function start(options: ServeOptions, undo: Undo): Promise<string> {
  const { config, roles, say } = options;
  const { lock, place } = await openFolderAndDatabase(options, undo);
  const log = createLogger({ level: config.logLevel });
  const database = await openDatabase({ url: place.url, applicationName: 'ringline', log });
  undo.push(() => database.close());
  const running: Running = {
    options,
    isSimulated: config.freeswitch.length === 0,
    isOnlyProcess: lock !== null,
    database,
    databaseUrl: place.url,
    keys: await openSecretKeys({ config, database, say }),
    pools: new PoolDirectory({ database, log }),
    clock: config.clockOffset === 0 ? systemClock : offsetClock(systemClock, config.clockOffset),
    newId: uuidV7((into) => void crypto.getRandomValues(into)),
    random: { next: Math.random },
    log,
  };
  const signIns = await makeOrganizations(running);
  const address = await openHttp(running, undo);
  lock?.announce(address);
  if (roles.includes('dialer')) await openDialer(running, config.address ?? address, undo);
  if (roles.includes('jobs')) {
    const jobs = await startJobs({ url: place.url, database, clock: running.clock, log });
    undo.push(() => jobs.stop());
    takeSpooledRecords(running, undo);
  }
  greet(say, address, signIns);
  return address;
}

/** Call records that the switch could not post while nobody was here. */
function takeSpooledRecords({ options, database, clock, log }: Running, undo: Undo): void {
  const { cdrSpool: folder } = options.config;
  if (folder === null) return;
  const store = async (record: unknown): Promise<void> => {
    await takeSwitchCdr({ database, clock }, record);
  };
  const spool = new CdrSpool({ folder, store, log });
  spool.start();
  undo.push(() => spool.stop());
}

async function openFolderAndDatabase(
  { config, say }: ServeOptions,
  undo: Undo,
): Promise<{ lock: DataLock | null; place: DatabasePlace }> {
  // With DATABASE_URL several processes may share a folder: PostgreSQL decides who owns what.
  const lock = config.databaseUrl === null ? await lockDataFolder(config.dataFolder) : null;
  if (lock) undo.push(() => lock.release());
  const place = await openDatabasePlace(config, say);
  undo.push(() => place.leave());
  if (place.note !== null) say(place.note);
  await migrate({ url: place.url, report: say });
  return { lock, place };
}

/** The demo exists only with the embedded database and the simulated switch; a real switch starts with an administrator. */
async function makeOrganizations(running: Running): Promise<readonly DemoSignIn[]> {
  const { options, isSimulated } = running;
  const { databaseUrl, trunk } = options.config;
  if (!isSimulated) await makeFirstOrganization({ ...running, trunk, say: options.say });
  if (isSimulated && databaseUrl !== null) await sayWhoIsMissing(running);
  return isSimulated && databaseUrl === null ? await makeDemo(running) : [];
}

/** Neither the demo nor a real switch: nobody makes an organization by himself. */
async function sayWhoIsMissing({ database, options }: Running): Promise<void> {
  const [known] = await database.system`select from ringline_organizations()`;
  if (known) return;
  options.say(
    'There is nobody to sign in as yet: run "npm run -s ringline -- create-organization NAME --email YOU@EXAMPLE.COM".',
  );
}

async function openHttp(running: Running, undo: Undo): Promise<string> {
  const { options } = running;
  const server = await createHttpServer({
    ...running,
    settings: {
      version: options.version,
      consoleFolder: path.join(import.meta.dirname, '../web/dist'),
      allowedOrigins: [],
      isBehindProxy: options.config.isBehindProxy,
      cdrSecret: options.config.cdrSecret?.reveal() ?? null,
      metricsToken: options.config.metricsToken?.reveal() ?? null,
      uploadBytesMax: 2_000_000_000,
      imports: {
        folder: path.join(options.config.dataFolder, 'imports'),
        isOnlyProcess: running.isOnlyProcess,
        databaseUrl: running.databaseUrl,
        inProcessBytesMax: IN_PROCESS_BYTES_MAX,
      },
      limits: DEFAULT_LIMITS,
      live: DEFAULT_LIVE,
    },
  });
  undo.push(() => server.close());
  const { host, port } = options.config;
  try {
    return await server.listen({ host, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new OperatorError(
      `Port ${String(port)} on ${host} is in use by another program; stop that one or set PORT to a free one.`,
      { exitCode: 2, cause: error },
    );
  }
}

async function openDialer(running: Running, ownerAddress: string, undo: Undo): Promise<void> {
  const { options, isSimulated, random } = running;
  const dialer = new DialerProcess({
    ...running,
    ownerAddress,
    openSwitch: switchOpener({
      ...running,
      address: await findSwitch(running, undo),
      agentDomain: options.config.agentDomain ?? 'phones.localhost',
    }),
    machineClock: systemClock,
    endsSwitch: isSimulated && options.config.databaseUrl === null,
    newSecret: () => randomBytes(32).toString('base64url'),
    onOwned: (owner, organizationId) => {
      if (!isSimulated) return { stop: () => undefined };
      const { wrapSeconds } = readScenario(scenarioOf(options.config));
      return startAutomaticAgents({ ...running, owner, organizationId, wrapSeconds, random });
    },
    onLost: options.onFatal,
  });
  dialer.start();
  undo.push(() => dialer.stop());
}

/** One that has ended already is no trouble. */
function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The world behind the simulated switch. */
const scenarioOf = (config: Config): string =>
  config.scenarioFile ?? path.join(import.meta.dirname, '../loadtest/scenarios/demo.json');

/** The real switch, or the simulated one in a process of its own, which outlives us for a while if we die. */
async function findSwitch({ options, log }: Running, undo: Undo): Promise<SwitchAddress> {
  const { config } = options;
  const [real] = config.freeswitch;
  if (real) return { host: real.host, port: real.port, password: real.password.reveal() };
  const wanted = {
    stateDir: path.join(config.dataFolder, 'switch'),
    password: randomBytes(12).toString('base64url'),
    scenarioFile: scenarioOf(config),
    nodePath: process.execPath,
    clockOffsetMs: config.clockOffset,
  };
  const first = await startSimulatedSwitch(wanted);
  // Where it was, with the password it had: whoever is connected to it finds it again.
  const again = { ...wanted, port: first.port, password: first.password };
  const keeper = keepSimulatedSwitch(first.pid, { start: () => startSimulatedSwitch(again), log });
  // A clean end leaves nothing behind; a kill leaves the calls up for whoever starts next.
  undo.push(async () => {
    const pid = await keeper.stop();
    if (config.databaseUrl === null) endProcess(pid);
  });
  return first;
}

function greet(say: (line: string) => void, address: string, signIns: readonly DemoSignIn[]): void {
  say('');
  say(`Ringline runs at ${address}`);
  if (signIns.length > 0) say(`Demo sign-ins (password for all: ${signIns[0]?.password ?? ''}):`);
  for (const { role, email } of signIns) say(`  ${role.padEnd(11)} ${email}`);
  say('Ctrl+C ends it.');
}
