import { expect, test } from 'vitest';
import { DECOY, Passwords } from './password.ts';

test('a password matches its own hash, which is argon2id with at least 19 MiB and two passes', async () => {
  const passwords = new Passwords();
  const stored = await passwords.hash('correct horse');
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await passwords.matches(stored, 'correct horse')).toBe(true);
  expect(await passwords.matches(stored, 'correct horsf')).toBe(false);
  expect(await passwords.matchesNobody('correct horse')).toBe(false);
});

test('nobody’s password costs what everybody’s costs, so that time does not tell who exists', async () => {
  const costOf = (stored: string): string | undefined => /^\$argon2id\$v=19\$([^$]+)\$/.exec(stored)?.[1];
  expect(costOf(DECOY)).toBe(costOf(await new Passwords().hash('x')));
});

test('more than fifty who wait are told to try again, and all others are served', async () => {
  const passwords = new Passwords();
  const answers = await Promise.allSettled(Array.from({ length: 60 }, () => passwords.hash('x')));
  const refused = answers.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(8);
  expect(refused[0]).toMatchObject({ reason: { status: 503, code: 'busy' } });
  expect(await passwords.hash('x')).toContain('argon2id');
});
