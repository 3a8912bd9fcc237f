import { createSubscriber } from 'svelte/reactivity';

/** Whether the machine asks for dark colours; whoever reads it in a component is drawn again when that changes. */
class SystemColours {
  readonly #media = window.matchMedia('(prefers-color-scheme: dark)');
  readonly #subscribe = createSubscriber((update) => {
    this.#media.addEventListener('change', update);
    return () => this.#media.removeEventListener('change', update);
  });

  get isDark(): boolean {
    this.#subscribe();
    return this.#media.matches;
  }
}

export const systemColours = new SystemColours();
