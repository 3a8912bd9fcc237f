import { unreachable } from '../kernel/assert.ts';
import type { AgentId, CallId, LegId } from '../kernel/ids.ts';
import type { Random } from '../kernel/random.ts';
import type { EpochMs } from '../kernel/time.ts';
import { POOL, type PoolWorld } from './pool-world.fixture.ts';
import type { ChannelSnapshot, SwitchCommand, SwitchFact, UnansweredEnding } from './telephony.ts';

/** What goes wrong on the way from the switch to us, as chances. */
export interface Chaos {
  readonly drop: number;
  readonly duplicate: number;
  readonly late: number;
  /** Bridges that fail, or come about after everybody has given them up. */
  readonly badBridge: number;
}

export const CALM: Chaos = { drop: 0, duplicate: 0, late: 0, badBridge: 0 };

interface Channel {
  readonly id: CallId | LegId;
  readonly purpose: 'call' | 'agent-leg';
  readonly agentId: AgentId | null;
  answeredAt: EpochMs | null;
  bridgedTo: CallId | LegId | null;
  bridgedAt: EpochMs | null;
  hasMessage: boolean;
}

interface Planned {
  readonly at: number;
  readonly run: () => void;
}

const LOOK_EVERY_MS = 30_000;
const TICK_MS = 50;

/**
 * A switch, its carrier and the people behind it in virtual time: it knows what is really up, and tells it through a channel that
 * may lose, double and delay facts. Bridges and hang-ups are true; only what is heard of them may be wrong.
 */
export class PretendedSwitch {
  readonly channels = new Map<CallId | LegId, Channel>();
  /** Calls that an agent's own leg makes, until they end. */
  readonly #madeBy = new Map<CallId, LegId>();
  chaos: Chaos = CALM;
  /** Two agents' legs may never have the same customer. */
  readonly wrongs: string[] = [];
  isLinkUp = true;
  readonly #world: PoolWorld;
  readonly #random: Random;
  /** In the order of their time. */
  readonly #plans: Planned[] = [];
  #lookAt: number;

  constructor(world: PoolWorld, random: Random) {
    this.#world = world;
    this.#random = random;
    this.#lookAt = world.now + LOOK_EVERY_MS;
    world.onCommand = (command) => {
      if (this.isLinkUp) this.#perform(command);
    };
  }

  /** Lets time pass: what happens on the switch in order, and the loop's ticks between. */
  pass(ms: number, everySecond: () => void = () => undefined): void {
    const until = this.#world.now + ms;
    for (let tickAt = this.#world.now + TICK_MS; tickAt <= until; tickAt += TICK_MS) {
      this.#runUntil(tickAt);
      this.#world.now = tickAt as EpochMs;
      if (this.#lookAt <= tickAt) {
        this.#lookAt = tickAt + LOOK_EVERY_MS;
        this.#look();
      }
      this.#world.tick();
      if (tickAt % 1000 < TICK_MS) everySecond();
    }
  }

  linkDown(): void {
    if (!this.isLinkUp) return;
    this.#world.fact({ type: 'link-down', at: this.#world.now, reason: 'reset' });
    this.isLinkUp = false;
  }

  linkUp(): void {
    if (this.isLinkUp) return;
    this.isLinkUp = true;
    this.#world.fact({ type: 'link-up', at: this.#world.now, channels: this.snapshots() });
  }

  /** An agent's phone goes without a word. */
  vanish(legId: LegId): void {
    this.#gone(legId, 'carrier', 'no-answer');
  }

  snapshots(): ChannelSnapshot[] {
    return [...this.channels.values()].map(({ id, hasMessage: _, ...channel }) => ({
      ...channel,
      channelId: id,
      poolId: POOL,
      epoch: 2 as never,
    }));
  }

  #chance(share: number): boolean {
    return this.#random.next() < share;
  }

  #between(low: number, high: number): number {
    return low + this.#random.next() * (high - low);
  }

  #in(ms: number, run: () => void): void {
    const at = Math.ceil(this.#world.now + ms);
    const index = this.#plans.findLastIndex((plan) => plan.at <= at);
    this.#plans.splice(index + 1, 0, { at, run });
  }

  #runUntil(until: number): void {
    for (;;) {
      const [due] = this.#plans;
      if (!due || due.at > until) return;
      this.#plans.shift();
      this.#world.now = Math.max(this.#world.now, due.at) as EpochMs;
      due.run();
    }
  }

  #tell(fact: SwitchFact): void {
    if (this.#chance(this.chaos.drop)) return;
    const deliver = (): void => {
      if (this.isLinkUp) this.#world.fact(fact);
    };
    const wait = (): number => (this.#chance(this.chaos.late) ? this.#between(50, 3000) : 3);
    this.#in(wait(), deliver);
    if (this.#chance(this.chaos.duplicate)) this.#in(wait() + 10, deliver);
  }

  #perform(command: SwitchCommand): void {
    switch (command.do) {
      case 'originate':
        this.#originate(command.clearance.candidate.callId, command.orphanAfterMs);
        return;
      case 'dial-for-agent':
        this.#dialForAgent(command.clearance.candidate.callId, command.legId);
        return;
      case 'call-agent':
        this.#callAgent(command.permit.legId, command.permit.agentId);
        return;
      case 'bridge':
      case 'resume':
        this.#bridge(command.callId, command.legId);
        return;
      case 'play-message':
        this.#in(20, () => this.#playMessage(command.callId));
        return;
      case 'hang-up':
        this.#in(30, () => this.#gone(command.channelId, 'us', 'no-answer'));
        return;
      case 'see-channels':
        this.#look();
        return;
      case 'hold':
        this.#in(10, () => this.#unbridge(command.callId));
        return;
      case 'play-to-customer':
      case 'play-tone':
      case 'see-gateway':
      case 'mark':
        return;
      default:
        unreachable(command);
    }
  }

  #open(id: CallId | LegId, purpose: Channel['purpose'], agentId: AgentId | null): void {
    const channel = { answeredAt: null, bridgedTo: null, bridgedAt: null, hasMessage: false };
    this.channels.set(id, { id, purpose, agentId, ...channel });
  }

  #originate(callId: CallId, orphanAfterMs: number): void {
    if (this.#chance(0.03)) {
      this.#tell({ type: 'not-dialled', callId, at: this.#world.now, reason: 'refused' });
      return;
    }
    this.#open(callId, 'call', null);
    this.#in(30, () => this.#tell({ type: 'dialled', callId, at: this.#world.now }));
    const fate = this.#random.next();
    if (fate < 0.05) return; // The carrier says nothing at all.
    if (fate < 0.12) {
      this.#in(300, () => this.#gone(callId, 'carrier', 'carrier-failure'));
      return;
    }
    const ringsAfter = this.#between(300, 6000);
    const hasRing = this.#chance(0.9);
    if (hasRing) this.#in(ringsAfter, () => this.#ring(callId));
    if (fate < 0.55)
      this.#in(ringsAfter + this.#between(100, 12_000), () => this.#answer(callId, orphanAfterMs));
    else if (fate < 0.75) this.#in(ringsAfter + 1000, () => this.#gone(callId, 'carrier', 'busy'));
  }

  /** The agent's own leg makes the call: it is joined to it at the first media or the answer, and the call goes when it goes. */
  #dialForAgent(callId: CallId, legId: LegId): void {
    if (!this.channels.has(legId) || this.#chance(0.03)) {
      this.#tell({ type: 'not-dialled', callId, at: this.#world.now, reason: 'refused' });
      return;
    }
    this.#open(callId, 'call', null);
    this.#madeBy.set(callId, legId);
    this.#in(30, () => this.#tell({ type: 'dialled', callId, at: this.#world.now }));
    const fate = this.#random.next();
    const ringsAfter = this.#between(300, 6000);
    this.#in(ringsAfter, () => {
      this.#ring(callId);
      if (fate > 0.7) this.#join(callId, legId);
    });
    if (fate < 0.6 || fate > 0.85)
      this.#in(ringsAfter + this.#between(100, 12_000), () => {
        const channel = this.channels.get(callId);
        if (!channel) return;
        channel.answeredAt = this.#world.now;
        this.#tell({ type: 'answered', callId, at: this.#world.now });
        if (channel.bridgedTo === null) this.#join(callId, legId);
        this.#in(this.#between(2000, 30_000), () => this.#gone(callId, 'customer', 'no-answer'));
      });
    else if (fate < 0.7) this.#in(ringsAfter + 1000, () => this.#gone(callId, 'carrier', 'busy'));
  }

  #join(callId: CallId, legId: LegId): void {
    const [call, leg] = [this.channels.get(callId), this.channels.get(legId)];
    if (!call || !leg) return;
    call.bridgedTo = legId;
    leg.bridgedTo = callId;
    call.bridgedAt = leg.bridgedAt = this.#world.now;
    this.#tell({ type: 'bridged', callId, legId, at: this.#world.now });
  }

  #ring(callId: CallId): void {
    if (!this.channels.has(callId)) return;
    this.#tell({ type: 'rang', callId, at: this.#world.now, hasEarlyMedia: this.#chance(0.3) });
  }

  #answer(callId: CallId, orphanAfterMs: number): void {
    const channel = this.channels.get(callId);
    if (!channel || channel.answeredAt !== null) return;
    channel.answeredAt = this.#world.now;
    this.#tell({ type: 'answered', callId, at: this.#world.now });
    const isAlone = (): boolean => this.channels.get(callId)?.bridgedAt === null;
    this.#in(this.#between(300, 8000), () => isAlone() && this.#gone(callId, 'customer', 'no-answer'));
    this.#in(orphanAfterMs, () => isAlone() && this.#playMessage(callId));
  }

  #callAgent(legId: LegId, agentId: AgentId): void {
    this.#open(legId, 'agent-leg', agentId);
    this.#in(500, () => {
      const leg = this.channels.get(legId);
      if (!leg) return;
      if (this.#chance(0.1)) {
        this.#gone(legId, 'carrier', 'no-answer');
        return;
      }
      leg.answeredAt = this.#world.now;
      this.#tell({ type: 'leg-answered', legId, at: this.#world.now });
    });
  }

  #bridge(callId: CallId, legId: LegId): void {
    const isBad = this.#chance(this.chaos.badBridge);
    const isLate = isBad && this.#chance(0.5);
    this.#in(isLate ? this.#between(1000, 2500) : 60, () => {
      const [call, leg] = [this.channels.get(callId), this.channels.get(legId)];
      const isPossible =
        call !== undefined && call.answeredAt !== null && leg !== undefined && !call.hasMessage;
      if (!isPossible || (isBad && !isLate)) {
        this.#tell({ type: 'bridge-failed', callId, legId, at: this.#world.now, reason: '-ERR' });
        return;
      }
      this.#unbridge(callId);
      this.#unbridge(legId);
      const isFirst = call.bridgedAt === null;
      call.bridgedTo = legId;
      call.bridgedAt = this.#world.now;
      leg.bridgedTo = callId;
      leg.bridgedAt = this.#world.now;
      this.#tell({ type: 'bridged', callId, legId, at: this.#world.now });
      if (isFirst) this.#in(this.#between(2000, 30_000), () => this.#gone(callId, 'customer', 'no-answer'));
    });
  }

  #unbridge(id: CallId | LegId): void {
    const channel = this.channels.get(id);
    if (!channel || channel.bridgedTo === null) return;
    const other = this.channels.get(channel.bridgedTo);
    channel.bridgedTo = null;
    if (other) other.bridgedTo = null;
    const leg = channel.purpose === 'agent-leg' ? channel : other;
    if (leg) this.#tell({ type: 'leg-parked', legId: leg.id as LegId, at: this.#world.now });
  }

  #playMessage(callId: CallId): void {
    const channel = this.channels.get(callId);
    if (!channel || channel.hasMessage) return;
    this.#unbridge(callId);
    channel.hasMessage = true;
    this.#tell({ type: 'message-started', callId, at: this.#world.now });
    this.#in(4000, () => this.#gone(callId, 'us', 'no-answer'));
  }

  #gone(id: CallId | LegId, hungUpBy: 'customer' | 'us' | 'carrier', unanswered: UnansweredEnding): void {
    const channel = this.channels.get(id);
    if (!channel) return;
    this.#unbridge(id);
    this.channels.delete(id);
    const at = this.#world.now;
    this.#madeBy.delete(id as CallId);
    for (const [callId, legId] of this.#madeBy)
      if (legId === id && this.channels.get(callId)?.answeredAt === null)
        this.#gone(callId, 'us', 'no-answer');
    if (channel.purpose === 'agent-leg') {
      this.#tell({ type: 'leg-ended', legId: id as LegId, at, reason: hungUpBy });
      return;
    }
    const raw = { hangupCause: 'NORMAL_CLEARING', sipStatus: null, q850Cause: null };
    this.#tell({ type: 'call-ended', callId: id as CallId, at, hungUpBy, unanswered, raw });
  }

  #look(): void {
    const at = this.#world.now;
    const channels = this.snapshots();
    this.#in(40, () => {
      if (this.isLinkUp) this.#world.fact({ type: 'channels-seen', at, channels });
    });
  }
}
