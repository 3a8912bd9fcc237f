import { callingWindowOf } from '../../compliance/calling-window.ts';
import { isIssued } from '../../compliance/gate.ts';
import { isPermitIssued } from '../../dialer/agent-leg-permit.ts';
import type {
  OriginateCommand,
  SwitchCommand,
  SwitchFact,
  UnansweredEnding,
} from '../../dialer/telephony.ts';
import { unreachable } from '../../kernel/assert.ts';
import type { AgentId, CallId, Epoch, LegId, PoolId } from '../../kernel/ids.ts';
import type { PhoneNumber } from '../../kernel/phone.ts';
import type { Random } from '../../kernel/random.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { quantile, type Dist } from '../distribution.ts';
import type { Scenario } from '../scenario.schema.ts';
import { RANK, type Agenda } from './agenda.ts';
import type { Violation } from './violations.ts';
import type { WorldCall } from './world-call.ts';

/** 16 CFR 310.4(b)(4)(ii): a ring shorter than this is never cut. */
const RING_MIN_MS = 15_000;
/** Length of the message that people hear when nobody is free. */
const MESSAGE_MS = 4000;
const FAST_FAILURE_MS = 100;
const LOOK_MS = 40;

export interface CarrierPorts {
  readonly poolId: PoolId;
  readonly epoch: Epoch;
  readonly scenario: Scenario;
  readonly agenda: Agenda;
  readonly random: Random;
  /** The product hears it. */
  readonly tell: (fact: SwitchFact) => void;
  readonly violated: (violation: Violation) => void;
  /** Who is behind the number that is dialled now. */
  readonly meet: (
    originate: OriginateCommand,
  ) => Pick<WorldCall, 'person' | 'uniforms'> & { readonly trunk: Scenario['trunks'][number] | null };
  readonly talkFactor: (agentId: AgentId) => number;
  /** Hours since the present shift began. */
  readonly hour: () => number;
  readonly onEnded: (call: WorldCall) => void;
}

interface PlannedEnd {
  readonly inMs: number;
  readonly by: NonNullable<WorldCall['endedBy']>;
  /** What it means when nobody had answered. */
  readonly unanswered?: UnansweredEnding;
}

interface Leg {
  readonly agentId: AgentId;
  readonly answeredAt: EpochMs;
  call: WorldCall | null;
}

/** Switch, carrier and people: performs the product's commands and tells it what a switch would tell. */
export class WorldCarrier {
  readonly calls = new Map<CallId, WorldCall>();
  linesMax = 0;
  readonly #ports: CarrierPorts;
  readonly #legs = new Map<LegId, Leg>();
  readonly #open = new Map<CallId, WorldCall>();
  readonly #numbers = new Set<PhoneNumber>();
  readonly #onTrunk = new Map<string, number>();

  constructor(ports: CarrierPorts) {
    this.#ports = ports;
  }

  perform(command: SwitchCommand): void {
    switch (command.do) {
      case 'originate':
        this.#originate(command);
        return;
      case 'call-agent': {
        const { permit } = command;
        if (!isPermitIssued(permit)) this.#ports.violated('callWithoutClearance');
        this.#legs.set(permit.legId, { agentId: permit.agentId, answeredAt: this.#now, call: null });
        this.#later(0, () => ({ type: 'leg-answered', legId: permit.legId, at: this.#now }));
        return;
      }
      case 'bridge':
      case 'resume':
        this.#bridge(command.callId, command.legId);
        return;
      case 'play-message':
        this.#playMessage(command.callId);
        return;
      case 'hang-up':
        this.#hangUp(command.channelId);
        return;
      case 'see-channels':
        this.#look();
        return;
      // Agents of these worlds place no calls of their own.
      case 'dial-for-agent':
      case 'hold':
      case 'play-to-customer':
      case 'play-tone':
      case 'see-gateway':
      case 'mark':
        return;
      default:
        unreachable(command);
    }
  }

  /** What is up, as a switch lists it. */
  #look(): void {
    const at = this.#now;
    const mark = { poolId: this.#ports.poolId, epoch: this.#ports.epoch };
    const calls = [...this.#open.values()].map((call) => ({
      ...mark,
      channelId: call.callId,
      purpose: 'call' as const,
      agentId: null,
      answeredAt: call.isTold ? call.answeredAt : null,
      bridgedTo: call.legId,
      bridgedAt: call.audioAt,
    }));
    const legs = [...this.#legs].map(([channelId, leg]) => ({
      ...mark,
      channelId,
      purpose: 'agent-leg' as const,
      agentId: leg.agentId,
      answeredAt: leg.answeredAt,
      bridgedTo: leg.call?.callId ?? null,
      bridgedAt: leg.call?.audioAt ?? null,
    }));
    this.#ports.agenda.in(LOOK_MS, () => {
      this.#ports.tell({ type: 'channels-seen', at, channels: [...calls, ...legs] });
    });
  }

  get openCalls(): number {
    return this.#open.size;
  }

  /** An agent's phone goes without a word. */
  loseLeg(legId: LegId): void {
    const leg = this.#legs.get(legId);
    if (!leg) return;
    this.#legs.delete(legId);
    if (leg.call) {
      leg.call.legId = null;
      this.#waitAlone(leg.call);
    }
    this.#ports.tell({ type: 'leg-ended', legId, at: this.#now, reason: 'NORMAL_CLEARING' });
  }

  get #now(): Agenda['now'] {
    return this.#ports.agenda.now;
  }

  #later(ms: number, fact: () => SwitchFact): void {
    this.#ports.agenda.in(ms, () => {
      this.#ports.tell(fact());
    });
  }

  #draw(dist: Dist): number {
    return Math.max(0, quantile(dist, this.#ports.random.next()) * 1000);
  }

  #originate(command: OriginateCommand): void {
    const { candidate } = command.clearance;
    const { callId, phone, campaignId } = candidate;
    const { violated, meet, hour, scenario, random } = this.#ports;
    if (!isIssued(command.clearance)) violated('callWithoutClearance');
    if (!callingWindowOf(candidate.zones.join('|'), this.#now).isOpen) violated('outsideWindow');
    if (this.#numbers.has(phone)) violated('twoCallsToNumber');
    const { person, uniforms, trunk } = meet(command);
    const outage = trunk?.outages.find(({ fromHour, toHour }) => hour() >= fromHour && hour() < toHour);
    const isCarrierFailure = outage !== undefined && random.next() < outage.failRate;
    const call: WorldCall = {
      callId,
      campaignId,
      phone,
      person,
      uniforms,
      dialledAt: this.#now,
      dialTemplate: command.trunk.dialTemplate,
      isCarrierFailure,
      answeredAt: null,
      greetingEndsAt: null,
      audioAt: null,
      agentId: null,
      legId: null,
      hasMessage: false,
      isTold: false,
      endedAt: null,
      endedBy: null,
    };
    this.calls.set(callId, call);
    this.#open.set(callId, call);
    this.#numbers.add(phone);
    this.linesMax = Math.max(this.linesMax, this.#open.size);
    this.#countOnTrunk(command.trunk.dialTemplate, 1, trunk?.maxConcurrentCalls);
    this.#later(0, () => ({ type: 'dialled', callId, at: this.#now }));
    if (isCarrierFailure) {
      if (outage.how === '503')
        this.#ends(call, { inMs: FAST_FAILURE_MS, by: 'network', unanswered: 'carrier-failure' });
      return;
    }
    this.#later(0, () => ({ type: 'rang', callId, at: this.#now, hasEarlyMedia: false }));
    if (person.outcome === 'noAnswer') return;
    if (person.outcome === 'busy' || person.outcome === 'invalid') {
      const ending: UnansweredEnding = person.outcome === 'busy' ? 'busy' : 'invalid-number';
      this.#ends(call, { inMs: person.answerDelayMs, by: 'network', unanswered: ending });
      return;
    }
    // What is drawn at the limit itself belongs to the timeout.
    if (person.answerDelayMs < scenario.ringTimeoutSeconds * 1000)
      this.#ports.agenda.in(person.answerDelayMs, () => {
        this.#answer(call);
      });
  }

  #countOnTrunk(dialTemplate: string, change: 1 | -1, callsMax?: number): void {
    const count = (this.#onTrunk.get(dialTemplate) ?? 0) + change;
    this.#onTrunk.set(dialTemplate, count);
    if (callsMax !== undefined && count > callsMax) this.#ports.violated('overTrunkLimit');
  }

  #answer(call: WorldCall): void {
    if (call.endedAt !== null) return;
    call.answeredAt = this.#now;
    const { person } = call;
    const greetingMs = person.outcome === 'human' ? person.greetingMs : 0;
    call.greetingEndsAt = (this.#now + greetingMs) as EpochMs;
    this.#judge(call);
    if (person.outcome === 'human') {
      this.#ports.agenda.in(
        greetingMs + person.patienceMs,
        () => {
          if (call.audioAt === null) this.#end(call, { by: 'person' });
        },
        RANK.hangUp,
      );
    } else if (person.outcome === 'machine') this.#endsAlone(call, person.machineMs + RING_MIN_MS);
  }

  /** The product hears of an answer at once, or, with a detector in the switch, when that has made up its mind. */
  #judge(call: WorldCall): void {
    const { amd } = this.#ports.scenario;
    const told = (): void => {
      if (call.endedAt !== null) return;
      call.isTold = true;
      this.#ports.tell({ type: 'answered', callId: call.callId, at: this.#now });
    };
    if (amd.mode !== 'gate') {
      told();
      return;
    }
    const { verdict, verdictDelay } = call.uniforms;
    const isMachine = call.person.outcome === 'machine';
    const isFiltered = verdict < (isMachine ? 1 - amd.missedMachineRate : amd.falseMachineRate);
    const delayMs = Math.max(0, quantile(amd.delaySeconds, verdictDelay) * 1000);
    if (isFiltered) this.#ends(call, { inMs: delayMs, by: 'network' });
    else this.#ports.agenda.in(delayMs, told);
  }

  /** A machine hangs up by itself when nobody takes it. */
  #endsAlone(call: WorldCall, ms: number): void {
    this.#ports.agenda.in(ms, () => {
      if (call.audioAt === null) this.#end(call, { by: 'person' });
    });
  }

  /** His agent vanished in the talk. */
  #waitAlone(call: WorldCall): void {
    const { person } = call;
    const patienceMs = person.outcome === 'human' ? person.patienceMs : 0;
    this.#ports.agenda.in(
      patienceMs,
      () => {
        if (call.legId === null) this.#end(call, { by: 'person' });
      },
      RANK.hangUp,
    );
  }

  #bridge(callId: CallId, legId: LegId): void {
    const call = this.#open.get(callId);
    if (call?.hasMessage === true) this.#ports.violated('bridgedAfterMessage');
    const failed = (): void => {
      this.#ports.tell({ type: 'bridge-failed', callId, legId, at: this.#now, reason: 'NO_SUCH_CHANNEL' });
    };
    this.#ports.agenda.in(
      this.#draw(this.#ports.scenario.connectSeconds),
      () => {
        const leg = this.#legs.get(legId);
        if (!call || !leg || call.endedAt !== null || call.hasMessage) {
          failed();
          return;
        }
        if (leg.call && leg.call !== call) this.#ports.violated('twoCallsToAgent');
        this.#heard(call, leg, legId);
      },
      RANK.audio,
    );
  }

  #heard(call: WorldCall, leg: Leg, legId: LegId): void {
    const isFirst = call.audioAt === null;
    leg.call = call;
    call.legId = legId;
    call.agentId = leg.agentId;
    call.audioAt ??= this.#now;
    this.#ports.tell({ type: 'bridged', callId: call.callId, legId, at: this.#now });
    const { person } = call;
    if (!isFirst || (person.outcome !== 'human' && person.outcome !== 'machine')) return;
    const talkMs =
      person.outcome === 'human' ? person.talkMs * this.#ports.talkFactor(leg.agentId) : person.machineMs;
    this.#ends(call, { inMs: talkMs, by: 'person' });
  }

  #playMessage(callId: CallId): void {
    const call = this.#open.get(callId);
    if (!call || call.hasMessage) return;
    call.hasMessage = true;
    this.#later(0, () => ({ type: 'message-started', callId, at: this.#now }));
    this.#ends(call, { inMs: MESSAGE_MS, by: 'us' });
  }

  #hangUp(channelId: CallId | LegId): void {
    const leg = this.#legs.get(channelId as LegId);
    if (leg) {
      this.#ports.agenda.in(0, () => {
        this.loseLeg(channelId as LegId);
      });
      return;
    }
    const call = this.#open.get(channelId as CallId);
    if (!call) return;
    const rangMs = this.#now - call.dialledAt;
    if (call.answeredAt === null && !call.isCarrierFailure && rangMs < RING_MIN_MS)
      this.#ports.violated('ringCancelledEarly');
    this.#ends(call, { inMs: 0, by: 'us' });
  }

  #ends(call: WorldCall, end: PlannedEnd): void {
    this.#ports.agenda.in(
      end.inMs,
      () => {
        this.#end(call, end);
      },
      RANK.hangUp,
    );
  }

  #end(call: WorldCall, { by, unanswered = 'no-answer' }: Omit<PlannedEnd, 'inMs'>): void {
    if (call.endedAt !== null) return;
    call.endedAt = this.#now;
    call.endedBy = by;
    this.#open.delete(call.callId);
    this.#numbers.delete(call.phone);
    this.#countOnTrunk(call.dialTemplate, -1);
    const leg = call.legId === null ? undefined : this.#legs.get(call.legId);
    if (leg?.call === call) leg.call = null;
    this.#ports.onEnded(call);
    const hungUpBy = by === 'person' ? 'customer' : by === 'us' ? 'us' : 'carrier';
    const raw = { hangupCause: 'NORMAL_CLEARING', sipStatus: null, q850Cause: null };
    this.#ports.tell({ type: 'call-ended', callId: call.callId, at: this.#now, hungUpBy, unanswered, raw });
  }
}
