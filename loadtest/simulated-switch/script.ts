import { isTrue, isUp, variableOf, type Activity, type Channel } from './channel.ts';
import type { BridgeCall, SwitchCore } from './core.ts';
import { causeNamed } from './hangup-cause.ts';
import { endLeg } from './leg-ending.ts';
import type { ScriptStep } from './originate-string.ts';
import { playbackMs } from './playback.ts';
import type { SwitchTimer } from './switch-time.ts';

interface Running extends ScriptStep {
  readonly uuid: string;
}

const applicationHeaders = (step: Running): Record<string, string> => ({
  Application: step.application,
  ...(step.data === '' ? {} : { 'Application-Data': step.data }),
  'Application-UUID': step.uuid,
});

interface Loop {
  readonly file: string;
  readonly times: number;
}

/** `+3 file`; without a number it goes on for ever (mod_dptools). */
function loopOf(data: string): Loop {
  const [, times, file] = /^\+(\d+) (.*)$/su.exec(data) ?? [];
  return times === undefined ? { file: data, times: Infinity } : { file: file ?? '', times: Number(times) };
}

/** Applications that the simulated switch runs; FreeSWITCH ends a leg whose script names one that it does not know. */
const KNOWN = new Set(
  'answer bridge sleep playback loop_playback endless_playback park hangup set export unset pre_answer ring_ready log info event sched_hangup'.split(
    ' ',
  ),
);

/** The script of a leg, one application after the other; at its end the leg is hung up. */
class Script implements Activity {
  readonly #core: SwitchCore;
  readonly #channel: Channel;
  #running: Running | null = null;
  #timer: SwitchTimer | null = null;
  /** The file that plays now. */
  #playing: string | null = null;
  /** The call that `bridge` makes now. */
  #bridge: BridgeCall | null = null;

  constructor(core: SwitchCore, channel: Channel) {
    this.#core = core;
    this.#channel = channel;
  }

  leave(): void {
    this.#timer?.cancel();
    const running = this.#running;
    this.#running = null;
    if (running === null) return;
    if (running.application === 'park') this.#core.emitOf(this.#channel, 'CHANNEL_UNPARK');
    this.#bridge?.abandon();
    this.#bridge = null;
    const wasPlaying = this.#playing !== null;
    this.#stopPlayback('done');
    // FreeSWITCH calls a playback that was cut short an error, whatever cut it.
    this.#complete(running, wasPlaying ? 'PLAYBACK ERROR' : '_none_');
  }

  /** `uuid_break`: the application ends at once and the next one begins. */
  interrupt(): void {
    const running = this.#running;
    if (running === null || running.application === 'park' || running.application === 'bridge') return;
    this.#timer?.cancel();
    const wasPlaying = this.#playing !== null;
    this.#stopPlayback('break');
    this.#finish(running, wasPlaying ? 'FILE PLAYED' : '_none_');
  }

  /** Starts the next application of the leg. */
  next(): void {
    const channel = this.#channel;
    if (!isUp(channel)) return;
    const step = channel.remainingSteps.shift();
    if (step === undefined) {
      this.#running = null;
      endLeg(this.#core, channel, { by: 'switch', cause: 'NORMAL_CLEARING' });
      return;
    }
    if (!KNOWN.has(step.application)) {
      endLeg(this.#core, channel, { by: 'switch', cause: 'DESTINATION_OUT_OF_ORDER' });
      return;
    }
    const running = { ...step, uuid: this.#core.newUuid() };
    this.#running = running;
    channel.shownApplication = { name: step.application, data: step.data };
    channel.variables.set('current_application', step.application);
    if (step.data !== '') channel.variables.set('current_application_data', step.data);
    this.#core.emitOf(channel, 'CHANNEL_EXECUTE', applicationHeaders(running));
    this.#perform(running);
  }

  #perform(step: Running): void {
    const channel = this.#channel;
    switch (step.application) {
      case 'sleep':
        channel.far.hears({ audio: 'nobody' });
        this.#in(Number.parseInt(step.data, 10) || 0, () => this.#finish(step, '_none_'));
        return;
      case 'playback':
        this.#play(step, { file: step.data, times: 1 });
        return;
      case 'loop_playback':
        this.#play(step, loopOf(step.data));
        return;
      case 'endless_playback':
        this.#play(step, { file: step.data, times: Infinity });
        return;
      case 'park':
        channel.far.hears({ audio: 'nobody' });
        this.#core.emitOf(channel, 'CHANNEL_PARK');
        return;
      case 'bridge':
        this.#dial(step);
        return;
      case 'hangup':
        endLeg(this.#core, channel, { by: 'switch', cause: causeNamed(step.data) });
        return;
      case 'set':
      case 'export':
        this.#set(step.data);
        break;
      case 'unset':
        channel.variables.delete(step.data);
        break;
      case 'sched_hangup': {
        const [when = '', cause] = step.data.split(' ');
        const seconds = Number.parseInt(when.replace('+', ''), 10) || 0;
        const end = (): void => endLeg(this.#core, channel, { by: 'switch', cause: causeNamed(cause) });
        this.#core.afterOn(channel, seconds * 1000, end);
        break;
      }
    }
    this.#finish(step, '_none_');
  }

  /** Without `continue_on_fail` a call that comes to nothing ends the leg, too. */
  #dial(step: Running): void {
    const channel = this.#channel;
    this.#bridge = this.#core.dialBridge(channel, step.data, (how, cause) => {
      this.#bridge = null;
      if (this.#running !== step) return;
      this.#complete(step, '_none_');
      this.#running = null;
      if (how === 'ended') afterBridge(this.#core, channel, cause);
      else if (isTrue(variableOf(channel, 'continue_on_fail'))) this.next();
      else endLeg(this.#core, channel, { by: 'switch', cause });
    });
  }

  #play(step: Running, loop: Loop): void {
    const lengthMs = playbackMs(loop.file);
    if (lengthMs === null) {
      this.#finish(step, 'FILE NOT FOUND');
      return;
    }
    const channel = this.#channel;
    channel.far.hears({ audio: 'message', file: loop.file });
    this.#playing = loop.file;
    this.#core.emitOf(channel, 'PLAYBACK_START', { 'Playback-File-Path': loop.file });
    this.#in(lengthMs, () => {
      this.#stopPlayback('done');
      if (loop.times > 1) this.#play(step, { ...loop, times: loop.times - 1 });
      else this.#finish(step, 'FILE PLAYED');
    });
  }

  #stopPlayback(status: 'done' | 'break'): void {
    if (this.#playing === null) return;
    this.#core.emitOf(this.#channel, 'PLAYBACK_STOP', {
      'Playback-File-Path': this.#playing,
      'Playback-Status': status,
    });
    this.#playing = null;
  }

  #set(assignment: string): void {
    const [name = '', value = ''] = assignment.split(/=(.*)/su);
    if (name !== '') this.#channel.variables.set(name, value);
  }

  #in(ms: number, run: () => void): void {
    this.#timer = this.#core.afterOn(this.#channel, ms + this.#core.untilTickMs(), run);
  }

  #finish(step: Running, response: string): void {
    this.#complete(step, response);
    this.next();
  }

  #complete(step: Running, response: string): void {
    this.#core.emitOf(this.#channel, 'CHANNEL_EXECUTE_COMPLETE', {
      ...applicationHeaders(step),
      'Application-Response': response,
    });
  }
}

/** Runs what is left of the leg's script. */
export function runScript(core: SwitchCore, channel: Channel): void {
  channel.state = 'CS_EXECUTE';
  core.emitOf(channel, 'CHANNEL_STATE');
  const script = new Script(core, channel);
  channel.activity = script;
  script.next();
}

/** Takes the leg out of whatever it does and gives it another script (`uuid_transfer … inline`). */
export function transferLeg(core: SwitchCore, channel: Channel, steps: readonly ScriptStep[]): void {
  // A new caller profile, at once: what was bridged before belongs to the old one.
  channel.profileIndex += 1;
  channel.times.profileCreated = core.time.nowMicros();
  channel.times.bridged = 0;
  channel.otherLeg = null;
  core.afterOn(channel, core.untilTickMs(), () => {
    channel.activity?.leave();
    channel.activity = null;
    channel.remainingSteps = [...steps];
    channel.state = 'CS_ROUTING';
    core.emitOf(channel, 'CHANNEL_STATE');
    runScript(core, channel);
  });
}

/** In state CS_PARK, after a bridge; nothing runs and nothing is heard. */
export function parkLeg(core: SwitchCore, channel: Channel): void {
  channel.state = 'CS_PARK';
  const seconds = Number.parseInt(variableOf(channel, 'park_timeout') ?? '', 10) || 0;
  const timer =
    seconds > 0
      ? core.afterOn(channel, seconds * 1000, () =>
          endLeg(core, channel, { by: 'switch', cause: 'NORMAL_CLEARING' }),
        )
      : null;
  channel.activity = {
    leave: () => {
      timer?.cancel();
      core.emitOf(channel, 'CHANNEL_UNPARK');
    },
  };
  core.emitOf(channel, 'CHANNEL_STATE');
  channel.far.hears({ audio: 'nobody' });
  core.emitOf(channel, 'CHANNEL_PARK');
}

/** What a leg does when its bridge ends and it lives on: park, hang up, or the rest of its script. */
export function afterBridge(core: SwitchCore, channel: Channel, cause: string): void {
  channel.activity = null;
  if (isTrue(variableOf(channel, 'park_after_bridge'))) {
    parkLeg(core, channel);
  } else if (isTrue(variableOf(channel, 'hangup_after_bridge'))) {
    endLeg(core, channel, { by: 'switch', cause });
  } else {
    runScript(core, channel);
  }
}
