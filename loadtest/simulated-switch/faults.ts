/** What a test may break. All off by default. */
export interface Faults {
  /** The next so many originates are answered with -ERR and this cause. */
  refuseOriginates: { left: number; cause: string };
  /** Commands are obeyed but no reply comes back. */
  dropsReplies: boolean;
  /** Commands are neither obeyed nor answered; events go on. */
  isDeaf: boolean;
  /** Commands are obeyed and answered, but so much later. */
  replyDelayMs: number;
  eventDelayMs: number;
  /** Probabilities per event and client. */
  eventDelayRate: number;
  eventTwiceRate: number;
  eventLostRate: number;
  /** Names to which the event faults are limited; empty: all. */
  eventNames: ReadonlySet<string>;
}

export const noFaults = (): Faults => ({
  refuseOriginates: { left: 0, cause: 'NORMAL_TEMPORARY_FAILURE' },
  dropsReplies: false,
  isDeaf: false,
  replyDelayMs: 0,
  eventDelayMs: 0,
  eventDelayRate: 0,
  eventTwiceRate: 0,
  eventLostRate: 0,
  eventNames: new Set(),
});

type FaultCommand = (faults: Faults, words: readonly string[]) => boolean;

const number = (text: string | undefined): number | null => {
  const value = Number(text);
  return text === undefined || text === '' || !Number.isFinite(value) || value < 0 ? null : value;
};

const eventFault =
  (set: (faults: Faults, rate: number, ms: number) => void, hasMs: boolean): FaultCommand =>
  (faults, words) => {
    const ms = hasMs ? number(words[0]) : 0;
    const rest = hasMs ? words.slice(1) : words;
    const rate = number(rest[0]);
    if (ms === null || rate === null || rate > 1) return false;
    set(faults, rate, ms);
    faults.eventNames = new Set(rest.slice(1));
    return true;
  };

const onOff =
  (set: (faults: Faults, isOn: boolean) => void): FaultCommand =>
  (faults, [word]) => {
    if (word !== 'on' && word !== 'off') return false;
    set(faults, word === 'on');
    return true;
  };

export const FAULT_USAGE =
  'refuse-originate COUNT [CAUSE] | drop-replies on|off | deaf on|off | reply-delay MS | ' +
  'event-delay MS RATE [EVENT…] | event-twice RATE [EVENT…] | event-lost RATE [EVENT…] | clear';

/** The switches of `ringline_fault`; false when the words make no sense. */
export const FAULT_COMMANDS: Readonly<Record<string, FaultCommand>> = {
  'refuse-originate': (faults, [count, cause]) => {
    const left = number(count);
    if (left === null) return false;
    faults.refuseOriginates = { left, cause: cause ?? 'NORMAL_TEMPORARY_FAILURE' };
    return true;
  },
  'drop-replies': onOff((faults, isOn) => {
    faults.dropsReplies = isOn;
  }),
  deaf: onOff((faults, isOn) => {
    faults.isDeaf = isOn;
  }),
  'reply-delay': (faults, [word]) => {
    const ms = number(word);
    if (ms !== null) faults.replyDelayMs = ms;
    return ms !== null;
  },
  'event-delay': eventFault((faults, rate, ms) => {
    faults.eventDelayMs = ms;
    faults.eventDelayRate = rate;
  }, true),
  'event-twice': eventFault((faults, rate) => {
    faults.eventTwiceRate = rate;
  }, false),
  'event-lost': eventFault((faults, rate) => {
    faults.eventLostRate = rate;
  }, false),
  clear: (faults) => {
    Object.assign(faults, noFaults());
    return true;
  },
};
