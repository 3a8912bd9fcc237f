import type { OrganizationDatabase } from '../kernel/database.ts';
import type { CallId, OrganizationId } from '../kernel/ids.ts';
import { storeAgents, type AgentChange } from './agent-presence.store.ts';
import { storeCalls, storeOutcomes, type Outcome } from './call-outcome.store.ts';
import type { Call } from './call.ts';
import { FencedOff, type Fence } from './fence.ts';
import type { DialerLog } from './dialer-log.ts';

/** With the database gone for minutes this many ends wait; nothing new is dialled meanwhile, so it is never reached by calls alone. */
const OUTCOMES_MAX = 50_000;
/** Keeps one statement short. */
const BATCH_MAX = 500;

/** Facts of the switch on their way to the tables: batched, in order, kept while the database is gone, harmless when repeated. */
export class FactWriter {
  readonly #calls = new Map<CallId, Call>();
  #outcomes: Outcome[] = [];
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
    if (this.#outcomes.length > OUTCOMES_MAX) this.#ports.onOverflow();
  }

  agent(change: AgentChange): void {
    this.#changes.push(change);
  }

  get waiting(): number {
    return this.#calls.size + this.#outcomes.length + this.#changes.length;
  }

  /** Writes what is there; what fails stays and is tried again with the next call. Whoever asks meanwhile waits for the same round. */
  flush(): Promise<Round> {
    this.#round ??= this.#write().finally(() => (this.#round = null));
    return this.#round;
  }

  async #write(): Promise<Round> {
    if (this.waiting === 0) return 'stored';
    const { database, fence, organizationId } = this.#ports;
    try {
      const changes = this.#changes.slice(0, BATCH_MAX);
      if (changes.length > 0) {
        await storeAgents(database, fence, { organizationId, changes });
        this.#changes = this.#changes.slice(changes.length);
      }
      const calls = [...this.#calls.values()].slice(0, BATCH_MAX);
      if (calls.length > 0) {
        await storeCalls(database, fence, calls);
        // A call that moved on meanwhile has been replaced and stays.
        for (const call of calls) if (this.#calls.get(call.id) === call) this.#calls.delete(call.id);
      }
      const outcomes = this.#outcomes.slice(0, BATCH_MAX);
      if (outcomes.length > 0) {
        await storeOutcomes(database, fence, outcomes);
        this.#outcomes = this.#outcomes.slice(outcomes.length);
      }
      return 'stored';
    } catch (error) {
      if (error instanceof FencedOff) this.#ports.onFencedOff(error);
      else this.#ports.log.warn({ err: error, waiting: this.waiting }, 'facts not stored yet; trying again');
      return 'failed';
    }
  }

  /** Writes all; gives up at the first round that fails. The round under way took its facts before: its end is awaited first. */
  async drain(): Promise<void> {
    await this.#round;
    while (this.waiting > 0) if ((await this.flush()) === 'failed') return;
  }
}

type Round = 'stored' | 'failed';

export interface FactWriterPorts {
  readonly database: OrganizationDatabase;
  readonly fence: Fence;
  readonly organizationId: OrganizationId;
  readonly log: DialerLog;
  readonly onFencedOff: (error: FencedOff) => void;
  /** More waits than can be kept: the owner must leave while what it has is still whole. */
  readonly onOverflow: () => void;
}
