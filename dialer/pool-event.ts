import type { LeadContext } from '../campaigns/recycling.ts';
import type { CallCandidate } from '../compliance/candidate.ts';
import type { Verdict } from '../compliance/gate.ts';
import type { AgentId, Branded, CallId, CampaignId, CommandId, LeadId, NumberId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { EpochMs, MonotonicMs } from '../kernel/time.ts';
import type { CommandAnswer } from './agent-command.ts';
import type { Agent, LeadPreview } from './agent.ts';
import type { Call, CallIdentity, CallTimes, EndedCall } from './call.ts';
import type { CampaignSettings } from './campaign-settings.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import type { SwitchCommand, SwitchFact } from './telephony.ts';

export type BatchId = Branded<string, 'BatchId'>;

/**
 * The instant at which the loop handles something, by both clocks. Rules and what is stored go by `now`, which may be set right at any
 * moment; every deadline of the loop runs by `monotonic`, so that no ring is cut and nobody's wait ends for a clock that jumped.
 */
export interface LoopTime {
  readonly now: EpochMs;
  readonly monotonic: MonotonicMs;
}

/** A lead locked for us with all facts; not an attempt yet. */
export interface ClaimedLead {
  readonly candidate: CallCandidate;
  readonly lead: LeadContext;
}

/** A lead that is locked for one agent. */
export interface LeadForAgent extends ClaimedLead {
  /** Whose callback it is; null: any agent's. */
  readonly agentId: AgentId | null;
}

export interface AgentSeat {
  readonly agentId: AgentId;
  readonly name: string;
  readonly extension: string;
  readonly isAutomatic: boolean;
}

export interface DayCounts {
  /** Calendar day in the campaign's zone, yyyy-mm-dd. */
  readonly day: string;
  readonly attempts: number;
  readonly humanAnswers: number;
  readonly abandoned: number;
  readonly connected: number;
  readonly refused: number;
}

export interface PeriodCounts {
  readonly startedAt: EpochMs;
  readonly humanAnswers: number;
  readonly abandoned: number;
}

export interface CampaignCounts {
  readonly campaignId: CampaignId;
  readonly today: DayCounts;
  /** The fixed legal period that runs now: 30 days from the campaign's start. */
  readonly period: PeriodCounts;
  /** Calls of the last hours, oldest first, so that the pacer need not start from guesses. */
  readonly recent: readonly RecentCall[];
}

export interface RecentCall {
  readonly dialledAt: EpochMs;
  readonly answeredAt: EpochMs | null;
  readonly bridgedAt: EpochMs | null;
  readonly endedAt: EpochMs;
}

/** An attempt that an earlier owner left open. */
export interface OpenAttempt {
  readonly identity: CallIdentity;
  readonly times: CallTimes;
  readonly lead: LeadContext;
}

export type PoolEvent =
  | { readonly type: 'switch'; readonly fact: SwitchFact }
  | {
      readonly type: 'campaigns-read';
      readonly campaigns: readonly CampaignSettings[];
      readonly counts: readonly CampaignCounts[];
    }
  | { readonly type: 'seats-read'; readonly seats: readonly AgentSeat[] }
  /** Once, before the switch is connected: what the owner before us left behind. */
  | {
      readonly type: 'took-over';
      readonly attempts: readonly OpenAttempt[];
      readonly agents: readonly Agent[];
    }
  | { readonly type: 'claimed'; readonly batchId: BatchId; readonly leads: readonly ClaimedLead[] }
  | { readonly type: 'claim-failed'; readonly batchId: BatchId }
  /** Own callbacks of agents that are due in campaigns that are running. */
  | {
      readonly type: 'callbacks-due';
      readonly due: readonly { readonly agentId: AgentId; readonly campaignId: CampaignId }[];
    }
  | {
      readonly type: 'claimed-for-agents';
      readonly batchId: BatchId;
      readonly leads: readonly LeadForAgent[];
    }
  /** The lead that an agent wants to call, with fresh facts; null: somebody else has it, or nobody knows. */
  | { readonly type: 'lead-claimed'; readonly orderId: CallId; readonly lead: ClaimedLead | null }
  | {
      readonly type: 'committed';
      readonly batchId: BatchId;
      readonly placed: readonly CallId[];
      readonly refusedCount: number;
    }
  /** The reply never came: nothing of the batch is dialled. */
  | { readonly type: 'commit-lost'; readonly batchId: BatchId }
  /** The store has undone what a lost commit may have done. */
  | { readonly type: 'commit-undone'; readonly batchId: BatchId }
  | {
      readonly type: 'do-not-call-added';
      readonly entries: readonly { readonly phone: PhoneNumber; readonly campaignId: CampaignId | null }[];
    }
  | { readonly type: 'database-seen'; readonly isUp: boolean }
  | { readonly type: 'clock-checked'; readonly offsetMs: number }
  /** The end was asked for: nothing new is dialled; with `endsRinging` what rings is ended, for its switch ends with us. */
  | { readonly type: 'closing'; readonly endsRinging: boolean }
  | { readonly type: 'tick' };

export type PoolEffect =
  /** Judged leads of closed zones are only refused and re-dated (`isSweep`); nothing of such a batch is dialled. */
  | {
      readonly do: 'claim';
      readonly batchId: BatchId;
      readonly campaignId: CampaignId;
      readonly count: number;
      readonly isSweep: boolean;
    }
  | {
      readonly do: 'commit';
      readonly batchId: BatchId;
      readonly campaignId: CampaignId;
      readonly verdicts: readonly Verdict[];
      readonly isSweep: boolean;
      readonly at: EpochMs;
      /** A call for one agent alone. One by hand that the gate refuses leaves the lead as it was. */
      readonly forAgent: { readonly agentId: AgentId; readonly isManual: boolean } | null;
    }
  | { readonly do: 'look-for-callbacks'; readonly agentIds: readonly AgentId[] }
  /** Previews from the list for whoever is free, or own callbacks of these agents, one each. */
  | {
      readonly do: 'claim-for-agents';
      readonly batchId: BatchId;
      readonly campaignId: CampaignId;
      readonly what: 'previews' | 'own-callbacks';
      readonly count: number;
      readonly agentIds: readonly AgentId[];
    }
  | {
      readonly do: 'claim-lead';
      readonly orderId: CallId;
      readonly campaignId: CampaignId;
      readonly leadId: LeadId;
      readonly numberId: NumberId;
      readonly purpose: 'manual' | 'preview' | 'callback';
      /** It is locked for this agent already: only its facts are read anew. */
      readonly isHeld: boolean;
    }
  | {
      readonly do: 'skip-preview';
      readonly agentId: AgentId;
      readonly preview: LeadPreview;
      /** His words; null: the time was over. */
      readonly reason: string | null;
      readonly at: EpochMs;
      readonly dueAt: EpochMs;
    }
  /** A command that had to wait for the database has its answer. */
  | { readonly do: 'answer-command'; readonly commandId: CommandId; readonly answer: CommandAnswer }
  | { readonly do: 'put-back'; readonly campaignId: CampaignId; readonly leadIds: readonly LeadId[] }
  | {
      readonly do: 'undo-commit';
      readonly batchId: BatchId;
      readonly campaignId: CampaignId;
      readonly verdicts: readonly Verdict[];
      readonly isManual: boolean;
    }
  | { readonly do: 'switch'; readonly command: SwitchCommand }
  | { readonly do: 'store-call'; readonly call: Call }
  | {
      readonly do: 'store-ending';
      readonly call: EndedCall;
      readonly lead: LeadContext;
      readonly ledger: LedgerEntry | null;
    }
  | { readonly do: 'store-agent'; readonly agent: Agent; readonly isNewState: boolean }
  /** `isUrgent`: somebody's screen must change at once. */
  | { readonly do: 'show'; readonly isUrgent: boolean }
  /** Another owner has the pool: destroy the sockets and leave. */
  | { readonly do: 'leave'; readonly reason: string }
  /** A fact that did not fit; counted, never fatal. */
  | { readonly do: 'count-misfit'; readonly what: string };
