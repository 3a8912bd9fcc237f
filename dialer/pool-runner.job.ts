import { localDay } from '../compliance/local-time.ts';
import { listedAmong } from '../compliance/do-not-call.store.ts';
import { finishEndedCampaigns } from '../campaigns/campaign-end.store.ts';
import { recycle } from '../campaigns/recycling.ts';
import { DEFAULT_RETRY_RULES } from '../campaigns/retry-rule.ts';
import { unreachable } from '../kernel/assert.ts';
import type { OrganizationDatabase } from '../kernel/database.ts';
import type { AgentId, CampaignId, CommandId, OrganizationId, PoolId } from '../kernel/ids.ts';
import type { Clock } from '../kernel/time.ts';
import type { NewId } from '../kernel/uuid.ts';
import type { AgentCommand, CommandAnswer } from './agent-command.ts';
import { readLeftAgents } from './agent-presence.store.ts';
import { commitVerdicts, undoCommit } from './commit.store.ts';
import type { CampaignSettings } from './campaign-settings.ts';
import type { DialerLog } from './dialer-log.ts';
import { readDayCounts } from './day-counts.job.ts';
import { FactWriter } from './fact-writer.job.ts';
import { FencedOff, type Fence } from './fence.ts';
import { FreezeGuard } from './freeze-guard.ts';
import type { PoolView } from './live-view.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { PoolClaims } from './pool-claims.job.ts';
import { PoolLoop } from './pool-loop.ts';
import type { AgentDeskView, PoolOwner } from './pool-owner.ts';
import { readCampaigns, readOpenAttempts, readSeats, releaseOldClaims } from './pool.store.ts';
import type { BatchId, LoopTime, PoolEffect, PoolEvent } from './pool-event.ts';
import type { SwitchFact, Telephony } from './telephony.ts';

const TICK_MS = 50;
const FLUSH_MS = 100;
const SETTINGS_MS = 30_000;
const UNDO_AGAIN_MS = 1000;
const CLOSE_MS_MAX = 1500;

const NOT_OWNER: CommandAnswer = {
  ok: false,
  code: 'not-owner',
  message: 'This pool has just moved to another process; try again.',
};

export interface SwitchPorts {
  readonly onFact: (fact: SwitchFact) => void;
  readonly mayAct: () => boolean;
}

export interface PoolRunnerPorts {
  readonly organizationId: OrganizationId;
  readonly fence: Fence;
  readonly database: OrganizationDatabase;
  /** Opens the link to the switch; facts come to `onFact`, and nothing is sent while `mayAct` says no. */
  readonly openSwitch: (ports: SwitchPorts) => { readonly telephony: Telephony; close(): void };
  readonly isSimulated: boolean;
  /** The switch is ended together with us. */
  readonly endsSwitch: boolean;
  /** Whether the lease was renewed lately enough to place calls. */
  readonly isLeaseFresh: () => boolean;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: DialerLog;
  /** Called once when the pool is not ours any more, or cannot be. */
  readonly onLeave: (reason: string) => void;
}

/** Does what the loop of one pool decides: feeds it events, performs its effects, writes its facts. */
export class PoolRunner implements PoolOwner {
  readonly poolId: PoolId;
  readonly #ports: PoolRunnerPorts;
  readonly #loop: PoolLoop;
  readonly #writer: FactWriter;
  readonly #listeners = new Set<() => void>();
  readonly #claims: PoolClaims;
  /** Commands whose answer is still to come. */
  readonly #waiting = new Map<CommandId, (answer: CommandAnswer) => void>();
  /** The local day for which the loop has each campaign's counts. */
  readonly #days = new Map<CampaignId, string>();
  /** As they were read last, also of campaigns that have left the pool: their calls end here. */
  readonly #settings = new Map<CampaignId, CampaignSettings>();
  readonly #misfits = new Map<string, number>();
  readonly #freezeGuard: FreezeGuard;
  /** Sent, and neither answered nor undone yet. */
  readonly #commits = new Set<BatchId>();
  #switch: { readonly telephony: Telephony; close(): void } | null = null;
  #timers: NodeJS.Timeout[] = [];
  #showTimer: NodeJS.Timeout | null = null;
  #hasLeft = false;
  /** More facts wait for the database than should. */
  #isFull = false;
  readonly #reading = new OneAtATime(() => this.#readSettings());

  constructor(ports: PoolRunnerPorts) {
    this.#ports = ports;
    this.poolId = ports.fence.poolId;
    const { organizationId, newId, database, fence, log } = ports;
    this.#loop = new PoolLoop({ poolId: fence.poolId, organizationId, epoch: fence.epoch, newId });
    this.#freezeGuard = new FreezeGuard({
      clock: ports.clock,
      isLeaseFresh: ports.isLeaseFresh,
      onThawed: () => this.#switch?.telephony.perform({ do: 'see-channels' }),
    });
    const onFencedOff = (error: FencedOff): void => {
      this.#leave(error.message);
    };
    const onFull = (isFull: boolean): void => {
      this.#isFull = isFull;
      if (isFull)
        log.error({ poolId: this.poolId }, 'too many facts wait for the database; nothing new is dialled');
    };
    this.#claims = new PoolClaims({
      ...{ organizationId, fence, database, newId, clock: ports.clock },
      feed: (event) => this.feed(event),
      onFailed: (error, message) => this.#failed(error, message),
      settingsOf: (campaignId) => this.#settings.get(campaignId),
      leadsForAgents: (campaignId) => this.#loop.leadsForAgents(campaignId),
      hasLeft: () => this.#hasLeft,
    });
    this.#writer = new FactWriter({ database, fence, organizationId, log, onFencedOff, onFull });
  }

  /** Reads what is there, takes over what the owner before us left, then connects to the switch. Rejects when the database does. */
  async start(): Promise<void> {
    const { database, fence } = this.#ports;
    await releaseOldClaims(database, fence);
    await this.readSettings();
    const [attempts, agents] = await Promise.all([
      readOpenAttempts(database, fence),
      readLeftAgents(database, fence),
    ]);
    this.feed({ type: 'took-over', attempts, agents });
    this.#ports.log.info(
      { poolId: this.poolId, epoch: fence.epoch, openAttempts: attempts.length },
      'pool taken',
    );
    this.#switch = this.#ports.openSwitch({
      onFact: (fact) => {
        this.feed({ type: 'switch', fact });
      },
      mayAct: () => this.#freezeGuard.mayAct(),
    });
    this.#every(TICK_MS, () => {
      this.feed({ type: 'tick' });
    });
    this.#every(FLUSH_MS, () => void this.#writer.flush());
    this.#every(
      SETTINGS_MS,
      () =>
        void this.readSettings().catch((error: unknown) => {
          this.#warn(error, 'settings not read');
        }),
    );
  }

  /** Ends the loop: what is being committed first, then the sockets, then the facts that wait. Calls go on without us. */
  async stop(): Promise<void> {
    if (!this.#hasLeft && this.#switch) await this.#closeDown();
    this.#hasLeft = true;
    this.#halt();
    await this.#writer.drain();
  }

  /**
   * Nothing is dialled from here on. What is being committed is waited for: the loop ends an attempt that comes back now without a dial,
   * while the next owner could not tell it from one that rang. The simulated switch of the demo ends with us: what rings is ended first,
   * so that nobody counts as abandoned for it.
   */
  async #closeDown(): Promise<void> {
    const { endsSwitch, clock } = this.#ports;
    this.feed({ type: 'closing', endsRinging: endsSwitch });
    const giveUpAt = clock.monotonic() + CLOSE_MS_MAX;
    const isBusy = (): boolean => this.#commits.size > 0 || (endsSwitch && this.#loop.ringingCount() > 0);
    while (isBusy() && !this.#hasLeft && clock.monotonic() < giveUpAt) {
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  }

  /** Campaigns, seats and figures once more: after a start, a NOTIFY, and every half minute; each reading comes to its end and is applied. */
  readSettings(): Promise<void> {
    return this.#reading.run();
  }

  async #readSettings(): Promise<void> {
    const { database, clock, organizationId, newId } = this.#ports;
    const now = clock.now();
    await finishEndedCampaigns(database, organizationId, { poolId: this.poolId, author: { at: now, newId } });
    const campaigns = await readCampaigns(database, this.poolId);
    // A campaign that left the pool and comes back is counted anew.
    const here = new Set(campaigns.map(({ id }) => id));
    for (const id of this.#days.keys()) if (!here.has(id)) this.#days.delete(id);
    // The loop counts by itself; the tables are asked at first and when a campaign's day has turned.
    const turned = campaigns.filter(({ id, timeZone }) => this.#days.get(id) !== localDay(timeZone, now));
    const seats = await readSeats(database, this.poolId);
    const counts = await readDayCounts({ database, writer: this.#writer }, turned, now);
    for (const { campaignId, today } of counts) this.#days.set(campaignId, today.day);
    for (const campaign of campaigns) this.#settings.set(campaign.id, campaign);
    this.#claims.forgetZones();
    this.feed({ type: 'seats-read', seats });
    this.feed({ type: 'campaigns-read', campaigns, counts });
  }

  /** Leads came or changed: they may be of a zone that had none. Nothing else of the settings can have changed by that. */
  leadsChanged(): void {
    this.#claims.forgetZones();
  }

  /** Somebody added do-not-call entries: those for numbers in our hands are cancelled or never dialled. */
  async readDoNotCall(): Promise<void> {
    const phones = this.#loop.phonesInHand();
    if (phones.length === 0) return;
    const entries = await listedAmong(this.#ports.database.query, this.#ports.organizationId, phones);
    if (entries.length > 0) this.feed({ type: 'do-not-call-added', entries });
  }

  /** One event in, its effects performed. The only door to the loop but for agents' commands. */
  feed(event: PoolEvent): void {
    if (this.#hasLeft) return;
    this.#freezeGuard.mayAct();
    // After a freeze the first event may come before the heartbeat notices that the lease has run out.
    if (!this.#ports.isLeaseFresh() || this.#isFull)
      this.#perform(this.#loop.handle({ type: 'database-seen', isUp: false }, this.#time()));
    this.#perform(this.#loop.handle(event, this.#time()));
  }

  async command(command: AgentCommand): Promise<CommandAnswer> {
    this.#freezeGuard.mayAct();
    if (this.#hasLeft) return NOT_OWNER;
    const { answer, effects } = this.#loop.command(command, this.#time());
    const later = answer ?? this.#answerTo(command.commandId);
    this.#perform(effects);
    return later;
  }

  /** What the loop says of a command later; a repeated one hears the same. */
  #answerTo(commandId: CommandId): Promise<CommandAnswer> {
    return new Promise((resolve) => {
      const before = this.#waiting.get(commandId);
      this.#waiting.set(commandId, (answer) => {
        this.#waiting.delete(commandId);
        before?.(answer);
        resolve(answer);
      });
    });
  }

  view(): PoolView {
    return this.#loop.view(this.#time());
  }

  desk(agentId: AgentId): AgentDeskView | null {
    return this.#loop.desk(agentId, this.#time());
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Facts that did not fit, by kind; for metrics. */
  misfits(): ReadonlyMap<string, number> {
    return this.#misfits;
  }

  #time(): LoopTime {
    return { now: this.#ports.clock.now(), monotonic: this.#ports.clock.monotonic() };
  }

  #perform(effects: readonly PoolEffect[]): void {
    let isUrgent: boolean | null = null;
    for (const effect of effects) {
      if (effect.do === 'show') isUrgent = (isUrgent ?? false) || effect.isUrgent;
      else this.#performOne(effect);
    }
    if (isUrgent !== null) this.#show(isUrgent);
  }

  #performOne(effect: Exclude<PoolEffect, { do: 'show' }>): void {
    switch (effect.do) {
      case 'claim':
      case 'claim-for-agents':
      case 'claim-lead':
      case 'look-for-callbacks':
      case 'put-back':
      case 'skip-preview':
        this.#claims.perform(effect);
        return;
      case 'answer-command':
        this.#waiting.get(effect.commandId)?.(effect.answer);
        return;
      case 'commit':
        void this.#commit(effect);
        return;
      case 'undo-commit':
        void this.#undo(effect);
        return;
      case 'switch':
        this.#switch?.telephony.perform(effect.command);
        return;
      case 'store-call':
        this.#writer.call(effect.call);
        return;
      case 'store-ending':
        this.#storeEnding(effect);
        return;
      case 'store-agent':
        this.#writer.agent(effect);
        return;
      case 'leave':
        this.#leave(effect.reason);
        return;
      case 'count-misfit':
        this.#misfits.set(effect.what, (this.#misfits.get(effect.what) ?? 0) + 1);
        return;
      default:
        unreachable(effect);
    }
  }

  #storeEnding({ call, lead, ledger }: Extract<PoolEffect, { do: 'store-ending' }>): void {
    const { ending, endedAt, numberId, times } = call;
    const { isAttempt, next } = recycle(
      { ending, endedAt, numberId, isDialled: times.dialledAt !== null },
      lead,
      this.#settings.get(call.campaignId)?.retryRules ?? DEFAULT_RETRY_RULES,
    );
    this.#writer.outcome({ call, isAttempt, next, ledger });
    const { hungUpBy, id: callId, campaignId, leadId } = call;
    this.#ports.log.debug({ callId, campaignId, leadId, ending, hungUpBy }, 'call ended');
  }

  async #commit(effect: Extract<PoolEffect, { do: 'commit' }>): Promise<void> {
    const { database, fence, organizationId, isSimulated } = this.#ports;
    const { batchId, campaignId, verdicts, isSweep, at: now, forAgent } = effect;
    this.#commits.add(batchId);
    try {
      const request = { organizationId, campaignId, verdicts, isSweep, isSimulated, now, forAgent };
      const { placed, refusedCount } = await commitVerdicts(database, fence, request);
      this.#commits.delete(batchId);
      this.feed({ type: 'committed', batchId, placed, refusedCount });
    } catch (error) {
      this.#failed(error, 'commit without an answer; nothing of the batch is dialled');
      this.feed({ type: 'commit-lost', batchId });
    }
  }

  /** Tried until the database answers: until then the campaign has no other batch. */
  async #undo(effect: Extract<PoolEffect, { do: 'undo-commit' }>): Promise<void> {
    if (this.#hasLeft) return;
    const { database, fence, clock } = this.#ports;
    try {
      await undoCommit(database, fence, { ...effect, now: clock.now() });
      this.#commits.delete(effect.batchId);
      this.feed({ type: 'commit-undone', batchId: effect.batchId });
    } catch (error) {
      this.#failed(error, 'lost commit not undone yet; trying again');
      setTimeout(() => void this.#undo(effect), UNDO_AGAIN_MS).unref();
    }
  }

  #failed(error: unknown, message: string): void {
    if (error instanceof FencedOff) this.#leave(error.message);
    else this.#warn(error, message);
  }

  #warn(error: unknown, message: string): void {
    this.#ports.log.warn({ err: error, poolId: this.poolId }, message);
  }

  /** A bridge is shown at once; figures at most ten times a second. */
  #show(isUrgent: boolean): void {
    if (isUrgent) {
      if (this.#showTimer) clearTimeout(this.#showTimer);
      this.#showTimer = null;
      for (const listener of this.#listeners) listener();
      return;
    }
    this.#showTimer ??= setTimeout(() => {
      this.#showTimer = null;
      for (const listener of this.#listeners) listener();
    }, FLUSH_MS);
  }

  #every(everyMs: number, work: () => void): void {
    this.#timers.push(setInterval(work, everyMs));
  }

  #halt(): void {
    for (const timer of this.#timers) clearInterval(timer);
    if (this.#showTimer) clearTimeout(this.#showTimer);
    this.#timers = [];
    this.#switch?.close();
    this.#switch = null;
    for (const tell of [...this.#waiting.values()]) tell(NOT_OWNER);
  }

  #leave(reason: string): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#halt();
    this.#ports.log.error({ poolId: this.poolId, epoch: this.#ports.fence.epoch, reason }, 'pool left');
    this.#ports.onLeave(reason);
  }
}
