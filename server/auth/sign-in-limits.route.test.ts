import pg from 'pg';
import { expect, test } from 'vitest';
import { after, minutes, seconds } from '../../kernel/time.ts';
import { systemClock } from '../clock.ts';
import { DEFAULT_LIMITS, type RateLimits } from '../http-settings.ts';
import { PASSWORD, useTestHttp, type TestUser } from '../test-http.ts';

/** Stands still, so that a test decides when a minute is over. */
let at = systemClock.now();
const http = useTestHttp({ clock: { now: () => at, monotonic: () => systemClock.monotonic() } });

/** Two processes on one database, behind a proxy that names the browser's address. */
async function twoNodes(limits: Partial<RateLimits>): Promise<readonly [string, string]> {
  const settings = { isBehindProxy: true, limits: { ...DEFAULT_LIMITS, ...limits } };
  const nodes = [await http().startNode({ settings }), await http().startNode({ settings })];
  return [nodes[0]!.address, nodes[1]!.address];
}

async function tryAt(
  node: string,
  attempt: { email: string; password?: string; from?: string },
): Promise<number> {
  const user: TestUser = http().stranger().at(node);
  const body = { email: attempt.email, password: attempt.password ?? 'wrong' };
  const { status } = await user.send('POST', '/api/session', body, {
    'x-forwarded-for': attempt.from ?? '10.0.0.1',
  });
  return status;
}

const counts = (statuses: readonly number[]): Record<number, number> =>
  Object.fromEntries(
    [...new Set(statuses)].map((status) => [status, statuses.filter((one) => one === status).length]),
  );

test('attempts at two processes at once are counted together, to the last one', async () => {
  const nodes = await twoNodes({ signInsPerEmail: 5 });
  const { email } = await http().addUser('manager');
  const statuses = await Promise.all(Array.from({ length: 20 }, (_, i) => tryAt(nodes[i % 2]!, { email })));
  expect(counts(statuses)).toEqual({ 401: 5, 429: 15 });
});

test('somebody who does not exist is refused after as many attempts as somebody who does', async () => {
  const [one, two] = await twoNodes({ signInsPerEmail: 3 });
  const { email } = await http().addUser('manager');
  for (const tried of [email, 'nobody-at-all@example.com']) {
    const statuses = [];
    for (const node of [one, two, one, two, one]) statuses.push(await tryAt(node, { email: tried }));
    expect([tried, statuses]).toEqual([tried, [401, 401, 401, 429, 429]]);
  }
});

test('an account is guarded from many addresses, and an address from many accounts', async () => {
  const [one, two] = await twoNodes({ signInsPerAccount: 4, signInsPerAddress: 4 });
  const { email } = await http().addUser('manager');
  const guesses = [];
  for (let i = 0; i < 6; i += 1) guesses.push(await tryAt(i % 2 ? one : two, { email, from: `10.1.0.${i}` }));
  expect(counts(guesses)).toEqual({ 401: 4, 429: 2 });
  const sweep = [];
  for (let i = 0; i < 6; i += 1) {
    sweep.push(await tryAt(i % 2 ? one : two, { email: `p${i}@example.com`, from: `2001:db8:7::${i}` }));
  }
  expect(counts(sweep)).toEqual({ 401: 4, 429: 2 });
  expect(await tryAt(one, { email: 'p9@example.com', from: '2001:db8:7:1::1' })).toBe(401);
});

test('the window slides: each attempt is given back a minute after it, and what was refused costs nothing', async () => {
  const [one, two] = await twoNodes({ signInsPerEmail: 2 });
  const { email } = await http().addUser('manager');
  expect(await tryAt(one, { email })).toBe(401);
  at = after(at, seconds(40));
  expect(await tryAt(two, { email })).toBe(401);
  for (const node of [one, two, one]) expect(await tryAt(node, { email, password: PASSWORD })).toBe(429);
  at = after(at, seconds(20));
  expect(await tryAt(two, { email, password: PASSWORD })).toBe(200);
  expect(await tryAt(one, { email, password: PASSWORD })).toBe(429);
  at = after(at, seconds(39));
  expect(await tryAt(one, { email, password: PASSWORD })).toBe(429);
  at = after(at, seconds(1));
  expect(await tryAt(one, { email, password: PASSWORD })).toBe(200);
});

test('attempts of before are taken away by those that come, and hold no address and no name', async () => {
  const [one] = await twoNodes({});
  await tryAt(one, { email: 'old@example.com', from: '10.9.9.9' });
  at = after(at, minutes(5));
  for (let i = 0; i < 5; i += 1) await tryAt(one, { email: `new${i}@example.com`, from: '10.9.9.8' });
  const client = new pg.Client({ connectionString: http().database.superuserUrl });
  await client.connect();
  const { rows } = await client.query<{ text: string; isOld: boolean }>(
    'select a::text as text, last_at < $1 as "isOld" from sign_in_attempt a',
    [new Date(at - 60_000)],
  );
  await client.end();
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.some(({ isOld }) => isOld)).toBe(false);
  expect(JSON.stringify(rows)).not.toMatch(/example|10\.9/);
});
