import { readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { mayPass, SqlError } from '../kernel/database-error.ts';
import { readSwitchCdr } from './switch-cdr.ts';

export interface CdrSpoolOptions {
  /** Where the switch leaves the records that nobody took (RINGLINE_SWITCH_CDR_SPOOL of its configuration). */
  readonly folder: string;
  /** Stores one record as the route does. When it rejects, the record is kept: for the next look, or set aside if the database refuses it. */
  readonly store: (record: unknown) => Promise<void>;
  readonly log: { warn(fields: object, message: string): void };
}

/** mod_json_cdr names a file when it opens it: one that still grows is looked at again. */
const RECORD = /^[0-9a-f-]{36}\.cdr\.json$/;
const LOOK_MS = 10_000;

/**
 * Takes the call records that the switch spooled while we were down: mod_json_cdr writes them to disk and never comes back to them.
 * A record that was posted as well is stored once, by its leg.
 */
export class CdrSpool {
  readonly #options: CdrSpoolOptions;
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: CdrSpoolOptions) {
    this.#options = options;
  }

  start(): void {
    this.#looking = this.takeAll().then(() => {
      if (!this.#isStopped) this.#timer = setTimeout(() => this.start(), LOOK_MS);
    });
  }

  /** Resolves when the record in hand is stored. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#looking;
  }

  /** One look at the folder. Never rejects: what cannot be taken now is there at the next look. */
  async takeAll(): Promise<void> {
    const { folder, log } = this.#options;
    const failures: unknown[] = [];
    try {
      const files = (await readdir(folder)).filter((name) => RECORD.test(name));
      for (const name of files.sort()) {
        if (this.#isStopped) return;
        await this.#take(path.join(folder, name)).catch((error: unknown) => {
          if (mayPass(error)) throw error;
          // One that we may not read must not hold up the others.
          failures.push(error);
        });
      }
    } catch (error) {
      failures.push(error);
    }
    if (failures.length === 0) return;
    log.warn(
      { err: failures[0], folder, failures: failures.length },
      'call records of the switch not taken; trying again',
    );
  }

  async #take(file: string): Promise<void> {
    const text = await readFile(file, 'utf8').catch(absent);
    if (text === null) return;
    // The line break is the last that mod_json_cdr writes.
    if (!text.endsWith('\n')) return;
    const record = parsed(text);
    if (record === undefined) {
      this.#options.log.warn({ file }, 'call record of the switch cannot be read; set aside');
      await rename(file, `${file}.unreadable`);
      return;
    }
    try {
      await this.#options.store(record);
    } catch (error) {
      if (!(error instanceof SqlError) || mayPass(error)) throw error;
      // It would be refused at every look, and all that come after it with it.
      this.#options.log.warn({ err: error, file }, 'call record of the switch cannot be stored; set aside');
      await rename(file, `${file}.refused`);
      return;
    }
    // Another process may look after the same folder.
    await rm(file, { force: true });
  }
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

function parsed(text: string): unknown {
  try {
    const record: unknown = JSON.parse(text);
    readSwitchCdr(record);
    return record;
  } catch {
    return undefined;
  }
}
