import type { OrganizationDatabase, Query } from '../../kernel/database.ts';
import type { OrganizationId, SessionId, UserId } from '../../kernel/ids.ts';
import type { Role } from '../../kernel/roles.ts';
import { toIso, type EpochMs } from '../../kernel/time.ts';
import type { Locale } from '../api/scalar.schema.ts';
import { SESSION_LIFE_MS } from './session.ts';

/** Told after sessions were ended, with the user's id: every node looks at its open sockets. */
export const SESSION_CHANNEL = 'ringline_session';

/** A session with its user, as the cookie's hash finds it. */
export interface SessionRow {
  readonly userId: UserId;
  readonly organizationId: OrganizationId;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly locale: Locale;
  readonly csrfSecret: string;
  readonly lastSeenAt: EpochMs;
  readonly expiresAt: EpochMs;
  readonly isActive: boolean;
  readonly isDemo: boolean;
  readonly sessionId: SessionId;
  /** He holds a one-time password. */
  readonly mustChangePassword: boolean;
  /** The session was opened without a second factor although his role needs one. */
  readonly needsSecondFactor: boolean;
}

/** Looks across organizations; `keyHex` is the SHA-256 of the token. */
export async function findSession(system: Query, keyHex: string): Promise<SessionRow | null> {
  const [row] = await system<SessionRow>`
    select user_id as "userId", organization_id as "organizationId", email, name, role, locale,
           csrf_secret as "csrfSecret", last_seen_at as "lastSeenAt", expires_at as "expiresAt",
           is_active as "isActive", is_demo as "isDemo", session_id as "sessionId",
           must_change_password as "mustChangePassword", needs_second_factor as "needsSecondFactor"
      from ringline_session(decode(${keyHex}, 'hex'))`;
  return row ?? null;
}

export interface SignInCandidate {
  readonly userId: UserId;
  readonly organizationId: OrganizationId;
  readonly passwordHash: string;
  readonly isActive: boolean;
  readonly hasSecondFactor: boolean;
  /** The organization wants one of his role. */
  readonly needsSecondFactor: boolean;
}

export async function findSignInCandidate(system: Query, email: string): Promise<SignInCandidate | null> {
  const [row] = await system<SignInCandidate>`
    select user_id as "userId", organization_id as "organizationId", password_hash as "passwordHash",
           is_active as "isActive", has_second_factor as "hasSecondFactor", needs_second_factor as "needsSecondFactor"
      from ringline_sign_in_candidate(${email})`;
  return row ?? null;
}

/** As the user recognises it later. */
export interface SessionPlace {
  readonly browser: string | null;
  readonly address: string | null;
}

export interface NewSession extends SessionPlace {
  readonly keyHex: string;
  readonly sessionId: SessionId;
  readonly needsSecondFactor: boolean;
  readonly organizationId: OrganizationId;
  readonly userId: UserId;
  readonly csrfSecret: string;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
}

/** Also throws away the user's expired ones. */
export async function insertSession(database: OrganizationDatabase, session: NewSession): Promise<void> {
  const createdAt = toIso(session.createdAt);
  await database.query`
    with expired as (
      delete from session where user_id = ${session.userId} and expires_at <= ${createdAt}::timestamptz
    )
    insert into session (token_hash, session_id, organization_id, user_id, csrf_secret, created_at, last_seen_at, expires_at,
                         browser, address, needs_second_factor)
    values (decode(${session.keyHex}, 'hex'), ${session.sessionId}, ${session.organizationId}, ${session.userId},
            ${session.csrfSecret}, ${createdAt}::timestamptz, ${createdAt}::timestamptz,
            ${toIso(session.expiresAt)}::timestamptz, ${session.browser}, ${session.address},
            ${session.needsSecondFactor})`;
}

/** The session was used: it lasts longer, but never beyond its whole life. Returns its new end. */
export async function touchSession(
  database: OrganizationDatabase,
  touch: { keyHex: string; now: EpochMs; idleUntil: EpochMs },
): Promise<EpochMs | null> {
  const [row] = await database.query<{ expiresAt: EpochMs }>`
    update session
       set last_seen_at = ${toIso(touch.now)}::timestamptz,
           expires_at = least(${toIso(touch.idleUntil)}::timestamptz,
                              created_at + make_interval(secs => ${SESSION_LIFE_MS / 1000}::double precision))
     where token_hash = decode(${touch.keyHex}, 'hex')
     returning expires_at as "expiresAt"`;
  return row?.expiresAt ?? null;
}

export async function deleteSession(database: OrganizationDatabase, keyHex: string): Promise<void> {
  await database.query`
    with ended as (delete from session where token_hash = decode(${keyHex}, 'hex') returning user_id)
    select pg_notify(${SESSION_CHANNEL}, user_id::text) from ended`;
}

/** Signs a user out everywhere, but for the session that may stay. */
export async function deleteSessionsOf(
  database: OrganizationDatabase,
  user: { userId: UserId; exceptKeyHex: string | null },
): Promise<void> {
  await database.query`
    with ended as (
      delete from session
       where user_id = ${user.userId}
         and (${user.exceptKeyHex}::text is null or encode(token_hash, 'hex') <> ${user.exceptKeyHex})
      returning user_id
    )
    select pg_notify(${SESSION_CHANNEL}, ${user.userId}) from ended limit 1`;
}

export interface OwnSession extends SessionPlace {
  readonly sessionId: SessionId;
  readonly createdAt: EpochMs;
  readonly lastSeenAt: EpochMs;
}

/** The living ones of a user, the last used first. */
export async function listSessions(
  database: OrganizationDatabase,
  { userId, now }: { userId: UserId; now: EpochMs },
): Promise<readonly OwnSession[]> {
  return database.query<OwnSession>`
    select session_id as "sessionId", created_at as "createdAt", last_seen_at as "lastSeenAt", browser, address
      from session where user_id = ${userId} and expires_at > ${toIso(now)}::timestamptz
     order by last_seen_at desc, session_id limit 100`;
}

/** Ends one session of a user and returns its key for its sockets; null when he has no such session. */
export async function deleteOwnSession(
  database: OrganizationDatabase,
  { userId, sessionId }: { userId: UserId; sessionId: SessionId },
): Promise<string | null> {
  const [row] = await database.query<{ key: string }>`
    with ended as (
      delete from session where user_id = ${userId} and session_id = ${sessionId} returning token_hash
    ), told as (select pg_notify(${SESSION_CHANNEL}, ${userId}) from ended)
    select encode(token_hash, 'hex') as key from ended, told`;
  return row?.key ?? null;
}
