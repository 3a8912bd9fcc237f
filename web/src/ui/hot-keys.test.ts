import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HotKeys } from './hot-keys.svelte.ts';

let keys: HotKeys;
const run = vi.fn();
const listen = (event: KeyboardEvent): void => keys.handle(event);

beforeEach(() => {
  keys = new HotKeys();
  run.mockClear();
  localStorage.clear();
  window.addEventListener('keydown', listen);
});
afterEach(() => {
  window.removeEventListener('keydown', listen);
  document.body.replaceChildren();
});

function press(key: string, options: KeyboardEventInit & { on?: Element } = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...options });
  (options.on ?? document.body).dispatchEvent(event);
  return event;
}
function add<Name extends keyof HTMLElementTagNameMap>(name: Name): HTMLElementTagNameMap[Name] {
  return document.body.appendChild(document.createElement(name));
}

test('a key runs its action in either case, and not after it was taken back', () => {
  const unbind = keys.bind('r', run);
  expect(press('R').defaultPrevented).toBe(true);
  press('x');
  unbind();
  press('r');
  expect(run).toHaveBeenCalledTimes(1);
});

test.each(['textarea', 'input', 'select'] as const)('does nothing while somebody types in a %s', (name) => {
  keys.bind('h', run);
  press('h', { on: add(name) });
  expect(run).not.toHaveBeenCalled();
});

test('a key with Control works while typing too', () => {
  keys.bind('Control+Enter', run);
  press('Enter', { on: add('textarea'), ctrlKey: true });
  press('Enter', { on: add('textarea') });
  expect(run).toHaveBeenCalledTimes(1);
});

test('Enter belongs to a button that has the focus', () => {
  keys.bind('Enter', run);
  press('Enter', { on: add('button') });
  expect(run).not.toHaveBeenCalled();
  press('Enter');
  expect(run).toHaveBeenCalledTimes(1);
});

test('a held key, a composed character and the browser’s own combinations do nothing', () => {
  keys.bind('r', run);
  press('r', { repeat: true });
  press('r', { isComposing: true });
  press('r', { ctrlKey: true });
  press('r', { altKey: true });
  expect(run).not.toHaveBeenCalled();
});

test('does nothing behind an open dialog', () => {
  keys.bind('h', run);
  const dialog = add('div');
  dialog.setAttribute('role', 'dialog');
  dialog.dataset['state'] = 'open';
  press('h');
  expect(run).not.toHaveBeenCalled();
});

test('can be switched off, which the browser remembers', () => {
  keys.bind('r', run);
  keys.turn('off');
  press('r');
  expect(run).not.toHaveBeenCalled();
  const later = new HotKeys();
  later.restore();
  expect(later.isOn).toBe(false);
});

test('of two bindings of one key the newer one runs', () => {
  const older = vi.fn();
  keys.bind('d', older);
  keys.bind('d', run);
  press('d');
  expect(run).toHaveBeenCalledTimes(1);
  expect(older).not.toHaveBeenCalled();
});
