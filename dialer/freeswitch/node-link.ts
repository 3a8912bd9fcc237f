import type { CallId, Epoch, LegId } from '../../kernel/ids.ts';
import {
  elapsedMonotonic,
  milliseconds,
  seconds,
  type DurationMs,
  type EpochMs,
  type MonotonicMs,
} from '../../kernel/time.ts';
import type { ChannelSnapshot, SwitchCommand, SwitchFact } from '../telephony.ts';
import { reconnectWait } from './backoff.ts';
import { lookAtChannels } from './channel-look.ts';
import { ClockOffset } from './clock-offset.ts';
import { CommandPerformer } from './command-performer.ts';
import { EPOCH_SUBCLASS, renderCommand } from './esl-command.ts';
import type { SafeConnection } from './esl-connection.ts';
import { EslError } from './esl-error.ts';
import { eventTime, header, type EslEvent } from './esl-event.ts';
import type { SwitchLinkOptions } from './link-options.ts';
import { jobPrefix, openSession } from './link-session.ts';
import type { Cancel } from './timers.ts';

/** How often the switch is asked what is really up, for events that were lost. */
const LOOK_EVERY_MS = seconds(30);
/** A link that held this long was a good one: the next break starts at the shortest wait. */
const GOOD_LINK_MS = seconds(5);

/** The link to one FreeSWITCH: connects, keeps the pool's facts flowing, connects again. */
export class NodeLink {
  readonly #options: SwitchLinkOptions;
  readonly #jobPrefix: string;
  readonly #offset = new ClockOffset();
  readonly #performer: CommandPerformer;
  #connection: SafeConnection | null = null;
  /** What the switch told before `link-up`; null while nothing has to wait for one. */
  #held: SwitchFact[] | null = null;
  #upSince: MonotonicMs | null = null;
  #failures = 0;
  #hasToldDown = false;
  #isClosed = false;
  #isLooking = false;
  #wantsLook = false;
  #looks = 0;
  #cancelTimer: Cancel = () => undefined;

  constructor(options: SwitchLinkOptions) {
    this.#options = options;
    this.#jobPrefix = jobPrefix(options);
    this.#performer = new CommandPerformer({
      ...options,
      jobPrefix: this.#jobPrefix,
      connection: () => (this.isUp() && this.#options.mayAct() ? this.#connection : null),
      switchNow: () => this.#switchNow(),
      emit: (fact) => this.#emit(fact),
      emitOwn: (fact) => this.#emitOwn(fact),
    });
  }

  connect(): void {
    if (this.#isClosed) return;
    this.#held = [];
    openSession(
      {
        ...this.#options,
        address: this.#options.url,
        onEvent: (event) => this.#takeEvent(event),
        onClose: (error) => this.#lost(error),
      },
      (connection) => {
        this.#connection = connection;
      },
    )
      .then(() => this.#synchronize())
      .catch((error: unknown) => {
        // A failure of the world has closed the connection, and `#lost` has been told.
        if (!(error instanceof EslError)) throw error;
      });
  }

  perform(command: SwitchCommand): void {
    if (this.#isClosed) return;
    if (command.do === 'see-channels') this.#look();
    else this.#performer.perform(command);
  }

  isUp(): boolean {
    return this.#upSince !== null;
  }

  async announceEpoch(): Promise<boolean> {
    const { poolId, epoch } = this.#options;
    try {
      const reply = await this.#connection?.request(renderCommand({ send: 'announce-epoch', poolId, epoch }));
      return reply?.isOk ?? false;
    } catch {
      return false;
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelTimer();
    this.#performer.close();
    this.#upSince = null;
    this.#connection?.close();
    this.#connection = null;
  }

  /** The first look on a connection; then the facts that came meanwhile. */
  async #synchronize(): Promise<void> {
    const connection = this.#connection;
    if (!connection || this.#isClosed) return;
    const at = this.#switchNow();
    let channels: ChannelSnapshot[];
    try {
      channels = await this.#channels(connection);
    } catch (error) {
      if (error instanceof EslError) connection.close(error);
      throw error;
    }
    if (this.#connection !== connection || connection.failure || this.#isFenced(channels)) return;
    this.#upSince = this.#options.clock.monotonic();
    this.#hasToldDown = false;
    this.#performer.seen(channels);
    const held = this.#held ?? [];
    this.#held = null;
    this.#options.log.info(
      { channels: channels.length, clockOffsetMs: at - this.#options.clock.now() },
      'switch link up',
    );
    this.#scheduleLook();
    this.#options.onFact({ type: 'link-up', at, channels });
    for (const fact of held) this.#emit(fact);
  }

  #channels(connection: SafeConnection): Promise<ChannelSnapshot[]> {
    this.#looks += 1;
    const { poolId, timers } = this.#options;
    return lookAtChannels(connection, { poolId, timers, jobId: `${this.#jobPrefix}look-${this.#looks}` });
  }

  #scheduleLook(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.timers.schedule(() => this.#look(), LOOK_EVERY_MS);
  }

  #look(): void {
    const connection = this.#connection;
    if (!this.isUp() || !connection) return;
    if (this.#isLooking) {
      this.#wantsLook = true;
      return;
    }
    this.#isLooking = true;
    const at = this.#switchNow();
    this.#channels(connection).then(
      (channels) => this.#looked(connection, { at, channels }),
      (error: unknown) => {
        if (!(error instanceof EslError)) throw error;
        this.#options.log.warn({ reason: error.message }, 'look at the switch failed');
        this.#looked(connection, null);
      },
    );
  }

  #looked(
    connection: SafeConnection,
    look: { at: EpochMs; channels: readonly ChannelSnapshot[] } | null,
  ): void {
    this.#isLooking = false;
    const isWantedAgain = this.#wantsLook;
    this.#wantsLook = false;
    if (this.#connection !== connection || !this.isUp()) return;
    if (look && this.#isFenced(look.channels)) return;
    this.#scheduleLook();
    if (look) {
      this.#performer.seen(look.channels);
      this.#emit({ type: 'channels-seen', ...look });
    }
    if (isWantedAgain) this.#look();
  }

  #takeEvent(event: EslEvent): void {
    const at = eventTime(event);
    if (at !== null) this.#offset.learn(at, this.#options.clock.monotonic());
    switch (header(event, 'Event-Name') ?? '') {
      case 'HEARTBEAT':
        return;
      case 'CUSTOM':
        this.#takeEpoch(event);
        return;
      case 'BACKGROUND_JOB':
        this.#takeStrayJob(event);
        return;
      default:
        this.#performer.takeChannelEvent(event);
    }
  }

  #takeEpoch(event: EslEvent): void {
    if (header(event, 'Event-Subclass') !== EPOCH_SUBCLASS) return;
    if (header(event, 'ringline_pool') !== this.#options.poolId) return;
    const epoch = Number(header(event, 'ringline_epoch'));
    if (Number.isSafeInteger(epoch)) this.#yieldTo(epoch as Epoch);
  }

  /** Result of an originate of an earlier connection. */
  #takeStrayJob(event: EslEvent): void {
    const jobId = header(event, 'Job-UUID') ?? '';
    if (!jobId.startsWith(this.#jobPrefix)) return;
    const id = jobId.slice(this.#jobPrefix.length) as CallId | LegId;
    this.#performer.jobDone(id, header(event, '_body') ?? '');
  }

  /** Channels of a later owner are as good as its announcement, which may have been lost. */
  #isFenced(channels: readonly ChannelSnapshot[]): boolean {
    const highest = channels.reduce((max, { epoch }) => Math.max(max, epoch), 0);
    return this.#yieldTo(highest as Epoch);
  }

  #yieldTo(epoch: Epoch): boolean {
    if (epoch <= this.#options.epoch || this.#isClosed) return false;
    const at = this.#switchNow();
    this.close();
    this.#options.log.error({ epoch, ourEpoch: this.#options.epoch }, 'switch link superseded');
    this.#options.onFact({ type: 'superseded', epoch, at });
    return true;
  }

  #lost(error: EslError): void {
    if (this.#isClosed) return;
    const { clock, log, random, timers } = this.#options;
    const wasGood =
      this.#upSince !== null && elapsedMonotonic(this.#upSince, clock.monotonic()) >= GOOD_LINK_MS;
    this.#connection = null;
    this.#upSince = null;
    this.#held = null;
    this.#isLooking = false;
    this.#wantsLook = false;
    this.#performer.connectionLost();
    this.#failures = wasGood ? 0 : this.#failures + 1;
    const wait = reconnectWait(this.#failures, random);
    this.#cancelTimer();
    this.#cancelTimer = timers.schedule(() => this.connect(), wait);
    const { host, port } = this.#options.url;
    log.warn({ host, port, code: error.code, reason: error.message, waitMs: wait }, 'switch link down');
    if (this.#hasToldDown) return;
    this.#hasToldDown = true;
    this.#options.onFact({ type: 'link-down', at: this.#switchNow(), reason: error.message });
  }

  #emit(fact: SwitchFact): void {
    if (this.#held) this.#held.push(fact);
    else this.#emitOwn(fact);
  }

  /** What we know by ourselves waits for nothing. */
  #emitOwn(fact: SwitchFact): void {
    if (!this.#isClosed) this.#options.onFact(withAge(fact, this.#switchNow()));
  }

  #switchNow(): EpochMs {
    const { clock } = this.#options;
    return this.#offset.onSwitch({ now: clock.now(), monotonic: clock.monotonic() });
  }
}

/** A process that stood still hears of old answers at once: it must know that they are old. */
function withAge(fact: SwitchFact, switchNow: EpochMs): SwitchFact {
  // The others are not waited upon.
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check
  switch (fact.type) {
    case 'answered':
      return { ...fact, ageMs: age(fact.at, switchNow) };
    case 'waits':
    case 'message-started':
    case 'call-ended': {
      const { answeredAt = null } = fact;
      return answeredAt === null ? fact : { ...fact, ageMs: age(answeredAt, switchNow) };
    }
    default:
      return fact;
  }
}

const age = (at: EpochMs, switchNow: EpochMs): DurationMs => milliseconds(Math.max(0, switchNow - at));
