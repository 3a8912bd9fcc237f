import type { AgentDeskView } from '../dialer/pool-owner.ts';
import type { OrganizationDatabase } from '../kernel/database.ts';
import type { AgentId } from '../kernel/ids.ts';
import { elapsedMonotonic, type Clock, type EpochMs, type MonotonicMs } from '../kernel/time.ts';
import { dayUntil, nothingToday, type DeskToday } from './api/desk-today.schema.ts';
import { SOCKET_CLOSE, type DeskMessage } from './api/live-message.ts';
import { loadUnread } from './agent-message.store.ts';
import { composeDesk, showsTheSame } from './desk.ts';
import { inHandKey, loadInHand, type InHandRow } from './desk-call.store.ts';
import { loadOwnToday } from './desk-today.store.ts';
import { loadDeskFrame, type DeskFrame } from './desk.store.ts';
import type { HttpLog } from './http-log.ts';
import type { OwnedPool } from './pool-connection.ts';

/** One page of one agent. */
export interface DeskScreen {
  /** Made by the page; the same page that comes back after a broken line takes its own place without being asked. */
  readonly screenId: string | null;
  readonly openedAt: EpochMs;
  send(message: DeskMessage): void;
  close(code: number, reason: string): void;
  /** When the other side gave a sign of life last. */
  heardAt(): MonotonicMs;
}

export interface DeskHubPorts {
  readonly pool: OwnedPool;
  readonly database: OrganizationDatabase;
  readonly clock: Clock;
  readonly log: HttpLog;
  readonly screenGoneMs: number;
  onScreenLost(agentId: AgentId): void;
}

/** RFC 6455 registry: "Try Again Later". */
export const TRY_AGAIN_LATER = 1013;
const AWAY: DeskMessage = {
  type: 'unavailable',
  message: 'Nobody runs your pool at the moment; you are connected again as soon as somebody does.',
};

interface Desk {
  holder: DeskScreen | null;
  /** Others who would work as this agent, in the order they came. */
  readonly waiting: Set<DeskScreen>;
  goneTimer: NodeJS.Timeout | null;
  version: number;
  view: AgentDeskView | null;
  frame: DeskFrame | null;
  today: DeskToday;
  /** What the tables say of what he has in hand, or of what was before it while that is looked up. */
  inHand: InHandRow | null;
  /** The database did not answer: the next change looks again. */
  isIncomplete: boolean;
}

/** The screens of the agents of one pool, in the process that owns it: one at a time for each agent. */
export class DeskHub {
  readonly #ports: DeskHubPorts;
  readonly #desks = new Map<AgentId, Desk>();
  readonly #stopListening: () => void;
  #isScheduled = false;
  #isEnded = false;

  constructor(ports: DeskHubPorts) {
    this.#ports = ports;
    this.#stopListening = ports.pool.owner.onChange(() => this.#schedule());
    // After a takeover nobody has a screen here yet, but agents are at work.
    for (const { agentId } of ports.pool.owner.view().agents)
      this.#watchForReturn(agentId, this.#desk(agentId));
  }

  /** Returns what the page says later, and its end. */
  attach(agentId: AgentId, screen: DeskScreen): { takeOver(): void; detach(): void } {
    const desk = this.#desk(agentId);
    if (desk.holder === null) this.#seat(agentId, screen);
    else if (screen.screenId !== null && desk.holder.screenId === screen.screenId)
      this.#replace(agentId, screen);
    else {
      desk.waiting.add(screen);
      screen.send({
        type: 'occupied',
        since: desk.holder.openedAt,
        message: 'You are at work in another window already; take over here to close that one.',
      });
    }
    return {
      takeOver: () => {
        if (desk.waiting.delete(screen)) this.#replace(agentId, screen);
      },
      detach: () => this.#leave(agentId, screen),
    };
  }

  /** Something that is shown but is not the owner's changed: a disposition was stored, words were edited. */
  refresh(agentId: AgentId): void {
    const desk = this.#desks.get(agentId);
    if (desk?.holder) void this.#load(agentId, desk);
  }

  /** Somebody wrote to the agent, or he has seen what was written. */
  messagesChanged(agentId: AgentId | null): void {
    for (const [id, { holder }] of this.#desks)
      if (holder && (agentId === null || id === agentId))
        void this.#tellMessages(id, { screen: holder, isNew: false });
  }

  /** A screen that has just come knows of none. */
  async #tellMessages(
    agentId: AgentId,
    { screen, isNew }: { screen: DeskScreen; isNew: boolean },
  ): Promise<void> {
    const { database, log, pool } = this.#ports;
    try {
      const messages = await loadUnread(database, agentId);
      if (this.#desks.get(agentId)?.holder !== screen || (isNew && messages.length === 0)) return;
      screen.send({ type: 'messages', messages });
    } catch (error) {
      log.warn({ err: error, agentId, poolId: pool.owner.poolId }, 'messages to an agent not read');
    }
  }

  /** This process owns the pool no more. */
  end(): void {
    this.#isEnded = true;
    this.#stopListening();
    for (const desk of this.#desks.values()) {
      if (desk.goneTimer) clearTimeout(desk.goneTimer);
      for (const screen of [desk.holder, ...desk.waiting]) {
        screen?.send(AWAY);
        screen?.close(TRY_AGAIN_LATER, 'The pool has another owner.');
      }
    }
    this.#desks.clear();
  }

  #desk(agentId: AgentId): Desk {
    const known = this.#desks.get(agentId);
    if (known) return known;
    const desk: Desk = {
      holder: null,
      waiting: new Set(),
      goneTimer: null,
      version: 0,
      view: null,
      frame: null,
      today: nothingToday(this.#ports.clock.now()),
      inHand: null,
      isIncomplete: false,
    };
    this.#desks.set(agentId, desk);
    return desk;
  }

  #seat(agentId: AgentId, screen: DeskScreen): void {
    const desk = this.#desk(agentId);
    if (desk.goneTimer) clearTimeout(desk.goneTimer);
    desk.goneTimer = null;
    desk.holder = screen;
    desk.view = this.#ports.pool.owner.desk(agentId);
    if (desk.view === null) {
      screen.close(SOCKET_CLOSE.notFound, 'You have no seat in this pool; ask your administrator.');
      return;
    }
    void this.#load(agentId, desk);
    void this.#tellMessages(agentId, { screen, isNew: true });
  }

  #replace(agentId: AgentId, screen: DeskScreen): void {
    const desk = this.#desk(agentId);
    const before = desk.holder;
    desk.holder = null;
    before?.close(SOCKET_CLOSE.takenOver, 'You went on in another window; this one is closed.');
    this.#seat(agentId, screen);
  }

  #leave(agentId: AgentId, screen: DeskScreen): void {
    const desk = this.#desks.get(agentId);
    if (!desk) return;
    desk.waiting.delete(screen);
    if (desk.holder !== screen) return;
    desk.holder = null;
    const [next] = desk.waiting;
    if (next) {
      desk.waiting.delete(next);
      this.#seat(agentId, next);
    } else {
      this.#watchForReturn(agentId, desk, screen.heardAt());
    }
  }

  #watchForReturn(agentId: AgentId, desk: Desk, heardAt = this.#ports.clock.monotonic()): void {
    if (this.#isEnded) return;
    const silentMs = elapsedMonotonic(heardAt, this.#ports.clock.monotonic());
    desk.goneTimer = setTimeout(
      () => {
        desk.goneTimer = null;
        this.#ports.onScreenLost(agentId);
      },
      Math.max(0, this.#ports.screenGoneMs - silentMs),
    );
  }

  /** Many changes of one moment are one look at the desks, which still comes before anything else waits. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      for (const [agentId, desk] of this.#desks) if (desk.holder) this.#look(agentId, desk);
    });
  }

  #look(agentId: AgentId, desk: Desk): void {
    const view = this.#ports.pool.owner.desk(agentId);
    if (view === null) {
      // The page comes back by itself, and finds the pool where the seat is now.
      if (desk.view !== null) this.#closeMoved(agentId, desk);
      return;
    }
    if (showsTheSame(desk.view, view)) return;
    const before = desk.view;
    if (before !== null && before.agent.state !== view.agent.state)
      desk.today = dayUntil(desk.today, before.agent.state, view.agent.since);
    desk.view = view;
    this.#push(desk);
    if (desk.isIncomplete || inHandKey(before) !== inHandKey(view)) void this.#load(agentId, desk);
  }

  #closeMoved(agentId: AgentId, desk: Desk): void {
    this.#desks.delete(agentId);
    for (const screen of [desk.holder, ...desk.waiting])
      screen?.close(TRY_AGAIN_LATER, 'Your seat is in another pool.');
  }

  #push(desk: Desk): void {
    if (!desk.holder || !desk.view || !desk.frame) return;
    desk.version += 1;
    const { view, frame, today } = desk;
    const inHand = desk.inHand?.key === inHandKey(view) ? desk.inHand : null;
    const shown = composeDesk({ view, frame, inHand, today });
    desk.holder.send({ type: 'desk', version: desk.version, desk: shown });
  }

  async #load(agentId: AgentId, desk: Desk): Promise<void> {
    const { database, clock, log, pool } = this.#ports;
    try {
      const [frame, today, inHand] = await Promise.all([
        loadDeskFrame(database, agentId),
        loadOwnToday(database, { agentId, now: clock.now() }),
        desk.view && loadInHand(database, desk.view),
      ]);
      desk.frame = frame;
      desk.today = today;
      desk.isIncomplete = false;
      // Meanwhile the next call may be there, with a look of its own.
      if (inHand?.key === inHandKey(desk.view)) desk.inHand = inHand;
      this.#push(desk);
    } catch (error) {
      // The call goes on with its number on the screen; the next change of state looks again.
      log.warn({ err: error, agentId, poolId: pool.owner.poolId }, 'desk not loaded');
      desk.isIncomplete = true;
      desk.frame ??= { poolId: pool.owner.poolId, extension: '', dispositions: [], pauseReasons: [] };
      this.#push(desk);
    }
  }
}
