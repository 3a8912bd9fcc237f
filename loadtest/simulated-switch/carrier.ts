import { inForce, meetPerson, personUniforms, type Person } from '../people.ts';
import type { Scenario } from '../scenario.schema.ts';
import type { FarEnd, FarEndSignals, Heard } from './channel.ts';
import type { CarrierCall, CarrierJournal } from './carrier-journal.ts';
import type { SwitchTime, SwitchTimer } from './switch-time.ts';
import type { WireScript, WireStep } from './wire-script.ts';

/** The network gives up a call that nobody takes. */
const NETWORK_RINGS_MS = 120_000;
/** A person whose agent fell silent, or who was put on hold, waits this long. */
const HOLD_PATIENCE_MS = 20_000;
/** A message or music is listened to for at most this long. */
const MESSAGE_PATIENCE_MS = 60_000;
/** A machine that nobody talks to records this long. */
const RECORDER_MS = 30_000;

export interface CarrierInvite {
  readonly number: string;
  readonly channelUuid: string;
  readonly callerIdNumber: string;
  /** Gateway or host of the dial string. */
  readonly trunk: string;
}

export interface CarrierOptions {
  readonly time: SwitchTime;
  readonly scenario: Scenario;
  readonly seed: number;
  readonly journal: CarrierJournal;
}

/** Everything behind the trunks: the network and the people who are called. */
export class Carrier {
  readonly #time: SwitchTime;
  readonly #scenario: Scenario;
  readonly #seed: number;
  readonly #startedAtMicros: number;
  readonly journal: CarrierJournal;
  readonly #scripts = new Map<string, WireScript>();
  /** Gateways whose carrier does not answer the switch's pings. */
  readonly downGateways = new Set<string>();
  readonly #trunks: string[] = [];
  #secondOfInvites = 0;
  #invitesInSecond = 0;

  constructor(options: CarrierOptions) {
    this.#time = options.time;
    this.#scenario = options.scenario;
    this.#seed = options.seed;
    this.journal = options.journal;
    this.#startedAtMicros = options.time.nowMicros();
  }

  /** From now on calls to this number follow the script; null: the scenario again. */
  setScript(number: string, script: WireScript | null): void {
    if (script === null) this.#scripts.delete(number);
    else this.#scripts.set(number, script);
  }

  call(invite: CarrierInvite, signals: FarEndSignals): FarEnd {
    const script = this.#scripts.get(invite.number);
    const attempt = this.journal.invitesTo(invite.number) + 1;
    const key = { seed: this.#seed, campaign: '', lead: invite.number, attempt };
    const hour = this.#hour();
    const person: Person = meetPerson(this.#scenario, key, hour);
    const failure =
      script === undefined ? this.#trunkFailure(invite.trunk, personUniforms(key).verdict) : null;
    const call: CarrierCall = {
      number: invite.number,
      channelUuid: invite.channelUuid,
      callerIdNumber: invite.callerIdNumber,
      drawn: script !== undefined ? 'script' : failure !== null ? 'trunk-failure' : person.outcome,
      invitedAt: this.#nowMs(),
      rangAt: null,
      earlyMediaAt: null,
      answeredAt: null,
      refusedWith: null,
      bridgedAt: null,
      talkedWith: [],
      messageAt: null,
      talkPlannedMs: person.outcome === 'human' && script === undefined ? person.talkMs : null,
      talkMs: 0,
      endedAt: null,
      endedBy: null,
      wasTalkCut: false,
    };
    this.journal.invited(call);
    const steps = script?.steps ?? failure ?? wireOf(person, personUniforms(key));
    const options = {
      person: script === undefined ? person : null,
      steps,
      answersWhenCancelled: script?.answersWhenCancelled ?? false,
    };
    return new CarriedCall({ time: this.#time, journal: this.journal, call, signals }, options);
  }

  #nowMs(): number {
    return Math.round(this.#time.nowMicros() / 1000);
  }

  /** Hours since the switch was started, within the scenario's shift. */
  #hour(): number {
    return ((this.#time.nowMicros() - this.#startedAtMicros) / 3_600_000_000) % this.#scenario.hours;
  }

  #trunkFailure(name: string, u: number): readonly WireStep[] | null {
    if (!this.#trunks.includes(name)) this.#trunks.push(name);
    const { trunks } = this.#scenario;
    const trunk = trunks[this.#trunks.indexOf(name) % Math.max(1, trunks.length)];
    if (trunk === undefined) return null;
    const unavailable = [{ atMs: 50, send: 503 }];
    const second = Math.floor(this.#nowMs() / 1000);
    if (second !== this.#secondOfInvites) this.#invitesInSecond = 0;
    this.#secondOfInvites = second;
    this.#invitesInSecond += 1;
    if (this.#invitesInSecond > (trunk.maxCallsPerSecond ?? Infinity)) return unavailable;
    if (this.journal.concurrent >= (trunk.maxConcurrentCalls ?? Infinity)) return unavailable;
    const hour = this.#hour();
    const outage = inForce(
      trunk.outages.filter((one) => one.fromHour <= hour && hour < one.toHour),
      hour,
    );
    if (outage === undefined || u >= outage.failRate) return null;
    return outage.how === '503' ? unavailable : [];
  }
}

/** How the network signals what the person does: mostly 180, some 183, few answer without a word. */
function wireOf(
  person: Person,
  uniforms: { readonly signalling: number; readonly postDialDelay: number },
): WireStep[] {
  const finalAtMs = person.outcome === 'noAnswer' ? NETWORK_RINGS_MS : person.answerDelayMs;
  const postDialMs = Math.min(0.8 * finalAtMs, 200 + 1_800 * uniforms.postDialDelay ** 2);
  const final = finalOf(person);
  const last: WireStep = { ...final, atMs: finalAtMs };
  // Busy and unknown numbers are mostly refused before anything rings.
  if (person.outcome === 'busy' || person.outcome === 'invalid') return [last];
  const u = uniforms.signalling;
  const isSilent = u < 0.02 && person.outcome === 'human' && finalAtMs < 5_000;
  if (isSilent) return [last];
  if (u < 0.12) return [{ atMs: postDialMs, send: 183 }, last];
  if (u < 0.15)
    return [{ atMs: postDialMs, send: 180 }, { atMs: (postDialMs + finalAtMs) / 2, send: 183 }, last];
  return [{ atMs: postDialMs, send: 180 }, last];
}

function finalOf(person: Person): { send: number; q850?: number } {
  switch (person.outcome) {
    case 'human':
    case 'machine':
      return { send: 200 };
    case 'busy':
      return { send: 486 };
    case 'invalid':
      return { send: 404 };
    case 'noAnswer':
      return { send: 480, q850: 19 };
  }
}

interface CallContext {
  readonly time: SwitchTime;
  readonly journal: CarrierJournal;
  readonly call: CarrierCall;
  readonly signals: FarEndSignals;
}

/** One call on the carrier's side, until it ends on either side. */
class CarriedCall implements FarEnd {
  readonly #context: CallContext;
  readonly #person: Person | null;
  readonly #answersWhenCancelled: boolean;
  readonly #timers: SwitchTimer[] = [];
  #patience: SwitchTimer | null = null;
  /** When the talk that goes on began. */
  #talkSinceMs: number | null = null;

  constructor(
    context: CallContext,
    plan: {
      readonly person: Person | null;
      readonly steps: readonly WireStep[];
      readonly answersWhenCancelled: boolean;
    },
  ) {
    this.#context = context;
    this.#person = plan.person;
    this.#answersWhenCancelled = plan.answersWhenCancelled;
    for (const step of plan.steps) {
      this.#timers.push(context.time.after(step.atMs, () => this.#send(step)));
    }
  }

  cancel(): void {
    const { call, journal } = this.#context;
    if (this.#answersWhenCancelled && call.answeredAt === null) journal.answered(call, this.#nowMs());
    this.#end('switch');
  }

  bye(): void {
    this.#end('switch');
  }

  isAudible(): boolean {
    return true;
  }

  hears(heard: Heard): void {
    const { call, journal } = this.#context;
    if (call.endedAt !== null || call.answeredAt === null) return;
    this.#stopTalk();
    this.#patience?.cancel();
    this.#patience = null;
    switch (heard.audio) {
      case 'nobody':
        this.#waitAlone();
        return;
      case 'message':
        journal.heardMessage(call, this.#nowMs());
        this.#leaveIn(MESSAGE_PATIENCE_MS);
        return;
      case 'party':
        journal.bridged(call, this.#nowMs());
        call.talkedWith.push(heard.name);
        this.#talk();
    }
  }

  #nowMs(): number {
    return Math.round(this.#context.time.nowMicros() / 1000);
  }

  #send(step: WireStep): void {
    const { call, signals, journal } = this.#context;
    if (call.endedAt !== null) return;
    const at = this.#nowMs();
    if (step.send === 'bye') {
      this.#end('person');
      signals.hungUp();
    } else if (step.send === 180) {
      call.rangAt ??= at;
      signals.rang();
    } else if (step.send === 183) {
      call.earlyMediaAt ??= at;
      signals.sentEarlyMedia();
    } else if (step.send === 200) {
      journal.answered(call, at);
      this.#waitAlone();
      signals.answered();
    } else {
      call.refusedWith = step.send;
      this.#end('carrier');
      signals.refused({ status: step.send, ...(step.q850 === undefined ? {} : { q850: step.q850 }) });
    }
  }

  /** Answered, and nobody is heard: before the first agent a person waits as long as the scenario says. */
  #waitAlone(): void {
    const { call } = this.#context;
    const person = this.#person;
    if (person?.outcome === 'human') {
      const hasTalked = call.bridgedAt !== null || call.messageAt !== null;
      this.#leaveIn(hasTalked ? HOLD_PATIENCE_MS : this.#untilImpatientMs(person));
    } else if (person?.outcome === 'machine') {
      this.#leaveIn(RECORDER_MS);
    }
  }

  #untilImpatientMs(person: Extract<Person, { outcome: 'human' }>): number {
    const heardNobodyMs = this.#nowMs() - (this.#context.call.answeredAt ?? this.#nowMs());
    return Math.max(0, person.greetingMs + person.patienceMs - heardNobodyMs);
  }

  #talk(): void {
    const { call } = this.#context;
    this.#talkSinceMs = this.#nowMs();
    if (this.#person?.outcome === 'human') this.#leaveIn(Math.max(0, this.#person.talkMs - call.talkMs));
    else if (this.#person?.outcome === 'machine') this.#leaveIn(this.#person.machineMs);
  }

  #stopTalk(): void {
    if (this.#talkSinceMs === null) return;
    this.#context.call.talkMs += this.#nowMs() - this.#talkSinceMs;
    this.#talkSinceMs = null;
  }

  #leaveIn(ms: number): void {
    this.#patience?.cancel();
    this.#patience = this.#context.time.after(ms, () => {
      this.#end('person');
      this.#context.signals.hungUp();
    });
  }

  #end(by: 'person' | 'switch' | 'carrier'): void {
    const { call, journal } = this.#context;
    if (call.endedAt !== null) return;
    this.#stopTalk();
    for (const timer of this.#timers) timer.cancel();
    this.#patience?.cancel();
    journal.ended(call, { at: this.#nowMs(), by });
  }
}
