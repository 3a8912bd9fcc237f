// How much one simulated switch carries: `node loadtest/bench/simulated-switch.ts [CALLS_PER_SECOND [SECONDS]]`.
// Prints one JSON object: CPU of its process, and how late its events arrive (20 ms of it is the switch's own poll).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSimulatedSwitch } from '../simulated-switch/start.ts';

const [callsPerSecond = 200, seconds = 40] = process.argv.slice(2).map(Number);
const LINE_SECONDS = 25;

const stateDir = mkdtempSync(path.join(tmpdir(), 'simulated-switch-bench-'));
const running = await startSimulatedSwitch({
  stateDir,
  password: 'bench',
  scenarioFile: path.join(import.meta.dirname, '../scenarios/load.json'),
  nodePath: process.execPath,
});

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK']).toString());
function cpuSeconds(): number {
  const fields = readFileSync(`/proc/${running.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

const lateMs: number[] = [];
let events = 0;
let bytes = 0;
let channels = 0;
let channelsMax = 0;
let rest = '';
const socket = connect({ host: running.host, port: running.port });
socket.setEncoding('latin1');
socket.on('data', (chunk: string) => {
  const now = performance.timeOrigin + performance.now();
  bytes += chunk.length;
  const text = rest + chunk;
  for (const match of text.matchAll(/"Event-Name":"(\w+)".{0,500}?"Event-Date-Timestamp":"(\d+)"/gu)) {
    events += 1;
    lateMs.push(now - Number(match[2]) / 1000);
    if (match[1] === 'CHANNEL_CREATE') channels += 1;
    if (match[1] === 'CHANNEL_HANGUP_COMPLETE') channels -= 1;
    channelsMax = Math.max(channelsMax, channels);
    rest = '';
  }
  // An event cut in two is counted when its second half is here; its beginning is all that matters.
  const last = text.lastIndexOf('"Event-Name"');
  rest = last >= 0 && !text.slice(last).includes('"Event-Date-Timestamp"') ? text.slice(last) : '';
});
socket.write('auth bench\n\n');
socket.write(
  'event json CHANNEL_CREATE CHANNEL_ORIGINATE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_ANSWER CHANNEL_EXECUTE ' +
    'CHANNEL_BRIDGE CHANNEL_UNBRIDGE CHANNEL_PARK CHANNEL_HANGUP_COMPLETE BACKGROUND_JOB PLAYBACK_START HEARTBEAT\n\n',
);

const began = performance.now();
const cpuBefore = cpuSeconds();
let placed = 0;
while (performance.now() - began < seconds * 1000) {
  const due = Math.floor(((performance.now() - began) / 1000) * callsPerSecond);
  for (; placed < due; placed += 1) {
    const number = `+1${String(2_000_000_000 + placed)}`;
    socket.write(
      `bgapi originate {ignore_early_media=true,ringline_pool=0193,ringline_epoch=1,originate_timeout=${LINE_SECONDS + 1}}` +
        `sofia/trunk/${number}@carrier.test 'sleep:20000,playback:message.wav,hangup:NORMAL_CLEARING' inline\n\n`,
    );
  }
  await sleep(5);
}
const cpu = (cpuSeconds() - cpuBefore) / ((performance.now() - began) / 1000);
process.kill(running.pid, 'SIGTERM');
socket.destroy();
rmSync(stateDir, { recursive: true, force: true });

lateMs.sort((a, b) => a - b);
const at = (share: number): number =>
  Math.round((lateMs[Math.floor(share * (lateMs.length - 1))] ?? 0) * 10) / 10;
const result = {
  callsPerSecond,
  seconds,
  placed,
  channelsMax,
  eventsPerSecond: Math.round(events / seconds),
  megabytesPerSecond: Math.round(bytes / seconds / 1e5) / 10,
  switchCpu: Math.round(cpu * 100) / 100,
  eventLateMs: { p50: at(0.5), p99: at(0.99), max: at(1) },
};
process.stdout.write(`${JSON.stringify(result)}\n`);
