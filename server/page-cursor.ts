import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { OrganizationId } from '../kernel/ids.ts';
import { HttpProblem } from './http-problem.ts';

// Of this process alone: a cursor lives as long as somebody turns pages.
const KEY = randomBytes(32);
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The place in a list as it leaves the process. A cursor names the last row of a page, and with it a phone number that the reader's
 * role may see masked only: so it is encrypted, and bound to the organization.
 */
export function sealCursor(organizationId: OrganizationId, cursor: string | null): string | null {
  if (cursor === null) return null;
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, KEY, nonce).setAAD(Buffer.from(organizationId));
  const text = Buffer.concat([cipher.update(cursor, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
}

/** @throws HttpProblem (400) for what {@link sealCursor} of this process did not make for this organization. */
export function openCursor(organizationId: OrganizationId, sealed: string | undefined): string | undefined {
  if (sealed === undefined) return undefined;
  const bytes = Buffer.from(sealed, 'base64url');
  const tagEnd = NONCE_BYTES + TAG_BYTES;
  if (bytes.length <= tagEnd) throw unknownPage();
  try {
    const decipher = createDecipheriv(CIPHER, KEY, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(Buffer.from(organizationId))
      .setAuthTag(bytes.subarray(NONCE_BYTES, tagEnd));
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
