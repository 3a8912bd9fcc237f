import type { Socket } from 'node:net';
import type { Random } from '../../kernel/random.ts';
import { TICK_MS } from './core.ts';
import {
  apiResponse,
  AUTH_REQUEST,
  commandReply,
  DISCONNECT_NOTICE,
  EslFramer,
  eventFrame,
  headerOf,
  type EslCommand,
} from './esl-frame.ts';
import type { Faults } from './faults.ts';
import { Subscription } from './subscription.ts';
import { eventAsJson, eventAsPlain, eventNamed, type SwitchEvent } from './switch-event.ts';
import type { SwitchTime } from './switch-time.ts';

/** Runs an api command; the text is what an api/response carries. */
export type RunApi = (command: string, argument: string, done: (result: string) => void) => void;

/** A command that runs behind its reply. */
export interface BackgroundJob {
  readonly uuid: string;
  readonly command: string;
  readonly argument: string;
}

/** What a connection needs of the switch. */
export interface ListenerHost {
  readonly time: SwitchTime;
  readonly random: Random;
  readonly password: string;
  readonly faults: Faults;
  runApi: RunApi;
  /** Fires BACKGROUND_JOB. */
  jobDone(job: BackgroundJob, result: string): void;
  /** `sendevent`: fires it to every client that listens. */
  sendEvent(name: string, command: EslCommand, uuid: string): void;
  newUuid(): string;
}

/** A client that cannot keep up is dropped, as FreeSWITCH does when its queue of events is full. */
const WAITING_BYTES_MAX = 64 * 1024 * 1024;
/** These commands steer the simulation itself and work whatever fault is on. */
const isSteering = (line: string): boolean => /^(bg)?api ringline_/u.test(line);

/** One connection to the event socket. */
export class EslListener {
  readonly #socket: Socket;
  readonly #host: ListenerHost;
  readonly #framer = new EslFramer();
  readonly subscription = new Subscription();
  #isAuthenticated = false;
  #isOpen = true;
  #outbox: string[] = [];
  #isFlushSet = false;
  /** The real one sleeps in polls of 20 ms between commands: an event waits for the next. */
  #polledAtMs = 0;

  constructor(socket: Socket, host: ListenerHost) {
    this.#socket = socket;
    this.#host = host;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.write(AUTH_REQUEST);
    this.#polledAtMs = this.#nowMs();
  }

  get isAuthenticated(): boolean {
    return this.#isAuthenticated;
  }

  close(): void {
    this.#isOpen = false;
    this.#socket.destroy();
  }

  /** Puts an event into the client's queue; `texts` keeps what was rendered for other clients. */
  offer(event: SwitchEvent, texts: Map<string, string>): void {
    if (!this.#isOpen || !this.subscription.mayWant(event.name, event.subclass)) return;
    if (!this.subscription.passes(event)) return;
    const { format } = this.subscription;
    let text = texts.get(format);
    if (text === undefined) {
      text = eventFrame(format === 'json' ? eventAsJson(event) : eventAsPlain(event), format);
      texts.set(format, text);
    }
    this.#queueWithFaults(event.name, text);
  }

  #queueWithFaults(name: string, text: string): void {
    const { faults, random, time } = this.#host;
    const isConcerned = faults.eventNames.size === 0 || faults.eventNames.has(name);
    if (!isConcerned) {
      this.#queue(text);
      return;
    }
    if (faults.eventLostRate > 0 && random.next() < faults.eventLostRate) return;
    if (faults.eventTwiceRate > 0 && random.next() < faults.eventTwiceRate) this.#queue(text);
    if (faults.eventDelayRate > 0 && random.next() < faults.eventDelayRate) {
      time.after(faults.eventDelayMs, () => this.#queue(text));
    } else {
      this.#queue(text);
    }
  }

  #nowMs(): number {
    return this.#host.time.nowMicros() / 1000;
  }

  #queue(text: string): void {
    this.#outbox.push(text);
    if (this.#isFlushSet) return;
    this.#isFlushSet = true;
    const sinceMs = Math.max(0, this.#nowMs() - this.#polledAtMs);
    this.#host.time.after(TICK_MS - (sinceMs % TICK_MS), () => this.#flush());
  }

  #flush(): void {
    this.#isFlushSet = false;
    this.#polledAtMs = this.#nowMs();
    if (this.#outbox.length === 0 || !this.#isOpen) return;
    const text = this.#outbox.join('');
    this.#outbox = [];
    if (this.#socket.writableLength > WAITING_BYTES_MAX) this.close();
    else this.#socket.write(text);
  }

  #receive(chunk: Buffer): void {
    if (!this.#isOpen) return;
    let commands: EslCommand[];
    try {
      commands = this.#framer.push(chunk);
    } catch {
      this.close();
      return;
    }
    for (const command of commands) this.#obey(command);
    this.#flush();
  }

  #write(text: string): void {
    if (this.#isOpen) this.#socket.write(text);
  }

  #reply(line: string, text: string): void {
    const { faults, time } = this.#host;
    const isExempt = isSteering(line);
    if (faults.dropsReplies && !isExempt) return;
    if (faults.replyDelayMs > 0 && !isExempt) time.after(faults.replyDelayMs, () => this.#write(text));
    else this.#write(text);
  }

  #obey(command: EslCommand): void {
    const { line } = command;
    if (this.#host.faults.isDeaf && this.#isAuthenticated && !isSteering(line)) return;
    const lower = line.toLowerCase();
    if (lower.startsWith('exit')) {
      this.#write(commandReply('+OK bye'));
      this.#goodbye();
    } else if (!this.#isAuthenticated) {
      this.#authenticate(line);
    } else if (lower.startsWith('api ')) {
      const [name, argument] = commandAndArgument(line.slice(4));
      this.#host.runApi(name, argument, (result) => this.#reply(line, apiResponse(result)));
    } else if (lower.startsWith('bgapi ')) {
      this.#background(command);
    } else {
      this.#reply(line, commandReply(this.#settle(command, lower)));
    }
  }

  #authenticate(line: string): void {
    if (!line.toLowerCase().startsWith('auth ')) {
      this.#write(commandReply('-ERR command not found'));
    } else if (line.slice(5).trim() === this.#host.password) {
      this.#isAuthenticated = true;
      this.#write(commandReply('+OK accepted'));
    } else {
      this.#write(commandReply('-ERR invalid'));
      this.#goodbye();
    }
  }

  #goodbye(): void {
    this.#write(DISCONNECT_NOTICE);
    this.#isOpen = false;
    this.#socket.end();
  }

  #background(command: EslCommand): void {
    const [name, argument] = commandAndArgument(command.line.slice(6));
    const uuid = headerOf(command.headers, 'job-uuid') ?? this.#host.newUuid();
    this.#reply(command.line, commandReply(`+OK Job-UUID: ${uuid}`, [`Job-UUID: ${uuid}`]));
    this.#host.runApi(name, argument, (result) => {
      this.#host.jobDone({ uuid, command: name, argument }, result);
    });
  }

  /** Commands about the connection itself; the reply. */
  #settle(command: EslCommand, lower: string): string {
    const words = command.line.split(' ').slice(1);
    if (lower.startsWith('filter ')) return this.subscription.filter(command.line.slice(7));
    if (lower.startsWith('sendmsg')) {
      const uuid = (words[0] ?? '').trim() || (headerOf(command.headers, 'session-id') ?? '');
      return `-ERR invalid session id [${uuid}]`;
    }
    if (lower.startsWith('sendevent')) {
      const uuid = this.#host.newUuid();
      const name = eventNamed((words[0] ?? '').trim()) ?? 'CLONE';
      this.#host.sendEvent(name, command, uuid);
      return `+OK ${uuid}`;
    }
    if (lower.startsWith('nixevent')) return this.subscription.unsubscribe(words);
    if (lower.startsWith('noevents')) {
      this.#outbox = [];
      return this.subscription.unsubscribeAll();
    }
    if (lower.startsWith('event')) return this.subscription.subscribe(words);
    if (lower.startsWith('nolog')) return '-ERR not loging';
    if (lower.startsWith('log')) return `+OK log level ${words[0] ?? ''} [7]`;
    if (lower.startsWith('linger') || lower.startsWith('nolinger')) return '-ERR not controlling a session';
    if (lower.startsWith('divert_events')) return '-ERR not controlling a session.';
    return '-ERR command not found';
  }
}

function commandAndArgument(text: string): [command: string, argument: string] {
  const blank = text.indexOf(' ');
  return blank < 0 ? [text, ''] : [text.slice(0, blank), text.slice(blank + 1)];
}
