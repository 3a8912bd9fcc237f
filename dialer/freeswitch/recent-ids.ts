/** Remembers the last ids it was given, so that what is said twice is heard once without growing for ever. */
export class RecentIds<Id extends string> {
  readonly #max: number;
  readonly #ids = new Set<Id>();

  constructor(max: number) {
    this.#max = max;
  }

  /** False when it was there already. */
  add(id: Id): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size > this.#max) {
      for (const oldest of this.#ids) {
        this.#ids.delete(oldest);
        break;
      }
    }
    return true;
  }

  has(id: Id): boolean {
    return this.#ids.has(id);
  }
}
