import { untrack } from 'svelte';

/**
 * The moment that a row with `content-visibility: auto` shows its timer of. Out of sight the timer stands still until the row changes
 * or is seen again: hundreds of texts a second that nobody can read would cost more than all else on the page.
 */
export class SeenNow {
  readonly #now: () => number;
  #isSkipped = $state(false);

  constructor(now: () => number) {
    this.#now = now;
  }

  get value(): number {
    return this.#isSkipped ? untrack(this.#now) : this.#now();
  }

  /** For the row's `oncontentvisibilityautostatechange`. */
  readonly changed = (event: { readonly skipped: boolean }): void => {
    this.#isSkipped = event.skipped;
  };
}
