import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { locale } from '../i18n/locale.svelte.ts';
import SignInPage from './sign-in-page.svelte';

beforeEach(() => {
  localStorage.clear();
  locale.use('en');
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  locale.use('en');
});

test('a wrong password is said, forgotten, and asked for again', async () => {
  const body = JSON.stringify({ error: { code: 'wrong-credentials', message: 'There is no such user.' } });
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, { status: 401 })));
  render(SignInPage);
  await fireEvent.input(screen.getByLabelText('E-mail'), { target: { value: 'a@b.example' } });
  await fireEvent.input(screen.getByLabelText('Password'), { target: { value: 'wrong' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  expect((await screen.findByRole('alert')).textContent).toContain('There is no such user.');
  const password = screen.getByLabelText<HTMLInputElement>('Password');
  expect(password.value).toBe('');
  expect(document.activeElement).toBe(password);
});

test('speaks the other language at once', async () => {
  render(SignInPage);
  await fireEvent.click(screen.getByRole('button', { name: '简体中文' }));
  expect(screen.getByRole('heading').textContent).toBe('登录');
  expect(screen.getByLabelText('密码')).toBeTruthy();
});
