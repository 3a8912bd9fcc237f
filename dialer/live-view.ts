import type { DialMode } from '../campaigns/campaign.ts';
import type { Ending } from '../campaigns/ending.ts';
import type { AgentId, CallId, CampaignId, LeadId, PoolId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { AgentState } from './agent.ts';
import type { CallState } from './call.ts';

/** What people watch of one pool, as the owner has it in memory. Sent as a snapshot, then as changed rows by key. */
export interface PoolView {
  readonly poolId: PoolId;
  readonly at: EpochMs;
  readonly health: PoolHealth;
  readonly agents: readonly AgentView[];
  readonly campaigns: readonly CampaignView[];
  readonly calls: readonly CallView[];
  /** The newest first, at most {@link LAST_CALLS_MAX}. */
  readonly lastCalls: readonly EndedCallView[];
}

export const LAST_CALLS_MAX = 25;

export interface PoolHealth {
  readonly switch: 'up' | 'down';
  readonly database: 'up' | 'down';
  /** Null while the pool may dial; else why not. Said in the reader's language by whoever shows it. */
  readonly notDialling: NotDialling | null;
}

/** Why a pool places no call now. */
export type NotDialling =
  | {
      readonly code:
        | 'taken-over'
        | 'closing'
        | 'database-down'
        | 'taking-over'
        /** This machine's clock was not compared with the database's yet. */
        | 'clock-unknown';
    }
  /** `detail` is what the network said, for the operator. */
  | { readonly code: 'switch-down'; readonly detail: string }
  | { readonly code: 'clock-off'; readonly offsetMs: number };

export interface AgentView {
  readonly agentId: AgentId;
  readonly name: string;
  readonly isAutomatic: boolean;
  readonly state: AgentState;
  readonly reason: string | null;
  readonly since: EpochMs;
  readonly callId: CallId | null;
  /** Of the call in hand, or of the one that still wants a disposition. */
  readonly campaignId: CampaignId | null;
  readonly leadId: LeadId | null;
  /** Masked; empty without a call. */
  readonly phone: string;
  readonly wrapUntil: EpochMs | null;
  /** A pause or sign-out that waits for the end of the call. */
  readonly wanted: 'pause' | 'sign-out' | null;
  /** Of a pause that waits. */
  readonly wantedReason: string | null;
  readonly callsToday: number;
}

export interface CampaignView {
  readonly campaignId: CampaignId;
  readonly name: string;
  readonly state: 'draft' | 'running' | 'paused' | 'finished';
  readonly dialMode: DialMode;
  /** Predictive falls back to progressive beyond its ledger. */
  readonly effectiveMode: DialMode;
  /** Why it is not the mode that was set: no room under the abandonment limit, or too few answers to learn from. */
  readonly fallback: 'limit' | 'learning' | null;
  /** The last decision; null before the first. Said in the reader's language by whoever shows it. */
  readonly why: CampaignWhy | null;
  readonly ringing: number;
  readonly waiting: number;
  readonly talking: number;
  readonly today: CampaignDay;
  readonly abandonRateMax: number;
  readonly abandonRateTarget: number;
}

/** What is wrong with a trunk, as the switch sees its gateway: its pings are not answered, or it has no gateway of that name. */
export interface TrunkTrouble {
  readonly code: 'unreachable' | 'unknown-gateway';
  readonly gateway: string;
  readonly since: EpochMs;
}

export type CampaignWhy =
  /** The last claim found no lead that is due in a zone that may be called. */
  | { readonly kind: 'nobody-due' }
  /** The switch cannot reach the carrier, or knows no gateway of this name. */
  | ({ readonly kind: 'trunk' } & TrunkTrouble)
  /** Outside the campaign's own days and hours. */
  | { readonly kind: 'closed'; readonly opensAt: EpochMs | null; readonly timeZone: string }
  | {
      readonly kind: 'decided';
      /** How many lines more. */
      readonly lines: number;
      readonly idleAgents: number;
      readonly ringing: number;
      readonly waiting: number;
      readonly fallback: 'limit' | 'learning' | null;
      /** P(abandoned | answered) of the next line, and the threshold it was held against; null outside predictive. */
      readonly risk: number | null;
      readonly riskMax: number | null;
    };

/** Counts of the campaign's local day; the words are those of the metrics contract. */
export interface CampaignDay {
  readonly attempts: number;
  readonly humanAnswers: number;
  readonly abandoned: number;
  readonly connected: number;
  readonly refused: number;
}

export interface CallView {
  readonly callId: CallId;
  readonly campaignId: CampaignId | null;
  readonly leadId: LeadId | null;
  /** Masked; who needs the number asks for the lead. */
  readonly phone: string;
  readonly state: CallState;
  readonly since: EpochMs;
  readonly agentId: AgentId | null;
}

export interface EndedCallView {
  readonly callId: CallId;
  readonly campaignId: CampaignId | null;
  readonly leadId: LeadId | null;
  readonly phone: string;
  readonly ending: Ending;
  readonly endedAt: EpochMs;
  readonly agentId: AgentId | null;
  readonly answerToAgentMs: number | null;
}
