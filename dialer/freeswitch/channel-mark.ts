import type { AgentId, Epoch, PoolId } from '../../kernel/ids.ts';

/** Whose a channel is, and what for. */
export interface ChannelMark {
  readonly poolId: PoolId;
  readonly epoch: Epoch;
  readonly purpose: 'call' | 'agent-leg';
  readonly agentId: AgentId | null;
}

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const PATTERN = new RegExp(`^ringline/(${UUID})/([0-9]{1,15})/(?:(call)|(agent-leg)/(${UUID}))$`, 'i');

/**
 * The mark as `presence_data`, which `show channels` prints, so that the thousands of channels that merely ring need no dump each.
 * (It prints `accountcode` too, but loses it with the first change of state: switch_core_sqldb.c.)
 */
export function channelMark(mark: ChannelMark): string {
  const what = mark.purpose === 'call' ? 'call' : `agent-leg/${mark.agentId ?? ''}`;
  return `ringline/${mark.poolId}/${mark.epoch}/${what}`;
}

/** Null when the channel is not one of ours. */
export function readChannelMark(presenceData: string): ChannelMark | null {
  const match = PATTERN.exec(presenceData);
  const poolId = match?.[1];
  if (!match || poolId === undefined) return null;
  return {
    poolId: poolId as PoolId,
    epoch: Number(match[2]) as Epoch,
    purpose: match[3] === undefined ? 'agent-leg' : 'call',
    agentId: (match[5] ?? null) as AgentId | null,
  };
}
