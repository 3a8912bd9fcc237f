import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { after, days, hours } from '../../kernel/time.ts';
import type { ErrorBody } from '../api/scalar.schema.ts';
import type { Me } from '../api/session.schema.ts';
import { systemClock } from '../clock.ts';
import { DEFAULT_LIVE } from '../http-settings.ts';
import { useTestHttp } from '../test-http.ts';

const http = useTestHttp();

describe('signing in', () => {
  test('gives a cookie that scripts cannot read and other sites do not send, and says who one is', async () => {
    const user = await http().addUser('manager');
    const answer = await user.signIn();
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      email: user.email,
      role: 'manager',
      organization: { name: 'Test' },
      agent: null,
    });
    const [cookie] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^ringline=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect((await user.get<Me>('/api/session')).body.userId).toBe(user.userId);
  });

  test('stores no token, only its hash', async () => {
    const user = await http().signedIn('manager');
    const token = user.cookie.slice('ringline='.length);
    const rows = await http().database.organization.query<{ text: string; hash: string }>`
      select session::text as text, encode(token_hash, 'hex') as hash from session where user_id = ${user.userId}`;
    expect(rows.map(({ hash }) => hash)).toEqual([createHash('sha256').update(token).digest('hex')]);
    expect(rows[0]?.text).not.toContain(token);
  });

  test.each([
    ['a wrong password', undefined],
    ['an unknown user', 'nobody@example.com'],
  ])('answers %s with the same sentence', async (_what, email) => {
    const user = await http().addUser('manager');
    const answer = await user.send<ErrorBody>('POST', '/api/session', {
      email: email ?? user.email,
      password: 'wrong password',
    });
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({
      error: {
        code: 'wrong-credentials',
        message: 'There is no user with this e-mail address and password.',
      },
    });
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test('names the field that is wrong in one sentence', async () => {
    const answer = await http()
      .stranger()
      .send<ErrorBody>('POST', '/api/session', { email: 'x', password: 'y' });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toEqual({
      code: 'invalid-input',
      message: 'The field email must be an e-mail address.',
      field: 'email',
    });
  });

  test('is refused when another site sends it', async () => {
    const user = await http().addUser('manager');
    const body = { email: user.email, password: 'correct horse battery' };
    const answer = await user.send<ErrorBody>('POST', '/api/session', body, {
      origin: 'https://evil.example',
    });
    expect(answer.status).toBe(403);
    expect(answer.body.error.code).toBe('foreign-origin');
  });
});

describe('a session', () => {
  test('changes nothing without its CSRF token', async () => {
    const user = await http().signedIn('manager');
    const answer = await user.send<ErrorBody>(
      'PATCH',
      '/api/session',
      { locale: 'zh-CN' },
      { 'x-csrf-token': 'x' },
    );
    expect(answer.status).toBe(403);
    expect(answer.body.error.code).toBe('wrong-csrf-token');
    expect((await user.send<Me>('PATCH', '/api/session', { locale: 'zh-CN' })).body.locale).toBe('zh-CN');
    expect((await user.get<Me>('/api/session')).body.locale).toBe('zh-CN');
  });

  test('ends with sign-out, for its open sockets as well', async () => {
    const user = await http().signedIn('supervisor');
    const socket = user.socket<{ type: string }>(`/api/live?pool=${await http().addPool()}`);
    expect(await socket.next()).toMatchObject({ type: 'unavailable' });
    expect((await user.send('DELETE', '/api/session')).status).toBe(200);
    expect(await socket.closed).toEqual({ code: 4001, reason: 'You are signed out; sign in again.' });
    expect((await user.get('/api/session')).status).toBe(401);
  });

  test('goes on while it is used and ends by itself when it is not, for its sockets as well', async () => {
    let at = systemClock.now();
    const clock = { now: () => at, monotonic: () => systemClock.monotonic() };
    const live = { ...DEFAULT_LIVE, sessionCheckMs: 10 };
    const node = await http().startNode({ clock, settings: { live } });
    const user = (await http().signedIn('supervisor')).at(node.address);
    for (let i = 0; i < 3; i += 1) {
      at = after(at, hours(9));
      expect((await user.get('/api/session')).status).toBe(200);
    }
    const socket = user.socket(`/api/live?pool=${await http().addPool()}`);
    await socket.next();
    at = after(at, days(8));
    expect((await socket.closed).code).toBe(4001);
    expect((await user.get('/api/session')).status).toBe(401);
  });

  test('ends its sockets without waiting for the database to tell us of ourselves', async () => {
    const { database } = http().database;
    const node = await http().startNode({ database: { ...database, listen: () => () => undefined } });
    const user = await http().signedIn('supervisor');
    const there = user.at(node.address);
    const socket = there.socket(`/api/live?pool=${await http().addPool()}`);
    await socket.next();
    await there.send('DELETE', '/api/session');
    expect((await socket.closed).code).toBe(4001);
  });

  test('ends elsewhere when the password changes, and stays where it was changed', async () => {
    const user = await http().signedIn('manager');
    const before = { cookie: user.cookie };
    await user.signIn();
    const change = { currentPassword: 'correct horse battery', newPassword: 'another long password' };
    expect((await user.send('POST', '/api/session/password', change)).status).toBe(200);
    expect((await user.get('/api/session')).status).toBe(200);
    expect((await user.send('GET', '/api/session', undefined, before)).status).toBe(401);
    expect((await user.signIn()).status).toBe(401);
    expect((await user.signIn('another long password')).status).toBe(200);
  });
});
