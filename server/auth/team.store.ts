import type { Query } from '../../kernel/database.ts';
import type { OrganizationId, TeamId, UserId } from '../../kernel/ids.ts';
import type { Team } from '../api/team.schema.ts';

/** A supervisor's own teams come first. */
export async function listTeams(
  query: Query,
  { userId, teamId = null }: { userId: UserId; teamId?: TeamId | null },
): Promise<readonly Team[]> {
  return query<Team>`
    select t.team_id as "teamId", t.name,
           exists (select from team_supervisor s where s.team_id = t.team_id and s.user_id = ${userId}) as "isMine",
           coalesce((select jsonb_agg(jsonb_build_object('userId', u.user_id, 'name', u.name) order by lower(u.name))
                       from team_supervisor s join app_user u using (user_id)
                      where s.team_id = t.team_id and u.is_active), '[]') as supervisors,
           coalesce((select jsonb_agg(jsonb_build_object('userId', u.user_id, 'name', u.name) order by lower(u.name))
                       from app_user u where u.team_id = t.team_id and u.is_active), '[]') as members
      from team t
     where ${teamId}::uuid is null or t.team_id = ${teamId}::uuid
     order by "isMine" desc, lower(t.name), t.team_id`;
}

export async function insertTeams(
  query: Query,
  organizationId: OrganizationId,
  teams: readonly { teamId: TeamId; name: string }[],
): Promise<void> {
  await query`
    insert into team (team_id, organization_id, name)
    select "teamId", ${organizationId}, name
      from jsonb_to_recordset(${JSON.stringify(teams)}::text::jsonb) as x("teamId" uuid, name text)`;
}

export async function renameTeam(
  query: Query,
  { teamId, name }: { teamId: TeamId; name: string },
): Promise<void> {
  await query`update team set name = ${name} where team_id = ${teamId}`;
}

/** These and nobody else; ids that are nobody's here are passed over. */
export async function setTeamMembers(
  query: Query,
  { teamId, userIds }: { teamId: TeamId; userIds: readonly UserId[] },
): Promise<void> {
  await query`
    update app_user set team_id = case when user_id = any (${userIds}::uuid[]) then ${teamId}::uuid end
     where not is_service
       and ((user_id = any (${userIds}::uuid[]) and team_id is distinct from ${teamId})
            or (team_id = ${teamId} and not user_id = any (${userIds}::uuid[])))`;
}

export async function setTeamSupervisors(
  query: Query,
  team: { organizationId: OrganizationId; teamId: TeamId; userIds: readonly UserId[] },
): Promise<void> {
  await query`
    delete from team_supervisor where team_id = ${team.teamId} and not user_id = any (${team.userIds}::uuid[])`;
  await query`
    insert into team_supervisor (team_id, user_id, organization_id)
    select ${team.teamId}, user_id, ${team.organizationId} from app_user
     where user_id = any (${team.userIds}::uuid[]) and not is_service
    on conflict (team_id, user_id) do nothing`;
}

/** Its people stay, without a team. False when there is none. */
export async function deleteTeam(query: Query, teamId: TeamId): Promise<boolean> {
  const rows = await query<{ teamId: TeamId }>`
    delete from team where team_id = ${teamId} returning team_id as "teamId"`;
  return rows.length > 0;
}
