const STORAGE_KEY = 'ringline.hot-keys';

/** Whether what is typed there is text and not a command. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  if (!(target instanceof HTMLInputElement)) return false;
  return !['button', 'checkbox', 'radio', 'submit', 'reset', 'range', 'file'].includes(target.type);
}

interface Binding {
  readonly key: string;
  readonly run: () => void;
  /** For keys with Control: they work while typing too. */
  readonly isForTyping: boolean;
}

/**
 * Single keys that act on the page. They can be switched off (WCAG 2.1.4), never fire while somebody types, composes characters or a
 * dialog is open, and an auto-repeat of a held key does nothing.
 */
export class HotKeys {
  #isOn = $state(true);
  #bindings: readonly Binding[] = [];

  get isOn(): boolean {
    return this.#isOn;
  }

  restore(): void {
    this.#isOn = localStorage.getItem(STORAGE_KEY) !== 'off';
  }

  turn(state: 'on' | 'off'): void {
    this.#isOn = state === 'on';
    localStorage.setItem(STORAGE_KEY, state);
  }

  /** `key` as `KeyboardEvent.key` has it, any case; `Control+Enter` for one with Control (or Command). Returns the way to take it back. */
  bind(key: string, run: () => void): () => void {
    const hasControl = key.startsWith('Control+');
    const binding = { key: key.toLowerCase(), run, isForTyping: hasControl };
    // What was bound last goes first: a dialog's or panel's key before that of the page.
    this.#bindings = [binding, ...this.#bindings];
    return () => {
      this.#bindings = this.#bindings.filter((other) => other !== binding);
    };
  }

  /** For `<svelte:window onkeydown>`. */
  handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.repeat || event.isComposing || event.altKey) return;
    if (document.querySelector('[role="dialog"][data-state="open"],[role="menu"][data-state="open"]')) return;
    const hasControl = event.ctrlKey || event.metaKey;
    const typing = isTyping(event.target);
    const key = `${hasControl ? 'control+' : ''}${event.key.toLowerCase()}`;
    // A focused button or link is pressed by Enter and Space; they are not ours there.
    const isPress = event.key === 'Enter' || event.key === ' ';
    if (isPress && !hasControl && event.target instanceof Element && event.target.closest('button,a,summary'))
      return;
    for (const binding of this.#bindings) {
      if (binding.key !== key || (typing && !binding.isForTyping)) continue;
      if (!this.#isOn && !binding.isForTyping) continue;
      event.preventDefault();
      binding.run();
      return;
    }
  }
}

export const hotKeys = new HotKeys();
