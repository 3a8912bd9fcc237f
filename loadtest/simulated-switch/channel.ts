import type { SwitchTimer } from './switch-time.ts';

/** States of FreeSWITCH's channels with their numbers (switch_types.h). */
export const CHANNEL_STATES = {
  CS_NEW: 0,
  CS_INIT: 1,
  CS_ROUTING: 2,
  CS_SOFT_EXECUTE: 3,
  CS_EXECUTE: 4,
  CS_EXCHANGE_MEDIA: 5,
  CS_PARK: 6,
  CS_CONSUME_MEDIA: 7,
  CS_HIBERNATE: 8,
  CS_RESET: 9,
  CS_HANGUP: 10,
  CS_REPORTING: 11,
  CS_DESTROY: 12,
  CS_NONE: 13,
} as const;
export type ChannelState = keyof typeof CHANNEL_STATES;

/** What the party at the far end of a leg hears. */
export type Heard =
  | { readonly audio: 'nobody' }
  | { readonly audio: 'message'; readonly file: string }
  | { readonly audio: 'party'; readonly name: string };

/** The wire to the other end of a leg: a called person behind the carrier, or the phone of an agent. */
export interface FarEnd {
  /** We give up an unanswered call. */
  cancel(): void;
  /** We end an answered call. */
  bye(): void;
  hears(heard: Heard): void;
  /** False once the other end is gone without a word: nothing is heard from it. */
  isAudible(): boolean;
}

/** What the other end tells us, in the order of SIP. */
export interface FarEndSignals {
  /** 180. */
  rang(): void;
  /** 183 with SDP. */
  sentEarlyMedia(): void;
  answered(): void;
  /** A final response of 300 or more. `q850` when it brought a Reason header. */
  refused(refusal: { readonly status: number; readonly q850?: number }): void;
  hungUp(): void;
  /** The other end is gone without a word: no media comes any more. */
  fellSilent(): void;
  /** No media for so long that the switch gives up. */
  mediaTimedOut(): void;
}

/** What an answered leg is busy with: a script, being parked, a bridge. */
export interface Activity {
  /** The leg is taken away from it: its own last events, no more. */
  leave(): void;
  /** `uuid_break`. */
  interrupt?(): void;
}

export interface ChannelTimes {
  created: number;
  profileCreated: number;
  progress: number;
  progressMedia: number;
  answered: number;
  bridged: number;
  hangup: number;
}

/** Facts about a leg that stay. */
export interface ChannelOrigin {
  readonly uuid: string;
  /** `sofia/…/number@host`. */
  readonly name: string;
  readonly kind: 'trunk' | 'phone';
  readonly destination: string;
  readonly callerIdNumber: string;
  readonly presenceId: string | null;
  readonly sessionId: number;
}

export interface Channel extends ChannelOrigin {
  state: ChannelState;
  callState: 'DOWN' | 'RINGING' | 'RING_WAIT' | 'EARLY' | 'ACTIVE' | 'HANGUP';
  answerState: 'ringing' | 'early' | 'answered' | 'hangup';
  hangupCause: string | null;
  readonly variables: Map<string, string | string[]>;
  readonly times: ChannelTimes;
  profileIndex: number;
  /** Raised once, when the leg got its first script: caller and callee are swapped from then on. */
  isCidFlipped: boolean;
  transferSource: string | null;
  dialplan: string;
  /** What `show channels` shows as `dest`. */
  shownDestination: string;
  activity: Activity | null;
  /** Steps of the script that a bridge or an application took the leg out of. */
  remainingSteps: { readonly application: string; readonly data: string }[];
  far: FarEnd;
  /** The leg that it is, or was last, bridged with. */
  otherLeg: { readonly channel: Channel; readonly type: 'originator' | 'originatee' } | null;
  bridgedTo: Channel | null;
  /** What the last CHANNEL_EXECUTE named: `show channels` keeps showing it when it is over. */
  shownApplication: { readonly name: string; readonly data: string };
  /** Set by a bridge: the number of the other leg. */
  shownCallerNumber: string | null;
  /** Bridged once by uuid_bridge: from then on it reads as an inbound leg. */
  isLogicallyInbound: boolean;
  readonly timers: Set<SwitchTimer>;
  /** Settles the `originate` that waits for this leg. */
  originated: ((result: string) => void) | null;
}

const SILENT: FarEnd = { cancel() {}, bye() {}, hears() {}, isAudible: () => true };

export function newChannel(origin: ChannelOrigin, nowMicros: number): Channel {
  return {
    ...origin,
    state: 'CS_NONE',
    callState: 'DOWN',
    answerState: 'ringing',
    hangupCause: null,
    variables: new Map<string, string | string[]>([
      ['direction', 'outbound'],
      ['is_outbound', 'true'],
      ['uuid', origin.uuid],
      ['call_uuid', origin.uuid],
      ['session_id', String(origin.sessionId)],
      ['channel_name', origin.name],
    ]),
    times: {
      created: nowMicros,
      profileCreated: nowMicros,
      progress: 0,
      progressMedia: 0,
      answered: 0,
      bridged: 0,
      hangup: 0,
    },
    profileIndex: 1,
    isCidFlipped: false,
    transferSource: null,
    dialplan: '',
    shownDestination: origin.destination,
    activity: null,
    remainingSteps: [],
    far: SILENT,
    otherLeg: null,
    bridgedTo: null,
    shownApplication: { name: '', data: '' },
    shownCallerNumber: null,
    isLogicallyInbound: false,
    timers: new Set(),
    originated: null,
  };
}

export const isUp = (channel: Channel): boolean => channel.hangupCause === null;
export const isAnswered = (channel: Channel): boolean => channel.times.answered > 0;

/** The first value of a variable. */
export function variableOf(channel: Channel, name: string): string | null {
  const value = channel.variables.get(name);
  if (value === undefined) return null;
  return typeof value === 'string' ? value : (value[0] ?? null);
}

/** FreeSWITCH's idea of true (switch_true). */
export function isTrue(value: string | null): boolean {
  if (value === null) return false;
  const lower = value.toLowerCase();
  return (
    ['yes', 'on', 'true', 't', 'enabled', 'active', 'allow'].includes(lower) || Number.parseInt(value, 10) > 0
  );
}
