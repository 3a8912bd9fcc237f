import type { SwitchEvent } from '../sip/event-socket-client.ts';
import type { TracedEvent } from './contract-trace.ts';

/** Events that the contract is about: what the dialer listens to, and their neighbours. */
export const CONTRACT_EVENTS = [
  'CHANNEL_OUTGOING',
  'CHANNEL_CREATE',
  'CHANNEL_ORIGINATE',
  'CHANNEL_PROGRESS',
  'CHANNEL_PROGRESS_MEDIA',
  'CHANNEL_ANSWER',
  'CHANNEL_EXECUTE',
  'CHANNEL_EXECUTE_COMPLETE',
  'CHANNEL_PARK',
  'CHANNEL_UNPARK',
  'CHANNEL_BRIDGE',
  'CHANNEL_UNBRIDGE',
  'PLAYBACK_START',
  'PLAYBACK_STOP',
  'CHANNEL_HANGUP',
  'CHANNEL_HANGUP_COMPLETE',
  'CHANNEL_DESTROY',
  'BACKGROUND_JOB',
];

/** Headers as they are, where the event has them. */
const PLAIN = [
  'Call-Direction',
  'Answer-State',
  'Channel-Call-State',
  'Hangup-Cause',
  'Application',
  'Application-Response',
  'Playback-Status',
  'variable_ringline_pool',
  'variable_ringline_epoch',
  'variable_ringline_purpose',
  'variable_ringline_agent',
  'variable_ringline_campaign',
  'variable_current_application',
  'variable_endpoint_disposition',
  'variable_last_bridge_hangup_cause',
  'variable_sip_term_status',
  'variable_sip_invite_failure_status',
  'variable_proto_specific_hangup_cause',
  'variable_hangup_cause_q850',
  'variable_sip_hangup_disposition',
];
/** Ids of legs. */
const IDS = ['Unique-ID', 'Other-Leg-Unique-ID', 'Bridge-A-Unique-ID', 'Bridge-B-Unique-ID'];
/** Instants of which it matters whether they have come. */
const INSTANTS = [
  'Caller-Channel-Progress-Time',
  'Caller-Channel-Progress-Media-Time',
  'Caller-Channel-Answered-Time',
  'Caller-Channel-Bridged-Time',
  'Caller-Channel-Hangup-Time',
];

/** Keeps of an event what the contract is about; `nameOf` gives legs and other ids of the case their names. */
export function normalise(event: SwitchEvent, since: number, nameOf: (text: string) => string): TracedEvent {
  const headers: Record<string, string> = {};
  for (const name of PLAIN) {
    const value = event[name];
    if (value !== undefined) headers[name] = nameOf(value);
  }
  for (const name of IDS) {
    const value = event[name];
    if (value !== undefined) headers[name] = nameOf(value);
  }
  for (const name of INSTANTS) {
    const value = event[name];
    if (value !== undefined) headers[name] = Number(value) > 0 ? 'set' : 'not yet';
  }
  const file = event['Playback-File-Path'];
  if (file !== undefined) headers['Playback-File-Path'] = file.split('/').at(-1) ?? file;
  const data = event['Application-Data'];
  if (data !== undefined) headers['Application-Data'] = nameOf(data);
  if (event._body !== undefined) headers['body'] = nameOf(event._body.trim());
  return {
    event: event['Event-Name'] ?? '',
    atMs: Math.round((Number(event['Event-Date-Timestamp']) - since) / 1000),
    headers,
  };
}
