import { z } from 'zod';
import type { TeamId, UserId } from '../../kernel/ids.ts';
import { idOf, nameSchema } from './scalar.schema.ts';

const personSchema = z.object({ userId: idOf<UserId>(), name: z.string() });

export const teamSchema = z
  .object({
    teamId: idOf<TeamId>(),
    name: z.string(),
    supervisors: z.array(personSchema),
    /** Active people of the team; for agents these are the agents' ids. */
    members: z.array(personSchema),
    /** Whoever asks looks after it. */
    isMine: z.boolean(),
  })
  .meta({ id: 'Team' });
export type Team = z.output<typeof teamSchema>;

/** GET /api/teams: one's own first, then by name */
export const teamsSchema = z.object({ teams: z.array(teamSchema) });
export type Teams = z.output<typeof teamsSchema>;

const peopleSchema = z.array(idOf<UserId>()).max(2000);

/** POST /api/teams */
export const newTeamSchema = z.strictObject({
  name: nameSchema,
  supervisorIds: peopleSchema.default([]),
  memberIds: peopleSchema.default([]),
});
export type NewTeam = z.input<typeof newTeamSchema>;

/** PATCH /api/teams/:teamId; lists replace those of before. */
export const teamChangeSchema = z.strictObject({
  name: nameSchema.optional(),
  supervisorIds: peopleSchema.optional(),
  memberIds: peopleSchema.optional(),
});
export type TeamChange = z.input<typeof teamChangeSchema>;
