import type { EpochMs } from '../kernel/time.ts';

interface Entry<Value> {
  readonly value: Value;
  readonly countedAt: EpochMs;
  /** Somebody counts again already. */
  isCounting: boolean;
}

export interface FigureCacheLimits {
  /** Younger figures are not counted again. */
  readonly freshMs: number;
  /** Older ones are not shown: whoever asks waits for new ones. */
  readonly shownMs: number;
}

/** Counting a million leads takes a third of a second, so a page that is looked at all the time shows figures of this age. */
const LIMITS: FigureCacheLimits = { freshMs: 5_000, shownMs: 120_000 };

/**
 * Remembers figures that are slow to count. What is older than fresh is shown once more and counted again behind it. Figures that
 * are quick to count (`isSlow` says no) are always counted.
 */
export class FigureCache<Value> {
  readonly #isSlow: (value: Value) => boolean;
  readonly #limits: FigureCacheLimits;
  readonly #entries = new WeakMap<object, Map<string, Entry<Value>>>();

  constructor(isSlow: (value: Value) => boolean, limits = LIMITS) {
    this.#isSlow = isSlow;
    this.#limits = limits;
  }

  /** `owner` is whose rows they are: figures of one organization never reach another. */
  async read(
    { owner, key, now }: { readonly owner: object; readonly key: string; readonly now: EpochMs },
    count: () => Promise<Value>,
  ): Promise<{ readonly value: Value; readonly countedAt: EpochMs }> {
    const known = this.#entries.get(owner)?.get(key);
    const ageMs = known === undefined ? Infinity : now - known.countedAt;
    if (known === undefined || ageMs < 0 || ageMs > this.#limits.shownMs) {
      return await this.#count({ owner, key, now }, count);
    }
    if (ageMs > this.#limits.freshMs && !known.isCounting) {
      known.isCounting = true;
      this.#count({ owner, key, now }, count).catch(() => {
        // Whoever asks next tries again, and hears of it when the figures have become too old.
        known.isCounting = false;
      });
    }
    return known;
  }

  async #count(
    { owner, key, now }: { readonly owner: object; readonly key: string; readonly now: EpochMs },
    count: () => Promise<Value>,
  ): Promise<Entry<Value>> {
    const entry = { value: await count(), countedAt: now, isCounting: false };
    const entries = this.#entries.get(owner) ?? new Map<string, Entry<Value>>();
    this.#entries.set(owner, entries);
    if (this.#isSlow(entry.value)) entries.set(key, entry);
    else entries.delete(key);
    return entry;
  }
}
