import type { CallId, LegId, PoolId } from '../../kernel/ids.ts';
import { seconds } from '../../kernel/time.ts';
import type { ChannelSnapshot } from '../telephony.ts';
import { readChannelDump } from './channel-event.ts';
import { readChannelMark } from './channel-mark.ts';
import { renderCommand } from './esl-command.ts';
import type { SafeConnection } from './esl-connection.ts';
import { EslError } from './esl-error.ts';
import { header, parseEvent, type EslEvent } from './esl-event.ts';
import type { Timers } from './timers.ts';

export interface LookOptions {
  readonly poolId: PoolId;
  /** Id of the background job that lists the channels. */
  readonly jobId: string;
  readonly timers: Timers;
}

/** 10,000 channels are listed in well under a second. */
const LOOK_TIMEOUT_MS = seconds(10);
/** Dumps asked for at a time; they are answered one after the other at about 0.2 ms each. */
const DUMPS_AT_ONCE = 20;

/**
 * Every channel of the pool that is up, of whatever epoch. The list is the switch's own table, which lags 0.1–0.3 s behind its
 * events (measured): whoever answered meanwhile stands in it as ringing. So what each is doing is asked of the channel itself.
 * @throws {EslError} when the list does not come or the connection fails.
 */
export async function lookAtChannels(
  connection: SafeConnection,
  options: LookOptions,
): Promise<ChannelSnapshot[]> {
  const list = connection.background(
    renderCommand({ send: 'show-channels', poolId: options.poolId }),
    options.jobId,
  );
  const rows = parseRows(await inTime(list, options.timers));
  const listed: ChannelSnapshot[] = [];
  for (const row of rows) {
    const mark = readChannelMark(header(row, 'presence_data') ?? header(row, 'accountcode') ?? '');
    const id = header(row, 'uuid') as CallId | LegId | null;
    if (id === null || mark?.poolId !== options.poolId) continue;
    listed.push({ ...mark, channelId: id, answeredAt: null, bridgedTo: null, bridgedAt: null });
  }
  return await dumpAll(connection, listed);
}

async function dumpAll(
  connection: SafeConnection,
  listed: readonly ChannelSnapshot[],
): Promise<ChannelSnapshot[]> {
  const found: ChannelSnapshot[] = [];
  for (let from = 0; from < listed.length; from += DUMPS_AT_ONCE) {
    const batch = listed.slice(from, from + DUMPS_AT_ONCE).map(async (row) => {
      const { channelId } = row;
      const reply = await connection.request(renderCommand({ send: 'dump-channel', channelId }));
      // A channel that ended since the list was made has no dump.
      if (!reply.isOk) return null;
      const dump = parseEvent(Buffer.from(reply.text));
      return (dump && readChannelDump(dump)) ?? row;
    });
    for (const snapshot of await Promise.all(batch)) if (snapshot) found.push(snapshot);
  }
  return found;
}

function parseRows(text: string): readonly EslEvent[] {
  const list = parseEvent(Buffer.from(text));
  if (list === null)
    throw new EslError('refused', `FreeSWITCH did not list its channels: ${text.slice(0, 200)}`);
  const rows: unknown = list['rows'] ?? [];
  return Array.isArray(rows) ? (rows as EslEvent[]) : [];
}

async function inTime<T>(work: Promise<T>, timers: Timers): Promise<T> {
  const late = Promise.withResolvers<never>();
  const cancel = timers.schedule(
    () => late.reject(new EslError('no-reply', 'FreeSWITCH did not list its channels in time.')),
    LOOK_TIMEOUT_MS,
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    cancel();
  }
}
