import { describe, expect, test } from 'vitest';
import type { EslEvent } from './esl-event.ts';
import { readChannelDump, readChannelEvent } from './channel-event.ts';

const CALL = '01900000-0000-7000-8000-000000000001';
const LEG = '01900000-0000-7000-8000-0000000000a1';
const POOL = '01900000-0000-7000-8000-0000000000f0';
const AT = 1_795_163_959_084;

function event(name: string, headers: EslEvent = {}, purpose = 'call'): EslEvent {
  return {
    'Event-Name': name,
    'Event-Date-Timestamp': `${AT}214`,
    'Unique-ID': purpose === 'call' ? CALL : LEG,
    variable_ringline_purpose: purpose,
    ...headers,
  };
}
const read = (...args: Parameters<typeof event>): ReturnType<typeof readChannelEvent> =>
  readChannelEvent(event(...args));

test.each([
  ['CHANNEL_ORIGINATE', {}, { type: 'dialled' }],
  ['CHANNEL_PROGRESS', {}, { type: 'rang', hasEarlyMedia: false }],
  ['CHANNEL_PROGRESS_MEDIA', {}, { type: 'rang', hasEarlyMedia: true }],
  ['CHANNEL_ANSWER', {}, { type: 'answered' }],
  ['CHANNEL_EXECUTE', { Application: 'sleep' }, { type: 'waits', answeredAt: null }],
  [
    'CHANNEL_EXECUTE',
    { Application: 'sleep', 'Caller-Channel-Answered-Time': '1780000000500000' },
    { type: 'waits', answeredAt: 1_780_000_000_500 },
  ],
  [
    'PLAYBACK_START',
    { variable_current_application: 'playback' },
    { type: 'message-started', answeredAt: null },
  ],
] as const)('%s of a call', (name, headers, news) => {
  expect(read(name, headers)).toEqual({ callId: CALL, at: AT, ...news });
});

test.each([
  ['CHANNEL_ORIGINATE', 'leg-created'],
  ['CHANNEL_ANSWER', 'leg-answered'],
  ['CHANNEL_PARK', 'leg-parked'],
] as const)("%s of an agent's leg", (name, type) => {
  expect(read(name, {}, 'agent-leg')).toEqual({ legId: LEG, at: AT, type });
});

test.each([
  ['a call that is parked', 'CHANNEL_PARK', {}, 'call'],
  ['the bridge shown as an application', 'CHANNEL_EXECUTE', { Application: 'uuid_bridge' }, 'call'],
  ['music on hold', 'PLAYBACK_START', { variable_current_application: 'loop_playback' }, 'call'],
  ["ringing of an agent's phone", 'CHANNEL_PROGRESS', {}, 'agent-leg'],
  ["a tone in an agent's ear", 'PLAYBACK_START', { variable_current_application: 'playback' }, 'agent-leg'],
  ['an event nobody asked for', 'CHANNEL_STATE', {}, 'call'],
  ['a channel that is not ours', 'CHANNEL_ANSWER', {}, 'inbound'],
] as const)('%s is no fact', (...[, name, headers, purpose]) => {
  expect(readChannelEvent(event(name, headers, purpose))).toBeNull();
});

test('an event without time or channel is no fact', () => {
  expect(read('CHANNEL_ANSWER', { 'Event-Date-Timestamp': 'soon' })).toBeNull();
  expect(read('CHANNEL_ANSWER', { 'Unique-ID': '' })).toBeNull();
});

describe('bridges', () => {
  test.each([
    ['customer first', 'call', { 'Bridge-A-Unique-ID': CALL, 'Bridge-B-Unique-ID': LEG }],
    ['swapped by FreeSWITCH', 'agent-leg', { 'Bridge-A-Unique-ID': LEG, 'Bridge-B-Unique-ID': CALL }],
    ['without names of the two ends', 'call', { 'Other-Leg-Unique-ID': LEG }],
  ])('%s', (_name, purpose, headers) => {
    expect(read('CHANNEL_BRIDGE', headers, purpose)).toEqual({
      type: 'bridged',
      callId: CALL,
      legId: LEG,
      at: AT,
    });
  });

  test('a bridge without another end is no fact', () => {
    expect(read('CHANNEL_BRIDGE')).toBeNull();
  });
});

describe('ends', () => {
  const ended = (headers: EslEvent) => read('CHANNEL_HANGUP_COMPLETE', headers);

  test.each([
    ['recv_bye', 'NORMAL_CLEARING', 'customer'],
    ['recv_cancel', 'ORIGINATOR_CANCEL', 'customer'],
    ['send_bye', 'NORMAL_CLEARING', 'us'],
    ['send_cancel', 'NORMAL_CLEARING', 'us'],
    ['send_refuse', 'CALL_REJECTED', 'us'],
    ['recv_refuse', 'USER_BUSY', 'carrier'],
    ['send_bye', 'MEDIA_TIMEOUT', 'carrier'],
    ['send_bye', 'RECOVERY_ON_TIMER_EXPIRE', 'carrier'],
  ])('%s with %s was ended by the %s', (disposition, cause, hungUpBy) => {
    const fact = ended({ 'Hangup-Cause': cause, variable_sip_hangup_disposition: disposition });
    expect(fact).toMatchObject({ type: 'call-ended', hungUpBy });
  });

  test('a channel without SIP was ended by the carrier', () => {
    expect(ended({ 'Hangup-Cause': 'USER_BUSY', variable_hangup_cause_q850: '17' })).toEqual({
      type: 'call-ended',
      callId: CALL,
      at: AT,
      hungUpBy: 'carrier',
      unanswered: 'busy',
      raw: { hangupCause: 'USER_BUSY', sipStatus: null, q850Cause: 17 },
      answeredAt: null,
    });
  });

  test.each([
    ['never rang', '0', '0', 'carrier-failure'],
    ['rang', '1795163959084214', '0', 'no-answer'],
    ['had early media', '0', '1795163959084214', 'no-answer'],
  ])('a 408 of a phone that %s', (...[, progress, media, unanswered]) => {
    const fact = ended({
      'Hangup-Cause': 'RECOVERY_ON_TIMER_EXPIRE',
      variable_sip_term_status: '408',
      variable_hangup_cause_q850: '102',
      'Caller-Channel-Progress-Time': progress,
      'Caller-Channel-Progress-Media-Time': media,
    });
    expect(fact).toMatchObject({ unanswered, raw: { sipStatus: 408, q850Cause: 102 } });
  });

  test("an agent's leg ends with its cause", () => {
    expect(read('CHANNEL_HANGUP_COMPLETE', { 'Hangup-Cause': 'MEDIA_TIMEOUT' }, 'agent-leg')).toEqual({
      type: 'leg-ended',
      legId: LEG,
      at: AT,
      reason: 'MEDIA_TIMEOUT',
    });
  });

  test('headers that are lists or nonsense are taken for missing', () => {
    const fact = ended({
      'Hangup-Cause': ['A', 'B'],
      variable_sip_term_status: '4x6',
      variable_hangup_cause_q850: '0',
    });
    expect(fact).toMatchObject({ raw: { hangupCause: 'UNKNOWN', sipStatus: null, q850Cause: null } });
  });
});

describe('dumps', () => {
  const dump: EslEvent = {
    'Unique-ID': CALL,
    variable_ringline_pool: POOL,
    variable_ringline_epoch: '7',
    variable_ringline_purpose: 'call',
    variable_bridge_to: LEG,
    'Caller-Channel-Answered-Time': '1795163977184244',
    'Caller-Channel-Bridged-Time': '1795163977344228',
  };

  test('a bridged call', () => {
    expect(readChannelDump(dump)).toEqual({
      channelId: CALL,
      poolId: POOL,
      epoch: 7,
      purpose: 'call',
      agentId: null,
      answeredAt: 1_795_163_977_184,
      bridgedTo: LEG,
      bridgedAt: 1_795_163_977_344,
    });
  });

  test('what is left over of an earlier bridge is no bridge', () => {
    const { variable_bridge_to: _, ...over } = dump;
    const parked = readChannelDump({ ...over, variable_bridge_uuid: LEG, 'Other-Leg-Unique-ID': LEG });
    expect(parked).toMatchObject({ bridgedTo: null, bridgedAt: null });
  });

  test.each([
    ['pool', { variable_ringline_pool: '' }],
    ['epoch', { variable_ringline_epoch: 'x' }],
    ['purpose', { variable_ringline_purpose: 'else' }],
  ])('a channel without our %s is none of ours', (_name, change) => {
    expect(readChannelDump({ ...dump, ...change })).toBeNull();
  });
});
