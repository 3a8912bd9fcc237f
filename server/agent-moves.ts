import type { AgentDeskView } from '../dialer/pool-owner.ts';
import type { AgentId, OrganizationId, PoolId } from '../kernel/ids.ts';
import type { Clock } from '../kernel/time.ts';
import type { NewId } from '../kernel/uuid.ts';
import { sendMessages } from './agent-message.store.ts';
import { finishMove, loadWaitingMoves, type WaitingMove } from './agent-move.store.ts';
import type { MessageId } from './api/supervisor.schema.ts';
import { AGENT_CHANNEL } from './auth/user.store.ts';
import type { HttpDatabase } from './http-database.ts';
import type { HttpLog } from './http-log.ts';
import type { OwnedPool } from './pool-connection.ts';
import type { PoolDirectory } from './pool-directory.ts';
import { MOVE_SENTENCES } from './supervisor-sentence.ts';

/**
 * Whether an agent may change his seat: nothing in his hands, no outcome missing, no phone up. Who is to be signed out for it and
 * is at work again has taken it back with "stay on".
 */
export function moveStanding(desk: AgentDeskView | null): 'free' | 'busy' | 'stays' {
  if (desk === null) return 'free';
  const { agent, call } = desk;
  if (agent.state === 'signed-out') return call?.needsDisposition === true ? 'busy' : 'free';
  return agent.wanted === 'sign-out' ? 'busy' : 'stays';
}

export interface AgentMovesPorts {
  readonly pools: PoolDirectory;
  readonly database: HttpDatabase;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: HttpLog;
}

/** Carries out moves that wait, in the process that owns the pool which the agent leaves. */
export class AgentMoves {
  readonly #ports: AgentMovesPorts;
  readonly #waiting = new Map<PoolId, readonly WaitingMove[]>();
  readonly #busy = new Set<AgentId>();
  readonly #stopListening: () => void;

  constructor(ports: AgentMovesPorts) {
    this.#ports = ports;
    ports.pools.onRegister((pool) => this.#watch(pool));
    const readAll = (organizationId: string | null): void => {
      for (const pool of ports.pools.local())
        if (organizationId === null || pool.organizationId === organizationId) void this.#read(pool);
    };
    this.#stopListening = ports.database.listen(AGENT_CHANNEL, readAll, () => readAll(null));
  }

  close(): void {
    this.#stopListening();
  }

  /** Carries a move out if the agent is free. False when he is not, or somebody else has done it. */
  async tryNow(
    organizationId: OrganizationId,
    move: WaitingMove,
    desk: AgentDeskView | null,
  ): Promise<boolean> {
    if (moveStanding(desk) !== 'free') return false;
    return this.#finish(organizationId, move, 'done');
  }

  #watch(pool: OwnedPool): void {
    const { poolId } = pool.owner;
    const stop = pool.owner.onChange(() => this.#look(pool));
    this.#ports.pools.localConnection(poolId)?.onGone(() => {
      stop();
      this.#waiting.delete(poolId);
    });
    void this.#read(pool);
  }

  async #read(pool: OwnedPool): Promise<void> {
    const { poolId } = pool.owner;
    try {
      const rows = this.#ports.database.organization(pool.organizationId);
      this.#waiting.set(poolId, await loadWaitingMoves(rows, { poolId, agentId: null }));
      this.#look(pool);
    } catch (error) {
      this.#ports.log.warn(
        { err: error, poolId },
        'waiting moves of agents not read; the next change reads them',
      );
    }
  }

  #look(pool: OwnedPool): void {
    for (const move of this.#waiting.get(pool.owner.poolId) ?? []) {
      const standing = moveStanding(pool.owner.desk(move.agentId));
      if (standing === 'busy' || this.#busy.has(move.agentId)) continue;
      this.#busy.add(move.agentId);
      void this.#finish(pool.organizationId, move, standing === 'free' ? 'done' : 'taken-back')
        .catch((error: unknown) => {
          this.#ports.log.warn({ err: error, agentId: move.agentId }, 'agent not moved; trying again');
        })
        .finally(() => this.#busy.delete(move.agentId));
    }
  }

  async #finish(
    organizationId: OrganizationId,
    move: WaitingMove,
    outcome: 'done' | 'taken-back',
  ): Promise<boolean> {
    const { database, clock, newId, log } = this.#ports;
    const isDone = await database.organization(organizationId).tx(async (query) => {
      if (!(await finishMove(query, { organizationId, move, outcome }))) return false;
      if (outcome === 'done') {
        const sentAt = clock.now();
        await sendMessages(query, {
          organizationId,
          fromUserId: move.byUserId,
          text: MOVE_SENTENCES.told[move.agentLocale](move.agentName, move.toPoolName),
          sentAt,
          messageIds: [newId<MessageId>(sentAt)],
          agentIds: [move.agentId],
        });
      }
      return true;
    });
    const left = this.#waiting.get(move.fromPoolId)?.filter(({ actionId }) => actionId !== move.actionId);
    if (left) this.#waiting.set(move.fromPoolId, left);
    if (isDone)
      log.info({ agentId: move.agentId, toPoolId: move.toPoolId, outcome }, 'seat of an agent moved');
    return isDone;
  }
}
