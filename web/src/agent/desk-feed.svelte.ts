import type { AgentDesk, DeskMessage } from '../../../server/api.ts';
import {
  LiveConnection,
  type ConnectionPorts,
  type ConnectionState,
} from '../live/live-connection.svelte.ts';
import type { ServerClock } from '../ui/server-clock.svelte.ts';

export interface DeskFeedWiring {
  readonly ports: ConnectionPorts;
  readonly clock: ServerClock;
  readonly whenSignedOut: () => void;
  /** What supervisors wrote and the agent has not seen: each time the whole of it. */
  readonly whenMessagesCome: (messages: WrittenMessages) => void;
}

export type WrittenMessages = Extract<DeskMessage, { type: 'messages' }>['messages'];

/** Another screen that works as the same agent. */
export type OtherScreen =
  /** It was there first: nothing is shown here until it is taken over. */
  | { readonly kind: 'occupied'; readonly since: number; readonly message: string }
  /** It took over. */
  | { readonly kind: 'taken-over'; readonly message: string };

/** The agent's own state and call, as the server pushes them. */
export class DeskFeed {
  readonly #connection: LiveConnection;
  readonly #clock: ServerClock;
  readonly #onMessages: DeskFeedWiring['whenMessagesCome'];
  #desk = $state.raw<AgentDesk | null>(null);
  #onDesk: (desk: AgentDesk) => void = () => undefined;
  #version = -1;
  /** Asked for while no line was open: it is said as soon as the server asks. */
  #wantsToTakeOver = false;
  #isCurrent = $state(false);
  #unavailable = $state<string | null>(null);
  #occupied = $state.raw<Extract<OtherScreen, { kind: 'occupied' }> | null>(null);

  constructor(wiring: DeskFeedWiring) {
    this.#clock = wiring.clock;
    this.#onMessages = wiring.whenMessagesCome;
    this.#connection = new LiveConnection(wiring.ports, {
      opened: () => {
        this.#version = -1;
        this.#isCurrent = false;
        this.#unavailable = null;
        this.#occupied = null;
      },
      received: (message) => this.#received(message as DeskMessage | null),
      closed: (why) => {
        this.#isCurrent = false;
        this.#occupied = null;
        if (why === 'signed-out') wiring.whenSignedOut();
      },
    });
  }

  /** The last that was heard; {@link isCurrent} tells whether it still holds. */
  get desk(): AgentDesk | null {
    return this.#desk;
  }

  get isCurrent(): boolean {
    return this.#isCurrent && this.#connection.state.kind === 'open' && this.#unavailable === null;
  }

  get connection(): ConnectionState {
    return this.#connection.state;
  }

  /** The server's sentence while nobody runs the agent's pool. */
  get unavailable(): string | null {
    return this.#connection.state.kind === 'open' ? this.#unavailable : null;
  }

  get otherScreen(): OtherScreen | null {
    const state = this.#connection.state;
    if (state.kind === 'closed' && state.why === 'taken-over')
      return { kind: 'taken-over', message: state.message };
    return state.kind === 'open' ? this.#occupied : null;
  }

  /** Called with each picture that comes, outside of whatever is drawn. */
  whenDeskComes(listener: (desk: AgentDesk) => void): void {
    this.#onDesk = listener;
  }

  start(): void {
    this.#connection.start();
  }

  retryNow(): void {
    this.#connection.retryNow();
  }

  drop(): void {
    this.#connection.drop();
  }

  stop(): void {
    this.#connection.stop();
  }

  /** Work goes on here, and ends at the other screen. */
  takeOver(): void {
    if (this.#connection.state.kind === 'open') {
      this.#connection.send({ type: 'take-over' });
    } else {
      this.#wantsToTakeOver = true;
      this.#connection.retryNow();
    }
  }

  #received(message: DeskMessage | null): void {
    if (message === null) return;
    switch (message.type) {
      case 'desk':
        // An older picture may overtake a newer one where two sockets of ours meet.
        if (message.version < this.#version) return;
        this.#version = message.version;
        this.#desk = message.desk;
        this.#isCurrent = true;
        this.#unavailable = null;
        this.#occupied = null;
        this.#wantsToTakeOver = false;
        this.#clock.sync(message.desk.at);
        this.#onDesk(message.desk);
        return;
      case 'unavailable':
        this.#unavailable = message.message;
        return;
      case 'messages':
        this.#onMessages(message.messages);
        return;
      case 'occupied':
        this.#isCurrent = false;
        if (this.#wantsToTakeOver) {
          this.#wantsToTakeOver = false;
          this.#connection.send({ type: 'take-over' });
          return;
        }
        this.#occupied = { kind: 'occupied', since: message.since, message: message.message };
        return;
      default:
        return;
    }
  }
}
