import type { TeamId, UserId } from '../../kernel/ids.ts';
import { recordAdminChange } from '../admin-record.ts';
import {
  userImportPreviewSchema,
  userImportResultSchema,
  userImportSchema,
  type UserImportResult,
} from '../api/user-import.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import type { SignedIn } from '../auth/signed-in.ts';
import { insertTeams } from '../auth/team.store.ts';
import { insertUsers, loadKnownBefore, type ImportedUserRow } from '../auth/user-import.store.ts';
import {
  planUserImport,
  withTakenEmails,
  type PlannedUser,
  type UserImportPlan,
} from '../auth/user-import.ts';
import { tellAgentsChanged } from '../auth/user.store.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { violatedUnique } from '../http-error.ts';
import { conflict } from '../http-problem.ts';
import { newOneTimePassword } from './user.route.ts';

const tags = ['users'];

export function userImportRoutes(app: App, ports: RoutePorts): void {
  app.post(
    '/api/users/import/preview',
    {
      config: { roles: ['admin'] },
      schema: {
        tags,
        summary: 'What a CSV file of users would do, line by line; stores nothing',
        body: userImportSchema,
        response: { 200: userImportPreviewSchema },
      },
    },
    async (request) => (await planOf(whoAsks(request), request.body.text)).preview,
  );

  app.post(
    '/api/users/import',
    {
      // As with users one by one: what a key made would outlive the key.
      config: { roles: ['admin'], isForPeople: true },
      schema: {
        tags,
        summary: 'Add all users of a CSV file, or none of them; their one-time passwords are shown this once',
        body: userImportSchema,
        response: { 200: userImportResultSchema },
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store');
      const isAskerGone = (): boolean => !request.socket.writable;
      return importUsers(ports, whoAsks(request), { text: request.body.text, isAskerGone });
    },
  );
}

async function planOf({ database }: SignedIn, text: string): Promise<UserImportPlan> {
  return planUserImport(text, await loadKnownBefore(database.query));
}

const isRefused = ({ preview }: UserImportPlan): boolean =>
  preview.fileProblem !== null || preview.faulty > 0;

/** Undoes the transaction in which it is thrown. */
class EmailsTaken extends Error {
  readonly emails: readonly string[];

  constructor(emails: readonly string[]) {
    super('addresses are taken');
    this.emails = emails;
  }
}

interface Wanted {
  readonly text: string;
  /** True once nobody is there to be shown the passwords. */
  readonly isAskerGone: () => boolean;
}

/** Passwords that nobody was shown would lock everybody out whom the file names; so nobody is added then. */
function checkAskerIsThere({ isAskerGone }: Pick<Wanted, 'isAskerGone'>): void {
  if (!isAskerGone()) return;
  throw conflict(
    'asker-gone',
    'The connection was closed before the passwords could be shown: nobody was added.',
  );
}

async function importUsers(
  ports: RoutePorts,
  me: SignedIn,
  { text, isAskerGone }: Wanted,
): Promise<UserImportResult> {
  const plan = await planOf(me, text);
  if (isRefused(plan)) return { preview: plan.preview, added: null };
  const passwords = plan.people.map(() => newOneTimePassword());
  const hashes: string[] = [];
  // Two at a time is what a server takes without harm to those who sign in meanwhile.
  for (let i = 0; i < passwords.length; i += 2) {
    checkAskerIsThere({ isAskerGone });
    hashes.push(...(await Promise.all(passwords.slice(i, i + 2).map((one) => ports.passwords.hash(one)))));
  }
  try {
    await store(ports, me, { plan, hashes, isAskerGone });
  } catch (error) {
    if (error instanceof EmailsTaken) {
      return { preview: withTakenEmails(plan, error.emails).preview, added: null };
    }
    if (violatedUnique(error) !== null) {
      throw conflict(
        'changed-meanwhile',
        'Somebody else changed users or teams at this moment: nobody was added. Look at the preview again.',
      );
    }
    throw error;
  }
  const added = plan.people.map(({ name, email, role, team, seat }, i) => ({
    name,
    email,
    role,
    team,
    pool: seat?.poolName ?? '',
    extension: seat?.extension ?? '',
    oneTimePassword: passwords[i] ?? '',
  }));
  return { preview: plan.preview, added };
}

async function store(
  ports: RoutePorts,
  me: SignedIn,
  {
    plan,
    hashes,
    isAskerGone,
  }: { plan: UserImportPlan; hashes: readonly string[] } & Pick<Wanted, 'isAskerGone'>,
): Promise<void> {
  const { organizationId } = me;
  const createdAt = ports.clock.now();
  await me.database.tx(async (query) => {
    const fresh = plan.preview.newTeams.map((name) => ({ teamId: ports.newId<TeamId>(createdAt), name }));
    if (fresh.length > 0) await insertTeams(query, organizationId, fresh);
    const teams = await query<{ teamId: TeamId; name: string }>`select team_id as "teamId", name from team`;
    const teamIds = new Map(teams.map(({ teamId, name }) => [name, teamId]));
    const users = plan.people.map((person, i) =>
      rowOf(person, {
        userId: ports.newId<UserId>(createdAt),
        teamId: teamIds.get(person.team) ?? null,
        passwordHash: hashes[i] ?? '',
      }),
    );
    const taken = await insertUsers(query, { organizationId, createdAt, users });
    if (taken.length > 0) throw new EmailsTaken(taken);
    await recordAdminChange(
      ports,
      { me, query },
      {
        what: 'user.imported',
        subject: String(users.length),
        after: { emails: users.map(({ email }) => email), newTeams: plan.preview.newTeams },
      },
    );
    await tellAgentsChanged(query, organizationId);
    // The last moment at which all of it can be undone.
    checkAskerIsThere({ isAskerGone });
  });
}

const rowOf = (
  { name, email, role, locale, seat }: PlannedUser,
  ids: Pick<ImportedUserRow, 'userId' | 'teamId' | 'passwordHash'>,
): ImportedUserRow => ({
  ...ids,
  name,
  email,
  role,
  locale,
  poolId: seat?.poolId ?? null,
  extension: seat?.extension ?? null,
});
