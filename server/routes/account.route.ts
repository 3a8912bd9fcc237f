import { z } from 'zod';
import type { SessionId } from '../../kernel/ids.ts';
import {
  ownSessionsSchema,
  recoveryCodesSchema,
  secondFactorBeginSchema,
  secondFactorCodeSchema,
  secondFactorRemovalSchema,
  secondFactorSchema,
  secondFactorSecretSchema,
} from '../api/account.schema.ts';
import { doneSchema, idOf } from '../api/scalar.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import { enrolmentUri } from '../auth/second-factor.ts';
import { readFactor } from '../auth/second-factor.store.ts';
import { SecondFactors } from '../auth/second-factors.ts';
import { listSessions } from '../auth/session.store.ts';
import { signInLimit, type SignInLimit } from '../auth/sign-in-limits.ts';
import type { SignedIn } from '../auth/signed-in.ts';
import { loadOrganizationAndSeat, loadPasswordHash } from '../auth/user.store.ts';
import { SIGNED_IN } from '../http-access.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { conflict, notFound, wrongInput } from '../http-problem.ts';

const tags = ['session'];
const params = z.object({ sessionId: idOf<SessionId>() });
const config = { roles: SIGNED_IN, isForPeople: true };
const beforeDuty = { ...config, isOpenBeforeDuty: true };

export function accountRoutes(app: App, ports: RoutePorts): void {
  const factors = new SecondFactors(ports);
  const limit = signInLimit(ports);
  ownSessionRoutes(app, ports);
  enrolmentRoutes(app, ports, { factors, limit });
  factorRoutes(app, ports, { factors, limit });
}

interface FactorPorts {
  readonly factors: SecondFactors;
  readonly limit: SignInLimit;
}

function ownSessionRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/api/sessions',
    { config, schema: { tags, summary: 'Where I am signed in', response: { 200: ownSessionsSchema } } },
    async (request) => {
      const { database, userId, sessionId } = whoAsks(request);
      const rows = await listSessions(database, { userId, now: ports.clock.now() });
      return { sessions: rows.map((row) => ({ ...row, isThis: row.sessionId === sessionId })) };
    },
  );

  app.delete(
    '/api/sessions/:sessionId',
    {
      config,
      schema: { tags, summary: 'Sign out one of my browsers', params, response: { 200: doneSchema } },
    },
    async (request) => {
      const isGone = await ports.sessions.endOne(whoAsks(request), request.params.sessionId);
      if (!isGone) throw notFound('session');
      return { ok: true as const };
    },
  );

  app.delete(
    '/api/sessions',
    { config, schema: { tags, summary: 'Sign out all my other browsers', response: { 200: doneSchema } } },
    async (request) => {
      const me = whoAsks(request);
      await ports.sessions.endAllOf(me, { userId: me.userId, except: me.sessionKey });
      return { ok: true as const };
    },
  );
}

function enrolmentRoutes(app: App, ports: RoutePorts, { factors, limit }: FactorPorts): void {
  app.get(
    '/api/session/second-factor',
    {
      config: beforeDuty,
      schema: { tags, summary: 'Whether I have a second factor', response: { 200: secondFactorSchema } },
    },
    async (request) => {
      const { database, userId } = whoAsks(request);
      return readFactor(database, userId);
    },
  );

  app.post(
    '/api/session/second-factor',
    {
      config: beforeDuty,
      schema: {
        tags,
        summary: 'Begin with a second factor (TOTP); it counts when a code of it is confirmed',
        body: secondFactorBeginSchema,
        response: { 200: secondFactorSecretSchema },
      },
    },
    async (request, reply) => {
      const me = whoAsks(request);
      await limit(request, me.email);
      await checkPassword(ports, me, request.body.currentPassword);
      const { name } = await loadOrganizationAndSeat(me.database, me.userId);
      const secret = await factors.begin(me);
      const uri = enrolmentUri(secret, { issuer: `Ringline ${name}`.trim(), email: me.email });
      return reply.header('cache-control', 'no-store').send({ secret, uri });
    },
  );

  app.post(
    '/api/session/second-factor/confirm',
    {
      config: beforeDuty,
      schema: {
        tags,
        summary: 'Confirm it with a code; my other sessions end. The recovery codes are shown this once',
        body: secondFactorCodeSchema,
        response: { 200: recoveryCodesSchema },
      },
    },
    async (request, reply) => {
      const me = whoAsks(request);
      await limit(request, me.email);
      const recoveryCodes = [...(await factors.confirm(me, request.body.code))];
      await ports.sessions.endAllOf(me, { userId: me.userId, except: me.sessionKey });
      return reply.header('cache-control', 'no-store').send({ recoveryCodes });
    },
  );
}

function factorRoutes(app: App, ports: RoutePorts, { factors, limit }: FactorPorts): void {
  app.post(
    '/api/session/second-factor/recovery-codes',
    {
      config,
      schema: {
        tags,
        summary: 'New recovery codes; the old ones end',
        body: secondFactorCodeSchema,
        response: { 200: recoveryCodesSchema },
      },
    },
    async (request, reply) => {
      const me = whoAsks(request);
      await limit(request, me.email);
      const recoveryCodes = [...(await factors.renewRecoveryCodes(me, request.body.code))];
      return reply.header('cache-control', 'no-store').send({ recoveryCodes });
    },
  );

  app.post(
    '/api/session/second-factor/removal',
    {
      config,
      schema: {
        tags,
        summary: 'Go without a second factor',
        body: secondFactorRemovalSchema,
        response: { 200: doneSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      await limit(request, me.email);
      const { isNeeded } = await readFactor(me.database, me.userId);
      if (isNeeded) {
        throw conflict('second-factor-needed', 'Your organization asks for a second factor in your role.');
      }
      await checkPassword(ports, me, request.body.currentPassword);
      await factors.remove(me, request.body.code);
      return { ok: true as const };
    },
  );
}

/** Whoever finds an unlocked screen does not get to keep the account. */
async function checkPassword(ports: RoutePorts, me: SignedIn, password: string): Promise<void> {
  const stored = await loadPasswordHash(me.database, me.userId);
  if (stored === null || !(await ports.passwords.matches(stored, password))) {
    throw wrongInput('currentPassword', 'This is not your current password.');
  }
}
