export interface Toast {
  readonly id: number;
  readonly kind: 'good' | 'bad' | 'info';
  readonly text: string;
}

/** Errors stay until they are closed: whoever looked away must still find them. */
const SHOWN_MS = 6000;
const TOASTS_MAX = 4;

/** Short messages about what was just done. */
export class Toasts {
  #list = $state.raw<readonly Toast[]>([]);
  #nextId = 1;

  get list(): readonly Toast[] {
    return this.#list;
  }

  say(text: string, kind: Toast['kind'] = 'good'): void {
    const toast: Toast = { id: this.#nextId, kind, text };
    this.#nextId += 1;
    this.#list = [...this.#list.filter((other) => other.text !== text), toast].slice(-TOASTS_MAX);
    if (kind !== 'bad') setTimeout(() => this.close(toast.id), SHOWN_MS);
  }

  close(id: number): void {
    this.#list = this.#list.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
