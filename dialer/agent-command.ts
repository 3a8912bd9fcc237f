import type { RefusalFacts } from '../compliance/verdict.ts';
import type { AgentId, CallId, CampaignId, CommandId, LeadId, NumberId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { EpochMs } from '../kernel/time.ts';

/**
 * What an agent (or a supervisor for him) asks of the owner of his pool. Every command has an id; one that comes again is
 * answered again and changes nothing.
 */
export type AgentCommand = { readonly commandId: CommandId; readonly agentId: AgentId } &
  /** Signs in and calls the agent's phone. */
  (
    | { readonly type: 'sign-in' }
    /** Calls the phone again after it was lost. */
    | { readonly type: 'connect-phone' }
    | { readonly type: 'ready' }
    /** A request while talking or with a line reserved; takes effect when that ends. */
    | { readonly type: 'pause'; readonly reason: string }
    /** As pause: a request while there is something to finish. */
    | { readonly type: 'sign-out' }
    | { readonly type: 'hang-up' }
    | { readonly type: 'hold' }
    | { readonly type: 'resume' }
    /** The disposition is stored already; `next` is what the agent wants after it. */
    | { readonly type: 'disposed'; readonly callId: CallId; readonly next: 'ready' | 'pause' }
    /** More time for the wrap-up in hand. */
    | { readonly type: 'extend-wrap-up'; readonly callId: CallId }
    /** Dials the lead on his screen; it is named, so that a late click never dials the one after it. */
    | { readonly type: 'preview-dial'; readonly leadId: LeadId }
    /** Gives the lead on his screen back; no attempt. */
    | { readonly type: 'preview-skip'; readonly leadId: LeadId; readonly reason: string }
    /** Dials by hand, or once more; any number of any lead of one of his pool's campaigns. */
    | {
        readonly type: 'dial';
        readonly campaignId: CampaignId;
        readonly leadId: LeadId;
        readonly numberId: NumberId;
      }
  );

/** One clear sentence when the command does not fit the agent's state, or when the gate refuses the call that he asked for. */
export type CommandAnswer =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly code: string;
      readonly message: string;
      /** Only when the gate refused: enough to say it in the reader's language. */
      readonly refusal?: GateRefusal;
    };

/** What the gate saw of a call that an agent asked for. */
export interface GateRefusal {
  readonly rule: string;
  readonly facts: RefusalFacts;
  readonly phone: PhoneNumber;
  readonly zones: readonly string[];
  readonly at: EpochMs;
  readonly retryAt: EpochMs | null;
}
