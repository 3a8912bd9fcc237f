import { DEFAULT_RETRY_RULES } from '../campaigns/retry-rule.ts';
import { NOON, someCandidate } from '../compliance/candidate.fixture.ts';
import type { CallCandidate } from '../compliance/candidate.ts';
import type {
  AgentId,
  CallId,
  CampaignId,
  CommandId,
  Epoch,
  LeadId,
  LegId,
  OrganizationId,
  PoolId,
  TrunkId,
} from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import { seededRandom } from '../kernel/random.ts';
import { seconds, milliseconds, type EpochMs, type MonotonicMs } from '../kernel/time.ts';
import { uuidV7, type NewId } from '../kernel/uuid.ts';
import type { AgentCommand, CommandAnswer } from './agent-command.ts';
import type { CampaignSettings, Trunk } from './campaign-settings.ts';
import type { AgentView, CallView } from './live-view.ts';
import { notDiallingSentence } from './not-dialling-sentence.ts';
import type {
  CampaignCounts,
  ClaimedLead,
  LoopTime,
  OpenAttempt,
  PoolEffect,
  PoolEvent,
} from './pool-event.ts';
import { PoolLoop } from './pool-loop.ts';
import { PoolWatch } from './pool-watch.fixture.ts';
import type { ChannelSnapshot, SwitchCommand, SwitchFact, UnansweredEnding } from './telephony.ts';
import type { Agent } from './agent.ts';

export const POOL = '01900000-0000-7000-8000-00000000000a' as PoolId;
const ORGANIZATION = '01900000-0000-7000-8000-00000000000b' as OrganizationId;
/** Ticks come as often as in production. */
const TICK_MS = 50;

export const someTrunk = (changes: Partial<Trunk> = {}): Trunk => ({
  id: 'trunk' as TrunkId,
  dialTemplate: 'sofia/trunk/{number}@carrier.example',
  numberFormat: 'e164',
  callerIdIn: 'from',
  codecs: 'PCMU',
  callsMax: 100,
  callsPerSecondMax: 50,
  pingMs: milliseconds(0),
  ...changes,
});

export const someCampaign = (changes: Partial<CampaignSettings> = {}): CampaignSettings => ({
  id: 'campaign' as CampaignId,
  name: 'Winter',
  state: 'running',
  dialMode: 'progressive',
  linesPerAgent: 1,
  abandonRateMax: 0.03,
  abandonTargetShare: 0.95,
  legalMs: seconds(2),
  ringTimeoutMs: seconds(25),
  wrapUpMs: seconds(30),
  callerId: '+12125550100' as PhoneNumber,
  trunk: someTrunk(),
  messageFile: 'nobody-free-en.wav',
  timeZone: 'America/New_York',
  startsOn: null,
  endsOn: null,
  dailyHours: null,
  retryRules: DEFAULT_RETRY_RULES,
  previewMs: seconds(60),
  previewThen: 'skip',
  previewsMissedMax: 3,
  callbackOpenAfterMs: null,
  priority: 0,
  startedAt: NOON,
  ...changes,
});

export const noCounts = (campaignId: CampaignId): CampaignCounts => ({
  campaignId,
  today: { day: '2026-12-02', attempts: 0, humanAnswers: 0, abandoned: 0, connected: 0, refused: 0 },
  period: { startedAt: NOON, humanAnswers: 0, abandoned: 0 },
  recent: [],
});

/** After a long good day, when the limit leaves room for hundreds. */
export const muchRoom = (campaignId: CampaignId): CampaignCounts => {
  const { today, period, ...rest } = noCounts(campaignId);
  return { ...rest, today: { ...today, humanAnswers: 10_000 }, period: { ...period, humanAnswers: 10_000 } };
};

export interface WorldOptions {
  readonly campaigns?: readonly CampaignSettings[];
  readonly counts?: readonly CampaignCounts[];
  /** Agents with a seat, named 'agent-1' … */
  readonly seats?: number;
  /** How many of them are signed in and ready at once; all by default. */
  readonly ready?: number;
  /** Leads of each campaign. */
  readonly leads?: number;
  readonly took?: { attempts: readonly OpenAttempt[]; agents: readonly Agent[] };
  /** Null: the switch is not reached yet. */
  readonly channels?: readonly ChannelSnapshot[] | null;
}

type Asked<Do extends PoolEffect['do']> = Extract<PoolEffect, { do: Do }>;
type Originate = Extract<SwitchCommand, { do: 'originate' }>;

/**
 * A pool's loop in virtual time. What it asks of the database is answered at once (or when the test says so), what it asks of the
 * switch is collected, and after every event the rules that must always hold are checked by {@link PoolWatch}.
 */
export class PoolWorld {
  now: EpochMs = NOON;
  /** By how much our wall clock was set right since the beginning; the switch's goes on as before. */
  clockStepMs = 0;
  readonly loop: PoolLoop;
  readonly newId: NewId;
  readonly commands: SwitchCommand[] = [];
  readonly effects: PoolEffect[] = [];
  readonly watch = new PoolWatch();
  /** False: claims (or commits) are kept in `asked` until the test answers them. */
  readonly answers = { claims: true, commits: true, undos: true };
  readonly asked: (
    Asked<'claim'> | Asked<'commit'> | Asked<'undo-commit'> | Asked<'claim-for-agents'> | Asked<'claim-lead'>
  )[] = [];
  /** Own callbacks that are due, by agent. */
  readonly due = new Map<AgentId, CampaignId>();
  /** Answers of commands that came later. */
  readonly later = new Map<string, CommandAnswer>();
  /** Leads of closed zones that the next sweep finds. */
  closedLeads = 0;
  /** Facts about the next leads, changed by tests. */
  candidate: (candidate: CallCandidate) => CallCandidate = (candidate) => candidate;
  /** Hears every command; for a pretended switch. */
  onCommand: (command: SwitchCommand) => void = () => undefined;
  #leads: Map<CampaignId, number>;
  readonly #legs = new Map<AgentId, LegId>();
  #leadNumber = 0;
  readonly #counted = new Set<CampaignId>();
  #commandNumber = 0;
  #seen = 0;

  constructor(options: WorldOptions = {}) {
    const random = seededRandom(7);
    this.newId = uuidV7((into) => {
      for (let i = 0; i < into.length; i += 1) into[i] = Math.floor(random.next() * 256);
    });
    this.loop = new PoolLoop({
      poolId: POOL,
      organizationId: ORGANIZATION,
      epoch: 2 as Epoch,
      newId: this.newId,
    });
    const {
      campaigns = [someCampaign()],
      seats = 2,
      ready = seats,
      leads = Infinity,
      channels = [],
    } = options;
    this.#leads = new Map(campaigns.map(({ id }) => [id, leads]));
    this.feed({ type: 'clock-checked', offsetMs: 0 });
    this.seats(seats);
    this.campaigns(campaigns, options.counts);
    this.feed({ type: 'took-over', ...(options.took ?? { attempts: [], agents: [] }) });
    if (channels === null) return;
    this.fact({ type: 'link-up', at: this.now, channels });
    for (let number = 1; number <= ready; number += 1) this.signIn(number);
    if (ready > 0) this.commands.length = 0;
  }

  get time(): LoopTime {
    return { now: (this.now + this.clockStepMs) as EpochMs, monotonic: (this.now - NOON) as MonotonicMs };
  }

  seats(count: number): void {
    const seats = Array.from({ length: count }, (_, index) => ({
      agentId: agentId(index + 1),
      name: `Agent ${String(index + 1)}`,
      extension: String(1001 + index),
      isAutomatic: false,
    }));
    this.feed({ type: 'seats-read', seats });
  }

  campaigns(campaigns: readonly CampaignSettings[], counts?: readonly CampaignCounts[]): void {
    for (const { trunk } of campaigns) if (trunk) this.watch.trunks.set(trunk.id, trunk);
    this.feed({
      type: 'campaigns-read',
      campaigns,
      // As the runner does: the tables are asked once for each campaign.
      counts: counts ?? campaigns.filter(({ id }) => !this.#counted.has(id)).map(({ id }) => noCounts(id)),
    });
    for (const { id } of campaigns) this.#counted.add(id);
  }

  feed(event: PoolEvent): void {
    this.watch.heard(event, this.time);
    this.#take(this.loop.handle(event, this.time));
  }

  /** A fact of the switch, now. */
  fact(fact: SwitchFact): void {
    this.feed({ type: 'switch', fact });
  }

  /** Lets time pass, tick by tick. */
  pass(ms: number): void {
    const until = this.now + ms;
    while (this.now + TICK_MS <= until) {
      this.now = (this.now + TICK_MS) as EpochMs;
      this.feed({ type: 'tick' });
    }
    this.now = until as EpochMs;
  }

  /** One tick at once. */
  tick(): void {
    this.feed({ type: 'tick' });
  }

  // --- people ---

  command(number: number, command: Wish, commandId?: string): CommandAnswer | null {
    this.#commandNumber += 1;
    const asked = {
      agentId: agentId(number),
      commandId: (commandId ?? `command-${String(this.#commandNumber)}`) as CommandId,
      ...command,
    } as AgentCommand;
    const { answer, effects } = this.loop.command(asked, this.time);
    this.#take(effects);
    return answer;
  }

  signIn(number: number): void {
    this.command(number, { type: 'sign-in' });
    this.fact({ type: 'leg-answered', legId: this.leg(number), at: this.now });
    this.command(number, { type: 'ready' });
  }

  agent(number: number): AgentView {
    const found = this.loop.view(this.time).agents.find((agent) => agent.agentId === agentId(number));
    if (!found) throw new Error(`no agent ${String(number)}`);
    return found;
  }

  /** The leg that the loop last asked for. */
  leg(number: number): LegId {
    const leg = this.#legs.get(agentId(number));
    if (leg === undefined) throw new Error(`agent ${String(number)} was never called`);
    return leg;
  }

  // --- calls ---

  call(callId: CallId): CallView | null {
    return this.loop.view(this.time).calls.find((call) => call.callId === callId) ?? null;
  }

  get calls(): readonly CallView[] {
    return this.loop.view(this.time).calls;
  }

  /** Commands since the last look, of one kind. */
  sent<Do extends SwitchCommand['do']>(kind: Do): Extract<SwitchCommand, { do: Do }>[] {
    return this.commands.filter(
      (command): command is Extract<SwitchCommand, { do: Do }> => command.do === kind,
    );
  }

  /** Commands since it was last asked. */
  news(): SwitchCommand[] {
    const news = this.commands.slice(this.#seen);
    this.#seen = this.commands.length;
    return news;
  }

  /** Ids of the calls dialled so far. */
  get dialled(): CallId[] {
    return this.sent('originate').map(idOf);
  }

  /** Ticks until a line is dialled that was not before. */
  nextLine(): CallId {
    const before = this.dialled.length;
    for (let tick = 0; tick < 200 && this.dialled.length === before; tick += 1) this.pass(TICK_MS);
    const id = this.dialled[before];
    if (id === undefined) throw new Error('nothing was dialled within 10 s');
    this.fact({ type: 'dialled', callId: id, at: this.now });
    return id;
  }

  rang(callId: CallId): void {
    this.fact({ type: 'rang', callId, at: this.now, hasEarlyMedia: false });
  }

  answered(callId: CallId): void {
    this.fact({ type: 'answered', callId, at: this.now });
  }

  /** The bridge that was last asked for comes about. */
  bridged(callId: CallId): void {
    const command = this.sent('bridge').findLast((bridge) => bridge.callId === callId);
    if (!command) throw new Error('no bridge was asked for');
    this.fact({ type: 'bridged', callId, legId: command.legId, at: this.now });
  }

  bridgeFailed(callId: CallId): void {
    const command = this.sent('bridge').findLast((bridge) => bridge.callId === callId);
    if (!command) throw new Error('no bridge was asked for');
    this.fact({ type: 'bridge-failed', callId, legId: command.legId, at: this.now, reason: '-ERR' });
  }

  ended(callId: CallId, by: 'customer' | 'us' | 'carrier', unanswered: UnansweredEnding = 'no-answer'): void {
    const raw = { hangupCause: 'NORMAL_CLEARING', sipStatus: null, q850Cause: 16 };
    this.fact({ type: 'call-ended', callId, at: this.now, hungUpBy: by, unanswered, raw });
  }

  /** A line that is answered and bridged; with the agent who has it. */
  talk(): { callId: CallId; number: number } {
    const callId = this.nextLine();
    this.rang(callId);
    this.pass(1000);
    this.answered(callId);
    this.pass(50);
    this.bridged(callId);
    const agent = this.loop.view(this.time).agents.find((view) => view.callId === callId);
    if (!agent) throw new Error('nobody got the call');
    return { callId, number: Number(agent.agentId.slice('agent-'.length)) };
  }

  endings(): Asked<'store-ending'>[] {
    return this.effects.filter((effect) => effect.do === 'store-ending');
  }

  /** The stored ending of a call; null while there is none. */
  ending(callId: CallId): Asked<'store-ending'> | null {
    return this.endings().find(({ call }) => call.id === callId) ?? null;
  }

  get why(): string | null {
    const { notDialling } = this.loop.view(this.time).health;
    return notDialling && notDiallingSentence(notDialling, 'en');
  }

  // --- the database ---

  /** Answers a held claim with fresh leads. */
  answerClaim(asked: Asked<'claim'>): readonly ClaimedLead[] {
    const left = asked.isSweep ? this.closedLeads : (this.#leads.get(asked.campaignId) ?? 0);
    const count = Math.min(asked.count, left);
    if (asked.isSweep) this.closedLeads -= count;
    else this.#leads.set(asked.campaignId, left - count);
    const leads = Array.from({ length: count }, () => this.#nextLead(asked.campaignId));
    this.feed({ type: 'claimed', batchId: asked.batchId, leads });
    return leads;
  }

  /** Answers a held commit: every cleared lead is placed, but for those that lost the race. */
  answerCommit(asked: Asked<'commit'>, lost: readonly CallId[] = []): void {
    const cleared = asked.verdicts.filter(({ kind }) => kind === 'cleared');
    const placed = cleared.map(({ candidate }) => candidate.callId).filter((id) => !lost.includes(id));
    this.feed({
      type: 'committed',
      batchId: asked.batchId,
      placed: asked.isSweep ? [] : placed,
      refusedCount: asked.verdicts.length - cleared.length,
    });
  }

  /** The newest held question of a kind. */
  held<Do extends 'claim' | 'commit' | 'undo-commit' | 'claim-for-agents' | 'claim-lead'>(
    kind: Do,
  ): Asked<Do> {
    const index = this.asked.findLastIndex((asked) => asked.do === kind);
    const [asked] = index < 0 ? [] : this.asked.splice(index, 1);
    if (index < 0 || !asked) throw new Error(`no ${kind} was asked for`);
    return asked as Asked<Do>;
  }

  /** Previews from the list, or the callbacks that are due. */
  answerAgents(asked: Asked<'claim-for-agents'>): void {
    const { batchId, campaignId, what, count, agentIds } = asked;
    const left = this.#leads.get(campaignId) ?? 0;
    if (what === 'previews') this.#leads.set(campaignId, left - Math.min(count, left));
    const owners = what === 'previews' ? Array.from({ length: Math.min(count, left) }, () => null) : agentIds;
    for (const agentId of agentIds) this.due.delete(agentId);
    const purpose = what === 'previews' ? 'preview' : 'callback';
    const leads = owners.map((owner) => {
      const { candidate, lead } = this.#nextLead(campaignId);
      return { candidate: { ...candidate, purpose } as const, lead, agentId: owner };
    });
    this.feed({ type: 'claimed-for-agents', batchId, leads });
  }

  /** Fresh facts of one lead; `null`: somebody else has it. */
  answerLead(asked: Asked<'claim-lead'>, isThere = true): void {
    const { orderId, campaignId, leadId, purpose } = asked;
    const { candidate, lead } = this.#nextLead(campaignId);
    const named = { ...candidate, callId: orderId, leadId, purpose };
    this.feed({ type: 'lead-claimed', orderId, lead: isThere ? { candidate: named, lead } : null });
  }

  #nextLead(campaignId: CampaignId): ClaimedLead {
    this.#leadNumber += 1;
    const candidate = this.candidate(
      someCandidate({
        callId: this.newId<CallId>(this.now),
        leadId: `lead-${String(this.#leadNumber)}` as LeadId,
        phone: `+1305555${String(this.#leadNumber).padStart(4, '0')}` as PhoneNumber,
        campaignId,
        factsAt: this.now,
      }),
    );
    return { candidate, lead: { attempts: 0, attemptsMax: 6, numbers: [] } };
  }

  #take(effects: readonly PoolEffect[]): void {
    for (const effect of effects) {
      this.effects.push(effect);
      this.watch.performed(effect, this.time);
      if (effect.do === 'switch') {
        this.commands.push(effect.command);
        if (effect.command.do === 'call-agent') {
          const { agentId: id, legId } = effect.command.permit;
          this.#legs.set(id, legId);
        }
        this.onCommand(effect.command);
      }
    }
    this.watch.check(this.loop.view(this.time));
    for (const effect of effects) this.#answer(effect);
  }

  #answer(effect: PoolEffect): void {
    if (effect.do === 'claim') {
      if (this.answers.claims || effect.isSweep) this.answerClaim(effect);
      else this.asked.push(effect);
    } else if (effect.do === 'commit') {
      if (this.answers.commits) this.answerCommit(effect);
      else this.asked.push(effect);
    } else if (effect.do === 'claim-for-agents' || effect.do === 'claim-lead') {
      if (!this.answers.claims) this.asked.push(effect);
      else if (effect.do === 'claim-lead') this.answerLead(effect);
      else this.answerAgents(effect);
    } else if (effect.do === 'look-for-callbacks') {
      const due = [...this.due].map(([agentId, campaignId]) => ({ agentId, campaignId }));
      this.feed({
        type: 'callbacks-due',
        due: due.filter(({ agentId }) => effect.agentIds.includes(agentId)),
      });
    } else if (effect.do === 'answer-command') {
      this.later.set(effect.commandId, effect.answer);
    } else if (effect.do === 'undo-commit') {
      if (this.answers.undos) this.feed({ type: 'commit-undone', batchId: effect.batchId });
      else this.asked.push(effect);
    }
  }
}

type Wish = AgentCommand extends infer Command
  ? Command extends AgentCommand
    ? Omit<Command, 'agentId' | 'commandId'>
    : never
  : never;

export const agentId = (number: number): AgentId => `agent-${String(number)}` as AgentId;
export const idOf = ({ clearance }: Originate): CallId => clearance.candidate.callId;
export const phoneOf = ({ clearance }: Originate): PhoneNumber => clearance.candidate.phone;
export const ms = milliseconds;
