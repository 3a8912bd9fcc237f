import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeSecretKeyFile, readSecretKeyFile, secretKeyFile } from './secret-key-file.ts';
import { SecretKeys, isSecretKey, newSecretKey } from './secret-keys.ts';

const [ONE, TWO] = [newSecretKey(), newSecretKey()];

describe('a sealed secret', () => {
  test('opens with its key for its owner, and shows nothing of what it holds', () => {
    const keys = new SecretKeys([ONE]);
    const sealed = keys.seal('JBSWY3DPEHPK3PXP', 'Ada');
    expect(keys.open(sealed, 'Ada')).toBe('JBSWY3DPEHPK3PXP');
    expect(Buffer.from(sealed.box, 'base64').toString('latin1')).not.toContain('JBSWY');
    expect(keys.seal('JBSWY3DPEHPK3PXP', 'Ada').box).not.toBe(sealed.box);
    expect(JSON.stringify(sealed)).not.toContain(ONE);
  });

  test('does not open for somebody else, when a byte was changed, or with less than the whole tag', () => {
    const keys = new SecretKeys([ONE]);
    const { keyId, box } = keys.seal('secret', 'Ada');
    const damaged = {
      name: 'SecretUnreadable',
      message: expect.stringMatching(/was changed or belongs/) as string,
    };
    expect(() => keys.open({ keyId, box }, 'Bob')).toThrow(expect.objectContaining(damaged));
    const bytes = Buffer.from(box, 'base64');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => keys.open({ keyId, box: changed.toString('base64') }, 'Ada')).toThrow(
        expect.objectContaining(damaged),
      );
    }
    expect(() => keys.open({ keyId, box: bytes.subarray(0, 20).toString('base64') }, 'Ada')).toThrow(
      expect.objectContaining(damaged),
    );
  });

  test('opens with an older key that is still there, and names the key that is not', () => {
    const old = new SecretKeys([ONE]);
    const sealed = old.seal('secret', 'Ada');
    expect(new SecretKeys([TWO, ONE]).open(sealed, 'Ada')).toBe('secret');
    expect(new SecretKeys([TWO, ONE]).seal('x', 'Ada').keyId).toBe(new SecretKeys([TWO]).currentId);
    expect(() => new SecretKeys([TWO]).open(sealed, 'Ada')).toThrow(
      `sealed with the key ${old.currentId}, which`,
    );
  });

  test.each([
    '',
    'geheim',
    Buffer.alloc(31).toString('base64'),
    Buffer.alloc(33).toString('base64'),
    `${ONE} `,
  ])('is not made with %j for a key', (text) => {
    expect(isSecretKey(text)).toBe(false);
    expect(isSecretKey(ONE)).toBe(true);
  });
});

describe('the key file', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'ringline-keys-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('is made once, for its owner alone', () => {
    const file = secretKeyFile(path.join(folder, 'new'));
    expect(readSecretKeyFile(file)).toBeNull();
    const made = makeSecretKeyFile(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(makeSecretKeyFile(file)).toEqual(made);
    expect(readFileSync(file, 'utf8')).toBe(`${made[0]}\n`);
  });

  test('holds several keys, the one that seals first', () => {
    const file = secretKeyFile(folder);
    writeFileSync(file, `${TWO}\n${ONE}\n\n`, { mode: 0o600 });
    expect(readSecretKeyFile(file)).toEqual([TWO, ONE]);
  });

  test.each([
    ['is empty', '', /holds no key/],
    ['holds something else', 'geheim\n', /^(?!.*geheim).*holds no key/],
  ])('is refused in one sentence when it %s', (_what, text, message) => {
    const file = secretKeyFile(folder);
    writeFileSync(file, text, { mode: 0o600 });
    expect(() => readSecretKeyFile(file)).toThrow(message);
  });

  test('is refused when others may read it', () => {
    const file = secretKeyFile(folder);
    writeFileSync(file, `${ONE}\n`, { mode: 0o640 });
    expect(() => readSecretKeyFile(file)).toThrow(`run "chmod 600 ${file}"`);
  });
});
