import { unreachable } from '../kernel/assert.ts';
import type { AgentId, CallId, TrunkId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { MonotonicMs } from '../kernel/time.ts';
import type { Trunk } from './campaign-settings.ts';
import type { PoolView } from './live-view.ts';
import type { LoopTime, PoolEffect, PoolEvent } from './pool-event.ts';
import type { SwitchCommand, SwitchFact } from './telephony.ts';

const RING_MIN_MS = 15_000;

interface Watched {
  readonly phone: PhoneNumber;
  rangAt: MonotonicMs | null;
  isAnswered: boolean;
  hasMessage: boolean;
  /** We have asked for its end: what comes after is a repetition. */
  isHungUp: boolean;
  isEnded: boolean;
  readonly trunkId: TrunkId | null;
  /** An agent may give up what he dials himself; the minimum is for calls that a machine places. */
  readonly isForAgent: boolean;
}

/** What must hold after every event, whatever happens. Knows only what went in and what came out. */
export class PoolWatch {
  readonly trunks = new Map<TrunkId, Trunk>();
  /** Off in worlds where single events are lost: then nobody can know when it rang. */
  isRingMinimumKept = true;
  readonly #placed = new Set<CallId>();
  readonly #calls = new Map<CallId, Watched>();
  readonly #revoked = new Set<PhoneNumber>();
  readonly #originatedAt = new Map<TrunkId, number[]>();
  #isUp = false;
  #hasLeft = false;

  heard(event: PoolEvent, { monotonic }: LoopTime): void {
    if (event.type === 'committed') for (const id of event.placed) this.#placed.add(id);
    if (event.type === 'do-not-call-added') for (const { phone } of event.entries) this.#revoked.add(phone);
    if (event.type === 'switch') this.#heardFact(event.fact, monotonic);
  }

  #heardFact(fact: SwitchFact, now: MonotonicMs): void {
    if (fact.type === 'link-up') this.#isUp = true;
    if (fact.type === 'link-up' || fact.type === 'channels-seen') {
      for (const { channelId, answeredAt } of fact.channels) {
        const call = this.#calls.get(channelId as CallId);
        if (call && answeredAt !== null) call.isAnswered = true;
      }
    }
    if (!('callId' in fact)) return;
    const call = this.#calls.get(fact.callId);
    if (!call) return;
    if (fact.type === 'rang') call.rangAt ??= now;
    const isProven = 'answeredAt' in fact && typeof fact.answeredAt === 'number';
    if (fact.type === 'answered' || fact.type === 'bridged' || isProven) call.isAnswered = true;
  }

  performed(effect: PoolEffect, time: LoopTime): void {
    if (effect.do === 'switch') {
      must(!this.#hasLeft, 'a command was sent after the pool was left');
      this.#commanded(effect.command, time);
    }
    if (effect.do === 'leave') this.#hasLeft = true;
    if (effect.do === 'store-ending') this.#stored(effect.call.id);
  }

  #stored(callId: CallId): void {
    const call = this.#calls.get(callId);
    must(call?.isEnded !== true, `call ${callId} stored two endings`);
    if (call) call.isEnded = true;
  }

  #commanded(command: SwitchCommand, time: LoopTime): void {
    switch (command.do) {
      case 'originate':
      case 'dial-for-agent':
        this.#originated(command, time);
        return;
      case 'bridge': {
        const call = this.#calls.get(command.callId);
        if (!call) return;
        must(call.isAnswered, 'a bridge was asked for before the answer');
        must(!call.hasMessage, 'a bridge was asked for after the message');
        return;
      }
      case 'play-message': {
        const call = this.#calls.get(command.callId);
        if (call) call.hasMessage = true;
        return;
      }
      case 'hang-up':
        this.#hungUp(command.channelId as CallId, time.monotonic);
        return;
      case 'call-agent':
      case 'play-to-customer':
      case 'play-tone':
      case 'hold':
      case 'resume':
      case 'see-channels':
      case 'see-gateway':
      case 'mark':
        return;
      default:
        unreachable(command);
    }
  }

  #originated(
    command: Extract<SwitchCommand, { do: 'originate' | 'dial-for-agent' }>,
    { monotonic }: LoopTime,
  ): void {
    const { callId, phone } = command.clearance.candidate;
    must(this.#placed.has(callId), 'a call was dialled that commit did not return');
    must(!this.#calls.has(callId), 'a call was dialled twice');
    must(!this.#revoked.has(phone), 'a revoked number was dialled');
    const up = [...this.#calls.values()].filter(({ isEnded }) => !isEnded);
    must(!up.some((call) => call.phone === phone), 'two calls to one number at a time');
    const trunk = [...this.trunks.values()].find(
      ({ dialTemplate }) => dialTemplate === command.trunk.dialTemplate,
    );
    const trunkId = trunk?.id ?? null;
    const call = {
      phone,
      rangAt: null,
      isAnswered: false,
      hasMessage: false,
      isHungUp: false,
      isEnded: false,
      trunkId,
      isForAgent: command.do === 'dial-for-agent',
    };
    this.#calls.set(callId, call);
    if (!trunk) return;
    const onTrunk = up.filter((other) => other.trunkId === trunk.id).length + 1;
    must(
      onTrunk <= trunk.callsMax,
      `${String(onTrunk)} calls on a trunk with ${String(trunk.callsMax)} channels`,
    );
    const lately = (this.#originatedAt.get(trunk.id) ?? []).filter((at) => monotonic - at < 1000);
    lately.push(monotonic);
    this.#originatedAt.set(trunk.id, lately);
    must(lately.length <= trunk.callsPerSecondMax, `${String(lately.length)} calls within one second`);
  }

  #hungUp(callId: CallId, now: MonotonicMs): void {
    const call = this.#calls.get(callId);
    // A look that was under way when the call ended may show it once more: nothing is cut by that.
    if (!call || call.isHungUp || call.isEnded) return;
    call.isHungUp = true;
    if (call.isAnswered || call.rangAt === null || this.#revoked.has(call.phone)) return;
    if (this.isRingMinimumKept && !call.isForAgent)
      must(now - call.rangAt >= RING_MIN_MS, `cancelled after ${String(now - call.rangAt)} ms of ringing`);
  }

  /** Calls and agents tell the same story, and nobody is in two calls. */
  check(view: PoolView): void {
    if (!this.#isUp) return;
    const inHand = new Map<CallId, AgentId>();
    for (const { agentId, state, callId } of view.agents) {
      if (callId === null || state === 'wrapping-up') continue;
      must(!inHand.has(callId), `two agents in call ${callId}`);
      inHand.set(callId, agentId);
      const call = view.calls.find((other) => other.callId === callId);
      if (state === 'dialling') {
        // Nothing is there while the gate is asked.
        must(call?.state !== 'connected', `${agentId} is dialling, his call is connected`);
        continue;
      }
      const wanted = state === 'reserved' ? 'bridging' : 'connected';
      must(
        call?.state === wanted && call.agentId === agentId,
        `${agentId} is ${state}, his call is ${call?.state ?? 'gone'}`,
      );
    }
    for (const { callId, state, agentId } of view.calls) {
      if (state !== 'bridging' && state !== 'connected') continue;
      must(inHand.get(callId) === agentId, `a call is ${state} with somebody who does not know of it`);
    }
  }
}

function must(condition: boolean, message: string): void {
  if (!condition) throw new Error(`must never happen: ${message}`);
}
