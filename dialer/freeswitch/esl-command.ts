import { unreachable } from '../../kernel/assert.ts';
import type { CallId, Epoch, LegId, PoolId } from '../../kernel/ids.ts';
import { seconds, type DurationMs } from '../../kernel/time.ts';
import { EslError } from './esl-error.ts';
import { inlineScript, quoteToken, quoteVariableList, uuidText, type ScriptStep } from './esl-quoting.ts';
import type { DialScript, OriginateText } from './originate-command.ts';
import { soundFile } from './sound-file.ts';

/** What goes over the wire: one line, and header lines under it. None of them can hold a line break. */
export interface EslRequest {
  readonly line: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Every command that we ever send to a FreeSWITCH. */
export type EslCommand =
  | { readonly send: 'authenticate'; readonly password: string }
  /** Of the events we subscribe to, only those with this header value (`/…/` is a regular expression); several are alternatives. */
  | { readonly send: 'filter'; readonly header: string; readonly value: string }
  | { readonly send: 'subscribe'; readonly events: readonly string[]; readonly subclasses: readonly string[] }
  | { readonly send: 'announce-epoch'; readonly poolId: PoolId; readonly epoch: Epoch }
  | { readonly send: 'show-channels'; readonly poolId: PoolId }
  | { readonly send: 'gateway-status'; readonly gateway: string }
  | { readonly send: 'dump-channel'; readonly channelId: CallId | LegId }
  | { readonly send: 'originate'; readonly text: OriginateText }
  | { readonly send: 'dial-for-agent'; readonly legId: LegId; readonly script: DialScript }
  | { readonly send: 'bridge'; readonly callId: CallId; readonly legId: LegId }
  | { readonly send: 'park'; readonly legId: LegId }
  | { readonly send: 'hang-up'; readonly channelId: CallId | LegId }
  | { readonly send: 'play-message'; readonly callId: CallId; readonly file: string }
  /** Plays, then waits in silence at most `waitMs`, then hangs up: a caller whom nobody looks after any more is let go. */
  | {
      readonly send: 'play-and-wait';
      readonly callId: CallId;
      readonly file: string;
      readonly timesMax: number;
      readonly waitMs: DurationMs;
    }
  | { readonly send: 'play-in-ear'; readonly legId: LegId; readonly file: string }
  | {
      readonly send: 'set-variables';
      readonly channelId: CallId | LegId;
      readonly variables: Readonly<Record<string, string>>;
    };

/** Time for another agent when one is lost after a hold; nothing is played in it. */
const LOST_AGENT_MS = seconds(5);

/** The name of our own event; see `announce-epoch`. */
export const EPOCH_SUBCLASS = 'ringline::epoch';

/**
 * The only place where a command becomes text.
 * @throws {EslError} `unsafe`: a value cannot be expressed, or is not what its place takes. Nothing was sent.
 */
export function renderCommand(command: EslCommand): EslRequest {
  switch (command.send) {
    case 'authenticate':
      return request(`auth ${command.password}`);
    case 'filter':
      return request(`filter ${word(command.header)} ${word(command.value)}`);
    case 'subscribe':
      return request(subscription(command.events, command.subclasses));
    case 'announce-epoch':
      return request('sendevent CUSTOM', [
        ['Event-Subclass', EPOCH_SUBCLASS],
        ['ringline_pool', uuidText(command.poolId)],
        ['ringline_epoch', wholeNumber(command.epoch)],
      ]);
    case 'show-channels':
      return request(`show channels like ${uuidText(command.poolId)} as json`);
    case 'gateway-status':
      return request(`api sofia xmlstatus gateway ${gatewayName(command.gateway)}`);
    case 'dump-channel':
      return request(`api uuid_dump ${uuidText(command.channelId)} json`);
    case 'originate':
      return request(`originate ${command.text}`);
    case 'dial-for-agent':
      return request(`api uuid_transfer ${uuidText(command.legId)} ${command.script} inline`);
    case 'bridge':
      // Customer first: in the other order a customer who hangs up during the bridge takes the agent's leg with him (measured).
      return request(`api uuid_bridge ${uuidText(command.callId)} ${uuidText(command.legId)}`);
    case 'park':
      return request(`api uuid_transfer ${uuidText(command.legId)} park inline`);
    case 'hang-up':
      return request(`api uuid_kill ${uuidText(command.channelId)}`);
    case 'play-message':
      return transfer(command.callId, [
        { app: 'playback', data: soundFile(command.file) },
        { app: 'hangup', data: 'NORMAL_CLEARING' },
      ]);
    case 'play-and-wait':
      return transfer(command.callId, [
        { app: 'loop_playback', data: `+${wholeNumber(command.timesMax)} ${soundFile(command.file)}` },
        { app: 'sleep', data: wholeNumber(command.waitMs) },
        // Where he goes on when he is bridged from the step before and then loses his agent.
        { app: 'sleep', data: wholeNumber(LOST_AGENT_MS) },
        { app: 'hangup', data: 'NORMAL_CLEARING' },
      ]);
    case 'play-in-ear':
      return request(
        `api uuid_displace ${uuidText(command.legId)} start ${quoteToken(soundFile(command.file))} 0 mux`,
      );
    case 'set-variables':
      return request(
        `api uuid_setvar_multi ${uuidText(command.channelId)} ${quoteVariableList(command.variables)}`,
      );
    default:
      return unreachable(command);
  }
}

function request(line: string, headers: EslRequest['headers'] = []): EslRequest {
  return { line, headers };
}

function transfer(callId: CallId, steps: readonly ScriptStep[]): EslRequest {
  return request(`api uuid_transfer ${uuidText(callId)} ${quoteToken(inlineScript(steps))} inline`);
}

/** All words after CUSTOM are subclasses to FreeSWITCH, so it comes last. */
function subscription(events: readonly string[], subclasses: readonly string[]): string {
  const custom = subclasses.length === 0 ? [] : ['CUSTOM', ...subclasses];
  return ['event', 'json', ...events, ...custom].map(word).join(' ');
}

function word(text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text))
    throw new EslError('unsafe', 'A word of an ESL command has a space or is empty.');
  return text;
}

function gatewayName(name: string): string {
  if (!/^[A-Za-z0-9_.-]+$/.test(name)) throw new EslError('unsafe', 'This is no name of a gateway.');
  return name;
}

function wholeNumber(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new EslError('unsafe', `An ESL command wants a whole number, not ${value}.`);
  }
  return String(value);
}
