import type { Clearance } from '../compliance/gate.ts';
import type { AgentId, CallId, CampaignId, Epoch, LegId, PoolId, TrunkId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { DurationMs, EpochMs } from '../kernel/time.ts';
import type { AgentLegPermit } from './agent-leg-permit.ts';

/** Port to the switches of one pool. The only adapter is `freeswitch/`; the simulated switch is reached through it as well. */
export interface Telephony {
  /** Sends and forgets: success and failure come back as facts, and nothing is ever sent twice. */
  perform(command: SwitchCommand): void;
}

/** How a trunk wants its calls, from the `trunk` table. */
export interface TrunkSettings {
  /** FreeSWITCH dial string with `{number}`. */
  readonly dialTemplate: string;
  readonly numberFormat: 'e164' | 'e164-without-plus' | 'national';
  readonly callerIdIn: 'from' | 'pai' | 'from-and-pai';
  /** Comma-separated, in order of preference. */
  readonly codecs: string;
}

export type SwitchCommand =
  | OriginateCommand
  | DialForAgentCommand
  /** Calls the phone of an agent; its leg then stays up from call to call. */
  | { readonly do: 'call-agent'; readonly permit: AgentLegPermit }
  | { readonly do: 'bridge'; readonly callId: CallId; readonly legId: LegId; readonly agentId: AgentId }
  /** Plays the sound file to an answered customer, then hangs up. */
  | { readonly do: 'play-message'; readonly callId: CallId; readonly file: string }
  /** A sound for a customer who waits on; he stays on the line. */
  | { readonly do: 'play-to-customer'; readonly callId: CallId; readonly file: string }
  /** A short tone in the agent's ear only. */
  | { readonly do: 'play-tone'; readonly legId: LegId }
  | { readonly do: 'hold'; readonly legId: LegId; readonly callId: CallId }
  | { readonly do: 'resume'; readonly legId: LegId; readonly callId: CallId }
  | { readonly do: 'hang-up'; readonly channelId: CallId | LegId }
  /** Look now at what is up; the answer is `channels-seen`. */
  | { readonly do: 'see-channels' }
  /** Ask whether the carrier behind a gateway answers the switch's pings; the answer is `gateway-seen`. */
  | { readonly do: 'see-gateway'; readonly trunkId: TrunkId; readonly gateway: string }
  /** Facts that the CDR shall have although the dialer may die: names start with ringline_. */
  | {
      readonly do: 'mark';
      readonly channelId: CallId | LegId;
      readonly variables: Readonly<Record<string, string>>;
    };

export interface OriginateCommand {
  readonly do: 'originate';
  /** The very object that the gate issued; the adapter refuses anything else. */
  readonly clearance: Clearance;
  readonly trunk: TrunkSettings;
  readonly callerId: PhoneNumber;
  /** Counted from the first 180/183. */
  readonly ringTimeoutMs: DurationMs;
  /** After this long without 18x the attempt is a carrier failure. */
  readonly progressTimeoutMs: DurationMs;
  /** When nobody bridged it by then, the switch itself plays `messageFile` and hangs up: nobody may be left of us. */
  readonly orphanAfterMs: DurationMs;
  readonly messageFile: string;
  readonly campaignId: CampaignId;
}

/**
 * A call for one agent alone, made by his own leg: he hears it ring, hears early media from the first packet, and is with the
 * customer the moment there is an answer. When his leg goes, the switch itself takes the unanswered call back. Its facts are those of
 * an originate; `bridged` may come before `answered`, when early media is heard.
 */
export interface DialForAgentCommand extends Omit<OriginateCommand, 'do' | 'orphanAfterMs' | 'messageFile'> {
  readonly do: 'dial-for-agent';
  /** His leg, parked. */
  readonly legId: LegId;
  readonly agentId: AgentId;
}

/** Why an unanswered call ended, translated from cause, SIP status and Q.850 by `freeswitch/hangup-cause.ts`. */
export type UnansweredEnding =
  'no-answer' | 'busy' | 'rejected' | 'invalid-number' | 'sit' | 'carrier-failure';

/** What the switch said about an end, kept beside our word for it. */
export interface RawEnd {
  readonly hangupCause: string;
  readonly sipStatus: number | null;
  readonly q850Cause: number | null;
}

/** What happened on the switch. `at` is the switch's own time stamp; durations between facts are taken from it. */
export type SwitchFact =
  | { readonly type: 'dialled'; readonly callId: CallId; readonly at: EpochMs }
  | { readonly type: 'rang'; readonly callId: CallId; readonly at: EpochMs; readonly hasEarlyMedia: boolean }
  /** `ageMs`: how long ago that was when it was told; absent: just now. His waiting began then, and not when we heard of him. */
  | {
      readonly type: 'answered';
      readonly callId: CallId;
      readonly at: EpochMs;
      readonly ageMs?: DurationMs;
    }
  /** He has answered, and the switch alone keeps him on the line until the bridge. */
  | ({ readonly type: 'waits'; readonly callId: CallId; readonly at: EpochMs } & ProofOfAnswer)
  | { readonly type: 'bridged'; readonly callId: CallId; readonly legId: LegId; readonly at: EpochMs }
  | {
      readonly type: 'bridge-failed';
      readonly callId: CallId;
      readonly legId: LegId;
      readonly reason: string;
      readonly at: EpochMs;
    }
  /** The customer does not hear the sound of waiting: the two are bridged still, or he is gone. */
  | {
      readonly type: 'hold-failed';
      readonly callId: CallId;
      readonly legId: LegId;
      readonly reason: string;
      readonly at: EpochMs;
    }
  | ({ readonly type: 'message-started'; readonly callId: CallId; readonly at: EpochMs } & ProofOfAnswer)
  | ({
      readonly type: 'call-ended';
      readonly callId: CallId;
      readonly at: EpochMs;
      /** Who ended it, as far as the switch can tell. */
      readonly hungUpBy: 'customer' | 'us' | 'carrier';
      /** What it means when nobody had answered. */
      readonly unanswered: UnansweredEnding;
      readonly raw: RawEnd;
    } & ProofOfAnswer)
  /** The switch refused the originate, or its INVITE cannot have left. Never followed by facts of the same call. */
  | { readonly type: 'not-dialled'; readonly callId: CallId; readonly at: EpochMs; readonly reason: string }
  | { readonly type: 'leg-answered'; readonly legId: LegId; readonly at: EpochMs }
  /** The agent's leg is free again (parked). */
  | { readonly type: 'leg-parked'; readonly legId: LegId; readonly at: EpochMs }
  | { readonly type: 'leg-ended'; readonly legId: LegId; readonly at: EpochMs; readonly reason: string }
  /** No command can be sent and no fact heard until `link-up`. */
  | { readonly type: 'link-down'; readonly at: EpochMs; readonly reason: string }
  /** Connected again (or first), with everything that is up now and belongs to this pool, of whatever epoch. */
  | { readonly type: 'link-up'; readonly at: EpochMs; readonly channels: readonly ChannelSnapshot[] }
  /** The periodic look at what is really up (30–60 s), for events that were lost. */
  | { readonly type: 'channels-seen'; readonly at: EpochMs; readonly channels: readonly ChannelSnapshot[] }
  | {
      readonly type: 'gateway-seen';
      readonly at: EpochMs;
      readonly trunkId: TrunkId;
      readonly gateway: string;
      readonly state: 'up' | 'unreachable' | 'unknown-gateway';
    }
  /** Another owner announced a higher epoch: destroy the sockets and exit. */
  | { readonly type: 'superseded'; readonly epoch: Epoch; readonly at: EpochMs };

/** When the call was answered, as the switch has it: for an answer that was lost on its way. Null or absent: never, or unknown. */
export interface ProofOfAnswer {
  readonly answeredAt?: EpochMs | null;
  readonly ageMs?: DurationMs;
}

/** One channel of this pool as the switch has it. */
export interface ChannelSnapshot {
  readonly channelId: CallId | LegId;
  readonly poolId: PoolId;
  readonly epoch: Epoch;
  readonly purpose: 'call' | 'agent-leg';
  readonly agentId: AgentId | null;
  readonly answeredAt: EpochMs | null;
  readonly bridgedTo: CallId | LegId | null;
  readonly bridgedAt: EpochMs | null;
}
