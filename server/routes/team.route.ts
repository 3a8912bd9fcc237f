import { z } from 'zod';
import type { Query } from '../../kernel/database.ts';
import type { TeamId } from '../../kernel/ids.ts';
import { recordAdminChange } from '../admin-record.ts';
import { doneSchema, idOf } from '../api/scalar.schema.ts';
import { newTeamSchema, teamChangeSchema, teamSchema, teamsSchema, type Team } from '../api/team.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import type { SignedIn } from '../auth/signed-in.ts';
import {
  deleteTeam,
  insertTeams,
  listTeams,
  renameTeam,
  setTeamMembers,
  setTeamSupervisors,
} from '../auth/team.store.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { violatedUnique } from '../http-error.ts';
import { conflict, notFound } from '../http-problem.ts';

const tags = ['teams'];
const params = z.object({ teamId: idOf<TeamId>() });

export function teamRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/api/teams',
    {
      config: { roles: ['admin', 'manager', 'supervisor'] },
      schema: { tags, summary: 'All teams with their people, my own first', response: { 200: teamsSchema } },
    },
    async (request) => {
      const { database, userId } = whoAsks(request);
      return { teams: [...(await listTeams(database.query, { userId }))] };
    },
  );

  app.post(
    '/api/teams',
    {
      config: { roles: ['admin'] },
      schema: { tags, summary: 'Add a team', body: newTeamSchema, response: { 201: teamSchema } },
    },
    async (request, reply) => {
      const me = whoAsks(request);
      const { name, supervisorIds, memberIds } = request.body;
      const teamId = ports.newId<TeamId>(ports.clock.now());
      const team = await changed(me, async (query) => {
        await insertTeams(query, me.organizationId, [{ teamId, name }]);
        await setTeamMembers(query, { teamId, userIds: memberIds });
        await setTeamSupervisors(query, { ...me, teamId, userIds: supervisorIds });
        const after = await oneTeam(query, me, teamId);
        await recordAdminChange(
          ports,
          { me, query },
          { what: 'team.added', subject: name, after: factsOf(after) },
        );
        return after;
      });
      return reply.code(201).send(team);
    },
  );

  changeRoute(app, ports);

  app.delete(
    '/api/teams/:teamId',
    {
      config: { roles: ['admin'] },
      schema: { tags, summary: 'Remove a team; its people stay', params, response: { 200: doneSchema } },
    },
    async (request) => {
      const me = whoAsks(request);
      const { teamId } = request.params;
      await me.database.tx(async (query) => {
        const known = await oneTeam(query, me, teamId);
        await deleteTeam(query, teamId);
        await recordAdminChange(
          ports,
          { me, query },
          { what: 'team.removed', subject: known.name, before: factsOf(known) },
        );
      });
      return { ok: true as const };
    },
  );
}

function changeRoute(app: App, ports: RoutePorts): void {
  app.patch(
    '/api/teams/:teamId',
    {
      config: { roles: ['admin'] },
      schema: {
        tags,
        summary: 'Rename a team, or say anew who belongs to it',
        params,
        body: teamChangeSchema,
        response: { 200: teamSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { teamId } = request.params;
      const { name, supervisorIds, memberIds } = request.body;
      return changed(me, async (query) => {
        const before = await oneTeam(query, me, teamId);
        if (name !== undefined) await renameTeam(query, { teamId, name });
        if (memberIds) await setTeamMembers(query, { teamId, userIds: memberIds });
        if (supervisorIds) await setTeamSupervisors(query, { ...me, teamId, userIds: supervisorIds });
        const after = await oneTeam(query, me, teamId);
        await recordAdminChange(
          ports,
          { me, query },
          { what: 'team.changed', subject: after.name, before: factsOf(before), after: factsOf(after) },
        );
        return after;
      });
    },
  );
}

async function oneTeam(query: Query, { userId }: SignedIn, teamId: TeamId): Promise<Team> {
  const [team] = await listTeams(query, { userId, teamId });
  if (!team) throw notFound('team');
  return team;
}

const factsOf = ({ name, members, supervisors }: Team) => ({
  name,
  members: members.map((one) => one.name),
  supervisors: supervisors.map((one) => one.name),
});

async function changed(me: SignedIn, work: (query: Query) => Promise<Team>): Promise<Team> {
  try {
    return await me.database.tx(work);
  } catch (error) {
    if (violatedUnique(error) === null) throw error;
    throw conflict('name-taken', 'There is a team of this name already; choose another one.');
  }
}
