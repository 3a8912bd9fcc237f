import { Secret, TOTP } from 'otpauth';
import { describe, expect, test } from 'vitest';
import { after, minutes, seconds } from '../../kernel/time.ts';
import type { OwnSessions, RecoveryCodes, SecondFactor, SecondFactorSecret } from '../api/account.schema.ts';
import type { ErrorBody } from '../api/scalar.schema.ts';
import type { Me } from '../api/session.schema.ts';
import { systemClock } from '../clock.ts';
import { PASSWORD, TestUser, useTestHttp, type Answer } from '../test-http.ts';

/** Stands still, so that a test decides when the next code comes. */
let at = systemClock.now();
const http = useTestHttp({ clock: { now: () => at, monotonic: () => systemClock.monotonic() } });
const nextCode = (): void => {
  at = after(at, seconds(30));
};
const codeOf = (secret: string): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at });

async function enrol(user: TestUser): Promise<{ secret: string; recoveryCodes: readonly string[] }> {
  const path = '/api/session/second-factor';
  const begun = await user.send<SecondFactorSecret>('POST', path, { currentPassword: PASSWORD });
  const { secret } = begun.body;
  nextCode();
  const confirmed = await user.send<RecoveryCodes>('POST', `${path}/confirm`, { code: codeOf(secret) });
  expect(confirmed.status).toBe(200);
  nextCode();
  return { secret, recoveryCodes: confirmed.body.recoveryCodes };
}

const signIn = (user: TestUser, code?: string): Promise<Answer<Me & ErrorBody>> =>
  user.send('POST', '/api/session', { email: user.email, password: PASSWORD, ...(code && { code }) });

describe('my sessions', () => {
  test('are listed with browser and network, and one or all others are ended with their sockets', async () => {
    const user = await http().signedIn('supervisor');
    const places = [new TestUser(http().address, user), new TestUser(http().address, user)];
    for (const place of places) await place.signIn();
    const listed = (await places[0]!.get<OwnSessions>('/api/sessions')).body.sessions;
    expect(listed).toHaveLength(3);
    expect(listed.filter(({ isThis }) => isThis)).toHaveLength(1);
    expect(listed.find(({ isThis }) => isThis)?.address).toBe('127.0.0.…');
    const own = (await places[1]!.get<OwnSessions>('/api/sessions')).body.sessions.find((one) => one.isThis);
    const socket = places[1]!.socket(`/api/live?pool=${await http().addPool()}`);
    await socket.next();
    expect((await places[0]!.send('DELETE', `/api/sessions/${own?.sessionId ?? ''}`)).status).toBe(200);
    expect((await socket.closed).code).toBe(4001);
    expect((await places[0]!.send('DELETE', '/api/sessions')).status).toBe(200);
    expect((await user.get('/api/session')).status).toBe(401);
    expect((await places[0]!.get<OwnSessions>('/api/sessions')).body.sessions).toHaveLength(1);
  });

  test('are nobody else’s to end', async () => {
    const [one, other] = [await http().signedIn('manager'), await http().signedIn('admin')];
    const { sessions } = (await one.get<OwnSessions>('/api/sessions')).body;
    const answer = await other.send('DELETE', `/api/sessions/${sessions[0]?.sessionId ?? ''}`);
    expect(answer.status).toBe(404);
    expect((await one.get('/api/session')).status).toBe(200);
  });
});

describe('a second factor', () => {
  test('is asked for after the password, and its codes open once', async () => {
    const user = await http().signedIn('manager');
    const { secret } = await enrol(user);
    const wrong = await user.send<ErrorBody>('POST', '/api/session', {
      email: user.email,
      password: 'not this one',
      code: codeOf(secret),
    });
    expect(wrong.body.error.code).toBe('wrong-credentials');
    expect((await signIn(user)).body.error.code).toBe('code-needed');
    const code = codeOf(secret);
    expect((await signIn(user, code)).status).toBe(200);
    expect((await signIn(user, code)).body.error.field).toBe('code');
    nextCode();
    expect((await signIn(user, codeOf(secret))).status).toBe(200);
  });

  test('is never shown again, and never stored with its recovery codes', async () => {
    const user = await http().signedIn('manager');
    const { secret, recoveryCodes } = await enrol(user);
    const answers = [await user.get('/api/session/second-factor'), await user.get('/api/session')];
    expect(JSON.stringify(answers)).not.toContain(secret);
    const [row] = await http().database.organization.query<{ text: string }>`
      select string_agg(c::text, ' ') as text from recovery_code c where user_id = ${user.userId}`;
    for (const code of recoveryCodes) expect(row?.text).not.toContain(code.replaceAll('-', ''));
    const again = await user.send<ErrorBody>('POST', '/api/session/second-factor', {
      currentPassword: PASSWORD,
    });
    expect(again.body.error.code).toBe('second-factor-on');
  });

  test('is stood in for by ten recovery codes, each of which opens once', async () => {
    const user = await http().signedIn('manager');
    const { recoveryCodes } = await enrol(user);
    expect(new Set(recoveryCodes).size).toBe(10);
    const code = (recoveryCodes[3] ?? '').toUpperCase();
    expect((await signIn(user, code)).status).toBe(200);
    expect((await signIn(user, code)).status).toBe(422);
    const { body } = await user.get<SecondFactor>('/api/session/second-factor');
    expect(body).toEqual({ isOn: true, isNeeded: false, recoveryCodesLeft: 9 });
  });

  test('locks after five wrong codes, wherever they come from, and opens after five minutes', async () => {
    const user = await http().signedIn('manager');
    const { secret, recoveryCodes } = await enrol(user);
    for (let i = 0; i < 5; i += 1) expect((await signIn(user, '000000')).status).toBe(422);
    expect((await signIn(user, codeOf(secret))).body.error.code).toBe('code-locked');
    expect((await signIn(user, recoveryCodes[0])).body.error.code).toBe('code-locked');
    at = after(at, minutes(5));
    expect((await signIn(user, codeOf(secret))).status).toBe(200);
  });

  test('is needed where the organization says so: nothing else is open before it is there', async () => {
    const organizationId = await http().database.makeOrganization('Strict');
    const admin = await http().signedIn('admin', { organizationId });
    const manager = await http().signedIn('manager', { organizationId });
    await admin.send('PATCH', '/api/organization', { secondFactorRoles: ['manager'] });
    // Nobody is stopped in the middle of his work.
    expect((await manager.get('/api/campaigns')).status).toBe(200);
    expect((await manager.signIn()).body.duty).toBe('add-second-factor');
    const refused = await manager.get<ErrorBody>('/api/campaigns');
    expect([refused.status, refused.body.error.code]).toEqual([403, 'add-second-factor']);
    const { secret } = await enrol(manager);
    expect((await manager.get('/api/campaigns')).status).toBe(200);
    const removal = { currentPassword: PASSWORD, code: codeOf(secret) };
    const kept = await manager.send<ErrorBody>('POST', '/api/session/second-factor/removal', removal);
    expect(kept.body.error.code).toBe('second-factor-needed');
  });

  test('that is lost is removed by an admin, and whoever had it is signed out', async () => {
    const admin = await http().signedIn('admin');
    const user = await http().signedIn('manager');
    await enrol(user);
    expect((await admin.send('DELETE', `/api/users/${user.userId}/second-factor`)).status).toBe(200);
    expect((await user.get('/api/session')).status).toBe(401);
    expect((await signIn(user)).status).toBe(200);
  });

  test('is removed with password and code', async () => {
    const user = await http().signedIn('manager');
    const { secret } = await enrol(user);
    const remove = (body: object) => user.send('POST', '/api/session/second-factor/removal', body);
    expect((await remove({ currentPassword: 'wrong', code: codeOf(secret) })).status).toBe(422);
    expect((await remove({ currentPassword: PASSWORD, code: codeOf(secret) })).status).toBe(200);
    expect((await signIn(user)).status).toBe(200);
  });
});
