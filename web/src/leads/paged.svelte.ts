import { describeApiError } from '../api/describe-api-error.ts';

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Where the next page begins; null at the end. */
  readonly next: string | null;
}

/** Rows that come page by page. */
export class Paged<Row> {
  readonly #read: (after: string | null, signal: AbortSignal) => Promise<Page<Row>>;
  #rows = $state.raw<readonly Row[] | null>(null);
  #next = $state<string | null>(null);
  #isLoading = $state(false);
  #problem = $state<string | null>(null);
  #abort: AbortController | null = null;

  constructor(read: (after: string | null, signal: AbortSignal) => Promise<Page<Row>>) {
    this.#read = read;
  }

  /** Null before the first answer. */
  get rows(): readonly Row[] | null {
    return this.#rows;
  }

  get hasMore(): boolean {
    return this.#next !== null;
  }

  get isLoading(): boolean {
    return this.#isLoading;
  }

  get problem(): string | null {
    return this.#problem;
  }

  /** From the beginning; what is shown stays until the answer is there. */
  async load(): Promise<void> {
    await this.#fetch(null);
  }

  async more(): Promise<void> {
    if (this.#next !== null && !this.#isLoading) await this.#fetch(this.#next);
  }

  close(): void {
    this.#abort?.abort();
  }

  async #fetch(after: string | null): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#isLoading = true;
    try {
      const page = await this.#read(after, abort.signal);
      if (abort.signal.aborted) return;
      this.#rows = after === null ? page.rows : [...(this.#rows ?? []), ...page.rows];
      this.#next = page.next;
      this.#problem = null;
    } catch (error) {
      if (abort.signal.aborted) return;
      this.#problem = describeApiError(error);
    }
    this.#isLoading = false;
  }
}
