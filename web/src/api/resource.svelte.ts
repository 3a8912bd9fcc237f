import { describeApiError } from './describe-api-error.ts';

/** Something that is read from the server and shown. What is there stays on the screen while it is read again. */
export class Resource<Value> {
  readonly #read: (signal: AbortSignal) => Promise<Value>;
  #value = $state.raw<Value | null>(null);
  #error = $state.raw<unknown>(null);
  #isLoading = $state(false);
  #abort: AbortController | null = null;

  constructor(read: (signal: AbortSignal) => Promise<Value>) {
    this.#read = read;
  }

  get value(): Value | null {
    return this.#value;
  }

  get isLoading(): boolean {
    return this.#isLoading;
  }

  /** A sentence when the last reading failed. */
  get problem(): string | null {
    return this.#error === null ? null : describeApiError(this.#error);
  }

  get error(): unknown {
    return this.#error;
  }

  /** Reads (again); an answer that is still under way is forgotten. */
  async load(): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#isLoading = true;
    try {
      const value = await this.#read(abort.signal);
      if (abort.signal.aborted) return;
      this.#value = value;
      this.#error = null;
    } catch (error) {
      if (abort.signal.aborted) return;
      this.#error = error;
    }
    this.#isLoading = false;
  }

  /** For what the server has just told us in answer to a change. */
  put(value: Value): void {
    this.#abort?.abort();
    this.#value = value;
    this.#error = null;
    this.#isLoading = false;
  }

  close(): void {
    this.#abort?.abort();
  }
}
