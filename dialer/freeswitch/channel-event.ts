import type { AgentId, CallId, Epoch, LegId, PoolId } from '../../kernel/ids.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { ChannelSnapshot, RawEnd, SwitchFact } from '../telephony.ts';
import { eventTime, header, microseconds, type EslEvent } from './esl-event.ts';
import { unansweredEnding } from './hangup-cause.ts';

/** Applications in which an answered customer waits for somebody: a bridge is safe from there. */
const WAITING: ReadonlySet<string> = new Set(['sleep', 'loop_playback']);

/** Events that `readChannelEvent` reads; nothing else is asked for. */
export const CHANNEL_EVENTS = [
  'CHANNEL_ORIGINATE',
  'CHANNEL_PROGRESS',
  'CHANNEL_PROGRESS_MEDIA',
  'CHANNEL_ANSWER',
  'CHANNEL_EXECUTE',
  'CHANNEL_PARK',
  'CHANNEL_BRIDGE',
  'PLAYBACK_START',
  'CHANNEL_HANGUP_COMPLETE',
] as const;

/** What concerns the link alone and is no fact of the call. */
export type ChannelNews =
  | SwitchFact
  /** The channel exists: whatever the originate's job says later, it is not the whole story. */
  | { readonly type: 'leg-created'; readonly legId: LegId; readonly at: EpochMs };

/**
 * What a channel event of ours means; null when nothing. `CHANNEL_ANSWER` and nothing else is an answer; later events of the leg carry
 * the moment of it, for one that was lost.
 * `dialled` comes from CHANNEL_ORIGINATE: the thread that fires it sends the INVITE next, with no event of the leg in between, so
 * no INVITE is ever without it, and a refusal on the way shows as an end without SIP status.
 */
export function readChannelEvent(event: EslEvent): ChannelNews | null {
  const id = header(event, 'Unique-ID');
  const at = eventTime(event);
  if (id === null || at === null) return null;
  switch (header(event, 'variable_ringline_purpose') ?? '') {
    case 'call':
      return readCallEvent(event, id as CallId, at);
    case 'agent-leg':
      return readLegEvent(event, id as LegId, at);
    default:
      return null;
  }
}

function readCallEvent(event: EslEvent, callId: CallId, at: EpochMs): ChannelNews | null {
  switch (header(event, 'Event-Name') ?? '') {
    case 'CHANNEL_ORIGINATE':
      return { type: 'dialled', callId, at };
    case 'CHANNEL_PROGRESS':
      return { type: 'rang', callId, at, hasEarlyMedia: false };
    case 'CHANNEL_PROGRESS_MEDIA':
      return { type: 'rang', callId, at, hasEarlyMedia: true };
    case 'CHANNEL_ANSWER':
      return { type: 'answered', callId, at };
    case 'CHANNEL_EXECUTE':
      return WAITING.has(header(event, 'Application') ?? '')
        ? { type: 'waits', callId, at, answeredAt: answeredAt(event) }
        : null;
    case 'PLAYBACK_START':
      return header(event, 'variable_current_application') === 'playback'
        ? { type: 'message-started', callId, at, answeredAt: answeredAt(event) }
        : null;
    case 'CHANNEL_BRIDGE':
      return bridged(event, { callId }, at);
    case 'CHANNEL_HANGUP_COMPLETE':
      return callEnded(event, callId, at);
    default:
      return null;
  }
}

function readLegEvent(event: EslEvent, legId: LegId, at: EpochMs): ChannelNews | null {
  switch (header(event, 'Event-Name') ?? '') {
    case 'CHANNEL_ORIGINATE':
      return { type: 'leg-created', legId, at };
    case 'CHANNEL_ANSWER':
      return { type: 'leg-answered', legId, at };
    case 'CHANNEL_PARK':
      return { type: 'leg-parked', legId, at };
    case 'CHANNEL_BRIDGE':
      // FreeSWITCH swaps the two when the customer's media is not up yet.
      return bridged(event, { legId }, at);
    case 'CHANNEL_HANGUP_COMPLETE':
      return { type: 'leg-ended', legId, at, reason: header(event, 'Hangup-Cause') ?? 'unknown' };
    default:
      return null;
  }
}

type OneSide = { readonly callId: CallId } | { readonly legId: LegId };

function bridged(event: EslEvent, side: OneSide, at: EpochMs): SwitchFact | null {
  const own = 'callId' in side ? side.callId : side.legId;
  const ends = [header(event, 'Bridge-A-Unique-ID'), header(event, 'Bridge-B-Unique-ID')];
  const other = ends.find((id) => id !== null && id !== own) ?? header(event, 'Other-Leg-Unique-ID');
  if (other === null) return null;
  return 'callId' in side
    ? { type: 'bridged', callId: side.callId, legId: other as LegId, at }
    : { type: 'bridged', callId: other as CallId, legId: side.legId, at };
}

const answeredAt = (event: EslEvent): EpochMs | null =>
  microseconds(header(event, 'Caller-Channel-Answered-Time'));

function callEnded(event: EslEvent, callId: CallId, at: EpochMs): SwitchFact {
  const raw: RawEnd = {
    hangupCause: header(event, 'Hangup-Cause') ?? header(event, 'variable_hangup_cause') ?? 'UNKNOWN',
    sipStatus: code(header(event, 'variable_sip_term_status')),
    q850Cause: code(header(event, 'variable_hangup_cause_q850')),
  };
  const hasRung =
    microseconds(header(event, 'Caller-Channel-Progress-Time')) !== null ||
    microseconds(header(event, 'Caller-Channel-Progress-Media-Time')) !== null;
  return {
    type: 'call-ended',
    callId,
    at,
    hungUpBy: hungUpBy(event, raw),
    unanswered: unansweredEnding(raw, hasRung),
    raw,
    answeredAt: answeredAt(event),
  };
}

/** mod_sofia notes who spoke first; channels without SIP (loopback) and failures of the network leave it out. */
function hungUpBy(event: EslEvent, raw: RawEnd): 'customer' | 'us' | 'carrier' {
  switch (header(event, 'variable_sip_hangup_disposition') ?? '') {
    case 'recv_bye':
    case 'recv_cancel':
      return 'customer';
    case 'send_bye':
    case 'send_cancel':
    case 'send_refuse':
      // The BYE that FreeSWITCH sends after the other side's media or session died is nobody's wish.
      return raw.hangupCause === 'MEDIA_TIMEOUT' || raw.hangupCause === 'RECOVERY_ON_TIMER_EXPIRE'
        ? 'carrier'
        : 'us';
    default:
      return 'carrier';
  }
}

function code(text: string | null): number | null {
  if (text === null || !/^[0-9]{1,4}$/.test(text)) return null;
  return Number(text) === 0 ? null : Number(text);
}

/** A channel as `uuid_dump … json` shows it; null when it is none of ours. */
export function readChannelDump(dump: EslEvent): ChannelSnapshot | null {
  const id = header(dump, 'Unique-ID');
  const poolId = header(dump, 'variable_ringline_pool');
  const epoch = header(dump, 'variable_ringline_epoch');
  const purpose = header(dump, 'variable_ringline_purpose');
  if (id === null || poolId === null || epoch === null || !/^[0-9]{1,15}$/.test(epoch)) return null;
  if (purpose !== 'call' && purpose !== 'agent-leg') return null;
  // `bridge_uuid` and the Other-Leg headers stay after the bridge is over; this one does not.
  const bridgedTo = header(dump, 'variable_bridge_to') as CallId | LegId | null;
  return {
    channelId: id as CallId | LegId,
    poolId: poolId as PoolId,
    epoch: Number(epoch) as Epoch,
    purpose,
    agentId: header(dump, 'variable_ringline_agent') as AgentId | null,
    answeredAt: answeredAt(dump),
    bridgedTo,
    bridgedAt: bridgedTo === null ? null : microseconds(header(dump, 'Caller-Channel-Bridged-Time')),
  };
}
