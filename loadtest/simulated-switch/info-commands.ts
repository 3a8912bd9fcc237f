import type { SwitchCore } from './core.ts';
import { show } from './show-commands.ts';
import type { ApiCommand } from './uuid-commands.ts';

/** No limits of its own: what a real switch would refuse beyond them is a test's business (`ringline_fault`). */
const SESSIONS_MAX = 100_000;
const SESSIONS_PER_SECOND_MAX = 100_000;
const VERSION = '1.11.0-release';

function upTime(core: SwitchCore): string {
  const micros = core.time.nowMicros() - core.startedAtMicros;
  const seconds = Math.floor(micros / 1_000_000);
  const part = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
  return [
    part(Math.floor(seconds / 31_536_000), 'year'),
    part(Math.floor(seconds / 86_400) % 365, 'day'),
    part(Math.floor(seconds / 3_600) % 24, 'hour'),
    part(Math.floor(seconds / 60) % 60, 'minute'),
    part(seconds % 60, 'second'),
    part(Math.floor(micros / 1000) % 1000, 'millisecond'),
    part(micros % 1000, 'microsecond'),
  ].join(', ');
}

const status: ApiCommand = (core) =>
  [
    `UP ${upTime(core)}`,
    `FreeSWITCH (Version ${VERSION}  64bit) is ready`,
    `${core.sessionsSinceStart} session(s) since startup`,
    `${core.channels.size} session(s) - peak ${core.sessionsPeak}, last 5min ${core.sessionsPeak} `,
    `0 session(s) per Sec out of max ${SESSIONS_PER_SECOND_MAX}, peak 0, last 5min 0 `,
    `${SESSIONS_MAX} session(s) max`,
    'min idle cpu 0.00/97.00',
    'Current Stack Size/Max 240K/8192K',
    '',
  ].join('\n');

/** Fires HEARTBEAT, as FreeSWITCH does every 20 s. */
export function emitHeartbeat(core: SwitchCore): void {
  core.emit(
    'HEARTBEAT',
    {
      'Event-Info': 'System Ready',
      'Up-Time': upTime(core),
      'FreeSWITCH-Version': `${VERSION}~64bit`,
      'Uptime-msec': String(Math.floor((core.time.nowMicros() - core.startedAtMicros) / 1000)),
      'Session-Count': String(core.channels.size),
      'Max-Sessions': String(SESSIONS_MAX),
      'Session-Per-Sec': String(SESSIONS_PER_SECOND_MAX),
      'Session-Per-Sec-Last': '0',
      'Session-Per-Sec-Max': '0',
      'Session-Per-Sec-FiveMin': '0',
      'Session-Since-Startup': String(core.sessionsSinceStart),
      'Session-Peak-Max': String(core.sessionsPeak),
      'Session-Peak-FiveMin': String(core.sessionsPeak),
      'Idle-CPU': '97.000000',
    },
    { from: ['switch_core.c', 'send_heartbeat'] },
  );
}

/** What `fsctl` answers to the questions that a dialer asks at start. */
function control(argument: string): string {
  const [word = ''] = argument.split(' ');
  if (word === 'sps') return `+OK sessions per second: ${SESSIONS_PER_SECOND_MAX}\n`;
  if (word === 'max_sessions') return `+OK max sessions: ${SESSIONS_MAX}\n`;
  return '+OK\n';
}

/** Commands about the switch itself. */
export const INFO_COMMANDS: Readonly<Record<string, ApiCommand>> = {
  status,
  show: (core, argument) => show(core, argument),
  version: () => `FreeSWITCH Version ${VERSION}~64bit ( 64bit)\n`,
  uptime: (core) => `${Math.floor((core.time.nowMicros() - core.startedAtMicros) / 1_000_000)}\n`,
  strepoch: (core) => String(Math.floor(core.time.nowMicros() / 1_000_000)),
  strmicroepoch: (core) => String(core.time.nowMicros()),
  hostname: (core) => core.hostname,
  switchname: (core) => core.hostname,
  create_uuid: (core) => core.newUuid(),
  echo: (_core, argument) => argument,
  eval: (_core, argument) => argument,
  module_exists: (_core, argument) => String(/^mod_(sofia|commands|dptools|event_socket)$/u.test(argument)),
  reloadxml: () => '+OK [Success]\n',
  fsctl: (_core, argument) => control(argument),
};
