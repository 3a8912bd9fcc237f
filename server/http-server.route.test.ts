import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fastify } from 'fastify';
import { afterAll, describe, expect, test } from 'vitest';
import type { CallId, Epoch } from '../kernel/ids.ts';
import type { ErrorBody } from './api/scalar.schema.ts';
import { systemClock } from './clock.ts';
import { watchRoutes } from './http-access.ts';
import { answerErrors } from './http-error.ts';
import { DEFAULT_LIMITS } from './http-settings.ts';
import { TestUser, useTestHttp } from './test-http.ts';
import { FakePoolOwner, callView } from './test-pool-owner.ts';
import { ConnectionLost } from '../kernel/database-error.ts';

const consoleFolder = mkdtempSync(path.join(tmpdir(), 'ringline-console-'));
mkdirSync(path.join(consoleFolder, 'assets'));
writeFileSync(path.join(consoleFolder, 'index.html'), '<!doctype html><title>Ringline</title>');
writeFileSync(path.join(consoleFolder, 'assets/app-1a2b.js'), 'export {};');
afterAll(() => rmSync(consoleFolder, { recursive: true }));

const http = useTestHttp({ settings: { consoleFolder } });

describe('a route', () => {
  test('without roles does not start', async () => {
    const app = fastify();
    watchRoutes(app);
    app.get('/forgotten', async () => 'open to everybody');
    await expect(app.ready()).rejects.toThrow('the route GET /forgotten names no roles');
  });
});

describe('errors', () => {
  test('that nobody foresaw tell nothing of their inside', async () => {
    const app = fastify();
    answerErrors(app);
    app.get('/', async () => {
      throw new Error('password of postgres://ringline:secret@host is wrong');
    });
    const answer = await app.inject('/');
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toEqual({
      error: {
        code: 'unexpected',
        message: 'Something went wrong on our side; it has been written to the log.',
      },
    });
  });

  test.each([
    [false, 'The database does not answer: nothing was stored. Try again in a few seconds.'],
    [
      true,
      'The database stopped answering: whether this was stored is not known. Look before you try again.',
    ],
  ])(
    'of a database that is away say whether something may be stored (%s)',
    async (mayHaveHappened, message) => {
      const app = fastify();
      answerErrors(app);
      app.get('/', async () => {
        throw new ConnectionLost('gone', { mayHaveHappened });
      });
      const answer = await app.inject('/');
      expect([answer.statusCode, answer.json<ErrorBody>().error.message]).toEqual([503, message]);
    },
  );

  const large = `{"email": "${'x'.repeat(300_000)}"}`;
  test.each([
    { address: '/api/session', body: '{', expected: [400, 'The body of the request is not valid JSON.'] },
    {
      address: '/api/session',
      body: large,
      expected: [413, 'The request is larger than what is taken here.'],
    },
    { address: '/api/nothing', body: null, expected: [404, 'There is no such address.'] },
    { address: '/somewhere', body: '{}', expected: [404, 'There is no such address.'] },
  ])('a bad body or address ($address) gets one sentence: $expected', async ({ address, body, expected }) => {
    const response = await fetch(http().address + address, {
      method: body === null ? 'GET' : 'POST',
      headers: body === null ? {} : { 'content-type': 'application/json' },
      body,
    });
    const answer = (await response.json()) as ErrorBody;
    expect([response.status, answer.error.message]).toEqual(expected);
  });
});

describe('the console', () => {
  test('is served to everybody, with every page of its own and rules for what it may load', async () => {
    for (const page of ['/', '/campaigns/42', '/agent']) {
      const answer = await http().stranger().get<string>(page);
      expect(answer.status).toBe(200);
      expect(answer.body).toContain('<title>Ringline</title>');
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none';script-src 'self';/);
    }
    const file = await http().stranger().get('/assets/app-1a2b.js');
    expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await http().stranger().get('/assets/app-old.js')).status).toBe(404);
  });
});

describe('the page of the API', () => {
  test('describes every route of people to whoever is signed in', async () => {
    const user = await http().signedIn('manager');
    const { body } = await user.get<{ paths: Record<string, Record<string, { summary?: string }>> }>(
      '/api/docs/json',
    );
    const described = Object.entries(body.paths).flatMap(([url, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${url.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    const own = http()
      .server.routes()
      .filter(({ method, url }) => method !== 'HEAD' && url.startsWith('/api/'))
      .filter(({ url }) => !url.startsWith('/api/docs') && !url.endsWith('/live'));
    expect(described).toEqual(expect.arrayContaining(own.map(({ method, url }) => `${method} ${url}`)));
    for (const methods of Object.values(body.paths)) {
      for (const { summary } of Object.values(methods)) expect(summary).toBeTruthy();
    }
    const page = await user.get<string>('/api/docs');
    expect(page.status).toBe(200);
  });
});

describe('limits', () => {
  test('stop whoever guesses a password, and nobody else', async () => {
    const limits = { ...DEFAULT_LIMITS, signInsPerEmail: 3 };
    const node = await http().startNode({ settings: { limits } });
    const [victim, other] = [await http().addUser('manager'), await http().addUser('manager')].map(
      (user) => new TestUser(node.address, user),
    );
    for (let i = 0; i < 3; i += 1) expect((await victim?.signIn('wrong'))?.status).toBe(401);
    const stopped = await victim?.signIn();
    expect(stopped?.status).toBe(429);
    expect(stopped?.body).toMatchObject({ error: { code: 'too-many-sign-ins' } });
    expect((await other?.signIn())?.status).toBe(200);
  });

  test('count requests for each user', async () => {
    const limits = { ...DEFAULT_LIMITS, requestsPerUser: 3 };
    const node = await http().startNode({ settings: { limits } });
    const [busy, other] = await Promise.all(
      [http().signedIn('manager'), http().signedIn('manager')].map(async (user) =>
        (await user).at(node.address),
      ),
    );
    for (let i = 0; i < 3; i += 1) expect((await busy?.get('/api/session'))?.status).toBe(200);
    const stopped = await busy?.get<ErrorBody>('/api/session');
    expect([stopped?.status, stopped?.body.error.code]).toEqual([429, 'too-many-requests']);
    expect((await other?.get('/api/session'))?.status).toBe(200);
  });
});

describe('health', () => {
  test('is good when the database answers and every owned pool can place calls, else says why not', async () => {
    const { address, pools } = await http().startNode();
    const stranger = new TestUser(address, http().stranger());
    expect((await stranger.get('/livez')).status).toBe(200);
    expect(await stranger.get('/healthz')).toMatchObject({ status: 200, body: { ok: true, reasons: [] } });
    const owner = new FakePoolOwner(await http().addPool());
    const { organizationId } = http().database;
    const stop = pools.register({ organizationId, epoch: 1 as Epoch, secret: 's', owner });
    expect((await stranger.get('/healthz')).status).toBe(200);
    owner.set({
      health: { switch: 'down', database: 'up', notDialling: { code: 'switch-down', detail: 'gone' } },
    });
    expect(await stranger.get('/healthz')).toMatchObject({
      status: 503,
      body: { ok: false, reasons: [`Pool ${owner.poolId}: the switch does not answer.`] },
    });
    stop();
    expect((await stranger.get('/healthz')).status).toBe(200);
  });

  test('says when the database is away', async () => {
    const { database } = http().database;
    const system = (async () => {
      throw new ConnectionLost('gone', { mayHaveHappened: false });
    }) as unknown as typeof database.system;
    const { address } = await http().startNode({ database: { ...database, system } });
    const answer = await new TestUser(address, http().stranger()).get('/healthz');
    expect(answer).toMatchObject({ status: 503, body: { reasons: ['The database does not answer.'] } });
  });
});

describe('metrics', () => {
  test('count agents and calls of the pools that this process owns', async () => {
    const { address, pools } = await http().startNode();
    const owner = new FakePoolOwner(await http().addPool());
    owner.set({ calls: [callView('a' as CallId), callView('b' as CallId)] });
    pools.register({ organizationId: http().database.organizationId, epoch: 1 as Epoch, secret: 's', owner });
    const { body } = await new TestUser(address, http().stranger()).get<string>('/metrics');
    expect(body).toContain(`ringline_calls{pool="${owner.poolId}",state="ringing"} 2`);
    expect(body).toContain(`ringline_pool_up{pool="${owner.poolId}",what="dialling"} 1`);
    expect(body).toContain('process_cpu_seconds_total');
  });

  test('are read with the token where there is one', async () => {
    const { address } = await http().startNode({ settings: { metricsToken: 'token' } });
    const scraper = new TestUser(address, http().stranger());
    expect((await scraper.get('/metrics')).status).toBe(401);
    const headers = { authorization: 'Bearer token' };
    expect((await scraper.send('GET', '/metrics', undefined, headers)).status).toBe(200);
  });
});

describe('a record of the switch', () => {
  const secret = { authorization: `Basic ${Buffer.from('switch:cdr-secret').toString('base64')}` };

  async function leg() {
    const { database, addPool } = http();
    return { poolId: await addPool(), callId: database.newId<CallId>(systemClock.now()) };
  }
  const recordOf = ({ poolId, callId }: Awaited<ReturnType<typeof leg>>) => ({
    'core-uuid': 'x',
    channel_data: { state: 'CS_REPORTING' },
    variables: {
      uuid: callId,
      ringline_pool: poolId,
      ringline_purpose: 'call',
      start_uepoch: '1764000000123456',
      answer_uepoch: '0',
      end_uepoch: '1764000009000000',
      hangup_cause: 'USER_BUSY',
      sip_term_status: '486',
      caller_id_name: 'A%20B',
    },
  });
  const post = (body: string, headers: Record<string, string>) =>
    fetch(`${http().address}/internal/cdr`, { method: 'POST', body, headers });
  const stored = async (callId: CallId) =>
    http().database.organization.query`
      select call_id as "callId", started_at as "startedAt", answered_at as "answeredAt", hangup_cause as cause,
             sip_status as "sipStatus", raw->>'caller_id_name' as name
        from switch_cdr where leg_id = ${callId}`;

  test.each([
    ['JSON', 'application/json', (record: object) => JSON.stringify(record)],
    [
      'a form',
      'application/x-www-form-urlencoded',
      (record: object) => `cdr=${encodeURIComponent(JSON.stringify(record))}`,
    ],
    ['JSON under another name', 'text/plain', (record: object) => JSON.stringify(record)],
  ])('is stored once however often it comes (%s)', async (_what, type, write) => {
    const ours = await leg();
    for (let i = 0; i < 2; i += 1) {
      const response = await post(write(recordOf(ours)), { ...secret, 'content-type': type });
      expect([response.status, await response.json()]).toEqual([200, { stored: i === 0 }]);
    }
    expect(await stored(ours.callId)).toEqual([
      {
        callId: ours.callId,
        startedAt: 1_764_000_000_123,
        answeredAt: null,
        cause: 'USER_BUSY',
        sipStatus: 486,
        name: 'A B',
      },
    ]);
  });

  test('is stored without what no text can hold, which a caller may have put into it', async () => {
    const ours = await leg();
    const record = recordOf(ours);
    const variables = { ...record.variables, caller_id_name: 'Busy%00He\ud800re', 'x\0y': '\0' };
    const response = await post(JSON.stringify({ ...record, variables }), {
      ...secret,
      'content-type': 'application/json',
    });
    expect(response.status).toBe(200);
    expect(await stored(ours.callId)).toMatchObject([{ name: 'Busy%00He\ufffdre' }]);
    const encoded = await leg();
    const named = { ...recordOf(encoded).variables, caller_id_name: 'Busy%00Here' };
    const again = await post(JSON.stringify({ variables: named }), {
      ...secret,
      'content-type': 'text/plain',
    });
    expect([again.status, await stored(encoded.callId)]).toMatchObject([200, [{ name: 'BusyHere' }]]);
  });

  test('is not taken without the secret', async () => {
    const ours = await leg();
    const headers = { 'content-type': 'application/json', authorization: 'Bearer wrong' };
    expect((await post(JSON.stringify(recordOf(ours)), headers)).status).toBe(401);
    expect(await stored(ours.callId)).toEqual([]);
  });

  test('of a leg that is not ours is answered and forgotten; what is no record is refused', async () => {
    const headers = { ...secret, 'content-type': 'application/json' };
    const foreign = await post(JSON.stringify({ variables: { uuid: 'x' } }), headers);
    expect([foreign.status, await foreign.json()]).toEqual([200, { stored: false }]);
    expect((await post('no record', headers)).status).toBe(400);
  });
});
