import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { HttpProblem } from './http-problem.ts';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypted and sealed against changes; `key` has 32 bytes. */
export function sealCursor(key: Buffer, cursor: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce);
  const text = Buffer.concat([cipher.update(cursor, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
}

/** @throws HttpProblem (400) for what {@link sealCursor} did not make with this key. */
export function openCursor(key: Buffer, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const tagEnd = NONCE_BYTES + TAG_BYTES;
  if (bytes.length <= tagEnd) throw unknownPage();
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    }).setAuthTag(bytes.subarray(NONCE_BYTES, tagEnd));
    return Buffer.concat([decipher.update(bytes.subarray(tagEnd)), decipher.final()]).toString('utf8');
  } catch {
    throw unknownPage();
  }
}

const unknownPage = (): HttpProblem =>
  new HttpProblem(400, 'unknown-page', {
    message: 'The next page cannot be found from here any more; start again with the first one.',
    field: 'after',
  });
