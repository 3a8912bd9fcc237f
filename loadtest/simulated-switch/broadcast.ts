import { isUp, type Channel } from './channel.ts';
import type { SwitchCore } from './core.ts';
import { causeNamed } from './hangup-cause.ts';
import { endLeg } from './leg-ending.ts';
import { playbackMs } from './playback.ts';

/** A broadcast is taken up by the leg's thread a while after the command (measured: 100–160 ms). */
const TAKEN_UP_MS = 100;

/** `uuid_broadcast`: plays into one leg beside whatever it does; `hangup::CAUSE` ends it. */
export function broadcastTo(core: SwitchCore, channel: Channel, what: string): void {
  const [application = '', data] = what.includes('::') ? what.split('::', 2) : ['playback', what];
  core.afterOn(channel, TAKEN_UP_MS + 3 * core.untilTickMs(), () => {
    if (application === 'hangup') endLeg(core, channel, { by: 'switch', cause: causeNamed(data) });
    else if (application === 'playback') play(core, channel, data ?? '');
  });
}

function play(core: SwitchCore, channel: Channel, file: string): void {
  const headers = { Application: 'playback', 'Application-Data': file, 'Application-UUID': core.newUuid() };
  const lengthMs = playbackMs(file);
  core.emitOf(channel, 'CHANNEL_EXECUTE', headers);
  const complete = (response: string): void => {
    core.emitOf(channel, 'CHANNEL_EXECUTE_COMPLETE', { ...headers, 'Application-Response': response });
    core.emitOf(channel, 'PRIVATE_COMMAND');
  };
  if (lengthMs === null) {
    complete('FILE NOT FOUND');
    return;
  }
  const hadBridge = channel.bridgedTo !== null;
  if (!hadBridge) channel.far.hears({ audio: 'message', file });
  core.emitOf(channel, 'PLAYBACK_START', { 'Playback-File-Path': file });
  core.afterOn(channel, lengthMs, () => {
    core.emitOf(channel, 'PLAYBACK_STOP', { 'Playback-File-Path': file, 'Playback-Status': 'done' });
    complete('FILE PLAYED');
    if (!hadBridge && isUp(channel) && channel.bridgedTo === null) channel.far.hears({ audio: 'nobody' });
  });
}
