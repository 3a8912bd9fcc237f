import type { Epoch, PoolId } from '../../kernel/ids.ts';
import { CHANNEL_EVENTS } from './channel-event.ts';
import { EPOCH_SUBCLASS, renderCommand, type EslCommand } from './esl-command.ts';
import { SafeConnection, type EslReply, type SafeConnectionOptions } from './esl-connection.ts';
import { EslError } from './esl-error.ts';

export interface SessionOptions extends SafeConnectionOptions {
  readonly poolId: PoolId;
  readonly epoch: Epoch;
}

/** Prefix of the ids of our background jobs: their results are told apart from other pools' and from an older owner's. */
export function jobPrefix(owner: { readonly poolId: PoolId; readonly epoch: Epoch }): string {
  return `${owner.poolId}.${owner.epoch}.`;
}

/**
 * What is said on a fresh connection. The filters come before the subscription, so that no other pool's event slips in, and the
 * epoch before anything else is done. Calls `opened` with the connection before its first byte arrives.
 * @throws {EslError} when any of it fails; the connection is closed then.
 */
export async function openSession(
  options: SessionOptions,
  opened: (connection: SafeConnection) => void,
): Promise<void> {
  const connection = new SafeConnection(options);
  opened(connection);
  try {
    await connection.ready;
    for (const command of greeting(options)) await mustSucceed(connection, command);
  } catch (error) {
    if (!(error instanceof EslError)) throw error;
    connection.close(error);
    throw error;
  }
}

function greeting({ poolId, epoch }: SessionOptions): EslCommand[] {
  const jobs = `/^${jobPrefix({ poolId, epoch }).replaceAll('.', String.raw`\.`)}/`;
  return [
    { send: 'filter', header: 'variable_ringline_pool', value: poolId },
    { send: 'filter', header: 'ringline_pool', value: poolId },
    { send: 'filter', header: 'Job-UUID', value: jobs },
    { send: 'filter', header: 'Event-Name', value: 'HEARTBEAT' },
    {
      send: 'subscribe',
      events: [...CHANNEL_EVENTS, 'BACKGROUND_JOB', 'HEARTBEAT'],
      subclasses: [EPOCH_SUBCLASS],
    },
    { send: 'announce-epoch', poolId, epoch },
  ];
}

async function mustSucceed(connection: SafeConnection, command: EslCommand): Promise<EslReply> {
  const reply = await connection.request(renderCommand(command));
  if (!reply.isOk) throw new EslError('refused', `FreeSWITCH refused "${command.send}": ${reply.text}`);
  return reply;
}
