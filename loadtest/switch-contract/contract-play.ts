import { clear } from '../../compliance/gate.ts';
import { someCandidate, NOON } from '../../compliance/candidate.fixture.ts';
import { permitAgentLeg } from '../../dialer/agent-leg-permit.ts';
import { renderCommand, type EslCommand } from '../../dialer/freeswitch/esl-command.ts';
import {
  dialForAgent,
  originateAgentLeg,
  originateCall,
  type OriginateContext,
  type OriginateText,
} from '../../dialer/freeswitch/originate-command.ts';
import type { OriginateCommand } from '../../dialer/telephony.ts';
import type { AgentId, CallId, CampaignId, Epoch, LegId, PoolId } from '../../kernel/ids.ts';
import type { PhoneNumber } from '../../kernel/phone.ts';
import { milliseconds, type DurationMs, type MonotonicMs } from '../../kernel/time.ts';
import { endingFor, type CarrierBehaviourName } from '../sip/carrier-behaviour.ts';
import { EventSocketClient, type SwitchEvent } from '../sip/event-socket-client.ts';
import { dumpedChannel, listedChannels } from './channel-snapshot.ts';
import type { ContractStage } from './contract-stage.ts';
import type { ContractTrace, TracedEvent, TracedReply } from './contract-trace.ts';
import { CONTRACT_EVENTS, normalise } from './trace-normalisation.ts';

/** Longer than anything that a case waits for. */
const WAIT_MS_MAX = 25_000;
const AGENT_ID = '01900000-0000-7000-8000-0000000000a9' as AgentId;

export interface ContractCase {
  readonly name: string;
  readonly play: (play: ContractPlay) => Promise<void>;
}

export interface DialOptions {
  readonly orphanAfterMs?: DurationMs;
  readonly messageFile?: string;
  readonly ringTimeoutMs?: DurationMs;
  readonly progressTimeoutMs?: DurationMs;
}

/** Tells the ids of this playing of a case from all others. */
export interface ContractPlace {
  readonly serial: number;
  readonly run: number;
}

interface Leg {
  readonly name: string;
  readonly id: string;
  readonly number: string | null;
  readonly events: SwitchEvent[];
}

/** One case while it is played: names instead of ids, every command rendered as the product renders it, everything heard kept. */
export class ContractPlay {
  readonly stage: ContractStage;
  readonly #name: string;
  readonly #client: EventSocketClient;
  readonly #place: ContractPlace;
  readonly #legs = new Map<string, Leg>();
  readonly #replies: TracedReply[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #poolId: PoolId;
  readonly #epoch = 7 as Epoch;
  #ids = 0;

  private constructor(parts: {
    readonly stage: ContractStage;
    readonly name: string;
    readonly client: EventSocketClient;
    readonly place: ContractPlace;
  }) {
    const { stage, name, client, place } = parts;
    this.stage = stage;
    this.#name = name;
    this.#client = client;
    this.#place = place;
    this.#poolId = this.#newId() as PoolId;
    client.listen((event) => this.#heard(event));
  }

  static async begin(stage: ContractStage, name: string, place: ContractPlace): Promise<ContractPlay> {
    const client = await EventSocketClient.open(stage.eventSocket);
    await client.send(`event json ${CONTRACT_EVENTS.join(' ')}`);
    return new ContractPlay({ stage, name, client, place });
  }

  /** Places a customer's call, through the gate as the product does. */
  async dial(name: string, behaviour: CarrierBehaviourName, options: DialOptions = {}): Promise<void> {
    const order = await this.#order(name, behaviour, options);
    const orphanAfterMs = options.orphanAfterMs ?? milliseconds(40_000);
    const messageFile = options.messageFile ?? 'tone_stream://%(800,0,440)';
    const text = originateCall({ do: 'originate', ...order, orphanAfterMs, messageFile }, this.#context());
    await this.#originate(this.idOf(name), text);
  }

  /** Has an agent's parked leg call a customer. */
  async dialForAgent(name: string, agent: string, behaviour: CarrierBehaviourName): Promise<void> {
    const order = await this.#order(name, behaviour, {});
    const legId = this.idOf(agent) as LegId;
    const script = dialForAgent(
      { do: 'dial-for-agent', ...order, legId, agentId: AGENT_ID },
      this.#context(),
    );
    await this.send({ send: 'dial-for-agent', legId, script });
  }

  /** Makes a leg with a number that behaves so, and the gate's leave to call it. */
  async #order(
    name: string,
    behaviour: CarrierBehaviourName,
    options: DialOptions,
  ): Promise<Omit<OriginateCommand, 'do' | 'orphanAfterMs' | 'messageFile'>> {
    const callId = this.#newId() as CallId;
    const number = `+1${200 + this.#place.serial}555${String(this.#ids).padStart(2, '0')}${endingFor(behaviour)}`;
    await this.stage.prepare(number, behaviour);
    const clearance = clear(someCandidate({ callId, phone: number as PhoneNumber }), {
      now: NOON,
      monotonic: 0 as MonotonicMs,
    });
    if (clearance.kind !== 'cleared') throw new Error('The gate refused the call of the contract.');
    this.#legs.set(name, { name, id: callId, number, events: [] });
    const dialTemplate = this.stage.trunkTemplate;
    return {
      clearance,
      trunk: { dialTemplate, numberFormat: 'e164', callerIdIn: 'from', codecs: 'PCMU,PCMA' },
      callerId: '+12025550000' as PhoneNumber,
      ringTimeoutMs: options.ringTimeoutMs ?? milliseconds(25_000),
      progressTimeoutMs: options.progressTimeoutMs ?? milliseconds(12_000),
      campaignId: '01900000-0000-7000-8000-0000000000ca' as CampaignId,
    };
  }

  #context(): OriginateContext {
    const clock = { now: () => NOON, monotonic: () => 0 as MonotonicMs };
    return { poolId: this.#poolId, epoch: this.#epoch, clock };
  }

  /** Calls the phone of an agent; a leg that is known already is asked for with the same id again. */
  async callAgent(name: string, extension: string): Promise<void> {
    const known = this.#legs.get(name);
    const id = (known?.id ?? this.#newId()) as LegId;
    const permit = permitAgentLeg(AGENT_ID, id, extension);
    if (permit === null) throw new Error(`${extension} is no extension.`);
    const owner = { poolId: this.#poolId, epoch: this.#epoch };
    if (known === undefined) this.#legs.set(name, { name, id, number: null, events: [] });
    await this.#originate(id, originateAgentLeg(permit, owner, this.stage.agentDomain));
  }

  bridge(call: string, leg: string): Promise<void> {
    return this.send({ send: 'bridge', callId: this.idOf(call) as CallId, legId: this.idOf(leg) as LegId });
  }

  hangUp(name: string): Promise<void> {
    return this.send({ send: 'hang-up', channelId: this.idOf(name) as CallId });
  }

  playMessage(call: string, file: string): Promise<void> {
    return this.send({ send: 'play-message', callId: this.idOf(call) as CallId, file });
  }

  /** What the switch shows of all legs of the case, as a new owner would ask. */
  async look(): Promise<void> {
    const { line } = renderCommand({ send: 'show-channels', poolId: this.#poolId });
    const listed = await this.#client.api(line);
    this.#replies.push({ command: this.#named(line), reply: this.#named(listedChannels(listed)) });
    for (const { id } of this.#legs.values()) {
      const dump = renderCommand({ send: 'dump-channel', channelId: id as CallId }).line;
      const dumped = await this.#client.send(dump);
      this.#replies.push({ command: this.#named(dump), reply: this.#named(dumpedChannel(dumped)) });
    }
  }

  async send(command: EslCommand): Promise<void> {
    const { line } = renderCommand(command);
    const reply = await this.#client.send(line);
    this.#replies.push({ command: this.#named(line), reply: this.#named(reply.trim()) });
  }

  /** Waits until the leg has had the event so many times. */
  async until(name: string, event: string, times = 1): Promise<void> {
    const had = (): boolean =>
      this.#leg(name).events.filter((each) => each['Event-Name'] === event).length >= times;
    await this.#untilTrue(had, `${event} of ${name}`);
  }

  /** Ends with all events of the leg heard. */
  async untilGone(name: string): Promise<void> {
    await this.until(name, 'CHANNEL_DESTROY');
    await this.until(name, 'BACKGROUND_JOB');
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  /** An id that no leg has. */
  strangeId(): string {
    return '01900000-0000-7000-8000-00000000dead';
  }

  idOf(name: string): string {
    return this.#legs.get(name)?.id ?? name;
  }

  /** Resolves when the switch has closed the connection. */
  get disconnected(): Promise<void> {
    return this.#client.closed;
  }

  async end(): Promise<ContractTrace> {
    this.#client.close();
    const legs: Record<string, TracedEvent[]> = {};
    const invites: Record<string, number> = {};
    for (const { name, number, events } of this.#legs.values()) {
      const since = Number(events[0]?.['Event-Date-Timestamp'] ?? 0);
      legs[name] = events.map((event) => normalise(event, since, (text) => this.#named(text)));
      if (number !== null) invites[name] = await this.stage.invitesTo(number);
    }
    return { case: this.#name, replies: this.#replies, legs, invites };
  }

  async #originate(id: string, text: OriginateText): Promise<void> {
    const { line } = renderCommand({ send: 'originate', text });
    await this.#client.bgapi(line, `${this.#poolId}.${this.#epoch}.${id}`);
  }

  #leg(name: string): Leg {
    const leg = this.#legs.get(name);
    if (leg === undefined) throw new Error(`The case has no leg "${name}".`);
    return leg;
  }

  #heard(event: SwitchEvent): void {
    const id = event['Unique-ID'] ?? event['Job-UUID']?.split('.').at(-1);
    for (const leg of this.#legs.values()) if (leg.id === id) leg.events.push(event);
    for (const look of this.#waiting) look();
  }

  async #untilTrue(check: () => boolean, what: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`Case "${this.#name}": ${what} did not come.\n${this.#heardSoFar()}`));
      }, WAIT_MS_MAX);
      const look = (): void => {
        if (!check()) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  #heardSoFar(): string {
    return [...this.#legs.values()]
      .map(({ name, events }) => `${name}: ${events.map((event) => event['Event-Name']).join(' ')}`)
      .join('\n');
  }

  /** The text with names in place of ids. */
  #named(text: string): string {
    let named = text.replaceAll(this.#poolId, '<pool>');
    for (const { name, id, number } of this.#legs.values()) {
      named = named.replaceAll(id, `<${name}>`);
      if (number === null) continue;
      named = named.replaceAll(this.stage.trunkTemplate.replace('{number}', number), `<trunk to ${name}>`);
    }
    return named.replaceAll(this.strangeId(), '<stranger>');
  }

  #newId(): string {
    this.#ids += 1;
    const digits = (n: number, width: number): string => n.toString(16).padStart(width, '0');
    return `${digits(process.pid, 8)}-${digits(this.#place.serial, 4)}-7000-8000-${digits(this.#place.run, 4)}${digits(this.#ids, 8)}`;
  }
}
