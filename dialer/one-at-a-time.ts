/**
 * Work that many ask for and that must not overtake itself: one round at a time. Whoever asks while one is under way gets the next, which
 * sees what he changed; however many ask meanwhile, there is one more round.
 */
export class OneAtATime {
  readonly #work: () => Promise<void>;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  run(): Promise<void> {
    const running = this.#running;
    if (running === null) {
      this.#running = this.#work().finally(() => (this.#running = null));
      return this.#running;
    }
    this.#next ??= running
      .catch(() => undefined)
      .then(() => {
        this.#next = null;
        return this.run();
      });
    return this.#next;
  }
}
