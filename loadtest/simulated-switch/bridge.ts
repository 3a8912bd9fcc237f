import { isAnswered, isTrue, isUp, variableOf, type Activity, type Channel } from './channel.ts';
import { TICK_MS, type SwitchCore } from './core.ts';
import { endLeg } from './leg-ending.ts';
import { afterBridge, parkLeg, runScript } from './script.ts';

/** Two legs that hear each other: `a` was named first in `uuid_bridge` and gets the bridge's events. */
class Bridge {
  readonly #core: SwitchCore;
  readonly a: Channel;
  readonly b: Channel;
  #isOver = false;

  constructor(core: SwitchCore, a: Channel, b: Channel) {
    this.#core = core;
    this.a = a;
    this.b = b;
  }

  begin(): void {
    const { a, b } = this;
    const core = this.#core;
    a.bridgedTo = b;
    b.bridgedTo = a;
    a.activity = this.#side(a);
    b.activity = this.#side(b);
    for (const leg of [a, b]) {
      leg.shownApplication = { name: 'uuid_bridge', data: leg === a ? b.uuid : a.uuid };
      core.emitOf(leg, 'CHANNEL_EXECUTE', {
        Application: 'uuid_bridge',
        'Application-Data': leg.shownApplication.data,
      });
    }
    for (const leg of [a, b]) leg.times.bridged = core.time.nowMicros();
    core.emitOf(a, 'CHANNEL_BRIDGE', this.#ids());
    b.state = 'CS_EXCHANGE_MEDIA';
    core.emitOf(b, 'CHANNEL_STATE');
    for (const leg of [a, b]) {
      const other = leg === a ? b : a;
      leg.variables.set('bridge_to', other.uuid);
      leg.variables.set('last_bridge_to', other.uuid);
      // The far end is told whom it talks to, unless it knows.
      if (variableOf(leg, 'last_sent_callee_id_number') === other.destination) continue;
      leg.variables.set('last_sent_callee_id_number', other.destination);
      core.emitOf(leg, 'CALL_UPDATE', { Direction: 'SEND', 'Bridged-To': other.uuid });
    }
    letThemHear(a, b);
    letThemHear(b, a);
  }

  #ids(): Record<string, string> {
    return { 'Bridge-A-Unique-ID': this.a.uuid, 'Bridge-B-Unique-ID': this.b.uuid };
  }

  #side(leg: Channel): Activity {
    return { leave: () => this.#leave(leg) };
  }

  /** One leg is taken away: by its end, by a transfer, or by another bridge. The other goes on as its variables say. */
  #leave(leg: Channel): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const core = this.#core;
    const { a, b } = this;
    const other = leg === a ? b : a;
    for (const side of [a, b]) {
      side.bridgedTo = null;
      side.variables.delete('bridge_to');
    }
    other.activity = null;
    const unbridged = (): void => core.emitOf(a, 'CHANNEL_UNBRIDGE', this.#ids());
    if (leg === b) {
      remember(other, leg);
      unbridged();
    }
    if (isUp(other)) {
      remember(other, leg);
      afterBridge(core, other, leg.hangupCause ?? 'NORMAL_CLEARING');
    }
    if (leg === a) unbridged();
  }
}

/** Why a bridge ended, if it was the end of the other leg; a leg that was merely taken away leaves nothing behind. */
export function remember(leg: Channel, gone: Channel): void {
  if (gone.hangupCause === null) return;
  leg.variables.set('last_bridge_hangup_cause', gone.hangupCause);
  leg.variables.set('bridge_hangup_cause', gone.hangupCause);
  const sip = gone.variables.get('proto_specific_hangup_cause');
  if (sip !== undefined) leg.variables.set('last_bridge_proto_specific_hangup_cause', sip);
}

export function letThemHear(leg: Channel, other: Channel): void {
  leg.far.hears(other.far.isAudible() ? { audio: 'party', name: other.destination } : { audio: 'nobody' });
}

/** The far end of a leg fell silent without a word: its partner hears nobody although the switch still bridges them. */
export function fallSilent(channel: Channel): void {
  if (channel.bridgedTo !== null) letThemHear(channel.bridgedTo, channel);
}

/** Takes a leg out of what it does, into the limbo between two states where the real switch leaves it, too. */
function takeOut(core: SwitchCore, leg: Channel): void {
  leg.activity?.leave();
  leg.activity = null;
  for (const state of ['CS_HIBERNATE', 'CS_RESET'] as const) {
    leg.state = state;
    core.emitOf(leg, 'CHANNEL_STATE');
  }
}

/** What both legs know from the moment of the command on. */
function introduce(core: SwitchCore, a: Channel, b: Channel): void {
  a.otherLeg = { channel: b, type: 'originatee' };
  b.otherLeg = { channel: a, type: 'originator' };
  b.shownCallerNumber = a.shownCallerNumber ?? a.destination;
  for (const leg of [a, b]) {
    const other = leg === a ? b : a;
    leg.isLogicallyInbound = true;
    leg.profileIndex += 1;
    leg.times.profileCreated = core.time.nowMicros();
    leg.times.bridged = 0;
    leg.variables.set('bridge_channel', other.name);
    leg.variables.set('bridge_uuid', other.uuid);
    leg.variables.set('signal_bond', other.uuid);
    const seconds = Math.floor(leg.times.profileCreated / 1_000_000);
    leg.transferSource = `${seconds}:${core.newUuid()}:uuid_br:${other.uuid}`;
    leg.variables.set('transfer_source', leg.transferSource);
  }
}

/**
 * `uuid_bridge first second`: the answer comes at once, the legs leave what they do at their next ticks, and one tick later
 * they are bridged (measured: 40–80 ms). False when neither leg has media. A `first` that ends meanwhile leaves `second`
 * without a word in CS_RESET, as FreeSWITCH does: it is not parked again, and the next uuid_bridge finds it well.
 */
export function bridgeLegs(core: SwitchCore, first: Channel, second: Channel): boolean {
  const hasMedia = (leg: Channel): boolean => isAnswered(leg) || leg.times.progressMedia > 0;
  if (!hasMedia(first) && !hasMedia(second)) return false;
  const [a, b] = hasMedia(first) ? [first, second] : [second, first];
  introduce(core, a, b);
  leaveForBridge(core, a, b);
  return true;
}

/** Each leg's own thread takes it out of what it does, when its next frame comes: so the two do not leave together. */
function leaveForBridge(core: SwitchCore, a: Channel, b: Channel): void {
  const leavingMs = (): number => TICK_MS / 2 + core.untilTickMs();
  let left = 0;
  const whenBothLeft = (): void => {
    left += 1;
    if (left < 2 || !isUp(a)) return;
    for (const leg of [a, b]) {
      leg.originated?.('-ERR ORIGINATOR_CANCEL\n');
      leg.originated = null;
    }
    if (isUp(b)) softExecute(core, b);
    core.time.after(TICK_MS + core.untilTickMs() / 2, () => join(core, a, b));
  };
  core.time.after(leavingMs(), () => {
    if (!isUp(a)) return;
    takeOut(core, a);
    softExecute(core, a);
    if (isUp(b)) whenBothLeft();
    else if (isTrue(variableOf(a, 'park_after_bridge'))) parkLeg(core, a);
    else endLeg(core, a, { by: 'switch', cause: 'DESTINATION_OUT_OF_ORDER' });
  });
  core.time.after(leavingMs(), () => {
    if (isUp(b)) takeOut(core, b);
    whenBothLeft();
  });
}

function softExecute(core: SwitchCore, leg: Channel): void {
  leg.state = 'CS_SOFT_EXECUTE';
  core.emitOf(leg, 'CHANNEL_STATE');
}

function join(core: SwitchCore, a: Channel, b: Channel): void {
  const end = (leg: Channel, cause: string): void => endLeg(core, leg, { by: 'switch', cause });
  // Its end leaves the other leg where it is: nothing is ever said of it again.
  if (!isUp(a)) return;
  if (!isUp(b)) {
    if (isTrue(variableOf(a, 'uuid_bridge_continue_on_cancel'))) runScript(core, a);
    else if (isTrue(variableOf(a, 'uuid_bridge_park_on_cancel'))) parkLeg(core, a);
    else end(a, 'ORIGINATOR_CANCEL');
  } else if (!isAnswered(a) || !isAnswered(b)) {
    // A leg that nobody has answered cannot be bridged, and takes the other with it (measured).
    for (const leg of [a, b]) end(leg, isAnswered(leg) ? 'ORIGINATOR_CANCEL' : 'DESTINATION_OUT_OF_ORDER');
  } else {
    new Bridge(core, a, b).begin();
  }
}
