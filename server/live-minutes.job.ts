import { days, type Clock, type EpochMs } from '../kernel/time.ts';
import type { HttpDatabase } from './http-database.ts';
import type { HttpLog } from './http-log.ts';
import { forgetMinutes, putMinutes } from './live-minute.store.ts';
import { MinuteTally, type LiveMinute } from './live-minutes.ts';
import type { OwnedPool } from './pool-connection.ts';
import type { PoolDirectory } from './pool-directory.ts';

export interface LiveMinutesPorts {
  readonly pools: PoolDirectory;
  readonly database: HttpDatabase;
  readonly clock: Clock;
  readonly log: HttpLog;
}

const LOOK_MS = 1000;
const KEPT_MS = days(35);
const FORGET_EVERY_MS = days(1);
/** As much as a database may be away without a gap: beyond it the oldest are dropped. */
const WAITING_MAX = 5000;

/** Stores what the pools of this process do, minute by minute, for the day's charts; a restart loses seconds of it. */
export class LiveMinutes {
  readonly #ports: LiveMinutesPorts;
  readonly #undo = new Set<() => Promise<void>>();

  constructor(ports: LiveMinutesPorts) {
    this.#ports = ports;
    ports.pools.onRegister((pool) => this.#watch(pool));
  }

  async close(): Promise<void> {
    for (const undo of [...this.#undo]) await undo();
  }

  #watch(pool: OwnedPool): void {
    const { database, clock, log, pools } = this.#ports;
    const rows = database.organization(pool.organizationId);
    const tally = new MinuteTally();
    let waiting: readonly LiveMinute[] = [];
    let forgottenAt = -Infinity;
    let storing: Promise<void> | null = null;
    const store = async (): Promise<void> => {
      const taken = waiting;
      waiting = [];
      try {
        await putMinutes(rows, pool.organizationId, taken);
        const now = clock.now();
        if (now - forgottenAt < FORGET_EVERY_MS) return;
        forgottenAt = now;
        await forgetMinutes(rows, (now - KEPT_MS) as EpochMs);
      } catch (error) {
        log.warn({ err: error, poolId: pool.owner.poolId }, 'minutes of campaigns not stored; trying again');
        waiting = [...taken, ...waiting].slice(-WAITING_MAX);
      }
    };
    const timer = setInterval(() => {
      const ended = tally.add(pool.owner.view());
      waiting = [...waiting, ...ended];
      if (ended.length > 0) storing ??= store().finally(() => (storing = null));
    }, LOOK_MS);
    const stop = async (): Promise<void> => {
      clearInterval(timer);
      if (!this.#undo.delete(stop)) return;
      await storing;
      waiting = [...waiting, ...tally.take()];
      await store();
    };
    this.#undo.add(stop);
    pools.localConnection(pool.owner.poolId)?.onGone(() => void stop());
  }
}
