import { describe, expect, test } from 'vitest';
import { NOON, seedLead, seedOrganization } from '../../campaigns/campaign.fixture.ts';
import type { PoolId } from '../../kernel/ids.ts';
import type { ErrorBody } from '../api/scalar.schema.ts';
import type { AdminChanges } from '../api/admin-change.schema.ts';
import type { AddedUser, ChangedUser, NewUser, OneTimePassword, User, Users } from '../api/user.schema.ts';
import { AGENT_CHANNEL } from '../auth/user.store.ts';
import { TestUser, useTestHttp } from '../test-http.ts';

const http = useTestHttp();
let count = 0;

function somebody(change: Partial<NewUser> = {}): NewUser {
  count += 1;
  return {
    email: `new-${count}@example.com`,
    name: `New ${count}`,
    role: 'manager',
    password: 'a long password',
    ...change,
  };
}

async function seat(extension: string, poolId?: PoolId): Promise<NonNullable<NewUser['agent']>> {
  return { poolId: poolId ?? (await http().addPool()), extension };
}

describe('an admin', () => {
  test('adds a user who can sign in', async () => {
    const admin = await http().signedIn('admin');
    const { status, body } = await admin.send<User>('POST', '/api/users', somebody({ locale: 'zh-CN' }));
    expect(status).toBe(201);
    expect(body).toMatchObject({ role: 'manager', locale: 'zh-CN', isActive: true, agent: null });
    expect(JSON.stringify(body)).not.toContain('argon2');
    const user = new TestUser(http().address, body);
    expect((await user.signIn('a long password')).status).toBe(200);
  });

  test('gives an agent a seat, and no agent goes without one', async () => {
    const admin = await http().signedIn('admin');
    const agent = await seat('2001');
    const made = await admin.send<User>('POST', '/api/users', somebody({ role: 'agent', agent }));
    expect(made.body.agent).toEqual({ ...agent, isAutomatic: false });
    const without = await admin.send<ErrorBody>('POST', '/api/users', somebody({ role: 'agent' }));
    expect(without.status).toBe(422);
    expect(without.body.error.field).toBe('agent');
  });

  test.each(['15551234567@carrier', 'sofia/gateway/carrier/15551234567', '+13055550100', '1', '123456789'])(
    'cannot make %s an agent’s phone',
    async (extension) => {
      const admin = await http().signedIn('admin');
      const agent = await seat(extension);
      const { status, body } = await admin.send<ErrorBody>(
        'POST',
        '/api/users',
        somebody({ role: 'agent', agent }),
      );
      expect(status).toBe(400);
      expect(body.error).toEqual({
        code: 'invalid-input',
        field: 'agent.extension',
        message:
          'The field agent.extension must be the extension of a registered user of our own domain: 2 to 8 digits and nothing else.',
      });
    },
  );

  test('is told in one sentence which value is taken', async () => {
    const admin = await http().signedIn('admin');
    const first = somebody({ role: 'agent', agent: await seat('2100') });
    await admin.send('POST', '/api/users', first);
    const sameEmail = await admin.send<ErrorBody>(
      'POST',
      '/api/users',
      somebody({ email: first.email.toUpperCase() }),
    );
    expect(sameEmail.body.error).toMatchObject({
      field: 'email',
      message: 'Somebody has this e-mail address already.',
    });
    const agent = await seat('2100');
    const samePhone = await admin.send<ErrorBody>('POST', '/api/users', somebody({ role: 'agent', agent }));
    expect(samePhone.body.error.message).toBe('Another agent has this extension already.');
  });

  test('puts a user out at once, with his sockets', async () => {
    const admin = await http().signedIn('admin');
    const supervisor = await http().signedIn('supervisor');
    const socket = supervisor.socket(`/api/live?pool=${await http().addPool()}`);
    await socket.next();
    const path = `/api/users/${supervisor.userId}`;
    expect((await admin.send<User>('PATCH', path, { isActive: false })).body.isActive).toBe(false);
    expect((await socket.closed).code).toBe(4001);
    expect((await supervisor.get('/api/session')).status).toBe(401);
    expect((await supervisor.signIn()).status).toBe(401);
  });

  test.each([{ isActive: false }, { role: 'manager' }, { name: 'Renamed' }])(
    'wakes the owners of the pools when he changes an agent: %j',
    async (change) => {
      const { database } = http().database;
      let heard = (): void => undefined;
      const admin = await http().signedIn('admin');
      const agent = await admin.send<User>(
        'POST',
        '/api/users',
        somebody({ role: 'agent', agent: await seat(String(3000 + count)) }),
      );
      await new Promise<void>((subscribed) => {
        database.listen(AGENT_CHANNEL, () => heard(), subscribed);
      });
      const woken = new Promise<void>((resolve) => (heard = resolve));
      expect((await admin.send('PATCH', `/api/users/${agent.body.userId}`, change)).status).toBe(200);
      await woken;
    },
  );

  test.each([{ isActive: false }, { role: 'manager' }, { agent: 'elsewhere' }])(
    'is told how many callbacks an agent leaves to whoever is free: %j',
    async (change) => {
      const { database, addPool, signedIn } = http();
      const organizationId = await database.makeOrganization(`Callbacks ${JSON.stringify(change)}`);
      const organization = database.database.organization(organizationId);
      const ports = { organizationId, organization, newId: database.newId };
      const admin = await signedIn('admin', { organizationId });
      const seed = await seedOrganization(ports);
      for (const phone of ['+13055550101', '+13055550102']) {
        const { leadId, numberIds } = await seedLead(ports, seed, { phones: [phone] });
        await organization.query`
          insert into campaign_lead (campaign_id, lead_id, organization_id, state, due_at, number_id, phone, zone_key, callback_agent_id)
          values (${seed.campaignId}, ${leadId}, ${seed.organizationId}, 'callback', ${new Date(NOON)}, ${numberIds[0] ?? ''}, ${phone},
                  'America/New_York', ${seed.agentId})`;
      }
      const path = `/api/users/${seed.agentId}`;
      const renamed = await admin.send<ChangedUser>('PATCH', path, { name: 'Still here' });
      expect(renamed.body.callbacksOpened).toBe(0);
      const sent =
        'agent' in change ? { agent: { poolId: await addPool(organizationId), extension: '4711' } } : change;
      expect((await admin.send<ChangedUser>('PATCH', path, sent)).body.callbacksOpened).toBe(2);
    },
  );

  test('puts a user out on the other nodes as well', async () => {
    const admin = await http().signedIn('admin');
    const supervisor = await http().signedIn('supervisor');
    const node = await http().startNode();
    const there = supervisor.at(node.address);
    const socket = there.socket(`/api/live?pool=${await http().addPool()}`);
    await socket.next();
    await admin.send('DELETE', `/api/users/${supervisor.userId}/sessions`);
    expect((await socket.closed).code).toBe(4001);
  });

  test('gives a one-time password, which opens nothing but the choice of another', async () => {
    const admin = await http().signedIn('admin');
    const { password: _none, ...without } = somebody();
    const made = await admin.send<AddedUser>('POST', '/api/users', without);
    expect(made.body.oneTimePassword).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
    const user = new TestUser(http().address, made.body);
    const first = await user.signIn(made.body.oneTimePassword ?? '');
    expect([first.status, first.body.duty]).toEqual([200, 'change-password']);
    const refused = await user.get<ErrorBody>('/api/campaigns');
    expect([refused.status, refused.body.error.code]).toEqual([403, 'change-password']);
    const change = { currentPassword: made.body.oneTimePassword, newPassword: 'my own long password' };
    const same = { ...change, newPassword: made.body.oneTimePassword };
    expect((await user.send('POST', '/api/session/password', same)).status).toBe(422);
    expect((await user.send('POST', '/api/session/password', change)).status).toBe(200);
    expect((await user.get('/api/campaigns')).status).toBe(200);
  });

  test('resets a password, which signs its owner out, and not his own', async () => {
    const admin = await http().signedIn('admin');
    const manager = await http().signedIn('manager');
    const path = `/api/users/${manager.userId}/password-reset`;
    const { body, headers } = await admin.send<OneTimePassword>('POST', path);
    expect(headers.get('cache-control')).toBe('no-store');
    expect((await manager.get('/api/session')).status).toBe(401);
    expect((await manager.signIn()).status).toBe(401);
    expect((await manager.signIn(body.oneTimePassword)).body.duty).toBe('change-password');
    const own = await admin.send<ErrorBody>('POST', `/api/users/${admin.userId}/password-reset`);
    expect(own.body.error.code).toBe('own-password');
  });

  test('finds people by a part of the name, page after page', async () => {
    const organizationId = await http().database.makeOrganization('Pages');
    const admin = await http().signedIn('admin', { organizationId });
    for (const name of ['Zoë 1', 'anna 2', 'Ben 3']) {
      await admin.send('POST', '/api/users', somebody({ name: `${name} of pages` }));
    }
    const first = await admin.get<Users>('/api/users?q=OF%20PAGES&limit=2');
    expect(first.body.users.map(({ name }) => name)).toEqual(['anna 2 of pages', 'Ben 3 of pages']);
    expect(first.body.count).toBe(3);
    const after = encodeURIComponent(first.body.next ?? '');
    const second = await admin.get<Users>(`/api/users?q=OF%20PAGES&limit=2&after=${after}`);
    expect(second.body).toMatchObject({ users: [{ name: 'Zoë 1 of pages' }], next: null, count: 3 });
    expect((await admin.get<Users>('/api/users?role=officer')).body).toMatchObject({ users: [], count: 0 });
  });

  test('leaves a record of what he changed, without a secret', async () => {
    const organizationId = await http().database.makeOrganization('Recorded');
    const admin = await http().signedIn('admin', { organizationId });
    const { body: user } = await admin.send<AddedUser>('POST', '/api/users', somebody());
    await admin.send('PATCH', `/api/users/${user.userId}`, { name: 'Renamed', isActive: false });
    await admin.send('PATCH', `/api/users/${user.userId}`, { name: 'Renamed' });
    await admin.send('POST', `/api/users/${user.userId}/password-reset`);
    const { body } = await admin.get<AdminChanges>('/api/admin-changes');
    expect(body.changes.map(({ what }) => what)).toEqual([
      'user.password-reset',
      'user.changed',
      'user.added',
    ]);
    expect(body.changes[1]).toMatchObject({
      subject: 'Renamed',
      before: { name: user.name, isActive: true },
      after: { name: 'Renamed', isActive: false },
    });
    expect(JSON.stringify(body)).not.toMatch(/argon2|password"/i);
  });

  test('cannot remove the last admin', async () => {
    const organizationId = await http().database.makeOrganization('Small');
    const admin = await http().signedIn('admin', { organizationId });
    for (const change of [{ isActive: false }, { role: 'manager' }]) {
      const answer = await admin.send<ErrorBody>('PATCH', `/api/users/${admin.userId}`, change);
      expect([answer.status, answer.body.error.code]).toEqual([409, 'last-admin']);
    }
    const second = await admin.send<User>('POST', '/api/users', somebody({ role: 'admin' }));
    expect(second.status).toBe(201);
    expect((await admin.send('PATCH', `/api/users/${admin.userId}`, { isActive: false })).status).toBe(200);
  });
});
