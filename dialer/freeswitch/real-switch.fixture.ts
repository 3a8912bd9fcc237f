import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SwitchAddress } from './switch-address.ts';

/** A FreeSWITCH from PATH with a configuration of its own: its second SIP profile plays the carrier and the agents' phones. */
export interface RealSwitch {
  readonly address: SwitchAddress;
  readonly agentDomain: string;
  /** Trunk template; what the carrier does with a number is told by its last digit, see `CARRIER`. */
  readonly dialTemplate: string;
  /** A sound that is there: half a second of silence in a file. */
  readonly soundFile: string;
  readonly pid: number;
  /** Ends it as a crash would; `startRealSwitch` with it as argument brings it up again on the same ports. */
  crash(): Promise<void>;
  stop(): Promise<void>;
  readonly ports: Ports;
}

interface Ports {
  readonly esl: number;
  readonly ours: number;
  readonly carrier: number;
}

const ring = '<action application="ring_ready"/><action application="sleep" data="200"/>';
const talk = '<action application="answer"/><action application="playback" data="silence_stream://60000"/>';
/** Last digit of the dialled number → what the carrier does. */
const CARRIER: Readonly<Record<string, string>> = {
  '0': '<action application="respond" data="404"/>',
  '1': `${ring}${talk}`,
  '2': '<action application="respond" data="486"/>',
  '3': '<action application="ring_ready"/><action application="sleep" data="60000"/>',
  '4': '<action application="pre_answer"/><action application="sleep" data="300"/><action application="respond" data="486"/>',
  '5': '<action application="respond" data="603"/>',
  '6': `${ring}<action application="answer"/><action application="sleep" data="400"/><action application="hangup"/>`,
  '7': talk,
  '8': '<action application="respond" data="503"/>',
  '9': '<action application="pre_answer"/><action application="sleep" data="300"/><action application="answer"/><action application="playback" data="silence_stream://60000"/>',
};

export async function startRealSwitch(before: Pick<RealSwitch, 'ports'> | null = null): Promise<RealSwitch> {
  const home = mkdtempSync(path.join(tmpdir(), 'ringline-fs-'));
  const ports = before?.ports ?? (await freePorts());
  const { esl, carrier } = ports;
  for (const folder of ['conf', 'log', 'db', 'run', 'sounds']) mkdirSync(path.join(home, folder));
  writeFileSync(path.join(home, 'conf', 'freeswitch.xml'), configuration(ports));
  const soundFile = path.join(home, 'sounds', 'sorry, nobody is here.wav');
  writeFileSync(soundFile, silentWave(500));
  const child = spawn(
    'freeswitch',
    [
      ...['conf', 'log', 'db', 'run', 'sounds'].flatMap((name) => [`-${name}`, path.join(home, name)]),
      ...['-nonat', '-nf', '-nc'],
    ],
    { stdio: 'ignore' },
  );
  if (child.pid === undefined) throw new Error('freeswitch did not start');
  const stop = async (): Promise<void> => {
    await kill(child);
    rmSync(home, { recursive: true, force: true });
  };
  try {
    await untilListening(esl, child);
  } catch (error) {
    const log = path.join(home, 'log', 'freeswitch.log');
    const text = readFileSync(log, 'utf8').slice(-2000);
    await stop();
    throw new Error(`freeswitch did not come up\n${text}`, { cause: error });
  }
  return {
    address: { host: '127.0.0.1', port: esl, password: 'secret' },
    agentDomain: '127.0.0.1',
    dialTemplate: `sofia/ours/{number}@127.0.0.1:${carrier}`,
    soundFile,
    pid: child.pid,
    crash: () => kill(child),
    stop,
    ports,
  };
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (child.exitCode !== null) throw new Error(`freeswitch ended with ${child.exitCode}`);
    const socket = connect({ host: '127.0.0.1', port });
    try {
      // Its greeting, not the bare port: modules load in order and the profiles come before it.
      await once(socket, 'data', { signal: AbortSignal.timeout(1000) });
      return;
    } catch {
      await sleep(100);
    } finally {
      socket.destroy();
    }
  }
  throw new Error('no greeting within 30 s');
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Below the ports that the system gives to outgoing connections: one of those would take a profile's place after it was looked at. */
const PORTS_FROM = 20_000;
const PORTS = 10_000;
let portsAsked = 0;

async function freePorts(): Promise<Ports> {
  return { esl: await freePort(), ours: await freePort(), carrier: await freePort() };
}

/** Free for TCP and UDP: a SIP profile that misses one of the two does not start, and FreeSWITCH comes up without it. */
async function freePort(): Promise<number> {
  for (;;) {
    portsAsked += 1;
    const port = PORTS_FROM + ((process.pid * 31 + portsAsked) % PORTS);
    if ((await isFreeForTcp(port)) && (await isFreeForUdp(port))) return port;
  }
}

async function isFreeForTcp(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

async function isFreeForUdp(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    await once(socket.bind(port, '127.0.0.1'), 'listening');
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}

/** 8 kHz, 16 bit, mono. */
function silentWave(ms: number): Buffer {
  const data = Buffer.alloc(ms * 16);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8000, 24);
  head.writeUInt32LE(16_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

const settings = (params: Readonly<Record<string, string | number>>): string =>
  Object.entries(params)
    .map(([name, value]) => `<param name="${name}" value="${value}"/>`)
    .join('');

function profile(name: string, port: number, context: string): string {
  return `<profile name="${name}"><settings>${settings({
    'sip-ip': '127.0.0.1',
    'rtp-ip': '127.0.0.1',
    'sip-port': port,
    context,
    dialplan: 'XML',
    'codec-prefs': 'PCMU',
    'auth-calls': 'false',
    'rtp-timer-name': 'soft',
  })}</settings></profile>`;
}

function configuration(ports: Ports): string {
  const extensions = Object.entries(CARRIER).map(
    ([digit, actions]) =>
      `<extension name="${digit}"><condition field="destination_number" expression="^\\+?\\d{4,}${digit}$">${actions}</condition></extension>`,
  );
  const modules = [
    ...['event_socket', 'commands', 'dptools', 'dialplan_xml', 'loopback', 'sofia', 'tone_stream', 'sndfile'],
  ].map((name) => `<load module="mod_${name}"/>`);
  const firstRtpPort = 20_000 + (process.pid % 80) * 500;
  return `<document type="freeswitch/xml"><section name="configuration">
<configuration name="modules.conf"><modules>${modules.join('')}</modules></configuration>
<configuration name="event_socket.conf"><settings>${settings({
    'listen-ip': '127.0.0.1',
    'listen-port': ports.esl,
    password: 'secret',
  })}</settings></configuration>
<configuration name="switch.conf"><settings>${settings({
    'max-sessions': 1000,
    'sessions-per-second': 300,
    loglevel: 'warning',
    'rtp-start-port': firstRtpPort,
    'rtp-end-port': firstRtpPort + 498,
  })}</settings></configuration>
<configuration name="console.conf"><mappings/><settings/></configuration>
<configuration name="acl.conf"><network-lists/></configuration>
<configuration name="timezones.conf"><timezones/></configuration>
<configuration name="loopback.conf"><settings/></configuration>
<configuration name="sofia.conf"><global_settings/><profiles>${profile('ours', ports.ours, 'nobody')}${profile('carrier', ports.carrier, 'carrier')}</profiles></configuration>
</section><section name="dialplan"><context name="carrier">
<extension name="agent"><condition field="destination_number" expression="^10\\d\\d$"><action application="answer"/><action application="playback" data="silence_stream://600000"/></condition></extension>
${extensions.join('\n')}
</context></section>
<section name="directory"><domain name="127.0.0.1"><params>${settings({
    'dial-string': `sofia/ours/\${dialed_user}@127.0.0.1:${ports.carrier}`,
  })}</params><groups><group name="agents"><users><user id="1000"/><user id="1001"/></users></group></groups></domain></section>
</document>`;
}
