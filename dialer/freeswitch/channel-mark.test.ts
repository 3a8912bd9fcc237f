import { expect, test } from 'vitest';
import type { AgentId, Epoch, PoolId } from '../../kernel/ids.ts';
import { channelMark, readChannelMark, type ChannelMark } from './channel-mark.ts';

const poolId = '01900000-0000-7000-8000-0000000000f0' as PoolId;
const agentId = '01900000-0000-7000-8000-0000000000a0' as AgentId;

test.each<ChannelMark>([
  { poolId, epoch: 1 as Epoch, purpose: 'call', agentId: null },
  { poolId, epoch: 4_000_000_000 as Epoch, purpose: 'agent-leg', agentId },
])('is read back', (mark) => {
  expect(readChannelMark(channelMark(mark))).toEqual(mark);
});

test.each(['', 'acme', `ringline/${poolId}/1/agent-leg/`, `ringline/${poolId}/-1/call`, `ringline/x/1/call`])(
  '%j is not ours',
  (text) => {
    expect(readChannelMark(text)).toBeNull();
  },
);
