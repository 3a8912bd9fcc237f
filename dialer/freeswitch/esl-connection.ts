import modesl from 'modesl';
import type { Socket } from 'node:net';
import {
  elapsedMonotonic,
  milliseconds,
  seconds,
  type Clock,
  type DurationMs,
  type MonotonicMs,
} from '../../kernel/time.ts';
import type { EslRequest } from './esl-command.ts';
import { EslError } from './esl-error.ts';
import { header, parseEvent, type EslEvent } from './esl-event.ts';
import { EslFramer, FRAME_LIMITS, type EslFrame, type FrameLimits } from './esl-framer.ts';
import type { SwitchAddress } from './switch-address.ts';
import type { Cancel, Timers } from './timers.ts';

export interface SafeConnectionOptions {
  readonly address: SwitchAddress;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Every event but results of jobs that somebody waits for. Called synchronously, in order. */
  readonly onEvent: (event: EslEvent) => void;
  /** Once, whatever ended it; everything that was pending has been rejected by then. */
  readonly onClose: (error: EslError) => void;
  readonly limits?: FrameLimits;
}

/** What the switch answered. `isOk` is false for -ERR and -USAGE, which are answers, not failures of the connection. */
export interface EslReply {
  readonly isOk: boolean;
  readonly text: string;
}

/** A command without reply for this long destroys the socket: whoever hangs is no switch that we may go on with. */
export const REPLY_TIMEOUT_MS = seconds(1);
const GREETING_TIMEOUT_MS = seconds(3);
/** Probes on a silent line; the kernel's own default of two hours would leave a dead peer unnoticed while nothing is sent. */
const KEEPALIVE_MS = seconds(5);
/** At 0.1 ms a reply this is far more than can be answered in time. */
const UNANSWERED_MAX = 10_000;

interface Waiting {
  readonly sentAt: MonotonicMs;
  readonly settle: PromiseWithResolvers<EslReply>;
}

/**
 * One event-socket connection. modesl gives it the TCP connection; framing, queueing and failure are ours (modesl 1.2.1 crashes on
 * a caller's name, mixes up replies and never tells of a reset). Nothing is ever sent twice.
 */
export class SafeConnection extends modesl.Connection {
  /** Settles when the switch has accepted the password, or never will. */
  readonly ready: Promise<void>;
  readonly #options: SafeConnectionOptions;
  readonly #framer: EslFramer;
  /** modesl drops its own reference when the peer closes. */
  readonly #socket: Socket;
  readonly #opened = Promise.withResolvers<undefined>();
  /** api and command replies come in the order of the commands, whatever their kind. */
  readonly #waiting: Waiting[] = [];
  readonly #jobs = new Map<string, PromiseWithResolvers<string>>();
  #cancelTimer: Cancel;
  #ended: EslError | null = null;
  #isReady = false;

  constructor(options: SafeConnectionOptions) {
    super(options.address.host, options.address.port, options.address.password);
    this.#options = options;
    this.#framer = new EslFramer(options.limits ?? FRAME_LIMITS);
    if (!this.socket) throw new Error('Bug: modesl made no socket');
    this.#socket = this.socket;
    this.ready = this.#opened.promise;
    // Those who wait learn of the failure by their own promise; nobody has to.
    this.ready.catch(() => undefined);
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#socket.on('close', () => this.#end(new EslError('closed', 'FreeSWITCH closed the connection.')));
    this.#socket.on('end', () => this.#end(new EslError('closed', 'FreeSWITCH closed the connection.')));
    this.#cancelTimer = options.timers.schedule(
      () => this.#end(new EslError('unreachable', 'FreeSWITCH did not answer on its event socket.')),
      GREETING_TIMEOUT_MS,
    );
  }

  /**
   * Sends one command and resolves with its reply; -ERR resolves too.
   * @throws {EslError} `unsafe`, `overloaded` or `closed` when nothing was sent; `closed` or `no-reply` when it may have been
   *   carried out.
   */
  async request(request: EslRequest): Promise<EslReply> {
    if (this.#ended)
      throw new EslError('closed', 'There is no connection to FreeSWITCH.', { cause: this.#ended });
    if (!this.#isReady) throw new EslError('closed', 'The connection to FreeSWITCH is not ready yet.');
    return this.#send(request);
  }

  /**
   * Runs an API command in the background and resolves with its output once its BACKGROUND_JOB event comes.
   * @throws {EslError} as `request`, and `refused` when the switch did not even start it.
   */
  async background(request: EslRequest, jobId: string): Promise<string> {
    if (this.#jobs.has(jobId)) throw new EslError('unsafe', 'A background command needs an id of its own.');
    const job = Promise.withResolvers<string>();
    this.#jobs.set(jobId, job);
    job.promise.catch(() => undefined);
    try {
      const reply = await this.request({
        line: `bgapi ${request.line}`,
        headers: [...request.headers, ['Job-UUID', jobId]],
      });
      if (!reply.isOk) throw new EslError('refused', `FreeSWITCH refused a command: ${reply.text}`);
      return await job.promise;
    } finally {
      this.#jobs.delete(jobId);
    }
  }

  /** Destroys the socket at once; what is pending is rejected with `reason`. */
  close(reason = new EslError('closed', 'We closed the connection to FreeSWITCH.')): void {
    this.#end(reason);
  }

  /** Why the connection is over; null while it is not. */
  get failure(): EslError | null {
    return this.#ended;
  }

  /** Every sender of modesl ends here. */
  override send(): void {
    throw new Error('Bug: modesl may not send; use request()');
  }

  override disconnect(): void {
    this.close();
  }

  override connected(): boolean {
    return this.#isReady && this.#ended === null;
  }

  /** @internal Called by modesl when the TCP connection stands. Its parser is never started. */
  protected override _onConnect(): void {
    this.connecting = false;
    this.#socket.setNoDelay(true);
    this.#socket.setKeepAlive(true, KEEPALIVE_MS);
  }

  /** @internal Called by modesl on a socket error. */
  protected override _onError(error: Error): void {
    const code = this.connecting ? 'unreachable' : 'closed';
    const what = this.connecting ? 'FreeSWITCH cannot be reached' : 'The connection to FreeSWITCH broke';
    this.#end(new EslError(code, `${what}: ${error.message}.`, { cause: error }));
  }

  #read(chunk: Buffer): void {
    if (this.#ended) return;
    try {
      for (const frame of this.#framer.push(chunk)) {
        this.#take(frame);
        // `#take` may have closed us: what follows in the segment is nobody's any more.
        if (this.failure) return;
      }
    } catch (error) {
      if (!(error instanceof EslError)) throw error;
      this.#end(error);
    }
  }

  #take(frame: EslFrame): void {
    switch (frame.headers.get('content-type') ?? '') {
      case 'text/event-json': {
        const event = parseEvent(frame.body);
        if (event) this.#takeEvent(event);
        return;
      }
      case 'command/reply':
        this.#takeReply(frame.headers.get('reply-text') ?? '');
        return;
      case 'api/response':
        this.#takeReply(frame.body.toString('utf8'));
        return;
      case 'auth/request':
        this.#greeted();
        return;
      case 'text/rude-rejection':
        this.#end(new EslError('rejected', "FreeSWITCH's access list for its event socket turned us away."));
        return;
      case 'text/disconnect-notice':
        this.#end(new EslError('closed', 'FreeSWITCH said goodbye.'));
        return;
      default:
        // Log lines and kinds that we never asked for.
        return;
    }
  }

  #takeEvent(event: EslEvent): void {
    if (header(event, 'Event-Name') === 'BACKGROUND_JOB') {
      const job = this.#jobs.get(header(event, 'Job-UUID') ?? '');
      if (job) {
        job.resolve((header(event, '_body') ?? '').trim());
        return;
      }
    }
    this.#options.onEvent(event);
  }

  #takeReply(text: string): void {
    const waiting = this.#waiting.shift();
    if (!waiting) {
      this.#end(new EslError('bad-frame', 'FreeSWITCH answered a command that was never sent.'));
      return;
    }
    const reply = { isOk: !/^-(?:ERR|USAGE)/.test(text), text: text.trim() };
    waiting.settle.resolve(reply);
    if (!this.#isReady) this.#takeLogin(reply.isOk);
  }

  #greeted(): void {
    if (this.#isReady || this.#waiting.length > 0) return;
    this.#cancelTimer();
    // Its rejection is told by `ready` and `onClose`.
    this.#send({ line: `auth ${this.#options.address.password}`, headers: [] }).catch(() => undefined);
  }

  /** Judged at once: a goodbye in the same segment shall not hide a wrong password. */
  #takeLogin(isAccepted: boolean): void {
    if (!isAccepted) {
      this.#end(new EslError('wrong-password', 'FreeSWITCH refused the password of its event socket.'));
      return;
    }
    this.#isReady = true;
    this.authed = true;
    this.#opened.resolve(undefined);
  }

  #send(request: EslRequest): Promise<EslReply> {
    const lines = [request.line, ...request.headers.map(([name, value]) => `${name}: ${value}`)];
    if (!lines.every(isSafe)) {
      return Promise.reject(
        new EslError('unsafe', 'An ESL command was not sent: it holds a line break or ends another one.'),
      );
    }
    if (this.#waiting.length >= UNANSWERED_MAX) {
      return Promise.reject(new EslError('overloaded', 'FreeSWITCH answers more slowly than commands come.'));
    }
    const waiting: Waiting = { sentAt: this.#options.clock.monotonic(), settle: Promise.withResolvers() };
    this.#waiting.push(waiting);
    if (this.#waiting.length === 1) this.#watch(REPLY_TIMEOUT_MS);
    this.#socket.write(`${lines.join('\n')}\n\n`);
    return waiting.settle.promise;
  }

  #watch(wait: DurationMs): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.timers.schedule(() => this.#checkReplies(), wait);
  }

  #checkReplies(): void {
    const first = this.#waiting[0];
    if (!first) return;
    const left = REPLY_TIMEOUT_MS - elapsedMonotonic(first.sentAt, this.#options.clock.monotonic());
    if (left > 0) {
      this.#watch(milliseconds(left));
      return;
    }
    // It may be we who stood still: what has arrived meanwhile is read before this second look.
    this.#cancelTimer = this.#options.timers.schedule(() => {
      if (this.#waiting[0] === first) {
        this.#end(new EslError('no-reply', 'FreeSWITCH did not answer a command within a second.'));
      } else if (this.#waiting.length > 0) {
        this.#checkReplies();
      }
    }, milliseconds(0));
  }

  #end(error: EslError): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#cancelTimer();
    this.#socket.destroy();
    this.removeAllListeners();
    this.#opened.reject(error);
    for (const { settle } of this.#waiting.splice(0)) settle.reject(error);
    for (const job of this.#jobs.values()) job.reject(error);
    this.#jobs.clear();
    this.#options.onClose(error);
  }
}

/** FreeSWITCH takes any text with these two words for `unload mod_event_socket`, wherever they stand (mod_event_socket.c). */
function isSafe(line: string): boolean {
  if (/[\r\n\0]/.test(line)) return false;
  return !(/unload|reload/i.test(line) && /mod_event_socket/i.test(line));
}
