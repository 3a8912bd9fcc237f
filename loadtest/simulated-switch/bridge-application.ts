import { letThemHear, remember } from './bridge.ts';
import { isUp, type Channel } from './channel.ts';
import type { BridgeCall, DialBridge, SwitchCore } from './core.ts';
import { endLeg } from './leg-ending.ts';
import { originateLeg, type Reach } from './leg-setup.ts';
import { splitVariables } from './originate-string.ts';
import { afterBridge } from './script.ts';

/** FreeSWITCH's own, when nothing else is said. */
const TIMEOUT_SECONDS = 60;

/** The application `bridge` of a leg that has been answered: it hears the call ring, and its early media, before the answer. */
export function bridgeApplication(core: SwitchCore, reach: Reach, refuse: () => string | null): DialBridge {
  return (leg, dialString, over) => {
    const call = new DialledBridge(core, leg, over);
    const cause = refuse();
    if (cause === null) call.dial(reach, dialString);
    else call.failed(cause);
    return call;
  };
}

class DialledBridge implements BridgeCall {
  readonly #core: SwitchCore;
  readonly #leg: Channel;
  readonly #over: Parameters<DialBridge>[2];
  #called: Channel | null = null;
  #isJoined = false;
  #isOver = false;

  constructor(core: SwitchCore, leg: Channel, over: Parameters<DialBridge>[2]) {
    this.#core = core;
    this.#leg = leg;
    this.#over = over;
  }

  dial(reach: Reach, dialString: string): void {
    const { variables, endpoint } = splitVariables(dialString);
    const then = { dialplan: 'application', text: '', steps: [] } as const;
    const callerIdNumber = variables.get('origination_caller_id_number') ?? null;
    this.#called = originateLeg(this.#core, reach, {
      request: { variables, endpoint, then, callerIdNumber, timeoutSeconds: TIMEOUT_SECONDS },
      originator: this.#leg,
      done: (result) => this.failed(result.replace(/^-ERR /u, '').trim()),
      onRang: () => this.#setCallState('RING_WAIT'),
      onUp: (called) => this.#join(called),
    });
  }

  failed(cause: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#setCallState('ACTIVE');
    const { variables } = this.#leg;
    variables.set('originate_disposition', cause);
    variables.set('originate_failed_cause', cause);
    if (this.#called !== null) this.#rememberRefusal(this.#called);
    this.#over('failed', cause);
  }

  abandon(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const [leg, called] = [this.#leg, this.#called];
    if (called === null) return;
    if (!this.#isJoined) {
      remember(called, leg);
      called.originated = null;
      endLeg(this.#core, called, { by: 'switch', cause: 'ORIGINATOR_CANCEL' });
      return;
    }
    called.activity = null;
    this.#part(called);
    this.#unbridged(called);
    if (!isUp(called)) return;
    remember(called, leg);
    afterBridge(this.#core, called, leg.hangupCause ?? 'NORMAL_CLEARING');
  }

  #setCallState(callState: 'RING_WAIT' | 'ACTIVE'): void {
    const leg = this.#leg;
    if (!isUp(leg) || leg.callState === callState) return;
    const before = leg.callState;
    leg.callState = callState;
    this.#core.emitOf(leg, 'CHANNEL_CALLSTATE', { 'Original-Channel-Call-State': before });
  }

  #rememberRefusal(called: Channel): void {
    remember(this.#leg, called);
    const status = called.variables.get('sip_invite_failure_status');
    const wasRefused = called.variables.get('sip_hangup_disposition') === 'recv_refuse';
    if (wasRefused && status !== undefined) this.#leg.variables.set('sip_invite_failure_status', status);
  }

  #ids(called: Channel): Record<string, string> {
    return { 'Bridge-A-Unique-ID': this.#leg.uuid, 'Bridge-B-Unique-ID': called.uuid };
  }

  #join(called: Channel): void {
    const core = this.#core;
    const leg = this.#leg;
    if (this.#isOver || !isUp(leg)) return;
    this.#isJoined = true;
    this.#setCallState('ACTIVE');
    leg.variables.set('originate_disposition', 'SUCCESS');
    leg.bridgedTo = called;
    called.bridgedTo = leg;
    called.activity = { leave: () => this.#calledLeft(called) };
    leg.otherLeg = { channel: called, type: 'originatee' };
    for (const side of [leg, called]) side.times.bridged = core.time.nowMicros();
    if (called.times.progressMedia > 0) leg.times.progressMedia = core.time.nowMicros();
    core.emitOf(leg, 'CHANNEL_BRIDGE', this.#ids(called));
    called.state = 'CS_EXCHANGE_MEDIA';
    core.emitOf(called, 'CHANNEL_STATE');
    for (const [side, other] of [
      [leg, called],
      [called, leg],
    ] as const) {
      side.variables.set('bridge_to', other.uuid);
      side.variables.set('last_bridge_to', other.uuid);
    }
    if (called.times.answered === 0) return;
    letThemHear(leg, called);
    letThemHear(called, leg);
  }

  /** It hung up, or was taken away (hold). */
  #calledLeft(called: Channel): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const isRefused = called.hangupCause !== null && called.times.answered === 0;
    this.#part(called);
    remember(this.#leg, called);
    if (isRefused) this.#rememberRefusal(called);
    this.#unbridged(called);
    this.#over(isRefused ? 'failed' : 'ended', called.hangupCause ?? 'NORMAL_CLEARING');
  }

  #part(called: Channel): void {
    for (const side of [this.#leg, called]) {
      side.bridgedTo = null;
      side.variables.delete('bridge_to');
    }
  }

  #unbridged(called: Channel): void {
    this.#core.emitOf(this.#leg, 'CHANNEL_UNBRIDGE', this.#ids(called));
  }
}
