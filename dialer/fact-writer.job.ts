import type { OrganizationDatabase } from '../kernel/database.ts';
import type { CallId, OrganizationId } from '../kernel/ids.ts';
import { storeAgents, type AgentChange } from './agent-presence.store.ts';
import { storeCalls, storeOutcomes, type Outcome } from './call-outcome.store.ts';
import type { Call } from './call.ts';
import { FencedOff, type Fence } from './fence.ts';
import type { DialerLog } from './dialer-log.ts';

/** With the database gone for minutes this many ends wait at most before nothing new is dialled. */
const OUTCOMES_MAX = 50_000;
/** Changes of agents that wait; beyond it the older half is let go. */
const CHANGES_MAX = 50_000;
/** Keeps one statement short. */
const BATCH_MAX = 500;

/** Facts of the switch on their way to the tables: batched, in order, kept while the database is gone, harmless when repeated. */
export class FactWriter {
  readonly #calls = new Map<CallId, Call>();
  #outcomes: Outcome[] = [];
  #isFull = false;
  /** Endings that were ever handed over. */
  endingsTaken = 0;
  #changes: AgentChange[] = [];
  /** The round that is being written. */
  #round: Promise<Round> | null = null;
  readonly #ports: FactWriterPorts;

  constructor(ports: FactWriterPorts) {
    this.#ports = ports;
  }

  call(call: Call): void {
    this.#calls.set(call.id, call);
  }

  outcome(outcome: Outcome): void {
    this.#calls.delete(outcome.call.id);
    this.#outcomes.push(outcome);
    this.endingsTaken += 1;
    this.#judgeRoom();
  }

  agent(change: AgentChange): void {
    this.#changes.push(change);
    // The last state of each agent stands in the newest; only lines of the log of states are missed.
    if (this.#changes.length > CHANGES_MAX) this.#changes = this.#changes.slice(-CHANGES_MAX / 2);
  }

  get waiting(): number {
    return this.#calls.size + this.#outcomes.length + this.#changes.length;
  }

  /** Writes what is there; what fails stays and is tried again with the next call. Whoever asks meanwhile waits for the same round. */
  flush(): Promise<Round> {
    this.#round ??= this.#write().finally(() => (this.#round = null));
    return this.#round;
  }

  /** Each kind by itself: what is wrong with one must not keep the endings from being stored. */
  async #write(): Promise<Round> {
    if (this.waiting === 0) return 'stored';
    const { database, fence, organizationId } = this.#ports;
    const rounds = [
      await this.#tried(async () => {
        const changes = this.#changes.slice(0, BATCH_MAX);
        if (changes.length === 0) return;
        await storeAgents(database, fence, { organizationId, changes });
        // By what they are, not how many: with too many waiting the oldest may have been dropped meanwhile.
        const stored = new Set(changes);
        this.#changes = this.#changes.filter((change) => !stored.has(change));
      }),
      await this.#tried(async () => {
        const calls = [...this.#calls.values()].slice(0, BATCH_MAX);
        if (calls.length === 0) return;
        await storeCalls(database, fence, calls);
        // A call that moved on meanwhile has been replaced and stays.
        for (const call of calls) if (this.#calls.get(call.id) === call) this.#calls.delete(call.id);
      }),
      await this.#tried(async () => {
        const outcomes = this.#outcomes.slice(0, BATCH_MAX);
        if (outcomes.length === 0) return;
        await storeOutcomes(database, fence, outcomes);
        this.#outcomes = this.#outcomes.slice(outcomes.length);
      }),
    ];
    this.#judgeRoom();
    return rounds.includes('failed') ? 'failed' : 'stored';
  }

  async #tried(work: () => Promise<void>): Promise<Round> {
    try {
      await work();
      return 'stored';
    } catch (error) {
      if (error instanceof FencedOff) this.#ports.onFencedOff(error);
      else this.#ports.log.warn({ err: error, waiting: this.waiting }, 'facts not stored yet; trying again');
      return 'failed';
    }
  }

  /** Told when it changes. */
  #judgeRoom(): void {
    const isFull = this.#outcomes.length > OUTCOMES_MAX;
    if (isFull === this.#isFull) return;
    this.#isFull = isFull;
    this.#ports.onFull(isFull);
  }

  /** Writes all; gives up at the first failed round that stored nothing. The round under way took its facts before: its end is awaited. */
  async drain(): Promise<void> {
    await this.#round;
    while (this.waiting > 0) {
      const before = this.waiting;
      if ((await this.flush()) === 'failed' && this.waiting >= before) return;
    }
  }
}

type Round = 'stored' | 'failed';

export interface FactWriterPorts {
  readonly database: OrganizationDatabase;
  readonly fence: Fence;
  readonly organizationId: OrganizationId;
  readonly log: DialerLog;
  readonly onFencedOff: (error: FencedOff) => void;
  /** More endings wait than should (true), or no longer: nothing new is dialled meanwhile, and all that wait are kept. */
  readonly onFull: (isFull: boolean) => void;
}
