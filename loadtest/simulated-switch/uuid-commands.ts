import { bridgeLegs } from './bridge.ts';
import { broadcastTo } from './broadcast.ts';
import { channelHeaders } from './channel-headers.ts';
import { isUp, variableOf, type Channel } from './channel.ts';
import type { SwitchCore } from './core.ts';
import { causeNamed } from './hangup-cause.ts';
import { endLeg } from './leg-ending.ts';
import { afterAnswer } from './originate-string.ts';
import { playbackMs } from './playback.ts';
import { transferLeg } from './script.ts';
import { separateString } from './separate-string.ts';
import { eventAsJson, eventAsPlain } from './switch-event.ts';

export type ApiCommand = (core: SwitchCore, argument: string) => string;

const NO_CHANNEL = '-ERR No such channel!\n';

function legOf(core: SwitchCore, uuid: string | undefined): Channel | null {
  const channel = uuid === undefined ? undefined : core.channels.get(uuid);
  return channel !== undefined && isUp(channel) ? channel : null;
}

function headAndTail(text: string): [head: string, tail: string] {
  const blank = text.indexOf(' ');
  return blank < 0 ? [text, ''] : [text.slice(0, blank), text.slice(blank + 1)];
}

const kill: ApiCommand = (core, argument) => {
  if (argument === '') return '-USAGE: <uuid> [cause]\n';
  const [uuid, cause] = headAndTail(argument);
  const leg = legOf(core, uuid);
  if (leg === null) return NO_CHANNEL;
  endLeg(core, leg, { by: 'switch', cause: causeNamed(cause) });
  return '+OK\n';
};

const bridge: ApiCommand = (core, argument) => {
  const [first, second] = separateString(argument, ' ', 4);
  if (first === undefined || second === undefined) return '-USAGE: <uuid> <other_uuid>\n';
  const a = legOf(core, first);
  const b = legOf(core, second);
  if (a === null || b === null || !bridgeLegs(core, a, b)) return '-ERR Invalid uuid\n';
  return `+OK ${second}\n`;
};

const transfer: ApiCommand = (core, argument) => {
  const words = separateString(argument, ' ', 5);
  const [uuid, ...rest] = words;
  const [flag, ...target] = rest[0]?.startsWith('-') === true ? rest : ['', ...rest];
  const [extension, dialplan] = target;
  if (uuid === undefined || extension === undefined) {
    return '-USAGE: <uuid> [-bleg|-both] <dest-exten> [<dialplan>] [<context>]\n';
  }
  const leg = legOf(core, uuid);
  if (leg === null) return NO_CHANNEL;
  const partner = leg.bridgedTo;
  const { steps } = afterAnswer(extension, dialplan);
  if (flag === '-both' && partner !== null) transferLeg(core, partner, steps);
  transferLeg(core, flag === '-bleg' ? (partner ?? leg) : leg, steps);
  return '+OK\n';
};

const broadcast: ApiCommand = (core, argument) => {
  const [uuid, path, whom = 'aleg'] = separateString(argument, ' ', 4);
  if (uuid === undefined || path === undefined) return '-USAGE: <uuid> <path> [aleg|bleg|holdb|both]\n';
  const leg = legOf(core, uuid);
  if (leg === null) return '-ERR invalid uuid\n';
  if (/aleg|both|holdb/u.test(whom)) broadcastTo(core, leg, path);
  if (/bleg|both/u.test(whom) && leg.bridgedTo !== null) broadcastTo(core, leg.bridgedTo, path);
  return '+OK Message sent\n';
};

function assign(leg: Channel, name: string, value: string): void {
  if (value === '') leg.variables.delete(name);
  else leg.variables.set(name, value);
}

const setVariable: ApiCommand = (core, argument) => {
  const [uuid, assignment] = headAndTail(argument);
  const [name, value] = headAndTail(assignment);
  if (name === '') return '-USAGE: <uuid> <var> [value]\n';
  const leg = legOf(core, uuid);
  if (leg === null) return NO_CHANNEL;
  assign(leg, name, value);
  return '+OK\n';
};

const setVariables: ApiCommand = (core, argument) => {
  const usage = '-USAGE: <uuid> <var>=<value>;<var>=<value>...\n';
  const [uuid, list] = headAndTail(argument);
  if (list === '') return usage;
  const leg = legOf(core, uuid);
  if (leg === null) return `${NO_CHANNEL}${usage}`;
  for (const pair of separateString(list, ';', 64)) {
    const [name, value = ''] = separateString(pair, '=', 2);
    if (name !== undefined) assign(leg, name, value);
  }
  return '+OK\n';
};

const getVariable: ApiCommand = (core, argument) => {
  const [uuid, name] = headAndTail(argument);
  if (name === '') return '-USAGE: <uuid> <var>\n';
  const leg = legOf(core, uuid);
  return leg === null ? NO_CHANNEL : (variableOf(leg, name) ?? '_undef_');
};

const dump: ApiCommand = (core, argument) => {
  const [uuid, format = ''] = separateString(argument, ' ', 4);
  if (uuid === undefined) return '-USAGE: <uuid> [format]\n';
  const leg = legOf(core, uuid);
  if (leg === null) return NO_CHANNEL;
  const base = core.baseHeaders('CHANNEL_DATA', ['mod_commands.c', 'uuid_dump_function']);
  const event = {
    name: 'CHANNEL_DATA',
    subclass: null,
    headers: { ...base, ...channelHeaders(leg, 'CHANNEL_DATA') },
    body: null,
  };
  return format.toLowerCase() === 'json' ? eventAsJson(event) : eventAsPlain(event);
};

const displace: ApiCommand = (core, argument) => {
  const usage = '-USAGE: <uuid> [start|stop] <path> [<limit>] [mux]\n';
  const [uuid, action = '', path] = separateString(argument, ' ', 5);
  if (path === undefined || !/^(start|stop)$/iu.test(action)) return usage;
  const leg = legOf(core, uuid);
  if (leg === null) return '-ERR Cannot locate session!\n';
  const isStart = action.toLowerCase() === 'start';
  const bug = { 'Media-Bug-Function': 'displace', 'Media-Bug-Target': path };
  core.emitOf(leg, isStart ? 'MEDIA_BUG_START' : 'MEDIA_BUG_STOP', bug);
  const lengthMs = playbackMs(path);
  if (isStart && lengthMs !== null)
    core.afterOn(leg, lengthMs, () => core.emitOf(leg, 'MEDIA_BUG_STOP', bug));
  return '+OK Success\n';
};

const hangUpAll: ApiCommand = (core, argument) => {
  const cause = argument === '' ? 'MANAGER_REQUEST' : causeNamed(headAndTail(argument)[0]);
  for (const leg of [...core.channels.values()]) endLeg(core, leg, { by: 'switch', cause });
  return `+OK hangup all channels with cause ${cause}\n`;
};

const onLeg =
  (usage: string, act: (core: SwitchCore, leg: Channel) => void): ApiCommand =>
  (core, argument) => {
    if (argument === '') return usage;
    const leg = legOf(core, headAndTail(argument)[0]);
    if (leg === null) return NO_CHANNEL;
    act(core, leg);
    return '+OK\n';
  };

/** Commands about one leg, by name; answers are FreeSWITCH's own words. */
export const UUID_COMMANDS: Readonly<Record<string, ApiCommand>> = {
  uuid_kill: kill,
  uuid_bridge: bridge,
  uuid_transfer: transfer,
  uuid_broadcast: broadcast,
  uuid_displace: displace,
  uuid_setvar: setVariable,
  uuid_setvar_multi: setVariables,
  uuid_getvar: getVariable,
  uuid_dump: dump,
  uuid_exists: (core, argument) => String(legOf(core, argument) !== null),
  uuid_break: onLeg('-USAGE: <uuid> [all]\n', (_core, leg) => leg.activity?.interrupt?.()),
  uuid_park: onLeg('-USAGE: <uuid>\n', (core, leg) =>
    transferLeg(core, leg, [{ application: 'park', data: '' }]),
  ),
  hupall: hangUpAll,
};
