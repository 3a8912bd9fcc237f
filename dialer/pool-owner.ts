import type { AgentId, CallId, CampaignId, LeadId, NumberId, PoolId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { AgentCommand, CommandAnswer } from './agent-command.ts';
import type { PoolView, AgentView } from './live-view.ts';

/** The owner of one pool as the HTTP side meets it: in the same process a direct object, else a client of its address. */
export interface PoolOwner {
  readonly poolId: PoolId;
  /** Facts that did not fit, by kind, since the pool was taken; known in the owner's process only. */
  misfits?(): ReadonlyMap<string, number>;
  command(command: AgentCommand): Promise<CommandAnswer>;
  /** What is up now; cheap enough for five times a second. */
  view(): PoolView;
  /** What this agent's screen shows; null for somebody who has no seat in the pool. */
  desk(agentId: AgentId): AgentDeskView | null;
  /** Called after each batch of changes, at once for a bridge; returns the way to stop. */
  onChange(listener: () => void): () => void;
}

/** One agent's own state and the call in his hands. */
export interface AgentDeskView {
  readonly at: EpochMs;
  readonly agent: AgentView;
  readonly call: {
    readonly callId: CallId;
    readonly campaignId: CampaignId | null;
    readonly leadId: LeadId | null;
    readonly numberId: NumberId | null;
    readonly phone: string;
    readonly connectedAt: EpochMs;
    readonly endedAt: EpochMs | null;
    /** Wrap-up may end only with a disposition. */
    readonly needsDisposition: boolean;
  } | null;
  /** The lead that waits for his click. */
  readonly preview: PreviewView | null;
  /** A call that is made for him alone and that nobody has answered yet. */
  readonly dialling: DiallingView | null;
  /** Campaigns in which he may dial by hand: those of his pool that run. */
  readonly campaigns: readonly {
    readonly campaignId: CampaignId;
    readonly name: string;
    readonly dialMode: string;
  }[];
}

export interface PreviewView {
  readonly campaignId: CampaignId;
  readonly campaignName: string;
  readonly leadId: LeadId;
  readonly numberId: NumberId;
  readonly phone: PhoneNumber;
  /** `callback`: an appointment of this lead is due. */
  readonly purpose: 'preview' | 'callback';
  readonly since: EpochMs;
  /** Then `then` happens by itself. */
  readonly until: EpochMs;
  readonly then: 'dial' | 'skip';
}

export interface DiallingView {
  readonly callId: CallId;
  readonly campaignId: CampaignId;
  readonly campaignName: string;
  readonly leadId: LeadId;
  readonly numberId: NumberId;
  /** Null while it is looked up. */
  readonly phone: PhoneNumber | null;
  readonly purpose: 'preview' | 'manual' | 'callback';
  readonly since: EpochMs;
  /** `asking`: the gate is asked; nothing is dialled yet. */
  readonly stage: 'asking' | 'dialling' | 'ringing' | 'answered';
}
