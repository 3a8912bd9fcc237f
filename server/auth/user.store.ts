import type { OrganizationDatabase, Query } from '../../kernel/database.ts';
import type { OrganizationId, PoolId, TeamId, UserId } from '../../kernel/ids.ts';
import { toIso } from '../../kernel/time.ts';
import type { Locale } from '../api/scalar.schema.ts';
import type { User, UsersQuery } from '../api/user.schema.ts';

/** What `me` shows beyond the session. */
export interface OrganizationAndSeat {
  readonly name: string;
  readonly country: string;
  readonly timeZone: string;
  readonly agent: { readonly poolId: PoolId; readonly extension: string } | null;
}

export async function loadOrganizationAndSeat(
  database: OrganizationDatabase,
  userId: UserId,
): Promise<OrganizationAndSeat> {
  const [row] = await database.query<OrganizationAndSeat>`
    select o.name, o.country, o.time_zone as "timeZone",
           case when a.agent_id is null then null
                else jsonb_build_object('poolId', a.pool_id, 'extension', a.extension) end as agent
      from organization o left join agent a on a.agent_id = ${userId}`;
  return row ?? { name: '', country: 'US', timeZone: 'America/New_York', agent: null };
}

export async function loadPasswordHash(
  database: OrganizationDatabase,
  userId: UserId,
): Promise<string | null> {
  const [row] = await database.query<{ hash: string }>`
    select password_hash as hash from app_user where user_id = ${userId}`;
  return row?.hash ?? null;
}

/** Somebody's own choice, or a one-time password that he must change. */
export async function setPasswordHash(
  database: Pick<OrganizationDatabase, 'query'>,
  user: { userId: UserId; passwordHash: string; mustChange: boolean },
): Promise<void> {
  await database.query`
    update app_user set password_hash = ${user.passwordHash}, must_change_password = ${user.mustChange}
     where user_id = ${user.userId}`;
}

export async function setLocale(
  database: OrganizationDatabase,
  user: { userId: UserId; locale: Locale },
): Promise<void> {
  await database.query`update app_user set locale = ${user.locale} where user_id = ${user.userId}`;
}

export async function readUser(query: Query, userId: UserId): Promise<User | null> {
  const [user] = await readUsers(query, [userId]);
  return user ?? null;
}

async function readUsers(query: Query, userIds: readonly UserId[]): Promise<readonly User[]> {
  return query<User>`
    select u.user_id as "userId", u.email, u.name, u.role, u.locale, u.is_active as "isActive",
           u.created_at as "createdAt", u.must_change_password as "mustChangePassword",
           exists (select from second_factor f where f.user_id = u.user_id and f.confirmed_at is not null) as "hasSecondFactor",
           case when t.team_id is null then null else jsonb_build_object('teamId', t.team_id, 'name', t.name) end as team,
           case when a.agent_id is null then null
                else jsonb_build_object('poolId', a.pool_id, 'extension', a.extension, 'isAutomatic', a.is_automatic)
           end as agent
      from app_user u left join agent a on a.agent_id = u.user_id left join team t on t.team_id = u.team_id
     where u.user_id = any (${userIds}::uuid[]) and not u.is_service
     order by lower(u.name), u.user_id`;
}

/** More are not counted on the way to an answer. */
const COUNT_MAX = 10_000;

export interface UserPlace {
  readonly lowerName: string;
  readonly userId: UserId;
}

/** A page of people in the order of their names, and how many fit in all (at most 10,001). */
export async function findUsers(
  query: Query,
  { q, role, teamId, poolId, state, limit }: Omit<UsersQuery, 'after'>,
  after: UserPlace | null,
): Promise<{ users: readonly User[]; next: UserPlace | null; count: number }> {
  const isActive = state === undefined ? null : state === 'active';
  const rows = await query<UserPlace & { count: number }>`
    with fit as (
      select u.user_id, lower(u.name) as lower_name
        from app_user u left join agent a on a.agent_id = u.user_id
       where not u.is_service
         and (${q} = '' or position(lower(${q}) in lower(u.name)) > 0 or position(lower(${q}) in lower(u.email)) > 0
              or a.extension like ${q} || '%')
         and (${role ?? null}::text is null or u.role = ${role ?? null})
         and (${teamId ?? null}::uuid is null or u.team_id = ${teamId ?? null}::uuid)
         and (${poolId ?? null}::uuid is null or (a.pool_id = ${poolId ?? null}::uuid and u.role = 'agent'))
         and (${isActive}::boolean is null or u.is_active = ${isActive}::boolean)
    ), counted as (select count(*)::int as count from (select from fit limit ${COUNT_MAX + 1}) part)
    select f.lower_name as "lowerName", f.user_id as "userId", c.count
      from counted c left join fit f
        on ${after?.userId ?? null}::uuid is null
           or (f.lower_name, f.user_id) > (${after?.lowerName ?? ''}, ${after?.userId ?? null}::uuid)
     order by f.lower_name, f.user_id limit ${limit + 1}`;
  const found = rows.filter(({ userId }) => (userId as UserId | null) !== null);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    users: await readUsers(
      query,
      page.map(({ userId }) => userId),
    ),
    next: found.length > limit && last ? { lowerName: last.lowerName, userId: last.userId } : null,
    count: rows[0]?.count ?? 0,
  };
}

/** The admins who can still sign in; their rows stay locked, so that two of them cannot remove each other at once. */
export async function lockActiveAdmins(query: Query): Promise<readonly UserId[]> {
  const rows = await query<{ userId: UserId }>`
    select user_id as "userId" from app_user where role = 'admin' and is_active and not is_service order by user_id for update`;
  return rows.map(({ userId }) => userId);
}

export interface UserRow extends Pick<User, 'userId' | 'email' | 'name' | 'role' | 'locale' | 'createdAt'> {
  readonly organizationId: OrganizationId;
  readonly passwordHash: string;
  readonly teamId?: TeamId | null;
  readonly mustChangePassword?: boolean;
  /** Stands for an API key. */
  readonly isService?: boolean;
}

export async function insertUser(query: Query, user: UserRow): Promise<void> {
  await query`
    insert into app_user (user_id, organization_id, email, name, password_hash, role, locale, is_active, created_at, team_id,
                          must_change_password, is_service)
    values (${user.userId}, ${user.organizationId}, ${user.email}, ${user.name}, ${user.passwordHash}, ${user.role},
            ${user.locale}, true, ${toIso(user.createdAt)}::timestamptz, ${user.teamId ?? null},
            ${user.mustChangePassword ?? false}, ${user.isService ?? false})`;
}

export async function updateUser(
  query: Query,
  user: Pick<User, 'userId' | 'name' | 'role' | 'locale' | 'isActive'> & { teamId: TeamId | null },
): Promise<void> {
  await query`
    update app_user
       set name = ${user.name}, role = ${user.role}, locale = ${user.locale}, is_active = ${user.isActive},
           team_id = ${user.teamId}
     where user_id = ${user.userId}`;
}

/** Owners read their agents again when they hear it; the payload is the organization's id. */
export const AGENT_CHANNEL = 'ringline_agent';

export async function putSeat(
  query: Query,
  seat: { organizationId: OrganizationId; userId: UserId; poolId: PoolId; extension: string },
): Promise<void> {
  await query`
    insert into agent (agent_id, organization_id, pool_id, extension)
    values (${seat.userId}, ${seat.organizationId}, ${seat.poolId}, ${seat.extension})
    on conflict (agent_id) do update set pool_id = excluded.pool_id, extension = excluded.extension`;
}

/** An agent of the demo who works by himself. */
export async function markAutomatic(query: Query, userId: UserId): Promise<void> {
  await query`update agent set is_automatic = true where agent_id = ${userId}`;
}

/** Within the transaction that changed an agent: heard when it commits. */
export async function tellAgentsChanged(query: Query, organizationId: OrganizationId): Promise<void> {
  await query`select pg_notify(${AGENT_CHANNEL}, ${organizationId})`;
}
