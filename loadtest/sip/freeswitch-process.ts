import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SwitchAddress } from '../../dialer/freeswitch/switch-address.ts';
import { EventSocketClient } from './event-socket-client.ts';
import { ownLoopbackAddress } from './loopback-address.ts';
import { processCpuMs } from './process-cpu.ts';
import { ToolMissing } from './tool-missing.ts';

const CONFIGURATION = join(import.meta.dirname, '../../dialer/freeswitch/conf');
/** Tries, 100 ms apart, until the switch must be there: it takes about a second on a free machine. */
const READY_TRIES_MAX = 300;
/** A switch with calls up says BYE to each before it goes. */
const STOP_MS_MAX = 15_000;

/** A user of the agents' domain. */
export interface AgentPhone {
  readonly extension: string;
  readonly password: string;
}

export interface FreeswitchOptions {
  readonly agentPhones?: readonly AgentPhone[];
  /** Where call records go, and the secret sent with them; by default nobody listens there, so that they are spooled. */
  readonly callRecords?: { readonly url: string; readonly secret: string };
  /** Gateways of the trunk: name → address that is asked by OPTIONS. */
  readonly gateways?: Readonly<Record<string, string>>;
  /** More variables of conf/vars.xml. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A FreeSWITCH of our own, from PATH, with our configuration, on an address of its own within 127.0.0.0/8. */
export interface FreeswitchProcess {
  readonly pid: number;
  readonly ip: string;
  readonly eventSocket: SwitchAddress;
  readonly agentDomain: string;
  /** Where phones register, and from where trunk calls come: host:port. */
  readonly agentsSip: string;
  readonly trunkSip: string;
  /** Logs, databases, spool. */
  readonly folder: string;
  readonly callRecordSpool: string;
  /** CPU time used so far, user and system. */
  cpuMs(): number;
  logTail(): string;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Ends it, its calls first, and removes its folder unless that is wanted for a look. */
  stop(options?: { readonly keepFolder: boolean }): Promise<void>;
}

/** Starts FreeSWITCH and resolves when its event socket and both SIP profiles work; rejects with the end of its log. */
export async function startFreeswitch(options: FreeswitchOptions = {}): Promise<FreeswitchProcess> {
  const layout = prepareFolder(options);
  const output = openSync(join(layout.folder, 'output.log'), 'a');
  const child = spawn('freeswitch', layout.arguments, {
    env: { ...process.env, ...layout.environment },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  await once(child, 'spawn').catch((error: unknown) => {
    throw new ToolMissing('freeswitch', error);
  });
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const ended = once(child, 'exit').catch((error: unknown) => error);
  void ended.then(() => process.removeListener('exit', killWithUs));
  const logTail = (): string =>
    tailOf([join(layout.folder, 'log/freeswitch.log'), join(layout.folder, 'output.log')]);
  try {
    await waitUntilReady(child, layout.eventSocket);
  } catch (error) {
    child.kill('SIGKILL');
    await ended;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n${logTail()}`, { cause: error });
  }
  const pid = child.pid;
  if (pid === undefined) throw new Error('FreeSWITCH could not be started.');
  return {
    pid,
    ip: layout.ip,
    eventSocket: layout.eventSocket,
    agentDomain: layout.agentDomain,
    agentsSip: `${layout.ip}:5060`,
    trunkSip: `${layout.ip}:5080`,
    folder: layout.folder,
    callRecordSpool: join(layout.folder, 'spool'),
    cpuMs: () => processCpuMs(pid),
    logTail,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop({ keepFolder } = { keepFolder: false }) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        const inTime = await Promise.race([
          ended.then(() => true),
          sleep(STOP_MS_MAX, false, { ref: false }),
        ]);
        if (!inTime) child.kill('SIGKILL');
        await ended;
      }
      if (!keepFolder) rmSync(layout.folder, { recursive: true, force: true });
    },
  };
}

interface Layout {
  readonly folder: string;
  readonly ip: string;
  readonly agentDomain: string;
  readonly eventSocket: SwitchAddress;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

function prepareFolder(options: FreeswitchOptions): Layout {
  const folder = mkdtempSync(join(tmpdir(), 'ringline-switch-'));
  for (const name of ['log', 'db', 'run', 'temp', 'spool', 'phones', 'gateways', 'certs', 'storage', 'cache'])
    mkdirSync(join(folder, name));
  for (const { extension, password } of options.agentPhones ?? [])
    writeFileSync(
      join(folder, 'phones', `${extension}.xml`),
      `<user id="${extension}"><params><param name="password" value="${password}"/></params></user>\n`,
    );
  for (const [name, address] of Object.entries(options.gateways ?? {}))
    writeFileSync(join(folder, 'gateways', `${name}.xml`), gatewayXml(name, address));
  const ip = ownLoopbackAddress();
  const eventSocket = { host: ip, port: 8021, password: 'for-tests-only' };
  const agentDomain = 'agents.test';
  const at = (name: string): string => join(folder, name);
  return {
    folder,
    ip,
    agentDomain,
    eventSocket,
    arguments: [
      ...[
        '-nonat',
        '-nf',
        '-nc',
        '-conf',
        CONFIGURATION,
        '-log',
        at('log'),
        '-db',
        at('db'),
        '-run',
        at('run'),
      ],
      ...['-temp', at('temp'), '-certs', at('certs'), '-storage', at('storage'), '-cache', at('cache')],
    ],
    environment: {
      RINGLINE_SWITCH_PASSWORD: eventSocket.password,
      RINGLINE_SWITCH_EVENT_SOCKET_IP: ip,
      RINGLINE_SWITCH_AGENTS_IP: ip,
      RINGLINE_SWITCH_TRUNK_IP: ip,
      RINGLINE_SWITCH_TRUNK_PUBLIC_IP: ip,
      RINGLINE_AGENT_DOMAIN: agentDomain,
      RINGLINE_SWITCH_PHONES_DIR: at('phones'),
      RINGLINE_SWITCH_GATEWAYS_DIR: at('gateways'),
      RINGLINE_SWITCH_PHONE_EXPIRES_SECONDS: '3600',
      RINGLINE_SWITCH_CDR_SPOOL: at('spool'),
      RINGLINE_SWITCH_CDR_URL: options.callRecords?.url ?? `http://${ip}:9/`,
      RINGLINE_SWITCH_CDR_SECRET: options.callRecords?.secret ?? 'nobody',
      ...options.environment,
    },
  };
}

function gatewayXml(name: string, address: string): string {
  return `<gateway name="${name}">
  <param name="proxy" value="${address}"/>
  <param name="register" value="false"/>
  <param name="username" value="ringline"/>
  <param name="password" value="unused"/>
  <param name="caller-id-in-from" value="true"/>
  <param name="ping" value="5"/>
  <param name="ping-min" value="1"/>
  <param name="ping-max" value="1"/>
</gateway>
`;
}

async function waitUntilReady(child: ChildProcess, address: SwitchAddress): Promise<void> {
  for (let tries = 0; tries < READY_TRIES_MAX; tries += 1) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error('FreeSWITCH ended while it was starting.');
    if (await answersOnAllSides(address)) return;
    await sleep(100);
  }
  throw new Error(`FreeSWITCH was not ready after ${READY_TRIES_MAX / 10} s.`);
}

async function answersOnAllSides(address: SwitchAddress): Promise<boolean> {
  try {
    const client = await EventSocketClient.open(address);
    const status = await client.api('sofia status');
    client.close();
    return (status.match(/profile\s.*RUNNING/g) ?? []).length === 2;
  } catch {
    return false;
  }
}

function tailOf(files: readonly string[]): string {
  return files
    .map((file) => {
      try {
        return `${file}:\n${readFileSync(file, 'utf8').split('\n').slice(-40).join('\n')}`;
      } catch {
        return `${file}: not there`;
      }
    })
    .join('\n');
}
