import { expect, test } from 'vitest';
import { after, hours } from '../../kernel/time.ts';
import type { AdminChanges } from '../api/admin-change.schema.ts';
import type { ApiKeys, FreshApiKey } from '../api/api-key.schema.ts';
import type { ErrorBody } from '../api/scalar.schema.ts';
import type { Team } from '../api/team.schema.ts';
import type { Users } from '../api/user.schema.ts';
import { systemClock } from '../clock.ts';
import { PASSWORD, useTestHttp, type Answer, type TestUser } from '../test-http.ts';

let at = systemClock.now();
const http = useTestHttp({ clock: { now: () => at, monotonic: () => systemClock.monotonic() } });

async function program(role: string, expiresAt: number | null = null, admin?: TestUser) {
  const maker = admin ?? (await http().signedIn('admin'));
  const made = await maker.send<FreshApiKey>('POST', '/api/api-keys', {
    name: `CRM ${role}`,
    role,
    expiresAt,
  });
  expect(made.status).toBe(201);
  const ask = <Body>(method: string, path: string, body?: unknown): Promise<Answer<Body>> =>
    // Neither cookie nor CSRF token nor origin.
    http()
      .stranger()
      .send<Body>(method, path, body, {
        authorization: `Bearer ${made.body.key}`,
        origin: 'https://crm.example',
      });
  return { admin: maker, key: made.body, ask };
}

test('a program works with its key by the same roles as people', async () => {
  const { ask } = await program('manager');
  expect((await ask('GET', '/api/campaigns')).status).toBe(200);
  expect((await ask('POST', '/api/lists', { name: 'By a program' })).status).toBe(201);
  const refused = await ask<ErrorBody>('GET', '/api/users');
  expect([refused.status, refused.body.error.code]).toEqual([403, 'forbidden']);
});

test('a key is shown once, stored as its hash, and listed with its last use', async () => {
  const { admin, key, ask } = await program('auditor');
  expect(key.key).toMatch(/^rl_[\w-]{43}$/);
  await ask('GET', '/api/campaigns');
  const { body } = await admin.get<ApiKeys>('/api/api-keys');
  const listed = body.apiKeys.find(({ apiKeyId }) => apiKeyId === key.apiKeyId);
  expect(listed).toMatchObject({ name: 'CRM auditor', shown: key.key.slice(0, 8), lastUsedAt: at });
  const [row] = await http().database.organization.query<{ text: string }>`
    select string_agg(k::text, ' ') as text from api_key k`;
  const everything = JSON.stringify([body, (await admin.get<AdminChanges>('/api/admin-changes')).body, row]);
  expect(everything).not.toContain(key.key.slice(8));
});

test('a revoked key is refused with its next request, and so is one that is over or made up', async () => {
  const { admin, key, ask } = await program('manager');
  expect((await admin.send('DELETE', `/api/api-keys/${key.apiKeyId}`)).status).toBe(200);
  const refused = await ask<ErrorBody>('GET', '/api/campaigns');
  expect([refused.status, refused.body.error.code]).toEqual([401, 'wrong-api-key']);
  const shortLived = await program('manager', after(at, hours(1)));
  expect((await shortLived.ask('GET', '/api/campaigns')).status).toBe(200);
  at = after(at, hours(2));
  expect((await shortLived.ask('GET', '/api/campaigns')).status).toBe(401);
  const madeUp = await http()
    .stranger()
    .send('GET', '/api/campaigns', undefined, { authorization: 'Bearer rl_x' });
  expect(madeUp.status).toBe(401);
});

test('a key opens nobody’s account: it neither makes nor changes users nor what they must show to sign in', async () => {
  const { ask } = await program('admin');
  const { userId, email } = await http().addUser('manager');
  const path = `/api/users/${userId}`;
  const user = { name: 'Mallory', email: 'mallory@elsewhere.example', role: 'admin', teamId: null };
  for (const [method, to, body] of [
    ['POST', '/api/users', user],
    ['POST', '/api/users/import', { text: 'name,email,role\nMallory,mallory@elsewhere.example,admin' }],
    ['PATCH', path, { email: 'mallory@elsewhere.example' }],
    ['POST', `${path}/password-reset`, undefined],
    ['DELETE', `${path}/second-factor`, undefined],
    ['DELETE', `${path}/sessions`, undefined],
    ['PATCH', '/api/organization', { secondFactorRoles: [] }],
  ] as const) {
    const refused = await ask<ErrorBody>(method, to, body);
    expect([refused.status, refused.body.error.message], `${method} ${to}`).toEqual([
      403,
      'This is for people who sign in; an API key cannot do it.',
    ]);
  }
  const { users } = (await ask<Users>('GET', '/api/users?q=elsewhere')).body;
  expect(users).toEqual([]);
  expect((await http().stranger().send('POST', '/api/session', { email, password: PASSWORD })).status).toBe(
    200,
  );
});

test('a key neither makes keys, nor signs in, nor is a person', async () => {
  const { admin, key, ask } = await program('admin');
  for (const [method, path, body] of [
    ['POST', '/api/api-keys', { name: 'Another', role: 'admin' }],
    ['GET', '/api/sessions', undefined],
    ['POST', '/api/session/second-factor', { currentPassword: 'x' }],
    ['POST', '/api/session/password', { currentPassword: 'x', newPassword: 'long enough for us' }],
  ] as const) {
    expect((await ask(method, path, body)).status, path).toBe(403);
  }
  const email = `${key.apiKeyId}@api-key.invalid`;
  const signIn = await http().stranger().send('POST', '/api/session', { email, password: '!' });
  expect(signIn.status).toBe(401);
  const { users } = (await admin.get<Users>('/api/users?q=CRM')).body;
  expect(users).toEqual([]);
});

test('a key of another organization sees nothing of ours', async () => {
  const organizationId = await http().database.makeOrganization('Elsewhere');
  const { ask } = await program('admin', null, await http().signedIn('admin', { organizationId }));
  const ours = await http().addUser('manager');
  const { body } = await ask<Users>('GET', '/api/users');
  expect(body.users.map(({ email }) => email)).not.toContain(ours.email);
  const { teamId } = (
    await (await http().signedIn('admin')).send<Team>('POST', '/api/teams', { name: 'Ours' })
  ).body;
  expect((await ask('PATCH', `/api/teams/${teamId}`, { name: 'Taken' })).status).toBe(404);
});
