import { unreachable } from '../../kernel/assert.ts';
import type { CallId, Epoch, LegId, PoolId } from '../../kernel/ids.ts';
import type { Clock, EpochMs } from '../../kernel/time.ts';
import type { ChannelSnapshot, DialForAgentCommand, SwitchCommand, SwitchFact } from '../telephony.ts';
import { AgentDials } from './agent-dials.ts';
import { BridgeKeeper } from './bridge-keeper.ts';
import { readChannelEvent, type ChannelNews } from './channel-event.ts';
import { ChannelWatch, type LostEnd } from './channel-watch.ts';
import { renderCommand, type EslCommand } from './esl-command.ts';
import type { EslReply, SafeConnection } from './esl-connection.ts';
import { EslError } from './esl-error.ts';
import { header, type EslEvent } from './esl-event.ts';
import { gatewayState } from './gateway-state.ts';
import { unansweredEnding } from './hangup-cause.ts';
import type { LinkLog } from './link-log.ts';
import { dialForAgent, originateAgentLeg, originateCall, type OriginateText } from './originate-command.ts';
import { holdRequest, oneRequest } from './one-request.ts';
import { RecentIds } from './recent-ids.ts';
import type { Timers } from './timers.ts';

export interface CommandPerformerOptions {
  readonly poolId: PoolId;
  readonly epoch: Epoch;
  readonly agentDomain: string;
  readonly holdSound?: string;
  readonly jobPrefix: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: LinkLog;
  /** Null while the link is not up or nothing may be sent. */
  readonly connection: () => SafeConnection | null;
  readonly switchNow: () => EpochMs;
  /** What the switch told. */
  readonly emit: (fact: SwitchFact) => void;
  /** What we know by ourselves: it was not even sent. */
  readonly emitOwn: (fact: SwitchFact) => void;
}

type Performed = Exclude<SwitchCommand, { readonly do: 'see-channels' }>;

/** Ends are told once, and nothing of a channel after its end; an hour of 10,000 calls is far longer than any event is late. */
const ENDED_REMEMBERED_MAX = 10_000;

/** Turns commands into requests, and events into facts, for one switch; survives reconnects. */
export class CommandPerformer {
  readonly #options: CommandPerformerOptions;
  readonly #watch: ChannelWatch;
  readonly #bridges: BridgeKeeper;
  readonly #dials: AgentDials;
  readonly #ended = new RecentIds<CallId | LegId>(ENDED_REMEMBERED_MAX);
  /** Legs of agents among the originates: their failures have another name. */
  readonly #legs = new Set<CallId | LegId>();

  constructor(options: CommandPerformerOptions) {
    this.#options = options;
    const { clock, timers } = options;
    this.#watch = new ChannelWatch({
      clock,
      timers,
      hangUp: (channelId) => this.#send({ send: 'hang-up', channelId }),
      onNeverCreated: (id, reason) => this.#neverCreated(id, reason),
      onEndMissing: (id, end) => this.#endMissing(id, end),
    });
    this.#bridges = new BridgeKeeper({
      timers,
      send: (callId, legId) => this.#sendBridge(callId, legId),
      park: (legId) => this.#send({ send: 'park', legId }),
      onFailed: (callId, legId, reason) => {
        this.#tell({ type: 'bridge-failed', callId, legId, reason, at: options.switchNow() });
      },
    });
    this.#dials = new AgentDials({
      timers,
      isAway: (legId) => this.#bridges.isAway(legId),
      onLeaves: (legId) => this.#bridges.legLeft(legId),
      send: async (legId, script) => {
        const reply = await this.#request({ send: 'dial-for-agent', legId, script });
        return reply.isOk ? null : reply.text;
      },
      onRefused: (callId, reason) => this.#watch.refused(callId, reason),
      onGivenUp: (callId, hangupCause) => this.#watch.jobDone(callId, `-ERR ${hangupCause}`),
    });
  }

  /** Facts that a command causes at once are told after the caller has returned. */
  perform(command: Performed): void {
    switch (command.do) {
      case 'originate':
        this.#originate(command.clearance.candidate.callId, () => originateCall(command, this.#options));
        return;
      case 'dial-for-agent':
        this.#dialForAgent(command);
        return;
      case 'call-agent':
        this.#legs.add(command.permit.legId);
        this.#originate(command.permit.legId, () =>
          originateAgentLeg(command.permit, this.#options, this.#options.agentDomain),
        );
        return;
      case 'bridge':
      case 'resume':
        this.#bridge(command.callId, command.legId);
        return;
      case 'hang-up':
        this.#hangUp(command.channelId);
        return;
      case 'see-gateway':
        this.#seeGateway(command);
        return;
      case 'hold':
        this.#hold(command);
        return;
      case 'play-to-customer':
        this.#bridges.scriptChanged(command.callId);
        this.#send(oneRequest(command));
        return;
      case 'play-message':
      case 'play-tone':
      case 'mark':
        this.#send(oneRequest(command));
        return;
      default:
        unreachable(command);
    }
  }

  takeChannelEvent(event: EslEvent): void {
    const news = readChannelEvent(event);
    if (!news) return;
    this.#learn(news);
    if (news.type === 'leg-parked') this.#dials.legParked(news.legId, lastCause(event));
    if (news.type !== 'leg-created') this.#tell(news);
  }

  /** A look at what is up, as events that may have been lost. */
  seen(channels: readonly ChannelSnapshot[]): void {
    const up = new Set<CallId | LegId>();
    for (const { channelId, purpose, answeredAt } of channels) {
      up.add(channelId);
      this.#watch.seen(channelId);
      if (purpose === 'call' && answeredAt !== null) this.#bridges.waiting(channelId as CallId);
    }
    this.#watch.prune(up);
  }

  jobDone(id: CallId | LegId, output: string): void {
    this.#watch.jobDone(id, output);
  }

  connectionLost(): void {
    this.#bridges.forget();
    this.#dials.forget();
  }

  close(): void {
    this.#bridges.forget();
    this.#dials.forget();
    this.#watch.close();
  }

  #learn(news: ChannelNews): void {
    // The others change nothing here.
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check
    switch (news.type) {
      case 'dialled':
        this.#watch.seen(news.callId);
        this.#bridges.dialled(news.callId);
        return;
      case 'leg-created':
        this.#watch.seen(news.legId);
        this.#bridges.legCreated(news.legId);
        return;
      case 'leg-parked':
        this.#bridges.legParked(news.legId);
        return;
      case 'rang':
        this.#watch.rang(news.callId);
        return;
      case 'answered':
        this.#watch.seen(news.callId);
        this.#bridges.answered(news.callId);
        this.#dials.answered(news.callId);
        return;
      case 'waits':
        this.#bridges.waiting(news.callId);
        return;
      case 'bridged':
        this.#bridges.bridged(news.callId, news.legId);
        return;
      case 'call-ended':
        this.#watch.ended(news.callId);
        this.#bridges.callEnded(news.callId);
        this.#dials.callEnded(news.callId);
        return;
      case 'leg-ended':
        this.#watch.ended(news.legId);
        this.#bridges.legEnded(news.legId);
        this.#dials.legEnded(news.legId);
        return;
      default:
        return;
    }
  }

  /** Nothing of a channel is told after its end, and no end twice. */
  #tell(fact: SwitchFact, emit = this.#options.emit): void {
    const id = 'callId' in fact ? fact.callId : 'legId' in fact ? fact.legId : null;
    if (id !== null && this.#ended.has(id)) return;
    if (
      id !== null &&
      (fact.type === 'call-ended' || fact.type === 'not-dialled' || fact.type === 'leg-ended')
    ) {
      this.#ended.add(id);
      this.#legs.delete(id);
    }
    emit(fact);
  }

  #tellLater(fact: SwitchFact): void {
    queueMicrotask(() => this.#tell(fact, this.#options.emitOwn));
  }

  #dialForAgent(command: DialForAgentCommand): void {
    const { callId } = command.clearance.candidate;
    const script = this.#written(callId, () => dialForAgent(command, this.#options));
    if (script === null) return;
    this.#watch.sent(callId);
    // Facts come after the caller has returned.
    queueMicrotask(() => {
      if (this.#watch.isUnwanted(callId))
        this.#watch.refused(callId, 'it was given up before it was dialled');
      else this.#dials.dial(callId, command.legId, script);
    });
  }

  /** What does not exist yet is hung up as soon as it does; what waits for an agent's leg to park is never dialled. */
  #hangUp(channelId: CallId | LegId): void {
    if (this.#watch.hangUpWhenSeen(channelId)) queueMicrotask(() => this.#dials.cancel(channelId as CallId));
    else this.#send({ send: 'hang-up', channelId });
  }

  /** Null when it cannot be sent; then the pool is told so. */
  #written<Text>(id: CallId | LegId, write: () => Text): Text | null {
    try {
      if (!this.#options.connection()) throw new EslError('closed', 'There is no connection to FreeSWITCH.');
      return write();
    } catch (error) {
      if (!(error instanceof EslError)) throw error;
      this.#options.log.error({ id, code: error.code, reason: error.message }, 'originate not sent');
      this.#tellLater(this.#notCreated(id, error.message));
      return null;
    }
  }

  #originate(id: CallId | LegId, text: () => OriginateText): void {
    const originate = this.#written(id, text);
    const connection = this.#options.connection();
    if (originate === null || !connection) return;
    this.#watch.sent(id);
    connection
      .background(renderCommand({ send: 'originate', text: originate }), this.#options.jobPrefix + id)
      .then(
        (output) => this.#watch.jobDone(id, output),
        (error: unknown) => {
          // Whether an originate that was under way when the connection died was carried out shows in the channels; it is not sent again.
          if (error instanceof EslError && ['refused', 'unsafe', 'overloaded'].includes(error.code)) {
            this.#watch.refused(id, error.message);
          }
        },
      );
  }

  #bridge(callId: CallId, legId: LegId): void {
    if (this.#options.connection()) {
      queueMicrotask(() => this.#bridges.bridge(callId, legId));
      return;
    }
    const reason = 'there is no connection to FreeSWITCH';
    this.#tellLater({ type: 'bridge-failed', callId, legId, reason, at: this.#options.switchNow() });
  }

  async #sendBridge(callId: CallId, legId: LegId): Promise<string | null> {
    const reply = await this.#request({ send: 'bridge', callId, legId });
    return reply.isOk ? null : reply.text;
  }

  /** A question without an answer is asked again at its next time. */
  #seeGateway({ trunkId, gateway }: Extract<Performed, { readonly do: 'see-gateway' }>): void {
    this.#request({ send: 'gateway-status', gateway }).then(
      ({ text }) => {
        const state = gatewayState(text);
        if (state !== null)
          this.#options.emit({
            type: 'gateway-seen',
            at: this.#options.switchNow(),
            trunkId,
            gateway,
            state,
          });
      },
      (error: unknown) => {
        if (!(error instanceof EslError)) throw error;
        this.#options.log.info({ gateway, reason: error.message }, 'gateway not looked at');
      },
    );
  }

  /** Without a reply it counts as failed too: an agent who may be heard must know, and the next looks put right what was carried out. */
  #hold({ callId, legId }: Extract<Performed, { readonly do: 'hold' }>): void {
    const failed = (reason: string, emit: (fact: SwitchFact) => void): void => {
      this.#tell({ type: 'hold-failed', callId, legId, reason, at: this.#options.switchNow() }, emit);
    };
    this.#bridges.scriptChanged(callId);
    this.#request(holdRequest(callId, this.#options.holdSound)).then(
      (reply) => {
        if (!reply.isOk) failed(reply.text, this.#options.emit);
      },
      (error: unknown) => {
        if (!(error instanceof EslError)) throw error;
        failed(error.message, this.#options.emitOwn);
      },
    );
  }

  /** Without a fact of its own: what it did shows in events. */
  #send(command: EslCommand): void {
    this.#request(command).then(
      (reply) => {
        if (!reply.isOk)
          this.#options.log.info({ send: command.send, reply: reply.text }, 'switch refused a command');
      },
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        this.#options.log.warn({ send: command.send, reason }, 'command not carried out');
      },
    );
  }

  async #request(command: EslCommand): Promise<EslReply> {
    const connection = this.#options.connection();
    if (!connection) throw new EslError('closed', 'There is no connection to FreeSWITCH.');
    return connection.request(renderCommand(command));
  }

  #neverCreated(id: CallId | LegId, reason: string): void {
    this.#tell(this.#notCreated(id, reason));
  }

  #notCreated(id: CallId | LegId, reason: string): SwitchFact {
    const at = this.#options.switchNow();
    return this.#legs.has(id)
      ? { type: 'leg-ended', legId: id as LegId, at, reason }
      : { type: 'not-dialled', callId: id as CallId, at, reason };
  }

  /** Its end was lost on the way; the job's cause is all that is left of it. */
  #endMissing(id: CallId | LegId, { hangupCause, hasRung }: LostEnd): void {
    const at = this.#options.switchNow();
    this.#options.log.warn({ id, hangupCause }, 'end of a channel was lost');
    if (this.#legs.has(id)) {
      this.#tell({ type: 'leg-ended', legId: id as LegId, at, reason: hangupCause });
      return;
    }
    const raw = { hangupCause, sipStatus: null, q850Cause: null };
    const unanswered = unansweredEnding(raw, hasRung);
    this.#tell({ type: 'call-ended', callId: id as CallId, at, hungUpBy: 'carrier', unanswered, raw });
  }
}

/** Why the call that the leg made came to nothing, as far as the leg knows. */
const lastCause = (event: EslEvent): string =>
  header(event, 'variable_last_bridge_hangup_cause') ??
  header(event, 'variable_originate_failed_cause') ??
  'UNKNOWN';
