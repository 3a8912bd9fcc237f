import type { FarEnd, FarEndSignals } from './channel.ts';
import type { SwitchTime } from './switch-time.ts';

/** An agent's softphone answers by itself after this long. */
const ANSWERS_AFTER_MS = 300;
/** How long the switch waits for media of a phone that vanished (`media_timeout`). */
const MEDIA_TIMEOUT_MS = 10_000;

interface PhoneCall {
  readonly signals: FarEndSignals;
  isAudible: boolean;
  isOver: boolean;
}

export interface PhoneBehaviour {
  readonly answersAfterMs: number;
  readonly mediaTimeoutMs: number;
}

/** The agents' phones: every extension of 2–8 digits is registered unless a test says otherwise. */
export class Phones {
  readonly #time: SwitchTime;
  readonly #behaviour: PhoneBehaviour;
  readonly #unregistered = new Set<string>();
  readonly #unknown = new Set<string>();
  readonly #calls = new Map<string, PhoneCall>();

  constructor(time: SwitchTime, behaviour?: PhoneBehaviour) {
    this.#time = time;
    this.#behaviour = behaviour ?? { answersAfterMs: ANSWERS_AFTER_MS, mediaTimeoutMs: MEDIA_TIMEOUT_MS };
  }

  static isExtension(text: string): boolean {
    return /^\d{2,8}$/u.test(text);
  }

  /** Whether the directory has such a user. */
  isUser(extension: string): boolean {
    return Phones.isExtension(extension) && !this.#unknown.has(extension);
  }

  isRegistered(extension: string): boolean {
    return this.isUser(extension) && !this.#unregistered.has(extension);
  }

  register(extension: string): void {
    this.#unregistered.delete(extension);
    this.#unknown.delete(extension);
  }

  unregister(extension: string): void {
    this.#unregistered.add(extension);
  }

  /** From now on the directory has no such user. */
  forget(extension: string): void {
    this.#unknown.add(extension);
  }

  call(extension: string, signals: FarEndSignals): FarEnd {
    const call: PhoneCall = { signals, isAudible: true, isOver: false };
    const isBusy = this.#calls.has(extension);
    if (!isBusy) this.#calls.set(extension, call);
    const later = (ms: number, run: () => void): void => {
      this.#time.after(ms, () => {
        if (!call.isOver && call.isAudible) run();
      });
    };
    if (isBusy) {
      later(20, () => signals.refused({ status: 486 }));
    } else {
      later(5, () => signals.rang());
      later(this.#behaviour.answersAfterMs, () => signals.answered());
    }
    const over = (): void => {
      call.isOver = true;
      if (this.#calls.get(extension) === call) this.#calls.delete(extension);
    };
    return { cancel: over, bye: over, hears: () => undefined, isAudible: () => call.isAudible };
  }

  /** The agent hangs up; false when the phone is in no call. */
  hangUp(extension: string): boolean {
    const call = this.#calls.get(extension);
    if (call === undefined) return false;
    this.#calls.delete(extension);
    call.isOver = true;
    call.signals.hungUp();
    return true;
  }

  /** The phone is gone without a BYE: silence, until the switch notices that no media comes. */
  vanish(extension: string, mediaTimeoutMs = this.#behaviour.mediaTimeoutMs): boolean {
    const call = this.#calls.get(extension);
    if (call === undefined) return false;
    this.#calls.delete(extension);
    call.isAudible = false;
    call.signals.fellSilent();
    this.#time.after(mediaTimeoutMs, () => {
      if (!call.isOver) call.signals.mediaTimedOut();
    });
    return true;
  }
}
