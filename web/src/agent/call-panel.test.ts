import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { locale } from '../i18n/locale.svelte.ts';
import { hotKeys } from '../ui/hot-keys.svelte.ts';
import CallPanel from './call-panel.svelte';
import { deskView, openTestDesk, talkingCall, type TestDesk } from './desk.fixture.ts';

let desk: TestDesk;
const listen = (event: KeyboardEvent): void => hotKeys.handle(event);

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  locale.use('en');
  hotKeys.turn('on');
  window.addEventListener('keydown', listen);
  desk = openTestDesk();
  desk.push(deskView());
});
afterEach(() => {
  cleanup();
  desk.desk.feed.stop();
  desk.desk.saver.close();
  window.removeEventListener('keydown', listen);
  vi.useRealTimers();
});

async function show(): Promise<void> {
  render(CallPanel, { desk: desk.desk, view: deskView(), call: talkingCall });
  // Its keys are bound with its first effects.
  await tick();
}
const radio = (name: RegExp): HTMLInputElement => screen.getByRole('radio', { name });

test('a key chooses an outcome, and Enter stores it', async () => {
  await show();
  await fireEvent.keyDown(document.body, { key: '1' });
  expect(radio(/sale/).checked).toBe(true);
  await fireEvent.keyDown(document.body, { key: 'Enter' });
  expect(desk.stored).toMatchObject([{ code: 'sale', next: 'ready' }]);
});

test('keys do nothing while notes are typed, except the one that stores', async () => {
  await show();
  const notes = screen.getByLabelText('Notes');
  notes.focus();
  for (const key of ['1', 'h', 'd', 'o', 'Enter']) await fireEvent.keyDown(notes, { key });
  await vi.advanceTimersByTimeAsync(0);
  expect(desk.commands).toEqual([]);
  expect(desk.stored).toEqual([]);
  expect(radio(/sale/).checked).toBe(false);
  await fireEvent.click(radio(/sale/));
  await fireEvent.keyDown(notes, { key: 'Enter', ctrlKey: true });
  expect(desk.stored).toHaveLength(1);
});

test('a key that an outcome has does not hang up, and its button shows no hint', async () => {
  await show();
  desk.server.time += 60_000;
  await fireEvent.keyDown(document.body, { key: 'h' });
  expect(radio(/rude/).checked).toBe(true);
  expect(desk.commands).toEqual([]);
  expect(screen.getByRole('button', { name: 'Hang up' }).getAttribute('aria-keyshortcuts')).toBeNull();
});

test('says what is missing only after somebody tried to store', async () => {
  await show();
  expect(screen.queryByText('Choose an outcome first.')).toBeNull();
  await fireEvent.click(screen.getByRole('button', { name: /^Save outcome/ }));
  expect(screen.getByText('Choose an outcome first.')).toBeTruthy();
  await fireEvent.click(radio(/callback/));
  expect(screen.getByText('Choose day and time.')).toBeTruthy();
  await fireEvent.click(screen.getByRole('button', { name: 'Tomorrow 10:00' }));
  expect(screen.queryByText('Choose day and time.')).toBeNull();
});

test('while the server is away the call’s buttons wait, and notes go on', async () => {
  await show();
  desk.server.last.ends();
  await tick();
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Hang up' }).disabled).toBe(true);
  await fireEvent.input(screen.getByLabelText('Notes'), { target: { value: 'typed meanwhile' } });
  expect(desk.desk.draft?.fields.notes).toBe('typed meanwhile');
});
