import type { Query } from '../../kernel/database.ts';
import type { OrganizationId, PoolId, TeamId, UserId } from '../../kernel/ids.ts';
import type { Role } from '../../kernel/roles.ts';
import { toIso, type EpochMs } from '../../kernel/time.ts';
import type { Locale } from '../api/scalar.schema.ts';
import type { KnownBefore } from './user-import.ts';

/** Our own organization alone: addresses of others are met only when they are stored. */
export async function loadKnownBefore(query: Query): Promise<KnownBefore> {
  const [row] = await query<KnownBefore>`
    select coalesce((select jsonb_agg(jsonb_build_object('poolId', pool_id, 'name', name) order by name) from pool), '[]') as pools,
           coalesce((select jsonb_agg(name) from team), '[]') as teams,
           coalesce((select jsonb_agg(email) from app_user), '[]') as emails,
           coalesce((select jsonb_agg(extension) from agent), '[]') as extensions`;
  return row ?? { pools: [], teams: [], emails: [], extensions: [] };
}

export interface ImportedUserRow {
  readonly userId: UserId;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly locale: Locale;
  readonly passwordHash: string;
  readonly teamId: TeamId | null;
  readonly poolId: PoolId | null;
  readonly extension: string | null;
}

/** Adds all of them with one-time passwords; returns the addresses that somebody has already: the caller must roll back then. */
export async function insertUsers(
  query: Query,
  {
    organizationId,
    createdAt,
    users,
  }: { organizationId: OrganizationId; createdAt: EpochMs; users: readonly ImportedUserRow[] },
): Promise<readonly string[]> {
  const json = JSON.stringify(users);
  const added = await query<{ email: string }>`
    insert into app_user (user_id, organization_id, email, name, password_hash, role, locale, is_active, created_at, team_id,
                          must_change_password)
    select "userId", ${organizationId}, email, name, "passwordHash", role, locale, true, ${toIso(createdAt)}::timestamptz,
           case when role <> 'supervisor' then "teamId" end, true
      from jsonb_to_recordset(${json}::text::jsonb)
        as x("userId" uuid, email text, name text, "passwordHash" text, role text, locale text, "teamId" uuid)
    on conflict (lower(email)) do nothing
    returning email`;
  const emails = new Set(added.map(({ email }) => email));
  const taken = users.map(({ email }) => email).filter((email) => !emails.has(email));
  if (taken.length > 0) return taken;
  await query`
    insert into agent (agent_id, organization_id, pool_id, extension)
    select "userId", ${organizationId}, "poolId", extension
      from jsonb_to_recordset(${json}::text::jsonb) as x("userId" uuid, "poolId" uuid, extension text)
     where "poolId" is not null`;
  await query`
    insert into team_supervisor (team_id, user_id, organization_id)
    select "teamId", "userId", ${organizationId}
      from jsonb_to_recordset(${json}::text::jsonb) as x("userId" uuid, "teamId" uuid, role text)
     where "teamId" is not null and role = 'supervisor'`;
  return [];
}
