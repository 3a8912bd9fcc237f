import type { Carrier } from './carrier.ts';
import { FAULT_COMMANDS, FAULT_USAGE, type Faults } from './faults.ts';
import type { Phones } from './phones.ts';
import { readWireScript } from './wire-script.ts';

/** What the commands of the simulation itself can reach. */
export interface Steering {
  readonly carrier: Carrier;
  readonly phones: Phones;
  readonly faults: Faults;
  setClockOffset(offsetMs: number): void;
  /** Closes all connections and refuses new ones for so long. */
  closeListeners(forMs: number): void;
  /** As if the switch had crashed and come up again: all calls are gone without an event. */
  restart(forMs: number): void;
  stop(): void;
}

const lines = (value: unknown): string => `${JSON.stringify(value)}\n`;
const OK = '+OK\n';

const CARRIER_USAGE =
  '-USAGE: ringline_carrier totals | numbers | journal [NUMBER] | reset | script NUMBER STEPS|off | gateway NAME up|down\n';

/** `ringline_carrier`: the carrier's own journal, and scripted behaviour of single numbers. */
function carrierCommand({ carrier }: Steering, words: readonly string[]): string {
  const [what = '', number, steps] = words;
  const { journal } = carrier;
  switch (what) {
    case 'totals':
      return lines(journal.totals());
    case 'numbers':
      return lines(journal.numbers());
    case 'journal':
      return lines({ totals: journal.totals(), calls: journal.calls(number) });
    case 'reset':
      journal.reset();
      return OK;
    case 'gateway':
      if (number === undefined || (steps !== 'up' && steps !== 'down')) return CARRIER_USAGE;
      if (steps === 'down') carrier.downGateways.add(number);
      else carrier.downGateways.delete(number);
      return OK;
    case 'script': {
      if (number === undefined || steps === undefined) return CARRIER_USAGE;
      const script = steps === 'off' ? null : readWireScript(steps);
      if (script === null && steps !== 'off')
        return '-ERR the steps cannot be read, e.g. 300:180,1000:200,6000:bye\n';
      carrier.setScript(number, script);
      return OK;
    }
    default:
      return CARRIER_USAGE;
  }
}

/** `ringline_phone`: what an agent's phone does by itself. */
function phoneCommand({ phones }: Steering, words: readonly string[]): string {
  const [what = '', extension = '', ms] = words;
  const done = (isDone: boolean): string => (isDone ? OK : '-ERR the phone is in no call\n');
  switch (what) {
    case 'register':
      phones.register(extension);
      return OK;
    case 'unregister':
      phones.unregister(extension);
      return OK;
    case 'forget':
      phones.forget(extension);
      return OK;
    case 'hangup':
      return done(phones.hangUp(extension));
    case 'vanish':
      return done(ms === undefined ? phones.vanish(extension) : phones.vanish(extension, Number(ms) || 0));
    default:
      return '-USAGE: ringline_phone register|unregister|forget|hangup EXTENSION | vanish EXTENSION [MEDIA_TIMEOUT_MS]\n';
  }
}

/** `ringline_fault`. */
function faultCommand(steering: Steering, words: readonly string[]): string {
  const [what = '', ...rest] = words;
  const ms = Number(rest[0] ?? 0);
  if (what === 'close-listeners' || what === 'restart') {
    if (!Number.isFinite(ms) || ms < 0) return '-ERR give the milliseconds until it listens again\n';
    if (what === 'restart') steering.restart(ms);
    else steering.closeListeners(ms);
    return OK;
  }
  const isDone = FAULT_COMMANDS[what]?.(steering.faults, rest) ?? false;
  return isDone ? OK : `-USAGE: ringline_fault ${FAULT_USAGE} | close-listeners MS | restart MS\n`;
}

/** Commands that no FreeSWITCH has: they steer the simulation. Null when it is none of them. */
export function steer(steering: Steering, command: string, argument: string): string | null {
  const words = argument.split(' ').filter((word) => word !== '');
  switch (command) {
    case 'ringline_carrier':
      return carrierCommand(steering, words);
    case 'ringline_phone':
      return phoneCommand(steering, words);
    case 'ringline_fault':
      return faultCommand(steering, words);
    case 'ringline_clock': {
      const offsetMs = Number(words[0]);
      if (words.length !== 1 || !Number.isFinite(offsetMs)) return '-USAGE: ringline_clock OFFSET_MS\n';
      steering.setClockOffset(offsetMs);
      return OK;
    }
    case 'ringline_stop':
      steering.stop();
      return OK;
    default:
      return null;
  }
}
