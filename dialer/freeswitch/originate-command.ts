import type { Branded, CallId, Epoch, LegId, PoolId } from '../../kernel/ids.ts';
import { isExpired, isIssued, type Clearance } from '../../compliance/gate.ts';
import type { Clock, DurationMs } from '../../kernel/time.ts';
import { unreachable } from '../../kernel/assert.ts';
import { isPermitIssued, type AgentLegPermit } from '../agent-leg-permit.ts';
import type { DialForAgentCommand, OriginateCommand, TrunkSettings } from '../telephony.ts';
import { channelMark } from './channel-mark.ts';
import { dialNumber } from './dial-number.ts';
import { EslError } from './esl-error.ts';
import { bracedVariables, inlineScript, plainVariables, quoteToken, uuidText } from './esl-quoting.ts';
import { soundFile } from './sound-file.ts';

/** The arguments of an originate. Only functions of this file make one. */
export type OriginateText = Branded<string, 'OriginateText'>;
/** The script by which an agent's leg makes a call, quoted. Only {@link dialForAgent} makes one. */
export type DialScript = Branded<string, 'DialScript'>;

/** Whose channels these are. */
export interface ChannelOwner {
  readonly poolId: PoolId;
  readonly epoch: Epoch;
}

export interface OriginateContext extends ChannelOwner {
  readonly clock: Clock;
}

/** FreeSWITCH's own timers only matter when we are dead, so they are behind ours. */
const BEHIND_OURS_SECONDS = 5;
/** An agent's phone that nobody picks up. */
const AGENT_RING_SECONDS = 30;
/** Comfort noise (the higher the fainter): an idle line shall not sound dead, and media keeps firewalls open. */
const COMFORT_NOISE = '1400';
/** What an agent hears while the network sends no ringing of its own: two seconds of every six. */
const RINGING_TONE = '%(2000,4000,440,480)';
/** Longer than a customer whose agent's phone was lost is kept by the pool, which then hangs up itself. */
const LOST_AGENT_SECONDS = '35';

type Variables = (readonly [name: string, value: string])[];

/** A clearance is leave for one call; the object is remembered, so a second use is refused by any link of this process. */
const used = new WeakSet<Clearance>();

/**
 * The originate of a customer's call. Uses up the clearance, also when it throws afterwards: ask the gate again.
 * @throws {EslError} `unsafe`: no clearance of the gate, used before, expired, or a setting that cannot be sent.
 */
export function originateCall(command: OriginateCommand, context: OriginateContext): OriginateText {
  useUp(command.clearance, context.clock);
  const variables: Variables = [
    ...customerVariables(command, context),
    // 183 and early media are no answer: only a 200 ends the wait.
    ['ignore_early_media', 'true'],
  ];
  return joined(
    bracedVariables(variables) + destination(command),
    `${quoteToken(orphanScript(command))} inline`,
  );
}

/**
 * What an agent's parked leg does to call a customer: `bridge` gives it the ringing and the early media, joins both at the answer,
 * and the leg parks itself again, whatever became of the call. Uses up the clearance as {@link originateCall} does.
 * @throws {EslError} `unsafe`
 */
export function dialForAgent(command: DialForAgentCommand, context: OriginateContext): DialScript {
  useUp(command.clearance, context.clock);
  const variables: Variables = [
    ...customerVariables(command, context),
    ['ringline_agent', uuidText(command.agentId)],
    ['ignore_early_media', 'false'],
    // A customer whose agent's phone is lost stays for the next one, for as long as the pool waits for one; then the switch lets go.
    ['hangup_after_bridge', 'false'],
    ['park_after_bridge', 'true'],
    ['park_timeout', LOST_AGENT_SECONDS],
  ];
  const steps = [
    { app: 'set', data: 'continue_on_fail=true' },
    { app: 'set', data: `transfer_ringback=${RINGING_TONE}` },
    { app: 'bridge', data: plainVariables(variables) + destination(command) },
    { app: 'park', data: '' },
  ] as const;
  return quoteToken(inlineScript(steps, '~')) as DialScript;
}

type CustomerCall = Pick<
  OriginateCommand,
  'clearance' | 'trunk' | 'callerId' | 'campaignId' | 'ringTimeoutMs' | 'progressTimeoutMs'
>;

function useUp(clearance: Clearance, clock: Clock): void {
  if (!isIssued(clearance)) throw new EslError('unsafe', 'A call was refused: the gate never cleared it.');
  if (used.has(clearance)) throw new EslError('unsafe', 'A call was refused: its clearance was used before.');
  used.add(clearance);
  if (isExpired(clearance, clock.monotonic())) {
    throw new EslError('unsafe', 'A call was refused: its clearance has expired.');
  }
}

/** What every leg of a customer has, whoever makes it. */
function customerVariables(command: CustomerCall, owner: ChannelOwner): Variables {
  const { trunk } = command;
  return [
    ...ownership(owner, command.clearance.candidate.callId),
    ['ringline_purpose', 'call'],
    ['ringline_campaign', uuidText(command.campaignId)],
    ...marks(channelMark({ ...owner, purpose: 'call', agentId: null })),
    // Not progress_timeout: that one also cuts calls that have rung by then (measured: a 180 at 0.3 s, hung up at 17 s).
    ['leg_progress_timeout', backstopSeconds(command.progressTimeoutMs)],
    ['originate_timeout', backstopSeconds((command.progressTimeoutMs + command.ringTimeoutMs) as DurationMs)],
    ['send_silence_when_idle', COMFORT_NOISE],
    // An agent's leg that dies while the bridge is being made would otherwise take the customer with it.
    ['uuid_bridge_continue_on_cancel', 'true'],
    ...callerIdentity(dialNumber(command.callerId, trunk.numberFormat), trunk.callerIdIn),
    ['absolute_codec_string', codecs(trunk.codecs)],
  ];
}

function destination({ clearance, trunk }: CustomerCall): string {
  return fillTemplate(trunk.dialTemplate, dialNumber(clearance.candidate.phone, trunk.numberFormat));
}

/**
 * What an answered customer's leg does by itself until uuid_bridge takes it out: wait, say the message, hang up. The wait has two
 * halves because a leg that loses its agent goes on behind the step it was taken from (measured), so that there is half of it
 * left for us to find another one.
 */
function orphanScript(command: OriginateCommand): string {
  const half = String(Math.max(1, Math.round(someTime(command.orphanAfterMs) / 2)));
  return inlineScript([
    { app: 'sleep', data: half },
    { app: 'sleep', data: half },
    { app: 'playback', data: soundFile(command.messageFile) },
    { app: 'hangup', data: 'NORMAL_CLEARING' },
  ]);
}

/**
 * The originate of an agent's leg, which is parked and stays up from call to call.
 * @throws {EslError} `unsafe`: no permit, or a domain that is none.
 */
export function originateAgentLeg(
  permit: AgentLegPermit,
  owner: ChannelOwner,
  agentDomain: string,
): OriginateText {
  if (!isPermitIssued(permit)) throw new EslError('unsafe', 'An agent leg was refused: nobody permitted it.');
  if (!isDomain(agentDomain))
    throw new EslError('unsafe', `"${agentDomain}" is no domain of agents' phones.`);
  const variables: Variables = [
    ...ownership(owner, permit.legId),
    ['ringline_purpose', 'agent-leg'],
    ['ringline_agent', uuidText(permit.agentId)],
    ...marks(channelMark({ ...owner, purpose: 'agent-leg', agentId: permit.agentId })),
    ['ignore_early_media', 'true'],
    ['originate_timeout', String(AGENT_RING_SECONDS)],
    ['park_after_bridge', 'true'],
    ['hangup_after_bridge', 'false'],
    ['send_silence_when_idle', COMFORT_NOISE],
  ];
  return joined(`${bracedVariables(variables)}user/${permit.extension}@${agentDomain}`, '&park()');
}

/** A host name or IPv4 address, with an optional port. */
export function isDomain(text: string): boolean {
  return (
    text.length <= 253 &&
    /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::[0-9]{1,5})?$/.test(
      text,
    )
  );
}

/**
 * Whether a trunk's dial string reaches one destination: one `{number}`, and nothing that forks, fails over, sets variables or
 * cuts (`|`, `,`, `:_:`, brackets, quotes, spaces).
 */
export function isDialTemplate(template: string): boolean {
  const [before, after, ...more] = template.split('{number}');
  if (before === undefined || after === undefined || more.length > 0) return false;
  return (
    /^[a-z_]+\/[A-Za-z0-9_.+@:/=;%-]*$/.test(before) &&
    /^[A-Za-z0-9_.+@:/=;%-]*$/.test(after) &&
    !template.includes(':_:')
  );
}

function fillTemplate(template: string, number: string): string {
  if (!isDialTemplate(template))
    throw new EslError('unsafe', `The trunk's dial string "${template}" is not usable.`);
  return template.replace('{number}', number);
}

function ownership(owner: ChannelOwner, channelId: CallId | LegId): Variables {
  return [
    ['origination_uuid', uuidText(channelId)],
    ['ringline_pool', uuidText(owner.poolId)],
    ['ringline_epoch', String(owner.epoch)],
  ];
}

/** For the list of channels, and for call records. */
function marks(mark: string): Variables {
  return [
    ['presence_data', mark],
    ['accountcode', mark],
  ];
}

/**
 * Where the caller's number goes. `pai` leaves From to the gateway's own account, so it needs a `sofia/gateway/…` template;
 * `from` with a gateway needs that gateway's `caller-id-in-from`.
 */
function callerIdentity(number: string, where: TrunkSettings['callerIdIn']): Variables {
  const variables: Variables = [
    ['origination_caller_id_number', number],
    ['origination_caller_id_name', number],
  ];
  switch (where) {
    case 'from':
      return [...variables, ['sip_cid_type', 'none']];
    case 'pai':
    case 'from-and-pai':
      return [...variables, ['sip_cid_type', 'pid']];
    default:
      return unreachable(where);
  }
}

function codecs(list: string): string {
  if (!/^[A-Za-z0-9.@-]+(?:,[A-Za-z0-9.@-]+)*$/.test(list))
    throw new EslError('unsafe', `"${list}" is no list of codecs.`);
  return list;
}

function backstopSeconds(ms: DurationMs): string {
  return String(Math.ceil(someTime(ms) / 1000) + BEHIND_OURS_SECONDS);
}

function someTime(ms: DurationMs): DurationMs {
  if (Number.isFinite(ms) && ms >= 0) return ms;
  throw new EslError('unsafe', 'A call was refused: one of its limits is no time.');
}

function joined(leg: string, then: string): OriginateText {
  return `${quoteToken(leg)} ${then}` as OriginateText;
}
