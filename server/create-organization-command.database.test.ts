import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { migrate } from './migrate.ts';
import { withDatabase } from './test-cluster.ts';
import { TestUser, useTestHttp } from './test-http.ts';

const http = useTestHttp();
const run = promisify(execFile);

async function command(...args: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  const env = { PATH: process.env['PATH'] ?? '', DATABASE_URL: http().database.url };
  try {
    const done = await run(process.execPath, ['server/cli.ts', 'create-organization', ...args], { env });
    return { ...done, code: 0 };
  } catch (error) {
    return error as { stdout: string; stderr: string; code: number };
  }
}

test('an organization is made by one command; its administrator signs in and must change his password', async () => {
  const email = 'boss@fresh.example.com';
  const made = await command('Fresh', '--email', email, '--country', 'de', '--json');
  expect([made.code, made.stderr]).toEqual([0, '']);
  const { password } = JSON.parse(made.stdout) as { password: string };
  const admin = new TestUser(http().address, { userId: '' as TestUser['userId'], email });
  expect((await admin.signIn(password)).body).toMatchObject({
    role: 'admin',
    duty: 'change-password',
    organization: { name: 'Fresh', country: 'DE', isDemo: false },
  });
  const again = await command('Second', '--email', email.toUpperCase());
  expect([again.code, again.stderr]).toEqual([
    1,
    `Somebody signs in as ${email.toUpperCase()} already: name another address.\n`,
  ]);
  expect((await command('Third', '--email', 'nobody')).code).toBe(2);
});

test('a role of the database that may not do what migrations need is told so in one sentence', async () => {
  const client = new pg.Client({ connectionString: http().database.superuserUrl });
  await client.connect();
  const name = `weak_${process.pid}`;
  await client.query(`create role ${name} login password 'weak-password'`);
  await client.query(`create database ${name}`);
  const folder = mkdtempSync(path.join(tmpdir(), 'ringline-weak-'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, '0001_role.sql'), `-- Up Migration\ncreate role ${name}_app;`);
  try {
    await client.query(`grant all on database ${name} to ${name}`);
    const weak = new URL(withDatabase(inject('testCluster').superuserUrl, name));
    weak.username = name;
    weak.password = 'weak-password';
    const grant = new pg.Client({ connectionString: withDatabase(http().database.superuserUrl, name) });
    await grant.connect();
    await grant.query(`grant all on schema public to ${name}`);
    await grant.end();
    await expect(migrate({ url: weak.href, report: () => undefined, folder })).rejects.toMatchObject({
      name: 'OperatorError',
      message: expect.stringMatching(
        new RegExp(`^The database role ${name} lacks a right .*permission denied to create role.*createrole`),
      ) as string,
    });
  } finally {
    await client.query(`drop database ${name} with (force)`);
    await client.query(`drop role ${name}`);
    await client.end();
    rmSync(folder, { recursive: true });
  }
});
