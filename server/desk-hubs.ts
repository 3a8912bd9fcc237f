import type { AgentId, CommandId, PoolId } from '../kernel/ids.ts';
import type { Clock } from '../kernel/time.ts';
import type { NewId } from '../kernel/uuid.ts';
import { AGENT_MESSAGE_CHANNEL } from './agent-message.store.ts';
import { DeskHub } from './desk-hub.ts';
import type { HttpDatabase } from './http-database.ts';
import type { HttpLog } from './http-log.ts';
import type { LiveSettings } from './http-settings.ts';
import { SCREEN_LOST, commandForLostScreen, type OnScreenLost } from './lost-screen.ts';
import type { OwnedPool } from './pool-connection.ts';
import type { PoolDirectory } from './pool-directory.ts';

export interface DeskHubsPorts {
  readonly pools: PoolDirectory;
  readonly database: HttpDatabase;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: HttpLog;
  readonly live: LiveSettings;
  /** Default: asks the owner for a pause. */
  readonly onScreenLost?: OnScreenLost | undefined;
}

/** A hub for each pool that this process owns, as long as it does. */
export class DeskHubs {
  readonly #ports: DeskHubsPorts;
  readonly #hubs = new Map<PoolId, DeskHub>();
  readonly #stopListening: () => void;

  constructor(ports: DeskHubsPorts) {
    this.#ports = ports;
    ports.pools.onRegister((pool) => this.#open(pool));
    this.#stopListening = ports.database.listen(
      AGENT_MESSAGE_CHANNEL,
      (payload) => this.#tellMessages(payload.split(' ')[1] as AgentId | undefined),
      () => this.#tellMessages(undefined),
    );
  }

  find(poolId: PoolId): DeskHub | null {
    return this.#hubs.get(poolId) ?? null;
  }

  refresh(agentId: AgentId): void {
    for (const hub of this.#hubs.values()) hub.refresh(agentId);
  }

  /** Of one agent, or of all when what was said meanwhile is not known. */
  #tellMessages(agentId: AgentId | undefined): void {
    for (const hub of this.#hubs.values()) hub.messagesChanged(agentId ?? null);
  }

  close(): void {
    this.#stopListening();
    for (const hub of this.#hubs.values()) hub.end();
    this.#hubs.clear();
  }

  #open(pool: OwnedPool): void {
    const { poolId } = pool.owner;
    const { clock, log, database, live } = this.#ports;
    this.#hubs.get(poolId)?.end();
    const hub = new DeskHub({
      pool,
      clock,
      log,
      database: database.organization(pool.organizationId),
      screenGoneMs: live.screenGoneMs,
      onScreenLost: (agentId) => (this.#ports.onScreenLost ?? this.#pauseAgent)(pool, agentId),
    });
    this.#hubs.set(poolId, hub);
    this.#ports.pools.localConnection(poolId)?.onGone(() => {
      hub.end();
      if (this.#hubs.get(poolId) === hub) this.#hubs.delete(poolId);
    });
  }

  readonly #pauseAgent: OnScreenLost = (pool, agentId) => {
    const { clock, newId, log } = this.#ports;
    const agent = pool.owner.desk(agentId)?.agent;
    const type = agent && commandForLostScreen(agent);
    if (!type) return;
    const asked = { commandId: newId<CommandId>(clock.now()), agentId };
    const command = type === 'pause' ? { ...asked, type, reason: SCREEN_LOST } : { ...asked, type };
    log.info({ agentId, poolId: pool.owner.poolId, command: type }, 'agent without a screen');
    pool.owner.command(command).catch((error: unknown) => {
      log.warn({ err: error, agentId, command: type }, 'agent without a screen not paused');
    });
  };
}
