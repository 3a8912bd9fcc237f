import type { Verdict } from '../compliance/gate.ts';
import type { AgentId, CallId, CampaignId, CommandId, LeadId, NumberId, TrunkId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { ClaimedLead } from './pool-event.ts';

/** A call for one agent alone on its way through the gate; when it is committed, his own leg dials. */
export interface AgentOrder {
  /** Of the call that comes of it, and of its commit. */
  readonly id: CallId;
  readonly agentId: AgentId;
  readonly campaignId: CampaignId;
  readonly leadId: LeadId;
  readonly numberId: NumberId;
  /** Null while its facts are read. */
  phone: PhoneNumber | null;
  readonly purpose: 'manual' | 'preview' | 'callback';
  readonly since: EpochMs;
  /** Whose answer waits for what comes of it; null: nobody asked. */
  readonly commandId: CommandId | null;
  /** Where it holds a place. */
  readonly trunkId: TrunkId;
  lead: ClaimedLead | null;
  verdict: Verdict | null;
  /** He gave it up, or his phone is gone: nothing is dialled. */
  isUnwanted: boolean;
}

/** An own callback of an agent that is due. */
export interface DueCallback {
  readonly campaignId: CampaignId;
  /** Since when we know: lines that were dialled for him before are let end first. */
  readonly since: EpochMs;
}

/** A claim of leads for agents, under way. */
export interface Errand {
  readonly what: 'previews' | 'own-callbacks';
  readonly count: number;
}
