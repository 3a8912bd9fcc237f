import { expect, test } from 'vitest';
import type { Teams } from '../api/team.schema.ts';
import type { UserImportPreview, UserImportResult } from '../api/user-import.schema.ts';
import type { User, Users } from '../api/user.schema.ts';
import { TestUser, useTestHttp } from '../test-http.ts';

const http = useTestHttp();

async function office(name: string) {
  const organizationId = await http().database.makeOrganization(name);
  const admin = await http().signedIn('admin', { organizationId });
  await http().addPool(organizationId);
  return admin;
}

const agents = (count: number, domain: string): string =>
  [
    'name,email,team,extension',
    ...Array.from({ length: count }, (_, i) => `Agent ${i},agent-${i}@${domain},North,${3000 + i}`),
  ].join('\n');

test('fifty agents come from one file, each with a password that opens once', async () => {
  const admin = await office('Fifty');
  const text = agents(50, 'fifty.example.com');
  const preview = await admin.send<UserImportPreview>('POST', '/api/users/import/preview', { text });
  expect(preview.body).toMatchObject({ faulty: 0, newTeams: ['North'], fileProblem: null });
  expect((await admin.get<Users>('/api/users')).body.count).toBe(1);
  const { body, headers } = await admin.send<UserImportResult>('POST', '/api/users/import', { text });
  expect(headers.get('cache-control')).toBe('no-store');
  expect(new Set(body.added?.map((one) => one.oneTimePassword)).size).toBe(50);
  expect((await admin.get<Users>('/api/users?role=agent')).body.count).toBe(50);
  const { teams } = (await admin.get<Teams>('/api/teams')).body;
  expect(teams.map(({ name, members }) => [name, members.length])).toEqual([['North', 50]]);
  const agent = new TestUser(http().address, {
    userId: '' as User['userId'],
    email: body.added?.[7]?.email ?? '',
  });
  const signedIn = await agent.signIn(body.added?.[7]?.oneTimePassword);
  expect([signedIn.status, signedIn.body.duty]).toEqual([200, 'change-password']);
});

test('one wrong line, and nobody is added', async () => {
  const admin = await office('Wrong line');
  const text = `${agents(2, 'wrong.example.com')}\nBen,no address,South,3009`;
  const { body } = await admin.send<UserImportResult>('POST', '/api/users/import', { text });
  expect(body.added).toBeNull();
  expect(body.preview.faulty).toBe(1);
  expect((await admin.get<Users>('/api/users')).body.count).toBe(1);
});

test('nobody is added when the browser is gone before it was shown the passwords', async () => {
  const admin = await office('Gone');
  const { organization } = http().database;
  const body = JSON.stringify({ text: agents(2, 'gone.example.com') });
  const held = (isGranted: boolean) => organization.query`
    select from pg_locks
     where relation = 'app_user'::regclass and mode = 'RowExclusiveLock' and granted = ${isGranted}`;
  const leaving = new AbortController();
  let answer: Promise<unknown> = Promise.resolve();
  await organization.tx(async (query) => {
    await query`lock table app_user in share mode`;
    answer = fetch(`${http().address}/api/users/import`, {
      method: 'POST',
      headers: {
        cookie: admin.cookie,
        origin: http().address,
        'x-csrf-token': admin.csrfToken,
        'content-type': 'application/json',
      },
      body,
      signal: leaving.signal,
    }).catch((error: unknown) => error);
    await expect.poll(async () => (await held(false)).length, { interval: 20 }).toBe(1);
    leaving.abort();
    expect(await answer).toMatchObject({ name: 'AbortError' });
  });
  await expect.poll(async () => (await held(true)).length, { interval: 20 }).toBe(0);
  expect((await admin.get<Users>('/api/users')).body.count).toBe(1);
  expect((await admin.get<Teams>('/api/teams')).body.teams).toEqual([]);
});

test('an address that another organization uses is refused at its line, and nothing is half done', async () => {
  const stranger = await http().addUser('manager');
  const admin = await office('Half');
  const text = `${agents(2, 'half.example.com')}\nBen,${stranger.email.toUpperCase()},South,3009`;
  const { body } = await admin.send<UserImportResult>('POST', '/api/users/import', { text });
  expect(body.added).toBeNull();
  expect(body.preview.lines.at(-1)?.problems).toEqual([{ column: 'email', code: 'email-taken' }]);
  expect((await admin.get<Users>('/api/users')).body.count).toBe(1);
  expect((await admin.get<Teams>('/api/teams')).body.teams).toEqual([]);
});

test('a supervisor sees his teams first, and another organization’s people join none', async () => {
  const organizationId = await http().database.makeOrganization('Teams');
  const admin = await http().signedIn('admin', { organizationId });
  const supervisor = await http().signedIn('supervisor', { organizationId });
  const agent = await http().addUser('agent', { organizationId });
  const stranger = await http().addUser('agent');
  await admin.send('POST', '/api/teams', { name: 'Alpha' });
  const made = await admin.send('POST', '/api/teams', {
    name: 'Zulu',
    supervisorIds: [supervisor.userId],
    memberIds: [agent.userId, stranger.userId],
  });
  expect(made.status).toBe(201);
  const { teams } = (await supervisor.get<Teams>('/api/teams')).body;
  expect(teams.map(({ name, isMine }) => [name, isMine])).toEqual([
    ['Zulu', true],
    ['Alpha', false],
  ]);
  expect(teams[0]?.members.map(({ userId }) => userId)).toEqual([agent.userId]);
  const again = await admin.send<{ error: { code: string } }>('POST', '/api/teams', { name: 'Zulu' });
  expect([again.status, again.body.error.code]).toEqual([409, 'name-taken']);
  expect((await admin.send('DELETE', `/api/teams/${teams[0]?.teamId ?? ''}`)).status).toBe(200);
  const { users } = (await admin.get<Users>('/api/users?role=agent')).body;
  expect(users.map(({ team }) => team)).toEqual([null]);
});
