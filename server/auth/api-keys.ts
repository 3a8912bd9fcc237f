import { createHash, randomBytes } from 'node:crypto';
import { minutes, type Clock } from '../../kernel/time.ts';
import type { HttpDatabase } from '../http-database.ts';
import { findApiKey, touchApiKey } from './api-key.store.ts';
import type { SignedIn } from './signed-in.ts';

const KEY_BYTES = 32;
const KEY_FORM = /^rl_[A-Za-z0-9_-]{43}$/;
/** Enough to tell two keys apart, far too little to guess the rest. */
const SHOWN_LENGTH = 8;
const TOUCH_MS = minutes(1);

export const isApiKey = (text: string): boolean => text.startsWith('rl_');

export interface FreshApiKey {
  /** Shown once and stored nowhere. */
  readonly key: string;
  readonly keyHex: string;
  readonly shown: string;
}

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');

export function newApiKey(): FreshApiKey {
  const key = `rl_${randomBytes(KEY_BYTES).toString('base64url')}`;
  return { key, keyHex: hashOf(key), shown: key.slice(0, SHOWN_LENGTH) };
}

/** Finds who a key stands for. A revoked or expired one is refused with the next request. */
export class ApiKeys {
  readonly #database: HttpDatabase;
  readonly #clock: Clock;

  constructor({ database, clock }: { database: HttpDatabase; clock: Clock }) {
    this.#database = database;
    this.#clock = clock;
  }

  async find(key: string): Promise<SignedIn | null> {
    if (!KEY_FORM.test(key)) return null;
    const row = await findApiKey(this.#database.system, hashOf(key));
    const now = this.#clock.now();
    if (!row?.isActive || (row.expiresAt !== null && now >= row.expiresAt)) return null;
    const { lastUsedAt, expiresAt, isActive: _isActive, ...who } = row;
    const database = this.#database.organization(row.organizationId);
    if (lastUsedAt === null || now - lastUsedAt >= TOUCH_MS) {
      await touchApiKey(database, { apiKeyId: row.apiKeyId, now });
    }
    return {
      ...who,
      database,
      duty: null,
      sessionId: null,
      // Nothing compares with an empty secret: a program is never asked for one.
      csrfSecret: '',
      sessionKey: '',
      expiresAt: expiresAt ?? now,
    };
  }
}
