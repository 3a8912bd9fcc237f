import type { FastifyRequest } from 'fastify';
import { doneSchema } from '../api/scalar.schema.ts';
import {
  meSchema,
  passwordChangeSchema,
  sessionChangeSchema,
  signInSchema,
  type Me,
} from '../api/session.schema.ts';
import { clearSessionCookie, setSessionCookie, whoAsks } from '../auth/guard.ts';
import { SecondFactors } from '../auth/second-factors.ts';
import { browserName, shortenAddress } from '../auth/session-place.ts';
import { findSignInCandidate, type SessionPlace, type SignInCandidate } from '../auth/session.store.ts';
import { signInLimit, type SignInLimit } from '../auth/sign-in-limits.ts';
import type { SignedIn } from '../auth/signed-in.ts';
import { loadOrganizationAndSeat, loadPasswordHash, setLocale, setPasswordHash } from '../auth/user.store.ts';
import { SIGNED_IN } from '../http-access.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { HttpProblem, signedOut, wrongInput } from '../http-problem.ts';

const tags = ['session'];

export function sessionRoutes(app: App, ports: RoutePorts): void {
  const limitSignIns = signInLimit(ports);

  app.post(
    '/api/session',
    {
      config: { roles: 'public' },
      schema: { tags, summary: 'Sign in', body: signInSchema, response: { 200: meSchema } },
      preHandler: async (request) => limitSignIns(request, request.body.email),
    },
    async (request, reply) => {
      const { email, password } = request.body;
      const candidate = await findSignInCandidate(ports.database.system, email);
      const isRight = candidate
        ? await ports.passwords.matches(candidate.passwordHash, password)
        : await ports.passwords.matchesNobody(password);
      if (!candidate || !isRight || !candidate.isActive) {
        throw new HttpProblem(401, 'wrong-credentials', {
          message: 'There is no user with this e-mail address and password.',
        });
      }
      await checkCode(ports, candidate, request.body.code);
      const needsSecondFactor = candidate.needsSecondFactor && !candidate.hasSecondFactor;
      const token = await ports.sessions.open({ ...candidate, needsSecondFactor }, placeOf(request));
      setSessionCookie(request, reply, token);
      const signedIn = await ports.sessions.find(token);
      if (!signedIn) throw signedOut();
      return meOf(signedIn);
    },
  );

  app.get(
    '/api/session',
    {
      config: { roles: SIGNED_IN, isOpenBeforeDuty: true },
      schema: { tags, summary: 'Who I am, and the CSRF token', response: { 200: meSchema } },
    },
    async (request) => meOf(whoAsks(request)),
  );

  app.patch(
    '/api/session',
    {
      config: { roles: SIGNED_IN, isOpenBeforeDuty: true },
      schema: { tags, summary: 'Change my language', body: sessionChangeSchema, response: { 200: meSchema } },
    },
    async (request) => {
      const me = whoAsks(request);
      const { locale } = request.body;
      await setLocale(me.database, { userId: me.userId, locale });
      return meOf({ ...me, locale });
    },
  );

  app.delete(
    '/api/session',
    {
      config: { roles: SIGNED_IN, isOpenBeforeDuty: true },
      schema: { tags, summary: 'Sign out', response: { 200: doneSchema } },
    },
    async (request, reply) => {
      await ports.sessions.end(whoAsks(request));
      clearSessionCookie(request, reply);
      return { ok: true as const };
    },
  );

  passwordRoute(app, ports, limitSignIns);
}

function passwordRoute(app: App, ports: RoutePorts, limitSignIns: SignInLimit): void {
  app.post(
    '/api/session/password',
    {
      config: { roles: SIGNED_IN, isOpenBeforeDuty: true, isForPeople: true },
      schema: {
        tags,
        summary: 'Change my password; ends my other sessions',
        body: passwordChangeSchema,
        response: { 200: doneSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      await limitSignIns(request, me.email);
      const { currentPassword, newPassword } = request.body;
      const stored = await loadPasswordHash(me.database, me.userId);
      if (stored === null || !(await ports.passwords.matches(stored, currentPassword))) {
        throw wrongInput('currentPassword', 'This is not your current password.');
      }
      if (newPassword === currentPassword) {
        throw wrongInput('newPassword', 'Choose another password than the one you have.');
      }
      const passwordHash = await ports.passwords.hash(newPassword);
      await setPasswordHash(me.database, { userId: me.userId, passwordHash, mustChange: false });
      await ports.sessions.endAllOf(me, { userId: me.userId, except: me.sessionKey });
      return { ok: true as const };
    },
  );
}

/** After the password: whoever does not know that learns nothing of a second factor. */
async function checkCode(
  ports: RoutePorts,
  { hasSecondFactor, userId, organizationId }: SignInCandidate,
  code: string | undefined,
): Promise<void> {
  if (!hasSecondFactor) return;
  if (code === undefined) {
    throw new HttpProblem(401, 'code-needed', { message: 'Type the code of your authenticator app.' });
  }
  const owner = { userId, organizationId, database: ports.database.organization(organizationId) };
  await new SecondFactors(ports).check(owner, code);
}

const placeOf = (request: FastifyRequest): SessionPlace => ({
  browser: browserName(request.headers['user-agent']),
  address: shortenAddress(request.ip),
});

async function meOf(signedIn: SignedIn): Promise<Me> {
  const { name, country, timeZone, agent } = await loadOrganizationAndSeat(
    signedIn.database,
    signedIn.userId,
  );
  return {
    userId: signedIn.userId,
    name: signedIn.name,
    email: signedIn.email,
    role: signedIn.role,
    locale: signedIn.locale,
    organization: { name, country, timeZone, isDemo: signedIn.isDemo },
    duty: signedIn.duty,
    csrfToken: signedIn.csrfSecret,
    agent,
    expiresAt: signedIn.expiresAt,
  };
}
