import type { DialMode } from '../../campaigns/campaign.ts';
import type { AgentCommand } from '../../dialer/agent-command.ts';
import type { Pacer } from '../../dialer/pacing/pacer.ts';
import type { PoolEffect, PoolEvent } from '../../dialer/pool-event.ts';
import { PoolLoop } from '../../dialer/pool-loop.ts';
import { unreachable } from '../../kernel/assert.ts';
import type { CallId, CampaignId, Epoch, OrganizationId, PoolId } from '../../kernel/ids.ts';
import type { PhoneNumber } from '../../kernel/phone.ts';
import { seededRandom } from '../../kernel/random.ts';
import { days, hours, type Clock, type EpochMs, type MonotonicMs } from '../../kernel/time.ts';
import { uuidV7 } from '../../kernel/uuid.ts';
import { quantile } from '../distribution.ts';
import { meetPerson, personUniforms } from '../people.ts';
import type { Scenario } from '../scenario.schema.ts';
import { Agenda } from './agenda.ts';
import { addTimes, AgentTimes, type AgentTime } from './agent-time.ts';
import { AnswerWindows } from './answer-windows.ts';
import { Roster } from './roster.ts';
import { noCalls, Tally, type CallCounts } from './tally.ts';
import { noViolations, type ViolationCounts } from './violations.ts';
import { WorldCampaign, WORLD_ZONE } from './world-campaign.ts';
import { WorldCarrier } from './world-carrier.ts';

/** How often the loop is woken; in production 50 ms. Nothing in the decisions is faster than a quarter of a second. */
const TICK_MS = 250;
/** Calls that are up at the end of a shift go on; longer than this nobody waits. */
const OVERTIME_MAX_MS = hours(3);

const OWNERSHIP = { poolId: 'pool' as PoolId, epoch: 1 as Epoch };

export interface SimulationOptions {
  readonly seed: number;
  readonly dialMode: DialMode;
  readonly linesPerAgent?: number;
  /** Another pacer than the product's. */
  readonly newPacer?: () => Pacer;
  /** Measures how long the loop takes for a tick; nothing that is decided depends on it. */
  readonly clock?: Pick<Clock, 'monotonic'>;
}

export interface HourFigures extends CallCounts {
  readonly hour: number;
  readonly time: AgentTime;
}

/** What the world counted. */
export interface Simulated {
  readonly tally: Tally;
  readonly windows: AnswerWindows;
  readonly hours: readonly HourFigures[];
  readonly time: AgentTime;
  readonly linesMax: number;
  readonly leadsUsed: number;
  readonly violations: ViolationCounts;
  /** Mean time of one tick of the loop; null without a clock. */
  readonly tickMicros: number | null;
  readonly campaigns: readonly {
    readonly name: string;
    readonly counts: CallCounts;
    readonly ledger: Tally['ledger'];
  }[];
}

/** Runs a scenario through the product's own loop in virtual time. Same scenario, seed and pacer: same figures. */
export function simulateWorld(scenario: Scenario, options: SimulationOptions): Simulated {
  return new Simulation(scenario, options).run();
}

class Simulation {
  readonly #scenario: Scenario;
  readonly #options: SimulationOptions;
  readonly #agenda: Agenda;
  readonly #startsAt: EpochMs;
  readonly #loop: PoolLoop;
  readonly #carrier: WorldCarrier;
  readonly #roster: Roster;
  readonly #campaigns = new Map<CampaignId, WorldCampaign>();
  readonly #violations = noViolations();
  readonly #tally: Tally;
  readonly #windows: AnswerWindows;
  readonly #times: AgentTimes;
  readonly #hours: HourFigures[] = [];
  #shiftStartsAt: EpochMs;
  #hourCounts = noCalls();
  #ticks = { count: 0, ms: 0 };

  constructor(scenario: Scenario, options: SimulationOptions) {
    this.#scenario = scenario;
    this.#options = options;
    this.#startsAt = Date.parse(scenario.startsAt) as EpochMs;
    this.#shiftStartsAt = this.#startsAt;
    this.#agenda = new Agenda(this.#startsAt);
    const random = seededRandom(options.seed ^ 0x5eed);
    const newId = uuidV7((into) => {
      for (let i = 0; i < into.length; i += 1) into[i] = Math.floor(random.next() * 256);
    });
    const organizationId = 'organization' as OrganizationId;
    this.#loop = new PoolLoop({
      ...OWNERSHIP,
      organizationId,
      newId,
      ...(options.newPacer && { newPacer: options.newPacer }),
    });
    const violated = (violation: keyof ViolationCounts): void => {
      this.#violations[violation] += 1;
    };
    const legalMs = scenario.legalSeconds * 1000;
    const { abandonRateMax: rateMax, windows: names } = scenario;
    this.#windows = new AnswerWindows({ names, rateMax, zone: WORLD_ZONE, startedAt: this.#startsAt });
    this.#tally = new Tally({
      legalMs,
      violated,
      onHumanAnswer: (at, wasAbandoned) => {
        this.#windows.count(at, wasAbandoned);
      },
    });
    const openPhones = new Set<PhoneNumber>();
    for (let index = 0; index < (scenario.campaigns?.length ?? 1); index += 1) {
      const campaign = new WorldCampaign({
        scenario,
        index,
        pacing: options,
        book: { organizationId, newId, openPhones },
        violated,
      });
      this.#campaigns.set(campaign.id, campaign);
    }
    this.#carrier = new WorldCarrier({
      ...OWNERSHIP,
      scenario,
      agenda: this.#agenda,
      random: seededRandom(options.seed ^ 0xca11),
      tell: (fact) => {
        this.#feed({ type: 'switch', fact });
      },
      violated,
      meet: ({ clearance, campaignId }) => this.#meet(clearance.candidate.callId, campaignId),
      talkFactor: (agentId) => this.#roster.talkFactor(agentId),
      hour: () => this.#hour,
      onEnded: (call) => {
        this.#tally.ended(call);
        this.#campaigns.get(call.campaignId)?.tally.ended(call);
      },
    });
    this.#times = new AgentTimes((callId) => this.#carrier.calls.get(callId)?.person.outcome === 'machine');
    this.#roster = this.#newRoster();
  }

  #newRoster(): Roster {
    const { wrapSeconds } = this.#scenario;
    return new Roster({
      scenario: this.#scenario,
      agenda: this.#agenda,
      seed: this.#options.seed,
      ask: (command) => {
        this.#command(command);
      },
      loseLeg: (legId) => {
        this.#carrier.loseLeg(legId);
      },
      wrapUpMs: (callId) => {
        const uniforms = this.#carrier.calls.get(callId)?.uniforms;
        return Math.max(0, quantile(wrapSeconds, uniforms?.wrapUp ?? 0.5) * 1000);
      },
    });
  }

  run(): Simulated {
    this.#feed({ type: 'clock-checked', offsetMs: 0 });
    this.#feed({ type: 'seats-read', seats: this.#roster.seats });
    this.#feed({ type: 'took-over', attempts: [], agents: [] });
    this.#feed({ type: 'switch', fact: { type: 'link-up', at: this.#agenda.now, channels: [] } });
    let time: AgentTime = this.#times.take(this.#agenda.now);
    for (let day = 0; day < this.#scenario.days; day += 1) time = addTimes(time, this.#shift(day));
    this.#tally.close(this.#carrier.calls.keys());
    this.#violations.agentStuck += this.#roster.stuck;
    let leadsUsed = 0;
    for (const { book, windows } of this.#campaigns.values()) {
      leadsUsed += book.leadsUsed;
      this.#violations.overAbandonLimit += windows.breaches;
    }
    return {
      tally: this.#tally,
      windows: this.#windows,
      hours: this.#hours,
      time,
      linesMax: this.#carrier.linesMax,
      leadsUsed,
      violations: this.#violations,
      tickMicros: this.#options.clock ? (this.#ticks.ms * 1000) / this.#ticks.count : null,
      campaigns: [...this.#campaigns.values()].map(({ name, tally }) => ({
        name,
        counts: tally.counts,
        ledger: tally.ledger,
      })),
    };
  }

  #shift(day: number): AgentTime {
    const { hours: length } = this.#scenario;
    const startsAt = (this.#startsAt + day * days(1)) as EpochMs;
    const endsAt = (startsAt + length * hours(1)) as EpochMs;
    this.#shiftStartsAt = startsAt;
    this.#agenda.runTo(startsAt);
    this.#times.shift(endsAt);
    this.#readCampaigns('running');
    this.#roster.plan(startsAt);
    let time = this.#times.take(startsAt);
    let hour = 0;
    for (let at = startsAt; at < endsAt; at = (at + TICK_MS) as EpochMs) {
      this.#tick(at);
      if (at - startsAt >= (hour + 1) * hours(1)) time = addTimes(time, this.#hourEnds(day * 24 + hour++));
    }
    this.#agenda.runTo(endsAt);
    time = addTimes(time, this.#hourEnds(day * 24 + hour));
    this.#readCampaigns('paused');
    const giveUpAt = endsAt + OVERTIME_MAX_MS;
    for (let at = endsAt; at < giveUpAt && this.#isBusy(); at = (at + TICK_MS) as EpochMs) this.#tick(at);
    this.#windows.hourEnds(this.#agenda.now);
    return time;
  }

  #isBusy(): boolean {
    return this.#carrier.openCalls > 0 || this.#roster.stuck > 0;
  }

  #tick(at: EpochMs): void {
    this.#agenda.runTo(at);
    const { clock } = this.#options;
    const startedAt = clock?.monotonic();
    this.#feed({ type: 'tick' });
    this.#ticks.count += 1;
    if (clock && startedAt !== undefined) this.#ticks.ms += clock.monotonic() - startedAt;
  }

  #hourEnds(hour: number): AgentTime {
    const time = this.#times.take(this.#agenda.now);
    this.#windows.hourEnds(this.#agenda.now);
    const { counts } = this.#tally;
    const before = this.#hourCounts;
    const since = Object.fromEntries(
      Object.entries(counts).map(([key, count]: [string, number]) => [
        key,
        count - before[key as keyof CallCounts],
      ]),
    ) as unknown as CallCounts;
    this.#hourCounts = { ...counts };
    this.#hours.push({ hour, ...since, time });
    return time;
  }

  get #hour(): number {
    return (this.#agenda.now - this.#shiftStartsAt) / hours(1);
  }

  #meet(callId: CallId, campaignId: CampaignId): ReturnType<WorldCarrierMeet> {
    const campaign = this.#campaigns.get(campaignId);
    const lead = campaign?.book.behind(callId);
    if (!campaign || !lead) throw new Error('Bug: a call that was never committed has reached the switch');
    const key = {
      seed: this.#options.seed,
      campaign: campaign.name,
      lead: lead.k,
      attempt: lead.attempts + 1,
    };
    const person = meetPerson(campaign.people, key, this.#hour);
    return { person, uniforms: personUniforms(key), trunk: campaign.trunk };
  }

  #feed(event: PoolEvent): void {
    this.#perform(this.#loop.handle(event, this.#time));
  }

  #command(command: AgentCommand): void {
    this.#perform(this.#loop.command(command, this.#time).effects);
  }

  get #time(): { now: EpochMs; monotonic: MonotonicMs } {
    const { now } = this.#agenda;
    return { now, monotonic: (now - this.#startsAt) as MonotonicMs };
  }

  #perform(effects: readonly PoolEffect[]): void {
    for (const effect of effects) this.#performOne(effect);
  }

  #performOne(effect: PoolEffect): void {
    switch (effect.do) {
      case 'claim': {
        const leads = effect.isSweep
          ? []
          : this.#book(effect.campaignId).claim(effect.count, this.#agenda.now);
        this.#answer({ type: 'claimed', batchId: effect.batchId, leads });
        return;
      }
      case 'commit': {
        const { batchId, verdicts, isSweep, campaignId } = effect;
        const placed = isSweep ? [] : this.#book(campaignId).commit(verdicts, this.#agenda.now);
        const refusedCount = verdicts.filter(({ kind }) => kind === 'refused').length;
        this.#answer({ type: 'committed', batchId, placed, refusedCount });
        return;
      }
      case 'put-back':
        this.#book(effect.campaignId).putBack(effect.leadIds);
        return;
      case 'undo-commit':
        this.#answer({ type: 'commit-undone', batchId: effect.batchId });
        return;
      case 'switch':
        this.#carrier.perform(effect.command);
        return;
      case 'store-ending':
        this.#stored(effect);
        return;
      case 'store-agent':
        if (effect.isNewState) this.#times.moved(effect.agent, this.#agenda.now);
        this.#roster.moved(effect.agent);
        return;
      // Nobody of these worlds dials by hand, looks at leads first, or promised a callback.
      case 'look-for-callbacks':
      case 'claim-for-agents':
      case 'claim-lead':
      case 'skip-preview':
      case 'answer-command':
      case 'store-call':
      case 'show':
      case 'leave':
      case 'count-misfit':
        return;
      default:
        unreachable(effect);
    }
  }

  /** The store answers at once, but never from inside the loop's own turn. */
  #answer(event: PoolEvent): void {
    this.#agenda.in(0, () => {
      this.#feed(event);
    });
  }

  #book(campaignId: CampaignId): WorldCampaign['book'] {
    const campaign = this.#campaigns.get(campaignId);
    if (!campaign) throw new Error('Bug: an unknown campaign');
    return campaign.book;
  }

  #stored({ call, ledger }: Extract<PoolEffect, { do: 'store-ending' }>): void {
    const truth = this.#carrier.calls.get(call.id);
    this.#tally.stored(call.id, ledger, truth);
    const campaign = this.#campaigns.get(call.campaignId);
    campaign?.tally.stored(call.id, ledger, null);
    campaign?.book.ended(call);
    if (ledger) campaign?.stored(ledger);
  }

  #readCampaigns(state: 'running' | 'paused'): void {
    const all = [...this.#campaigns.values()];
    for (const campaign of all) campaign.settings = { ...campaign.settings, state };
    const counts = all.flatMap((campaign) => campaign.newDay(this.#agenda.now) ?? []);
    this.#feed({ type: 'campaigns-read', campaigns: all.map(({ settings }) => settings), counts });
  }
}

type WorldCarrierMeet = ConstructorParameters<typeof WorldCarrier>[0]['meet'];
