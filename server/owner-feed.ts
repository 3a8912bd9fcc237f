import type { AgentDeskView } from '../dialer/pool-owner.ts';
import type { AgentId } from '../kernel/ids.ts';
import type { LiveMessage } from './api/live-message.ts';

/** What the owner's node tells another node on WS /internal/pools/:poolId/feed. Every desk comes before the first snapshot. */
export type OwnerFeedMessage =
  | LiveMessage
  | { readonly type: 'desk'; readonly agentId: AgentId; readonly desk: AgentDeskView | null }
  /** Nothing else to say; silence means that the owner's node is gone. */
  | { readonly type: 'beat' };

export const FEED_BEAT_MS = 2000;
/** Three beats missed. */
export const FEED_SILENCE_MS = 6500;
