import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { OrganizationId, SessionId, UserId } from '../../kernel/ids.ts';
import { after, type Clock } from '../../kernel/time.ts';
import type { NewId } from '../../kernel/uuid.ts';
import type { HttpDatabase } from '../http-database.ts';
import type { OpenSockets } from './open-sockets.ts';
import { SESSION_IDLE_MS, expiryAfterUse, isExpired, wantsTouch } from './session.ts';
import {
  deleteOwnSession,
  deleteSession,
  deleteSessionsOf,
  findSession,
  insertSession,
  touchSession,
  type SessionPlace,
} from './session.store.ts';
import type { Duty, SignedIn } from './signed-in.ts';

const TOKEN_BYTES = 32;
const TOKEN_FORM = /^[A-Za-z0-9_-]{43}$/;

const keyOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Opens, finds and ends sessions. The token is only in the cookie; the table has its hash. */
export class Sessions {
  readonly #database: HttpDatabase;
  readonly #clock: Clock;
  readonly #sockets: OpenSockets;
  readonly #newId: NewId;

  constructor(ports: { database: HttpDatabase; clock: Clock; sockets: OpenSockets; newId: NewId }) {
    this.#database = ports.database;
    this.#newId = ports.newId;
    this.#clock = ports.clock;
    this.#sockets = ports.sockets;
  }

  /** Returns the token for the cookie. */
  async open(
    user: { organizationId: OrganizationId; userId: UserId; needsSecondFactor?: boolean },
    place: SessionPlace = { browser: null, address: null },
  ): Promise<string> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const now = this.#clock.now();
    await insertSession(this.#database.organization(user.organizationId), {
      ...place,
      keyHex: keyOf(token),
      sessionId: this.#newId<SessionId>(now),
      needsSecondFactor: user.needsSecondFactor ?? false,
      organizationId: user.organizationId,
      userId: user.userId,
      csrfSecret: randomBytes(TOKEN_BYTES).toString('base64url'),
      createdAt: now,
      expiresAt: expiryAfterUse(now, now),
    });
    return token;
  }

  /** Who holds this token; null when nobody does any more. Using a session makes it last longer. */
  async find(token: string | undefined): Promise<SignedIn | null> {
    return token !== undefined && TOKEN_FORM.test(token) ? this.findByKey(keyOf(token)) : null;
  }

  /** As {@link find}, for a socket that was opened by this session and is open still. */
  async findByKey(sessionKey: string): Promise<SignedIn | null> {
    const row = await findSession(this.#database.system, sessionKey);
    const now = this.#clock.now();
    if (!row?.isActive || isExpired(row, now)) return null;
    const {
      isActive: _isActive,
      lastSeenAt: _lastSeenAt,
      mustChangePassword,
      needsSecondFactor,
      ...who
    } = row;
    const facts = { ...who, apiKeyId: null, duty: dutyOf({ mustChangePassword, needsSecondFactor }) };
    const database = this.#database.organization(row.organizationId);
    if (!wantsTouch(row, now)) return { ...facts, sessionKey, database };
    const idleUntil = after(now, SESSION_IDLE_MS);
    const expiresAt = await touchSession(database, { keyHex: sessionKey, now, idleUntil });
    return expiresAt === null ? null : { ...facts, sessionKey, database, expiresAt };
  }

  async end(signedIn: SignedIn): Promise<void> {
    await deleteSession(signedIn.database, signedIn.sessionKey);
    this.#sockets.closeSession(signedIn.sessionKey);
  }

  /** Ends one of the user's own sessions; false when he has no such one. */
  async endOne({ database, userId }: SignedIn, sessionId: SessionId): Promise<boolean> {
    const key = await deleteOwnSession(database, { userId, sessionId });
    if (key !== null) this.#sockets.closeSession(key);
    return key !== null;
  }

  /** Ends all sessions of a user of the asker's organization, but for the one that may stay. */
  async endAllOf(by: SignedIn, user: { userId: UserId; except?: string }): Promise<void> {
    const exceptKeyHex = user.except ?? null;
    await deleteSessionsOf(by.database, { userId: user.userId, exceptKeyHex });
    this.#sockets.closeUser(user.userId, exceptKeyHex);
  }
}

function dutyOf(row: { mustChangePassword: boolean; needsSecondFactor: boolean }): Duty | null {
  if (row.mustChangePassword) return 'change-password';
  return row.needsSecondFactor ? 'add-second-factor' : null;
}

/** Compares secrets without telling by the time it takes how much of them is right. */
export function isSameSecret(expected: string, given: string | undefined): boolean {
  if (given === undefined) return false;
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(expected), hash(given));
}
