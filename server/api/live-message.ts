import type {
  AgentView,
  CallView,
  CampaignView,
  EndedCallView,
  PoolHealth,
  PoolView,
} from '../../dialer/live-view.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { AgentDesk } from './agent-desk.schema.ts';
import type { AgentMessage } from './supervisor.schema.ts';

/** Rows that changed and keys of rows that are gone; the key is the row's own id. */
export interface RowChanges<Row> {
  readonly set: readonly Row[];
  readonly remove: readonly string[];
}

/** What changed in a pool between two versions; what did not change is left out. */
export interface PoolDelta {
  readonly at: EpochMs;
  readonly health?: PoolHealth;
  readonly agents?: RowChanges<AgentView>;
  readonly campaigns?: RowChanges<CampaignView>;
  readonly calls?: RowChanges<CallView>;
  /** Put `set` in front, the newest first, and take `remove` away. */
  readonly lastCalls?: RowChanges<EndedCallView>;
}

/**
 * Messages of WS /api/live?pool=ID. A delta fits the version before it; who sees a gap waits for the next snapshot, which the
 * server sends by itself to a reader that lags.
 */
export type LiveMessage =
  | { readonly type: 'snapshot'; readonly version: number; readonly view: PoolView }
  | { readonly type: 'delta'; readonly version: number; readonly delta: PoolDelta }
  /** Nobody owns the pool now, or its owner cannot be reached; a snapshot follows when that ends. */
  | { readonly type: 'unavailable'; readonly message: string };

/** Messages of WS /api/agent/live. */
export type DeskMessage =
  | { readonly type: 'desk'; readonly version: number; readonly desk: AgentDesk }
  | { readonly type: 'unavailable'; readonly message: string }
  /** All messages to this agent that he has not seen, the oldest first; each time the whole of them. */
  | { readonly type: 'messages'; readonly messages: readonly AgentMessage[] }
  /** Another screen works as this agent; nothing is shown until `{type:'take-over'}` is sent. */
  | { readonly type: 'occupied'; readonly since: EpochMs; readonly message: string };

/**
 * Why the server closes a socket (RFC 6455 7.4.2, private range). The close reason is a sentence for people; reconnect by
 * yourself only after other codes than these.
 */
export const SOCKET_CLOSE = {
  /** The session ended: signed out, expired, or the user was deactivated. */
  signedOut: 4001,
  /** Another screen took over as this agent. */
  takenOver: 4002,
  /** The pool (or the seat in it) does not exist for this user. */
  notFound: 4004,
} as const;
