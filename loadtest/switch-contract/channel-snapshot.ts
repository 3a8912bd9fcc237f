/** Columns of `show channels as json` that the dialer or its operators look at. */
const COLUMNS = ['uuid', 'direction', 'state', 'callstate', 'application', 'accountcode', 'presence_data'];
/** Headers of `uuid_dump` from which a new owner tells what a leg does. */
const HEADERS = [
  'Unique-ID',
  'Channel-State',
  'Answer-State',
  'variable_ringline_pool',
  'variable_ringline_epoch',
  'variable_ringline_purpose',
  'variable_ringline_agent',
  'variable_bridge_to',
];
const INSTANTS = ['Caller-Channel-Answered-Time', 'Caller-Channel-Bridged-Time'];

type Row = Readonly<Record<string, string | number | undefined>>;

/** The rows of `show channels … as json`, by leg, with the columns that matter. */
export function listedChannels(reply: string): string {
  const { rows = [] } = JSON.parse(reply) as { rows?: readonly Row[] };
  const kept = rows.map((row) => COLUMNS.map((column) => `${column}=${String(row[column] ?? '')}`).join(' '));
  return kept.sort().join('\n');
}

/** One `uuid_dump … json` with the headers that matter; an error as it is. */
export function dumpedChannel(reply: string): string {
  if (!reply.startsWith('{')) return reply.trim();
  const dump = JSON.parse(reply) as Row;
  return [
    ...HEADERS.map((name) => `${name}=${String(dump[name] ?? '')}`),
    ...INSTANTS.map((name) => `${name}=${Number(dump[name] ?? 0) > 0 ? 'set' : 'not yet'}`),
  ].join(' ');
}
