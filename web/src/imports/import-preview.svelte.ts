import type { ImportColumn, ImportPreview } from '../../../server/api.ts';
import { describeApiError } from '../api/describe-api-error.ts';
import { withColumn, type Encoding } from './import-choices.ts';

/** What somebody has said of how a file is read; null is left to the server. */
export interface ReadingChoice {
  readonly encoding: Encoding | null;
  readonly delimiter: string | null;
  readonly hasHeader: boolean | null;
  /** Of a workbook. */
  readonly sheet: string | null;
}

export type PreviewFile = (
  file: File,
  reading: ReadingChoice & { readonly country: string | null },
) => Promise<ImportPreview>;

const NOTHING_SAID: ReadingChoice = { encoding: null, delimiter: null, hasHeader: null, sheet: null };

/** A file that somebody is about to import: how the server would read it, and what he changes of that. */
export class FilePreview {
  readonly #fetch: PreviewFile;
  #file: File | null = null;
  #country: string | null = null;
  #reading = $state.raw<ReadingChoice>(NOTHING_SAID);
  #shown = $state.raw<ImportPreview | null>(null);
  #columns = $state.raw<readonly ImportColumn[]>([]);
  #sheets = $state.raw<readonly string[]>([]);
  #problem = $state<string | null>(null);
  #isLoading = $state(false);
  #round = 0;

  constructor(fetch: PreviewFile) {
    this.#fetch = fetch;
  }

  get shown(): ImportPreview | null {
    return this.#shown;
  }

  get reading(): ReadingChoice {
    return this.#reading;
  }

  /** All of the workbook; they can be chosen also after one of them could not be read. */
  get sheets(): readonly string[] {
    return this.#sheets;
  }

  /** The one that is shown, or that was to be. */
  get sheet(): string | null {
    return this.#shown?.sheet ?? this.#reading.sheet;
  }

  get columns(): readonly ImportColumn[] {
    return this.#columns;
  }

  /** Why the file cannot be read, in a sentence. */
  get problem(): string | null {
    return this.#problem;
  }

  get isLoading(): boolean {
    return this.#isLoading;
  }

  get hasPhoneColumn(): boolean {
    return this.#columns.some(({ field }) => field === 'phone');
  }

  /** Another file, or numbers of another country in it. */
  async open(file: File, country: string | null): Promise<void> {
    if (this.#file !== file) {
      this.#reading = NOTHING_SAID;
      this.#shown = null;
      this.#sheets = [];
    }
    this.#file = file;
    this.#country = country;
    await this.#load();
  }

  async read(change: Partial<ReadingChoice>): Promise<void> {
    this.#reading = { ...this.#reading, ...change };
    await this.#load();
  }

  /** Another sheet is another table: what was said of the header belongs to the one before. */
  async readSheet(sheet: string): Promise<void> {
    await this.read({ sheet, hasHeader: null });
  }

  choose(index: number, change: Pick<ImportColumn, 'field' | 'type'>): void {
    this.#columns = withColumn(this.#columns, index, change);
  }

  forget(): void {
    this.#round += 1;
    this.#file = null;
    this.#shown = null;
    this.#sheets = [];
    this.#columns = [];
    this.#problem = null;
    this.#isLoading = false;
  }

  async #load(): Promise<void> {
    const file = this.#file;
    if (file === null) return;
    this.#round += 1;
    const round = this.#round;
    this.#isLoading = true;
    try {
      const shown = await this.#fetch(file, { ...this.#reading, country: this.#country });
      if (round !== this.#round) return;
      this.#shown = shown;
      this.#columns = shown.columns;
      this.#sheets = shown.sheets;
      this.#problem = null;
    } catch (error) {
      if (round !== this.#round) return;
      this.#shown = null;
      this.#columns = [];
      this.#problem = describeApiError(error);
    } finally {
      if (round === this.#round) this.#isLoading = false;
    }
  }
}
