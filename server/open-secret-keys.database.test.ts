import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Secret as TotpSecret, TOTP } from 'otpauth';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { after, minutes } from '../kernel/time.ts';
import type { RecoveryCodes, SecondFactorSecret } from './api/account.schema.ts';
import type { ErrorBody } from './api/scalar.schema.ts';
import { systemClock } from './clock.ts';
import { openSecretKeys } from './open-secret-keys.ts';
import { secretKeyFile } from './secret-key-file.ts';
import { SecretKeys, newSecretKey } from './secret-keys.ts';
import { Secret } from './secret.ts';
import { PASSWORD, useTestHttp, type TestUser } from './test-http.ts';

let at = systemClock.now();
const clock = { now: () => at, monotonic: () => systemClock.monotonic() };
const http = useTestHttp({ clock });
const run = promisify(execFile);
let folder = '';
let said: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'ringline-keys-'));
  said = [];
  await forgetEverything();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As before the first start of an installation. */
async function forgetEverything(): Promise<void> {
  const client = new pg.Client({ connectionString: http().database.superuserUrl });
  await client.connect();
  await client.query('truncate second_factor cascade; truncate installation_secret_key');
  await client.end();
}

/** A start with these keys in the setting, on a data folder. */
const start = (keys: readonly string[], dataFolder = folder): Promise<SecretKeys> =>
  openSecretKeys({
    config: { dataFolder, secretKeys: keys.map((key) => new Secret(key)) },
    database: http().database.database,
    say: (line) => said.push(line),
  });

const codeOf = (secret: string): string => {
  at = after(at, minutes(1));
  return new TOTP({ secret: TotpSecret.fromBase32(secret) }).generate({ timestamp: at });
};

async function enrol(keys: SecretKeys): Promise<{ user: TestUser; secret: string; recovery: string }> {
  const node = await http().startNode({ keys });
  const user = await http().signedIn('manager');
  const here = user.at(node.address);
  const factor = '/api/session/second-factor';
  const begun = await here.send<SecondFactorSecret>('POST', factor, { currentPassword: PASSWORD });
  const { secret } = begun.body;
  const { body } = await here.send<RecoveryCodes>('POST', `${factor}/confirm`, { code: codeOf(secret) });
  return { user, secret, recovery: body.recoveryCodes[0] ?? '' };
}

async function signInAt(
  keys: SecretKeys,
  user: TestUser,
  code: string,
): Promise<{ status: number; body: ErrorBody }> {
  const node = await http().startNode({ keys });
  return user.at(node.address).send('POST', '/api/session', { email: user.email, password: PASSWORD, code });
}

const rowOf = async ({ userId }: TestUser): Promise<{ text: string; keyId: string | null }> => {
  const [row] = await http().database.organization.query<{ text: string; keyId: string | null }>`
    select second_factor::text as text, secret_key_id as "keyId" from second_factor where user_id = ${userId}`;
  return row!;
};

test('a secret is stored sealed, beside the name of its key, and its codes open after a restart', async () => {
  const keys = await start([]);
  expect(said).toEqual([expect.stringContaining(`was made: ${secretKeyFile(folder)}. Keep a copy`)]);
  const { user, secret } = await enrol(keys);
  const { text, keyId } = await rowOf(user);
  expect(keyId).toBe(keys.currentId);
  expect(text).not.toContain(secret);
  expect(text).not.toContain(Buffer.from(secret).toString('hex'));
  expect((await signInAt(await start([]), user, codeOf(secret))).status).toBe(200);
  expect(readFileSync(secretKeyFile(folder), 'utf8')).not.toContain(secret);
});

test('what an older version left in plain text is sealed at the next start', async () => {
  const keys = await start([]);
  const { user, secret } = await enrol(keys);
  await http().database.organization.query`
    update second_factor set secret = ${secret}, sealed_secret = null, secret_key_id = null where user_id = ${user.userId}`;
  const again = await start([]);
  expect(await rowOf(user)).toMatchObject({
    keyId: keys.currentId,
    text: expect.not.stringContaining(secret) as string,
  });
  expect((await signInAt(again, user, codeOf(secret))).status).toBe(200);
});

test('a new key before the old one seals everything anew, and then the old one may go', async () => {
  const [one, two] = [newSecretKey(), newSecretKey()];
  const { user, secret } = await enrol(await start([one]));
  const both = await start([two, one]);
  expect((await rowOf(user)).keyId).toBe(both.currentId);
  const alone = await start([two]);
  expect((await signInAt(alone, user, codeOf(secret))).status).toBe(200);
  await expect(start([one])).rejects.toThrow(`sealed with the key ${both.currentId}, which neither`);
});

test('a setting takes over from the key file', async () => {
  const { user } = await enrol(await start([]));
  const keys = await start([newSecretKey()]);
  expect((await rowOf(user)).keyId).toBe(keys.currentId);
});

test('a start without the key says so in one sentence, changes nothing and leaves no key behind', async () => {
  const keys = await start([]);
  const { user } = await enrol(keys);
  said = [];
  const other = path.join(folder, 'other');
  const sentence = `Second factors of people (1) are sealed with the key ${keys.currentId}, which neither RINGLINE_SECRET_KEY nor ${other}/secret-key holds`;
  for (const given of [[], [newSecretKey()]]) {
    await expect(start(given, other)).rejects.toMatchObject({
      name: 'OperatorError',
      message: expect.stringContaining(sentence) as string,
    });
  }
  expect(existsSync(path.join(other, 'secret-key'))).toBe(false);
  expect(said).toEqual([]);
  expect((await rowOf(user)).keyId).toBe(keys.currentId);
  await start([]);
});

test('a second node with a key of its own is told so before anything is sealed', async () => {
  const keys = await start([]);
  await expect(start([], path.join(folder, 'other'))).rejects.toThrow(
    `This installation seals its secrets with the key ${keys.currentId}, which neither`,
  );
});

test('a node that has lost the key while it runs says so; recovery codes still open there', async () => {
  const { user, secret, recovery } = await enrol(await start([]));
  const wrong = new SecretKeys([newSecretKey()]);
  const answer = await signInAt(wrong, user, codeOf(secret));
  expect([answer.status, answer.body.error.code]).toEqual([503, 'second-factor-unreadable']);
  expect((await signInAt(wrong, user, recovery)).status).toBe(200);
});

test('after reset-second-factors those whose key is lost sign in without, and all others as before', async () => {
  const lost = await enrol(await start([newSecretKey()]));
  const kept = newSecretKey();
  const config = { dataFolder: folder, secretKeys: [new Secret(kept)] };
  const node = new SecretKeys([kept]);
  const other = await enrol(node);
  const env = {
    PATH: process.env['PATH'] ?? '',
    DATABASE_URL: http().database.url,
    RINGLINE_DATA: folder,
    RINGLINE_SECRET_KEY: kept,
  };
  const done = await run(process.execPath, ['server/cli.ts', 'reset-second-factors', '--json'], { env });
  expect(JSON.parse(done.stdout)).toEqual({ people: 1 });
  const keys = await openSecretKeys({ config, database: http().database.database, say: () => undefined });
  expect((await signInAt(keys, lost.user, '000000')).status).toBe(200);
  expect((await signInAt(keys, other.user, codeOf(other.secret))).status).toBe(200);
});
