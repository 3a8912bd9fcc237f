import { CAMPAIGN_CHANNEL } from '../campaigns/campaign.store.ts';
import { LEAD_CHANNEL } from '../campaigns/lead-write.store.ts';
import { DO_NOT_CALL_CHANNEL } from '../compliance/do-not-call.store.ts';
import type { DialerLog } from '../dialer/dialer-log.ts';
import type { Fence } from '../dialer/fence.ts';
import { PoolOwnership, takeOwnership } from '../dialer/pool-ownership.job.ts';
import { PoolRunner, type PoolRunnerPorts } from '../dialer/pool-runner.job.ts';
import type { OrganizationId, PoolId } from '../kernel/ids.ts';
import type { Clock } from '../kernel/time.ts';
import type { NewId } from '../kernel/uuid.ts';
import { AGENT_CHANNEL } from './auth/user.store.ts';
import type { Database } from './database.ts';
import type { PoolDirectory } from './pool-directory.ts';

/** How often a process without a pool looks for one that nobody owns. */
const LOOK_MS = 1000;

export interface DialerProcessPorts {
  readonly database: Database;
  readonly pools: PoolDirectory;
  /** Where other nodes reach this process, e.g. http://10.0.0.5:8080. */
  readonly ownerAddress: string;
  readonly openSwitch: (fence: Fence) => PoolRunnerPorts['openSwitch'];
  /** Demo organizations are dialled on the simulated switch only, and others on a real one only. */
  readonly isSimulated: boolean;
  /** The switch is ended together with this process. */
  readonly endsSwitch: boolean;
  readonly clock: Clock;
  readonly machineClock: Clock;
  readonly newId: NewId;
  readonly newSecret: () => string;
  readonly log: DialerLog;
  readonly onOwned: (runner: PoolRunner, organizationId: OrganizationId) => { stop(): void };
  /** The pool was taken from us: the process must end, so that nothing of it acts any more. */
  readonly onLost: (reason: string) => void;
}

interface PoolRow {
  readonly poolId: PoolId;
  readonly organizationId: OrganizationId;
  readonly isDemo: boolean;
}

interface Owned {
  readonly runner: PoolRunner;
  readonly ownership: PoolOwnership;
  /** In the order in which they are undone. */
  readonly undo: readonly (() => void)[];
}

/** Owns at most one pool: waits for one that nobody owns, runs it, and leaves when it is taken away. */
export class DialerProcess {
  readonly #ports: DialerProcessPorts;
  #owned: Owned | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;
  #looking: Promise<void> = Promise.resolve();

  constructor(ports: DialerProcessPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#looking = this.#look();
  }

  /** Null while this process stands by. */
  get runner(): PoolRunner | null {
    return this.#owned?.runner ?? null;
  }

  /** Stops dialling, writes what waits, and leaves the pool to the next owner. Calls that are up go on. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#looking;
    const owned = this.#owned;
    if (!owned) return;
    this.#owned = null;
    for (const undo of owned.undo) undo();
    await owned.runner.stop();
    await owned.ownership.release();
  }

  async #look(): Promise<void> {
    try {
      await this.#takeOne();
    } catch (error) {
      this.#ports.log.warn({ err: error }, 'no pool taken; trying again');
    }
    if (!this.#owned && !this.#isStopped) {
      this.#timer = setTimeout(() => {
        this.#looking = this.#look();
      }, LOOK_MS);
    }
  }

  async #takeOne(): Promise<void> {
    const { database, isSimulated } = this.#ports;
    const pools = await database.system<PoolRow>`
      select pool_id as "poolId", organization_id as "organizationId", is_demo as "isDemo" from ringline_pools()`;
    for (const pool of pools.filter(({ isDemo }) => isDemo === isSimulated)) {
      if (this.#isStopped || this.#owned) return;
      await this.#take(pool);
    }
  }

  async #take({ poolId, organizationId }: PoolRow): Promise<void> {
    const {
      database: databases,
      ownerAddress,
      newSecret,
      machineClock,
      log,
      clock,
      newId,
      isSimulated,
    } = this.#ports;
    const database = databases.organization(organizationId);
    const ownerSecret = newSecret();
    const ports = { poolId, organizationId, database, ownerAddress, ownerSecret, clock: machineClock, log };
    const fence = await takeOwnership(ports);
    if (fence === null) return;
    const leave = (reason: string): void => {
      this.#lost(reason);
    };
    const openSwitch = this.#ports.openSwitch(fence);
    const lease: { ownership: PoolOwnership | null } = { ownership: null };
    const runner = new PoolRunner({
      organizationId,
      fence,
      database,
      openSwitch,
      isSimulated,
      clock,
      newId,
      log,
      endsSwitch: this.#ports.endsSwitch,
      isLeaseFresh: () => lease.ownership?.isFresh() ?? true,
      onLeave: leave,
    });
    const ownership = new PoolOwnership(ports, fence, {
      onLost: leave,
      onDatabase: (isUp) => {
        runner.feed({ type: 'database-seen', isUp });
      },
      onClock: (offsetMs) => {
        runner.feed({ type: 'clock-checked', offsetMs });
      },
    });
    lease.ownership = ownership;
    try {
      await runner.start();
    } catch (error) {
      await runner.stop();
      await ownership.release();
      throw error;
    }
    const unregister = this.#ports.pools.register({
      organizationId,
      epoch: fence.epoch,
      secret: ownerSecret,
      owner: runner,
    });
    const helper = this.#ports.onOwned(runner, organizationId);
    const undo = [
      unregister,
      () => {
        helper.stop();
      },
      ...this.#listen(runner, organizationId),
    ];
    this.#owned = { runner, ownership, undo };
  }

  /** A notification only wakes: the tables are read again, also after each reconnection. */
  #listen(runner: PoolRunner, organizationId: OrganizationId): (() => void)[] {
    const { database, log } = this.#ports;
    const on = (channel: string, read: () => Promise<void> | void): (() => void) => {
      const wake = (): void => {
        if (this.#isStopped) return;
        Promise.resolve(read()).catch((error: unknown) => {
          log.warn({ err: error, channel }, 'not read after a notification; trying again');
          setTimeout(wake, LOOK_MS).unref();
        });
      };
      return database.listen(
        channel,
        (payload) => {
          if (payload === organizationId) wake();
        },
        wake,
      );
    };
    return [
      on(DO_NOT_CALL_CHANNEL, () => runner.readDoNotCall()),
      on(CAMPAIGN_CHANNEL, () => runner.readSettings()),
      on(LEAD_CHANNEL, () => {
        runner.leadsChanged();
      }),
      on(AGENT_CHANNEL, () => runner.readSettings()),
    ];
  }

  #lost(reason: string): void {
    const owned = this.#owned;
    this.#owned = null;
    this.#isStopped = true;
    owned?.ownership.stop();
    for (const undo of owned?.undo ?? []) undo();
    this.#ports.onLost(reason);
  }
}
