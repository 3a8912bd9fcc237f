import type { OrganizationDatabase, Query } from '../../kernel/database.ts';
import type { ApiKeyId, OrganizationId, UserId } from '../../kernel/ids.ts';
import type { Role } from '../../kernel/roles.ts';
import { toIso, type EpochMs } from '../../kernel/time.ts';
import type { ApiKey } from '../api/api-key.schema.ts';
import type { Locale } from '../api/scalar.schema.ts';

/** A key with whom it stands for, as its hash finds it. */
export interface ApiKeyRow {
  readonly apiKeyId: ApiKeyId;
  readonly userId: UserId;
  readonly organizationId: OrganizationId;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly locale: Locale;
  readonly lastUsedAt: EpochMs | null;
  readonly expiresAt: EpochMs | null;
  readonly isActive: boolean;
  readonly isDemo: boolean;
}

/** Looks across organizations; `keyHex` is the SHA-256 of the key. */
export async function findApiKey(system: Query, keyHex: string): Promise<ApiKeyRow | null> {
  const [row] = await system<ApiKeyRow>`
    select api_key_id as "apiKeyId", user_id as "userId", organization_id as "organizationId", email, name, role, locale,
           last_used_at as "lastUsedAt", expires_at as "expiresAt", is_active as "isActive", is_demo as "isDemo"
      from ringline_api_key(decode(${keyHex}, 'hex'))`;
  return row ?? null;
}

export async function touchApiKey(
  database: OrganizationDatabase,
  { apiKeyId, now }: { apiKeyId: ApiKeyId; now: EpochMs },
): Promise<void> {
  await database.query`
    update api_key set last_used_at = ${toIso(now)}::timestamptz where api_key_id = ${apiKeyId}`;
}

/** The newest first; revoked ones stay, because histories name them. */
export async function listApiKeys(
  query: Query,
  apiKeyId: ApiKeyId | null = null,
): Promise<readonly ApiKey[]> {
  return query<ApiKey>`
    select k.api_key_id as "apiKeyId", u.name, u.role, k.shown, k.created_at as "createdAt", c.name as "createdBy",
           k.expires_at as "expiresAt", k.last_used_at as "lastUsedAt", k.revoked_at as "revokedAt"
      from api_key k join app_user u using (user_id) join app_user c on c.user_id = k.created_by
     where ${apiKeyId}::uuid is null or k.api_key_id = ${apiKeyId}::uuid
     order by k.revoked_at is not null, k.created_at desc, k.api_key_id limit 500`;
}

export interface NewApiKeyRow {
  readonly apiKeyId: ApiKeyId;
  readonly organizationId: OrganizationId;
  readonly userId: UserId;
  readonly keyHex: string;
  readonly shown: string;
  readonly createdAt: EpochMs;
  readonly createdBy: UserId;
  readonly expiresAt: EpochMs | null;
}

/** The user that it stands for must be there already. */
export async function insertApiKey(query: Query, key: NewApiKeyRow): Promise<void> {
  const expiresAt = key.expiresAt === null ? null : toIso(key.expiresAt);
  await query`
    insert into api_key (api_key_id, organization_id, user_id, key_hash, shown, created_at, created_by, expires_at)
    values (${key.apiKeyId}, ${key.organizationId}, ${key.userId}, decode(${key.keyHex}, 'hex'), ${key.shown},
            ${toIso(key.createdAt)}::timestamptz, ${key.createdBy}, ${expiresAt}::timestamptz)`;
}

/** False when there is none, or it was revoked before. */
export async function revokeApiKey(
  query: Query,
  { apiKeyId, now }: { apiKeyId: ApiKeyId; now: EpochMs },
): Promise<boolean> {
  const rows = await query<{ apiKeyId: ApiKeyId }>`
    update api_key set revoked_at = ${toIso(now)}::timestamptz
     where api_key_id = ${apiKeyId} and revoked_at is null
     returning api_key_id as "apiKeyId"`;
  return rows.length > 0;
}
