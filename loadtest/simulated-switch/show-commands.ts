import { callerIdOf } from './channel-headers.ts';
import { isAnswered, variableOf, type Channel } from './channel.ts';
import { localStamp, type SwitchCore } from './core.ts';

type Row = Record<string, string>;

const USAGE =
  '-USAGE: codec|endpoint|application|api|dialplan|file|timer|calls [count]|channels [count|like <match string>]|calls|' +
  'detailed_calls|bridged_calls|detailed_bridged_calls|aliases|complete|chat|management|modules|nat_map|say|interfaces|' +
  'interface_types|tasks|limits|status\n';

const codecOf = (channel: Channel): readonly [name: string, rate: string, bits: string] =>
  channel.times.answered > 0 || channel.times.progressMedia > 0 ? ['PCMU', '8000', '64000'] : ['', '', ''];

function identity(channel: Channel): Row {
  const id = callerIdOf(channel);
  return {
    uuid: channel.uuid,
    direction: 'outbound',
    created: localStamp(channel.times.created),
    created_epoch: String(Math.floor(channel.times.created / 1_000_000)),
    name: channel.name,
    state: channel.state,
    cid_name: id.name,
    cid_num: id.number,
    ip_addr: channel.kind === 'trunk' ? '127.0.0.1' : '',
    dest: channel.shownDestination,
  };
}

function callee(channel: Channel): Row {
  return {
    callee_name: channel.isCidFlipped ? '' : 'Outbound Call',
    callee_num: callerIdOf(channel).callee,
    callee_direction: channel.otherLeg === null ? (channel.isCidFlipped ? 'RECV' : '') : 'SEND',
  };
}

function channelRow(core: SwitchCore, channel: Channel): Row {
  const [codec, rate, bits] = codecOf(channel);
  return {
    ...identity(channel),
    application: channel.shownApplication.name,
    application_data: channel.shownApplication.data,
    dialplan: channel.dialplan,
    context: 'default',
    read_codec: codec,
    read_rate: rate,
    read_bit_rate: bits,
    write_codec: codec,
    write_rate: rate,
    write_bit_rate: bits,
    secure: '',
    hostname: core.hostname,
    presence_id: channel.presenceId ?? '',
    presence_data: variableOf(channel, 'presence_data') ?? '',
    // FreeSWITCH writes this column with the script of a leg, not with its beginning: who was bridged by another leg never runs one.
    accountcode:
      isAnswered(channel) && channel.shownApplication.name !== ''
        ? (variableOf(channel, 'accountcode') ?? '')
        : '',
    callstate: channel.callState,
    ...callee(channel),
    call_uuid: channel.uuid,
    sent_callee_name: '',
    sent_callee_num: '',
    initial_cid_name: '',
    initial_cid_num: channel.callerIdNumber,
    initial_ip_addr: '',
    initial_dest: channel.destination,
    initial_dialplan: '',
    initial_context: 'default',
  };
}

function callRow(core: SwitchCore, a: Channel, b: Channel): Row {
  const side = (channel: Channel): Row => ({
    ...identity(channel),
    presence_id: channel.presenceId ?? '',
    presence_data: '',
    accountcode: '',
    callstate: channel.callState,
    ...callee(channel),
  });
  const prefixed = Object.fromEntries(Object.entries(side(b)).map(([key, value]) => [`b_${key}`, value]));
  return {
    ...side(a),
    call_uuid: a.uuid,
    hostname: core.hostname,
    sent_callee_name: '',
    sent_callee_num: '',
    ...prefixed,
    call_created_epoch: String(Math.floor(a.times.bridged / 1_000_000)),
  };
}

/** Without rows FreeSWITCH writes the object by hand, with a blank in it. */
const asJson = (rows: readonly Row[]): string =>
  rows.length === 0 ? '{"row_count": 0}\n' : JSON.stringify({ row_count: rows.length, rows });

function asText(rows: readonly Row[]): string {
  const [first] = rows;
  if (first === undefined) return '\n0 total.\n';
  const lines = rows.map((row) => Object.values(row).join(','));
  return `${Object.keys(first).join(',')}\n${lines.join('\n')}\n\n${rows.length} total.\n`;
}

/** Where `show channels like …` looks (mod_commands.c). */
const LIKE_COLUMNS = ['uuid', 'name', 'cid_name', 'cid_num', 'presence_data', 'accountcode'];

function isLike(row: Row, wanted: string): boolean {
  return LIKE_COLUMNS.some((column) => row[column]?.includes(wanted) === true);
}

/** `show channels|calls [count] [as json]`. */
export function show(core: SwitchCore, argument: string): string {
  const words = argument.trim().split(/\s+/u);
  const [what = ''] = words;
  const isJson = words.at(-1)?.toLowerCase() === 'json';
  const wanted = /^channels like (\S+)/u.exec(argument)?.[1];
  const all = [...core.channels.values()];
  let rows: Row[];
  if (what === 'channels') rows = all.map((channel) => channelRow(core, channel));
  else if (what === 'calls' || what === 'bridged_calls') rows = callRows(core, all);
  else if (what === 'registrations' || what === 'tasks' || what === 'aliases') rows = [];
  else return USAGE;
  if (wanted !== undefined) rows = rows.filter((row) => isLike(row, wanted));
  if (words[1] === 'count') {
    if (isJson) return JSON.stringify({ row_count: rows.length, rows: [] });
    return `\n${rows.length} total.\n`;
  }
  return isJson ? asJson(rows) : asText(rows);
}

function callRows(core: SwitchCore, channels: readonly Channel[]): Row[] {
  return channels.flatMap((channel) => {
    const other = channel.bridgedTo;
    return other !== null && channel.otherLeg?.type === 'originatee' ? [callRow(core, channel, other)] : [];
  });
}
