import { mkdirSync, readdirSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ImportId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';

export interface ImportSettings {
  /** Where uploaded files wait until they are imported; of one database alone. */
  readonly folder: string;
  /** Nobody else can be running imports: what was left is taken up at once, and what has no file has none anywhere. */
  readonly isOnlyProcess: boolean;
  /** For the thread of a large import, which has connections of its own. Contains a password. */
  readonly databaseUrl: string;
  /** Larger files are imported by a thread. */
  readonly inProcessBytesMax: number;
}

/** Some five thousand rows: over before a heap can grow or a call can wait, and a thread would take longer to start. */
export const IN_PROCESS_BYTES_MAX = 500_000;

const UPLOAD = '.upload';
const PART = '.part';

/** Long enough for whoever stored a file to store its import too, which are a moment apart. */
const UPLOAD_IS_OLD_MS = 60 * 60_000;
/** An upload that goes on is written to; one that rests as long as this has nobody any more. */
const PART_IS_OLD_MS = 24 * 60 * 60_000;

/** The uploaded files of imports. They hold people's names and numbers: none stays longer than its import needs it. */
export class ImportFiles {
  readonly #folder: string;
  /** Files that were there before us, where nobody else can want them. */
  readonly #leftovers: ReadonlySet<string>;

  constructor({ folder, isOnlyProcess }: Pick<ImportSettings, 'folder' | 'isOnlyProcess'>) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    this.#leftovers = new Set(isOnlyProcess ? readdirSync(folder) : []);
  }

  /** Where the file of an import waits. */
  of(importId: ImportId): string {
    return path.join(this.#folder, importId + UPLOAD);
  }

  /** Where a file is while it arrives. */
  partOf(name: string): string {
    return path.join(this.#folder, name + PART);
  }

  /** Files that nobody needs unless their import is still open. `now` is the machine's, as the times of its files are. */
  async old(now: EpochMs): Promise<readonly string[]> {
    const old: string[] = [];
    for (const name of await readdir(this.#folder)) {
      const file = path.join(this.#folder, name);
      const isOldMs = name.endsWith(UPLOAD) ? UPLOAD_IS_OLD_MS : name.endsWith(PART) ? PART_IS_OLD_MS : null;
      if (isOldMs === null) continue;
      if (this.#leftovers.has(name) || now - (await changedAt(file, now)) > isOldMs) old.push(file);
    }
    return old;
  }
}

/** One that has gone meanwhile is nobody's to remove. */
async function changedAt(file: string, now: EpochMs): Promise<number> {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return now;
  }
}
