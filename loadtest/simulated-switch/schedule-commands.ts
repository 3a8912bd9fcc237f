import { broadcastTo } from './broadcast.ts';
import { isUp, type Channel } from './channel.ts';
import type { SwitchCore } from './core.ts';
import { causeNamed } from './hangup-cause.ts';
import { endLeg } from './leg-ending.ts';
import { afterAnswer } from './originate-string.ts';
import { transferLeg } from './script.ts';
import { separateString } from './separate-string.ts';
import type { SwitchTimer } from './switch-time.ts';

interface Task {
  readonly group: string;
  readonly timer: SwitchTimer;
}

/** `sched_*`: one task each, in whole seconds, named by number and by group (the leg it concerns). */
export class Schedule {
  readonly #core: SwitchCore;
  readonly #runApi: (command: string, argument: string) => void;
  readonly #tasks = new Map<number, Task>();
  /** The first numbers belong to FreeSWITCH's own tasks. */
  #lastId = 3;

  constructor(core: SwitchCore, runApi: (command: string, argument: string) => void) {
    this.#core = core;
    this.#runApi = runApi;
  }

  /** The answer to a command of this group; null when it is none. */
  run(command: string, argument: string): string | null {
    switch (command) {
      case 'sched_hangup':
        return this.#hangUp(argument);
      case 'sched_transfer':
        return this.#transfer(argument);
      case 'sched_broadcast':
        return this.#broadcast(argument);
      case 'sched_api':
        return this.#api(argument);
      case 'sched_del':
        return this.#delete(argument);
      default:
        return null;
    }
  }

  #leg(uuid: string): Channel | null {
    const leg = this.#core.channels.get(uuid);
    return leg !== undefined && isUp(leg) ? leg : null;
  }

  /** `+5` is in five seconds, a bare number a Unix time. */
  #after(when: string, task: { readonly group: string; readonly run: () => void }): number {
    const n = Number.parseInt(when.replace('+', ''), 10) || 0;
    const nowSeconds = this.#core.time.nowMicros() / 1_000_000;
    const waitMs = (when.startsWith('+') ? n : n - nowSeconds) * 1000;
    this.#lastId += 1;
    const id = this.#lastId;
    const timer = this.#core.time.after(waitMs, () => {
      this.#tasks.delete(id);
      task.run();
    });
    this.#tasks.set(id, { group: task.group, timer });
    this.#core.emit('ADD_SCHEDULE', { 'Task-ID': String(id), 'Task-Group': task.group });
    return id;
  }

  #hangUp(argument: string): string {
    const [when, uuid, cause] = separateString(argument, ' ', 4);
    if (when === undefined || uuid === undefined) return '-USAGE: [+]<time> <uuid> [<cause>]\n';
    if (this.#leg(uuid) === null) return '-ERR No such channel!\n';
    const run = (): void => {
      const leg = this.#leg(uuid);
      if (leg !== null) endLeg(this.#core, leg, { by: 'switch', cause: causeNamed(cause) });
    };
    this.#after(when, { group: uuid, run });
    return '+OK\n';
  }

  #transfer(argument: string): string {
    const [when, uuid, extension, dialplan] = separateString(argument, ' ', 6);
    if (when === undefined || uuid === undefined || extension === undefined) {
      return '-USAGE: [+]<time> <uuid> <extension> [<dialplan>] [<context>]\n';
    }
    if (this.#leg(uuid) === null) return '-ERR No such channel!\n';
    const run = (): void => {
      const leg = this.#leg(uuid);
      if (leg !== null) transferLeg(this.#core, leg, afterAnswer(extension, dialplan).steps);
    };
    this.#after(when, { group: uuid, run });
    return '+OK\n';
  }

  #broadcast(argument: string): string {
    const [when, uuid, path] = separateString(argument, ' ', 4);
    if (when === undefined || uuid === undefined || path === undefined) {
      return '-USAGE: [[+]<time>|@time] <uuid> <path> [aleg|bleg|both]\n';
    }
    const run = (): void => {
      const leg = this.#leg(uuid);
      if (leg !== null) broadcastTo(this.#core, leg, path);
    };
    this.#after(when, { group: uuid, run });
    return '+OK Message scheduled\n';
  }

  #api(argument: string): string {
    const match = /^(\S+) (\S+) (\S+) ?(.*)$/su.exec(argument);
    if (match === null) return '-ERR Invalid syntax. USAGE: [+@]<time> <group_name> <command_string>[&]\n';
    const [, when = '', group = '', command = '', rest = ''] = match;
    const id = this.#after(when, { group, run: () => this.#runApi(command, rest) });
    return `+OK Added: ${id}\n`;
  }

  #delete(argument: string): string {
    let deleted = 0;
    for (const [id, task] of this.#tasks) {
      if (String(id) !== argument && task.group !== argument) continue;
      task.timer.cancel();
      this.#tasks.delete(id);
      deleted += 1;
    }
    return `+OK Deleted: ${deleted}\n`;
  }
}
