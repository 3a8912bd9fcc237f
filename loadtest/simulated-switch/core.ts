import type { Random } from '../../kernel/random.ts';
import type { Channel } from './channel.ts';
import { channelHeaders } from './channel-headers.ts';
import type { EventHeaders, SwitchEvent } from './switch-event.ts';
import type { SwitchTime, SwitchTimer } from './switch-time.ts';

/** FreeSWITCH hands audio and commands on in ticks of 20 ms; much of its latency is the wait for the next one. */
export const TICK_MS = 20;

/** Where events go: the event socket's clients. */
export interface EventSink {
  mayWant(name: string, subclass: string | null): boolean;
  publish(event: SwitchEvent): void;
}

/** A call that the application `bridge` of a leg makes. */
export interface BridgeCall {
  /** The leg goes: by its end, or to something else. */
  abandon(): void;
}

/**
 * Starts one. `over` is called once: `failed` when nobody answered, `ended` when the two have been joined and are no more.
 */
export type DialBridge = (
  leg: Channel,
  dialString: string,
  over: (how: 'failed' | 'ended', cause: string) => void,
) => BridgeCall;

interface EventParts {
  readonly subclass?: string;
  readonly body?: string;
  /** FreeSWITCH's source file and function, which it puts into each event. */
  readonly from?: readonly [file: string, fn: string];
}

const pad = (n: number, width = 2): string => String(n).padStart(width, '0');

/** `2026-11-20 08:31:42`, in UTC as the simulated machine has no other zone. */
export function localStamp(micros: number): string {
  const date = new Date(micros / 1000);
  const day = `${date.getUTCFullYear()}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`;
  return `${day} ${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`;
}

/** What all parts of the simulated switch share: time, chance, the channels that are up, and the way out for events. */
export class SwitchCore {
  readonly time: SwitchTime;
  readonly random: Random;
  readonly channels = new Map<string, Channel>();
  readonly hostname = 'simulated-switch';
  coreUuid: string;
  startedAtMicros: number;
  sessionsSinceStart = 0;
  sessionsPeak = 0;
  /** Set once the ways to phones and carriers are known. */
  dialBridge: DialBridge = (_leg, _dialString, over) => {
    over('failed', 'CHAN_NOT_IMPLEMENTED');
    return { abandon: () => undefined };
  };
  #sequence = 0;
  #sink: EventSink = { mayWant: () => false, publish: () => undefined };

  constructor(time: SwitchTime, random: Random) {
    this.time = time;
    this.random = random;
    this.coreUuid = this.newUuid();
    this.startedAtMicros = time.nowMicros();
  }

  sendEventsTo(sink: EventSink): void {
    this.#sink = sink;
  }

  /** A version 4 UUID from the switch's own chance. */
  newUuid(): string {
    const hex = Array.from({ length: 32 }, () => Math.floor(this.random.next() * 16).toString(16));
    hex[12] = '4';
    hex[16] = '89ab'.charAt(Math.floor(this.random.next() * 4));
    const text = hex.join('');
    return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`;
  }

  /** The beginning of every event. */
  baseHeaders(
    name: string,
    from: readonly [file: string, fn: string] = ['switch_channel.c', 'event'],
  ): EventHeaders {
    const micros = this.time.nowMicros();
    this.#sequence += 1;
    return {
      'Event-Name': name,
      'Core-UUID': this.coreUuid,
      'FreeSWITCH-Hostname': this.hostname,
      'FreeSWITCH-Switchname': this.hostname,
      'FreeSWITCH-IPv4': '127.0.0.1',
      'FreeSWITCH-IPv6': '::1',
      'Event-Date-Local': localStamp(micros),
      'Event-Date-GMT': new Date(micros / 1000).toUTCString(),
      'Event-Date-Timestamp': String(micros),
      'Event-Calling-File': from[0],
      'Event-Calling-Function': from[1],
      'Event-Calling-Line-Number': '1',
      'Event-Sequence': String(this.#sequence),
    };
  }

  emit(name: string, headers: EventHeaders, parts: EventParts = {}): void {
    const subclass = parts.subclass ?? null;
    if (!this.#sink.mayWant(name, subclass)) return;
    this.#sink.publish({
      name,
      subclass,
      headers: { ...this.baseHeaders(name, parts.from), ...headers },
      body: parts.body ?? null,
    });
  }

  publish(event: SwitchEvent): void {
    this.#sink.publish(event);
  }

  /** An event of a channel with what is true of it now, and `extra` behind it. */
  emitOf(channel: Channel, name: string, extra: EventHeaders = {}): void {
    if (!this.#sink.mayWant(name, null)) return;
    this.emit(name, { ...channelHeaders(channel, name), ...extra });
  }

  /** As `time.after`, but dropped when the channel ends. */
  afterOn(channel: Channel, delayMs: number, run: () => void): SwitchTimer {
    const timer = this.time.after(delayMs, () => {
      channel.timers.delete(timer);
      run();
    });
    channel.timers.add(timer);
    return timer;
  }

  /** Between one tick and the next: how long something waits that happens at a random moment. */
  untilTickMs(): number {
    return this.random.next() * TICK_MS;
  }
}
