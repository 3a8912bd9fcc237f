import {
  isAnswered,
  isTrue,
  isUp,
  newChannel,
  variableOf,
  type Channel,
  type FarEnd,
  type FarEndSignals,
} from './channel.ts';
import type { SwitchCore } from './core.ts';
import { fallSilent, letThemHear } from './bridge.ts';
import { endLeg } from './leg-ending.ts';
import type { OriginateRequest } from './originate-string.ts';
import { runScript } from './script.ts';

/** Whom a dial string reaches, or why it reaches nobody. */
export type Reached =
  | {
      readonly kind: 'trunk' | 'phone';
      readonly channelName: string;
      readonly destination: string;
      readonly presenceId: string | null;
      /** Sends the INVITE. */
      readonly call: (invite: Invite, signals: FarEndSignals) => FarEnd;
    }
  | { readonly kind: 'nobody'; readonly cause: string };

export interface Invite {
  readonly channelUuid: string;
  readonly callerIdNumber: string;
}

export type Reach = (endpoint: string) => Reached;

/** How an `originate` ends: `+OK uuid` or `-ERR CAUSE`. */
export type Originated = (result: string) => void;

export interface Order {
  readonly request: OriginateRequest;
  readonly done: Originated;
  /** The leg whose application dials; instead of running a script the new leg is handed to `onUp`. */
  readonly originator?: Channel;
  readonly onRang?: () => void;
  readonly onUp?: (channel: Channel) => void;
}

/** Performs `originate`: dials, and on answer hands the leg to its script. */
export function originateLeg(core: SwitchCore, reach: Reach, order: Order): Channel | null {
  const { request, done } = order;
  const reached = reach(request.endpoint);
  const uuid = request.variables.get('origination_uuid') ?? core.newUuid();
  if (reached.kind === 'nobody') {
    done(`-ERR ${reached.cause}\n`);
    return null;
  }
  if (core.channels.has(uuid)) {
    done('-ERR DESTINATION_OUT_OF_ORDER\n');
    return null;
  }
  core.sessionsSinceStart += 1;
  const callerIdNumber = request.callerIdNumber ?? '0000000000';
  const channel = newChannel(
    { ...reached, uuid, name: reached.channelName, callerIdNumber, sessionId: core.sessionsSinceStart },
    core.time.nowMicros(),
  );
  core.channels.set(uuid, channel);
  core.sessionsPeak = Math.max(core.sessionsPeak, core.channels.size);
  setFirstVariables(channel, request, reached);
  channel.originated = done;
  if (order.originator) channel.otherLeg = { channel: order.originator, type: 'originator' };
  announce(core, channel);
  limitWaiting(core, channel, request);
  channel.far = reached.call({ channelUuid: uuid, callerIdNumber }, signalsOf(core, channel, order));
  return channel;
}

function setFirstVariables(
  channel: Channel,
  request: OriginateRequest,
  reached: Extract<Reached, { channelName: string }>,
): void {
  const { variables } = channel;
  variables.set('sip_profile_name', channel.name.split('/')[1] ?? 'external');
  variables.set('sip_destination_url', `sip:${channel.name.split('/').slice(2).join('/')}`);
  if (reached.presenceId !== null) {
    const [user = '', domain = ''] = reached.presenceId.split('@');
    variables.set('dialed_user', user);
    variables.set('dialed_domain', domain);
    variables.set('presence_id', reached.presenceId);
  }
  for (const [name, value] of request.variables) variables.set(name, value);
  const ignoresEarlyMedia = isTrue(request.variables.get('ignore_early_media') ?? null);
  variables.set('originate_early_media', ignoresEarlyMedia ? 'false' : 'true');
  variables.set('originate_endpoint', reached.kind === 'phone' ? 'user' : 'sofia');
}

function announce(core: SwitchCore, channel: Channel): void {
  core.emitOf(channel, 'CHANNEL_OUTGOING');
  channel.state = 'CS_INIT';
  core.emitOf(channel, 'CHANNEL_STATE');
  core.emitOf(channel, 'CHANNEL_CREATE');
  core.emitOf(channel, 'CHANNEL_ORIGINATE');
  for (const state of ['CS_ROUTING', 'CS_CONSUME_MEDIA'] as const) {
    channel.state = state;
    core.emitOf(channel, 'CHANNEL_STATE');
  }
}

interface WaitLimit {
  readonly variable: string;
  /** FreeSWITCH compares whole seconds of the clock, here with ≥, there with >: so much later than the number says. */
  readonly laterSeconds: 0 | 1;
  readonly cause: 'NO_ANSWER' | 'PROGRESS_TIMEOUT';
  readonly isMet: (channel: Channel) => boolean;
}

const hasRung = (channel: Channel): boolean => channel.times.progress > 0 || channel.times.progressMedia > 0;

/** All of them end with the originate; `progress_timeout` cuts calls that have rung, too (measured). */
const WAIT_LIMITS: readonly WaitLimit[] = [
  { variable: 'originate_timeout', laterSeconds: 0, cause: 'NO_ANSWER', isMet: isAnswered },
  { variable: 'leg_timeout', laterSeconds: 1, cause: 'NO_ANSWER', isMet: isAnswered },
  { variable: 'progress_timeout', laterSeconds: 1, cause: 'PROGRESS_TIMEOUT', isMet: isAnswered },
  { variable: 'leg_progress_timeout', laterSeconds: 1, cause: 'PROGRESS_TIMEOUT', isMet: hasRung },
];

/** Sets the timers that give an unanswered leg up. */
function limitWaiting(core: SwitchCore, channel: Channel, request: OriginateRequest): void {
  const sinceSecondMs = (core.time.nowMicros() / 1000) % 1000;
  for (const limit of WAIT_LIMITS) {
    const set = Number.parseInt(request.variables.get(limit.variable) ?? '', 10) || 0;
    const seconds = set === 0 && limit.variable === 'originate_timeout' ? request.timeoutSeconds : set;
    if (seconds === 0) continue;
    core.afterOn(channel, (seconds + limit.laterSeconds) * 1000 - sinceSecondMs, () => {
      const isWaiting = channel.originated !== null && !isAnswered(channel);
      if (isWaiting && !limit.isMet(channel)) endLeg(core, channel, { by: 'switch', cause: limit.cause });
    });
  }
}

function signalsOf(core: SwitchCore, channel: Channel, order: Order): FarEndSignals {
  const soon = (run: () => void): void => {
    core.afterOn(channel, core.untilTickMs(), run);
  };
  return {
    rang: () => {
      if (channel.callState !== 'DOWN' || !isUp(channel)) return;
      setSipPeer(core, channel);
      channel.times.progress = core.time.nowMicros();
      core.emitOf(channel, 'CHANNEL_PROGRESS');
      setCallState(core, channel, 'RINGING');
      order.onRang?.();
    },
    sentEarlyMedia: () => {
      if (channel.times.progressMedia > 0 || isAnswered(channel) || !isUp(channel)) return;
      setSipPeer(core, channel);
      channel.times.progressMedia = core.time.nowMicros();
      channel.answerState = 'early';
      channel.variables.set('endpoint_disposition', 'EARLY MEDIA');
      core.emitOf(channel, 'CHANNEL_PROGRESS_MEDIA');
      setCallState(core, channel, 'EARLY');
      emitCodecs(core, channel);
      // Without ignore_early_media a 183 is success, and the script runs into the early media.
      if (variableOf(channel, 'originate_early_media') === 'true') soon(() => succeed(core, channel, order));
    },
    answered: () => {
      if (isAnswered(channel) || !isUp(channel)) return;
      setSipPeer(core, channel);
      if (channel.times.progressMedia === 0) emitCodecs(core, channel);
      channel.times.answered = core.time.nowMicros();
      channel.answerState = 'answered';
      core.emitOf(channel, 'CHANNEL_ANSWER');
      setCallState(core, channel, 'ACTIVE');
      if (channel.originated !== null) soon(() => succeed(core, channel, order));
      else hearAnswer(channel);
    },
    refused: (refusal) => endLeg(core, channel, { by: 'refusal', ...refusal }),
    hungUp: () => endLeg(core, channel, { by: 'far-end' }),
    mediaTimedOut: () => endLeg(core, channel, { by: 'switch', cause: 'MEDIA_TIMEOUT' }),
    fellSilent: () => fallSilent(channel),
  };
}

function setCallState(core: SwitchCore, channel: Channel, callState: 'RINGING' | 'EARLY' | 'ACTIVE'): void {
  const numbers = { RINGING: '2', EARLY: '3', ACTIVE: '4' };
  const before = channel.callState;
  channel.callState = callState;
  core.emitOf(channel, 'CHANNEL_CALLSTATE', {
    'Original-Channel-Call-State': before,
    'Channel-Call-State-Number': numbers[callState],
  });
}

function emitCodecs(core: SwitchCore, channel: Channel): void {
  for (const way of ['read', 'write'] as const) {
    channel.variables.set(`${way}_codec`, 'PCMU');
    channel.variables.set(`${way}_rate`, '8000');
    core.emitOf(channel, 'CODEC', {
      [`channel-${way}-codec-name`]: 'PCMU',
      [`channel-${way}-codec-rate`]: '8000',
    });
  }
}

function setSipPeer(core: SwitchCore, channel: Channel): void {
  const { variables } = channel;
  if (variables.has('sip_call_id')) return;
  variables.set('sip_network_ip', '127.0.0.1');
  variables.set('sip_from_user', channel.callerIdNumber);
  variables.set('sip_to_user', channel.destination);
  variables.set('sip_call_id', core.newUuid());
}

/** The `originate` succeeded: its answer goes out and the script of the leg begins. */
function succeed(core: SwitchCore, channel: Channel, { request, onUp }: Order): void {
  if (!isUp(channel) || channel.originated === null) return;
  const { then } = request;
  const done = channel.originated;
  channel.originated = null;
  channel.variables.set('endpoint_disposition', isAnswered(channel) ? 'ANSWER' : 'EARLY MEDIA');
  if (onUp) {
    onUp(channel);
    return;
  }
  channel.variables.set('pre_transfer_caller_id_number', channel.callerIdNumber);
  channel.variables.set('channel_cid_flipped', 'yes');
  channel.isCidFlipped = true;
  if (then.dialplan !== 'application') {
    channel.state = 'CS_ROUTING';
    channel.dialplan = then.dialplan === 'inline' ? 'inline' : 'XML';
    channel.shownDestination = then.text;
    channel.profileIndex += 1;
    channel.times.profileCreated = core.time.nowMicros();
    const seconds = Math.floor(channel.times.profileCreated / 1_000_000);
    const source = `${seconds}:${core.newUuid()}:bl_xfer:${then.text}/default/${channel.dialplan}`;
    channel.transferSource = source;
    channel.variables.set('transfer_source', source);
    core.emitOf(channel, 'CHANNEL_STATE');
  }
  core.emitOf(channel, 'CALL_UPDATE', { Direction: 'RECV' });
  done(`+OK ${channel.uuid}\n`);
  // The user endpoint is a leg around a leg, and says so a second time.
  if (channel.kind === 'phone') core.emitOf(channel, 'CHANNEL_OUTGOING');
  if (then.dialplan === 'other') {
    endLeg(core, channel, { by: 'switch', cause: 'NO_ROUTE_DESTINATION' });
    return;
  }
  channel.remainingSteps = [...then.steps];
  runScript(core, channel);
}

/** The answer of a leg whose early media somebody listens to already. */
function hearAnswer(channel: Channel): void {
  channel.variables.set('endpoint_disposition', 'ANSWER');
  const other = channel.bridgedTo;
  if (other === null) return;
  letThemHear(channel, other);
  letThemHear(other, channel);
}
