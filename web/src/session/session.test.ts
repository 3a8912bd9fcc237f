import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Me } from '../../../server/api.ts';
import { ApiClient } from '../api/api-client.ts';
import { locale } from '../i18n/locale.svelte.ts';
import { Session } from './session.svelte.ts';

const me: Me = {
  userId: 'u1' as Me['userId'],
  name: 'Maria',
  email: 'maria@example.org',
  role: 'manager',
  locale: 'zh-CN',
  organization: { name: 'Sunrise', country: 'US', timeZone: 'America/New_York', isDemo: false },
  duty: null,
  csrfToken: 'token-1',
  agent: null,
  expiresAt: 0 as Me['expiresAt'],
};

const answers: Record<string, () => Response> = {};
const asked: { method: string; path: string; headers: Headers; body: string | null }[] = [];
const json = (status: number, body: unknown): Response => new Response(JSON.stringify(body), { status });
const signedOut = (): Response =>
  json(401, { error: { code: 'signed-out', message: 'You are signed out.' } });

let api: ApiClient;
let session: Session;

beforeEach(() => {
  localStorage.clear();
  locale.use('en');
  asked.length = 0;
  for (const key of Object.keys(answers)) Reflect.deleteProperty(answers, key);
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    const method = init.method ?? 'GET';
    asked.push({
      method,
      path,
      headers: new Headers(init.headers),
      body: typeof init.body === 'string' ? init.body : null,
    });
    const answer = answers[`${method} ${path}`];
    if (!answer) throw new TypeError('Failed to fetch');
    return answer();
  });
  api = new ApiClient();
  session = new Session(api);
});
afterEach(() => {
  vi.unstubAllGlobals();
  locale.use('en');
});

test('knows who is signed in, speaks his language and shows his token with each change', async () => {
  answers['GET /api/session'] = () => json(200, me);
  answers['POST /api/campaigns'] = () => json(201, {});
  await session.restore();
  expect(session.state).toBe('signed-in');
  expect(locale.name).toBe('zh-CN');
  await api.send('POST', '/api/campaigns', {});
  expect(asked.at(-1)?.headers.get('x-csrf-token')).toBe('token-1');
});

test('nobody signed in and a server that does not answer are two things', async () => {
  answers['GET /api/session'] = signedOut;
  await session.restore();
  expect(session.state).toBe('signed-out');
  Reflect.deleteProperty(answers, 'GET /api/session');
  await session.restore();
  expect(session.state).toBe('unreachable');
});

test('a session that the server has ended leads to the sign-in page and says so', async () => {
  answers['GET /api/session'] = () => json(200, me);
  answers['GET /api/lists'] = signedOut;
  await session.restore();
  await expect(api.get('/api/lists')).rejects.toMatchObject({ status: 401 });
  expect(session.state).toBe('signed-out');
  expect(session.wasEnded).toBe(true);
});

test('signing out by oneself says nothing about it', async () => {
  answers['GET /api/session'] = () => json(200, me);
  answers['DELETE /api/session'] = () => json(200, { ok: true });
  await session.restore();
  await session.signOut();
  expect(session.state).toBe('signed-out');
  expect(session.wasEnded).toBe(false);
});

test('a wrong password is refused in the server’s words', async () => {
  answers['POST /api/session'] = () =>
    json(401, { error: { code: 'wrong-credentials', message: 'There is no user with this password.' } });
  await expect(session.signIn({ email: 'a@b.example', password: 'x' })).rejects.toThrow('There is no user');
});

test('a language that was chosen here goes before that of the account, and the server is told', async () => {
  locale.choose('en');
  answers['GET /api/session'] = () => json(200, me);
  answers['PATCH /api/session'] = () => json(200, { ...me, locale: 'en' });
  await session.restore();
  await vi.waitFor(() => expect(session.me?.locale).toBe('en'));
  expect(locale.name).toBe('en');
  expect(asked.at(-1)).toMatchObject({ method: 'PATCH', body: '{"locale":"en"}' });
});
