/** Headers in the order in which FreeSWITCH writes them; a list is a header that was pushed several times. */
export type EventHeaders = Record<string, string | string[]>;

export interface SwitchEvent {
  readonly name: string;
  /** Of CUSTOM events. */
  readonly subclass: string | null;
  readonly headers: EventHeaders;
  readonly body: string | null;
}

/** Every event that FreeSWITCH 1.11.0 knows (switch_event.c, EVENT_NAMES). */
export const EVENT_NAMES: ReadonlySet<string> = new Set(
  `CUSTOM CLONE CHANNEL_CREATE CHANNEL_DESTROY CHANNEL_STATE CHANNEL_CALLSTATE CHANNEL_ANSWER CHANNEL_HANGUP
  CHANNEL_HANGUP_COMPLETE CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE CHANNEL_HOLD CHANNEL_UNHOLD CHANNEL_BRIDGE
  CHANNEL_UNBRIDGE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_OUTGOING CHANNEL_PARK CHANNEL_UNPARK
  CHANNEL_APPLICATION CHANNEL_ORIGINATE CHANNEL_UUID API LOG INBOUND_CHAN OUTBOUND_CHAN STARTUP SHUTDOWN PUBLISH
  UNPUBLISH TALK NOTALK SESSION_CRASH MODULE_LOAD MODULE_UNLOAD DTMF MESSAGE PRESENCE_IN NOTIFY_IN PRESENCE_OUT
  PRESENCE_PROBE MESSAGE_WAITING MESSAGE_QUERY ROSTER CODEC BACKGROUND_JOB DETECTED_SPEECH DETECTED_TONE
  PRIVATE_COMMAND HEARTBEAT TRAP ADD_SCHEDULE DEL_SCHEDULE EXE_SCHEDULE RE_SCHEDULE RELOADXML NOTIFY PHONE_FEATURE
  PHONE_FEATURE_SUBSCRIBE SEND_MESSAGE RECV_MESSAGE REQUEST_PARAMS CHANNEL_DATA GENERAL COMMAND SESSION_HEARTBEAT
  CLIENT_DISCONNECTED SERVER_DISCONNECTED SEND_INFO RECV_INFO RECV_RTCP_MESSAGE SEND_RTCP_MESSAGE CALL_SECURE NAT
  RECORD_START RECORD_STOP PLAYBACK_START PLAYBACK_STOP CALL_UPDATE FAILURE SOCKET_DATA MEDIA_BUG_START
  MEDIA_BUG_STOP CONFERENCE_DATA_QUERY CONFERENCE_DATA CALL_SETUP_REQ CALL_SETUP_RESULT CALL_DETAIL DEVICE_STATE
  TEXT SHUTDOWN_REQUESTED ALL`
    .split(/\s+/u)
    .filter((name) => name !== ''),
);

/** The event that a client means, or null: case is free and 13 letters may stand in front (SWITCH_EVENT_…). */
export function eventNamed(text: string): string | null {
  const upper = text.toUpperCase();
  if (EVENT_NAMES.has(upper)) return upper;
  const short = upper.slice(13);
  return EVENT_NAMES.has(short) ? short : null;
}

/** `text/event-json`: what cJSON prints without blanks. */
export function eventAsJson(event: SwitchEvent): string {
  if (event.body === null) return JSON.stringify(event.headers);
  const length = String(Buffer.byteLength(event.body));
  return JSON.stringify({ ...event.headers, 'Content-Length': length, _body: event.body });
}

/** `text/event-plain`: values are URL-encoded, a blank line ends them. */
export function eventAsPlain(event: SwitchEvent): string {
  const lines = Object.entries(event.headers).map(([name, value]) => {
    const text = typeof value === 'string' ? value : `ARRAY::${value.join('|:')}`;
    return `${name}: ${encodeURIComponent(text)}\n`;
  });
  if (event.body === null) return `${lines.join('')}\n`;
  return `${lines.join('')}Content-Length: ${Buffer.byteLength(event.body)}\n\n${event.body}`;
}
