import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { openOrphanedCallbacks } from '../../campaigns/orphaned-callback.store.ts';
import type { Query } from '../../kernel/database.ts';
import type { AgentId, UserId } from '../../kernel/ids.ts';
import { recordAdminChange } from '../admin-record.ts';
import { doneSchema, idOf } from '../api/scalar.schema.ts';
import {
  addedUserSchema,
  changedUserSchema,
  newUserSchema,
  oneTimePasswordSchema,
  userChangeSchema,
  usersQuerySchema,
  usersSchema,
  type User,
  type Users,
  type UsersQuery,
} from '../api/user.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import { oneTimePassword } from '../auth/one-time-password.ts';
import { deleteFactor } from '../auth/second-factor.store.ts';
import type { SignedIn } from '../auth/signed-in.ts';
import {
  findUsers,
  insertUser,
  lockActiveAdmins,
  putSeat,
  readUser,
  setPasswordHash,
  tellAgentsChanged,
  updateUser,
  type UserPlace,
} from '../auth/user.store.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { sent } from '../http-change.ts';
import { violatedUnique } from '../http-error.ts';
import { conflict, notFound, wrongInput } from '../http-problem.ts';

const tags = ['users'];
const params = z.object({ userId: idOf<UserId>() });
const ADMINS = ['admin'] as const;
/** A key that makes users, or opens those there are, would outlive its own end. */
const ADMINS_IN_PERSON = { roles: ADMINS, isForPeople: true };

/** Made here, where chance is at hand. */
export const newOneTimePassword = (): string => oneTimePassword(() => randomBytes(1)[0] ?? 0);

export function userRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/api/users',
    {
      config: { roles: ADMINS },
      schema: {
        tags,
        summary: 'Users by name, page by page',
        querystring: usersQuerySchema,
        response: { 200: usersSchema },
      },
    },
    async (request) => pageOf(ports, whoAsks(request), request.query),
  );

  app.post(
    '/api/users',
    {
      config: ADMINS_IN_PERSON,
      schema: {
        tags,
        summary: 'Add a user, who must change his password at the first sign-in',
        body: newUserSchema,
        response: { 201: addedUserSchema },
      },
    },
    async (request, reply) => {
      const me = whoAsks(request);
      const { agent, password, ...user } = request.body;
      checkSeat(user.role, agent !== undefined);
      const made = password === undefined ? newOneTimePassword() : null;
      const passwordHash = await ports.passwords.hash(password ?? made ?? '');
      const createdAt = ports.clock.now();
      const userId = ports.newId<UserId>(createdAt);
      const { organizationId } = me;
      const added = await explainClash(() =>
        me.database.tx(async (query) => {
          await checkTeam(query, user.teamId);
          const secrets = { passwordHash, mustChangePassword: true };
          await insertUser(query, { ...user, ...secrets, userId, organizationId, createdAt });
          if (agent) await seat(query, me, { userId, ...agent });
          const after = await oneUser(query, userId);
          await recordAdminChange(
            ports,
            { me, query },
            { what: 'user.added', subject: after.name, after: factsOf(after) },
          );
          return after;
        }),
      );
      return reply.code(201).send({ ...added, oneTimePassword: made });
    },
  );

  changeRoute(app, ports);
  resetRoutes(app, ports);
  signOutRoutes(app, ports);
}

function changeRoute(app: App, ports: RoutePorts): void {
  app.patch(
    '/api/users/:userId',
    {
      config: ADMINS_IN_PERSON,
      schema: {
        tags,
        summary: 'Change a user; who is deactivated or moved to another role is signed out at once',
        params,
        body: userChangeSchema,
        response: { 200: changedUserSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { userId } = request.params;
      const { agent, ...change } = request.body;
      const { before, after, callbacksOpened } = await explainClash(() =>
        me.database.tx(async (query) => {
          const admins = await lockActiveAdmins(query);
          const known = await oneUser(query, userId);
          const wanted = { ...known, teamId: known.team?.teamId ?? null, ...sent(change) };
          checkSeat(wanted.role, agent !== undefined || known.agent !== null);
          keepAnAdmin(admins, wanted);
          await checkTeam(query, wanted.teamId);
          await updateUser(query, wanted);
          if (agent) await seat(query, me, { userId, ...agent });
          const callbacksOpened = await openOrphanedCallbacks(query, {
            agentId: userId as string as AgentId,
          });
          // Who is deactivated or moved to another role leaves his pool, and who comes back returns.
          await tellAgentsChanged(query, me.organizationId);
          const changed = await oneUser(query, userId);
          await recordAdminChange(
            ports,
            { me, query },
            {
              what: 'user.changed',
              subject: changed.name,
              before: factsOf(known),
              after: { ...factsOf(changed), ...(callbacksOpened > 0 && { callbacksOpened }) },
            },
          );
          return { before: known, after: changed, callbacksOpened };
        }),
      );
      if (!after.isActive || after.role !== before.role) await ports.sessions.endAllOf(me, { userId });
      return { ...after, callbacksOpened };
    },
  );
}

function resetRoutes(app: App, ports: RoutePorts): void {
  app.post(
    '/api/users/:userId/password-reset',
    {
      config: ADMINS_IN_PERSON,
      schema: {
        tags,
        summary: 'Give a user a one-time password, which is shown this once; he is signed out at once',
        params,
        response: { 200: oneTimePasswordSchema },
      },
    },
    async (request, reply) => {
      const me = whoAsks(request);
      const { userId } = request.params;
      if (userId === me.userId) {
        throw conflict('own-password', 'Change your own password in your account; this is for others.');
      }
      const made = newOneTimePassword();
      const passwordHash = await ports.passwords.hash(made);
      await me.database.tx(async (query) => {
        const { name: subject } = await oneUser(query, userId);
        await setPasswordHash({ query }, { userId, passwordHash, mustChange: true });
        await recordAdminChange(ports, { me, query }, { what: 'user.password-reset', subject });
      });
      await ports.sessions.endAllOf(me, { userId });
      return reply.header('cache-control', 'no-store').send({ oneTimePassword: made });
    },
  );
}

function signOutRoutes(app: App, ports: RoutePorts): void {
  app.delete(
    '/api/users/:userId/second-factor',
    {
      config: ADMINS_IN_PERSON,
      schema: {
        tags,
        summary: 'Remove the second factor of a user who has lost it; he is signed out at once',
        params,
        response: { 200: doneSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { userId } = request.params;
      await me.database.tx(async (query) => {
        const { name: subject } = await oneUser(query, userId);
        if (!(await deleteFactor(query, userId))) throw notFound('second factor');
        await recordAdminChange(ports, { me, query }, { what: 'user.second-factor-reset', subject });
      });
      await ports.sessions.endAllOf(me, { userId });
      return { ok: true as const };
    },
  );

  app.delete(
    '/api/users/:userId/sessions',
    {
      config: ADMINS_IN_PERSON,
      schema: {
        tags,
        summary: 'Sign a user out in all his browsers',
        params,
        response: { 200: doneSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { userId } = request.params;
      await me.database.tx(async (query) => {
        const { name: subject } = await oneUser(query, userId);
        await recordAdminChange(ports, { me, query }, { what: 'user.signed-out', subject });
      });
      await ports.sessions.endAllOf(me, { userId });
      return { ok: true as const };
    },
  );
}

async function pageOf(
  { cursors }: RoutePorts,
  me: SignedIn,
  { after, ...query }: UsersQuery,
): Promise<Users> {
  const place = await cursors.open(me, after);
  const { users, next, count } = await findUsers(
    me.database.query,
    query,
    place === undefined ? null : (JSON.parse(place) as UserPlace),
  );
  return {
    users: [...users],
    next: await cursors.seal(me, next && JSON.stringify(next)),
    count,
  };
}

async function oneUser(query: Query, userId: UserId): Promise<User> {
  const user = await readUser(query, userId);
  if (!user) throw notFound('user');
  return user;
}

/** As the record of changes shows him. */
const factsOf = ({ email, name, role, locale, isActive, team, agent }: User) => ({
  name,
  email,
  role,
  locale,
  isActive,
  team: team?.name ?? null,
  extension: agent?.extension ?? null,
  poolId: agent?.poolId ?? null,
});

function checkSeat(role: User['role'], hasSeat: boolean): void {
  if (role === 'agent' && !hasSeat) {
    throw wrongInput('agent', 'An agent needs a seat: a pool and the extension of his phone.');
  }
}

async function checkTeam(query: Query, teamId: string | null): Promise<void> {
  if (teamId === null) return;
  // The foreign key alone would also find another organization's team.
  const [team] = await query`select from team where team_id = ${teamId}`;
  if (!team) throw wrongInput('teamId', 'There is no such team.');
}

async function seat(
  query: Query,
  { organizationId }: SignedIn,
  {
    userId,
    poolId,
    extension,
  }: { userId: UserId } & Pick<NonNullable<User['agent']>, 'poolId' | 'extension'>,
): Promise<void> {
  // The foreign key alone would also find another organization's pool.
  const [pool] = await query`select from pool where pool_id = ${poolId}`;
  if (!pool) throw wrongInput('agent.poolId', 'There is no such pool.');
  await putSeat(query, { organizationId, userId, poolId, extension });
  await tellAgentsChanged(query, organizationId);
}

function keepAnAdmin(admins: readonly UserId[], user: Pick<User, 'userId' | 'role' | 'isActive'>): void {
  const others = admins.filter((id) => id !== user.userId);
  const staysAdmin = user.role === 'admin' && user.isActive;
  if (admins.includes(user.userId) && !staysAdmin && others.length === 0) {
    throw conflict('last-admin', 'This is the last active admin; make somebody else admin first.');
  }
}

async function explainClash<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const index = violatedUnique(error);
    if (index === 'app_user_email') throw wrongInput('email', 'Somebody has this e-mail address already.');
    if (index?.startsWith('agent_') === true) {
      throw wrongInput('agent.extension', 'Another agent has this extension already.');
    }
    throw error;
  }
}
