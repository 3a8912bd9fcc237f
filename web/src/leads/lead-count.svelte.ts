import type { LeadCount } from '../../../server/api.ts';
import { describeApiError } from '../api/describe-api-error.ts';

/** Counting stops here, as the server's does. */
const COUNTED_MAX = 10_000;

/** How many leads a question finds, counted on step by step while somebody looks. */
export class LiveCount {
  readonly #ask: (after: string | null, signal: AbortSignal) => Promise<LeadCount>;
  #leads = $state<number | null>(null);
  #isDone = $state(false);
  #isCapped = $state(false);
  #problem = $state<string | null>(null);
  #abort: AbortController | null = null;

  constructor(ask: (after: string | null, signal: AbortSignal) => Promise<LeadCount>) {
    this.#ask = ask;
  }

  /** So far; null before the first answer. */
  get leads(): number | null {
    return this.#leads;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** There are at least so many. */
  get isCapped(): boolean {
    return this.#isCapped;
  }

  get problem(): string | null {
    return this.#problem;
  }

  async start(): Promise<void> {
    this.close();
    const abort = new AbortController();
    this.#abort = abort;
    this.#isDone = false;
    this.#isCapped = false;
    this.#problem = null;
    try {
      let sum = 0;
      for (let after: string | null = null; ;) {
        const step: LeadCount = await this.#ask(after, abort.signal);
        if (abort.signal.aborted) return;
        sum += step.leads;
        this.#isCapped = step.isCapped || sum >= COUNTED_MAX;
        this.#leads = Math.min(sum, COUNTED_MAX);
        if (step.next === null || this.#isCapped) break;
        after = step.next;
      }
      this.#isDone = true;
    } catch (error) {
      if (!abort.signal.aborted) this.#problem = describeApiError(error);
    }
  }

  close(): void {
    this.#abort?.abort();
  }
}
