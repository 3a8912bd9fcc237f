import type {} from '@fastify/cookie';
import type {} from '@fastify/websocket';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Role } from '../../kernel/roles.ts';
import type { Access } from '../http-access.ts';
import { HttpProblem, forbidden, signedOut } from '../http-problem.ts';
import { isApiKey, type ApiKeys } from './api-keys.ts';
import { isFromOwnPages } from './origin.ts';
import { isSameSecret, type Sessions } from './sessions.ts';
import type { SignedIn } from './signed-in.ts';

export interface GuardPorts {
  readonly sessions: Sessions;
  readonly apiKeys: ApiKeys;
  readonly allowedOrigins: readonly string[];
  readonly cdrSecret: string | null;
  readonly metricsToken: string | null;
}

const CHANGES_NOTHING = ['GET', 'HEAD', 'OPTIONS'];
const CSRF_PROTOCOL = /^csrf\.([A-Za-z0-9_-]+)$/;

/** The prefix binds a cookie to exactly this https host (RFC 6265bis 4.1.3.2); plain http may not have it. */
export const cookieName = (request: FastifyRequest): string =>
  request.protocol === 'https' ? '__Host-ringline' : 'ringline';

export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  void reply.setCookie(cookieName(request), token, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: request.protocol === 'https',
  });
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  void reply.clearCookie(cookieName(request), { path: '/', secure: request.protocol === 'https' });
}

/** Stands before every route: origin, session, role, CSRF token. What no route declares is served to nobody. */
export function guardRoutes(app: FastifyInstance, ports: GuardPorts): void {
  app.decorateRequest('signedIn', null);
  app.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.roles;
    if (request.is404) return;
    if (access === undefined) throw forbidden('This address serves nobody.');
    await admit(request, { access, ports });
  });
}

async function admit(
  request: FastifyRequest,
  { access, ports }: { access: Access; ports: GuardPorts },
): Promise<void> {
  switch (access) {
    case 'public':
      checkOrigin(request, ports.allowedOrigins);
      return;
    // The secret is another one for each pool: the routes of the owner compare it.
    case 'owner-secret':
      if (bearer(request) === undefined) throw signedOut();
      return;
    case 'cdr-secret':
      if (
        ports.cdrSecret === null ||
        !isSameSecret(ports.cdrSecret, bearer(request) ?? basicPassword(request))
      ) {
        throw new HttpProblem(401, 'wrong-secret', {
          message: 'The switch must show the secret for its records.',
        });
      }
      return;
    case 'metrics':
      checkMetricsReader(request, ports.metricsToken);
      return;
    default:
      request.signedIn = await admitSignedIn(request, { roles: access, ports });
  }
}

async function admitSignedIn(
  request: FastifyRequest,
  { roles, ports }: { roles: readonly Role[]; ports: GuardPorts },
): Promise<SignedIn> {
  const key = bearer(request);
  if (key !== undefined && isApiKey(key)) return admitProgram(request, { roles, key, ports });
  checkOrigin(request, ports.allowedOrigins);
  const signedIn = await ports.sessions.find(request.cookies[cookieName(request)]);
  if (!signedIn) throw signedOut();
  checkDuty(request, signedIn.duty);
  checkRole(signedIn, roles);
  const isChange = request.ws || !CHANGES_NOTHING.includes(request.method);
  if (isChange && !isSameSecret(signedIn.csrfSecret, csrfToken(request))) {
    throw new HttpProblem(403, 'wrong-csrf-token', {
      message: 'The page is older than your session; load it again.',
    });
  }
  return signedIn;
}

/** No browser sends this header for another site, so that neither origin nor CSRF token need be looked at. */
async function admitProgram(
  request: FastifyRequest,
  { roles, key, ports }: { roles: readonly Role[]; key: string; ports: GuardPorts },
): Promise<SignedIn> {
  const program = await ports.apiKeys.find(key);
  if (!program) {
    throw new HttpProblem(401, 'wrong-api-key', {
      message: 'This API key is unknown, revoked or expired; an administrator makes a new one.',
    });
  }
  checkRole(program, roles);
  if (request.ws || request.routeOptions.config.isForPeople === true) {
    throw forbidden('This is for people who sign in; an API key cannot do it.');
  }
  return program;
}

function checkRole({ role }: SignedIn, roles: readonly Role[]): void {
  if (!roles.includes(role)) {
    throw forbidden(`This is not open to the role ${role}; it needs ${roles.join(' or ')}.`);
  }
}

function checkDuty(request: FastifyRequest, duty: SignedIn['duty']): void {
  if (duty === null || request.routeOptions.config.isOpenBeforeDuty === true) return;
  throw new HttpProblem(403, duty, {
    message:
      duty === 'change-password'
        ? 'You have a one-time password: choose a password of your own first.'
        : 'Your organization asks for a second factor: add one first.',
  });
}

function checkOrigin(request: FastifyRequest, allowed: readonly string[]): void {
  if (!request.ws && CHANGES_NOTHING.includes(request.method)) return;
  const { origin } = request.headers;
  const site = headerText(request, 'sec-fetch-site');
  const isMissing = request.ws && origin === undefined;
  if (isMissing || !isFromOwnPages({ origin, fetchSite: site, host: request.host, allowed })) {
    throw new HttpProblem(403, 'foreign-origin', {
      message: 'This request came from another site and was not carried out.',
    });
  }
}

function checkMetricsReader(request: FastifyRequest, token: string | null): void {
  const isAllowed = token === null ? isLoopback(request.ip) : isSameSecret(token, bearer(request));
  if (!isAllowed) {
    throw new HttpProblem(401, 'wrong-secret', {
      message: 'Metrics are read on this machine, or with the metrics token as bearer.',
    });
  }
}

const isLoopback = (ip: string): boolean => /^(?:::ffff:)?127\.|^::1$/.test(ip);

function csrfToken(request: FastifyRequest): string | undefined {
  if (!request.ws) return headerText(request, 'x-csrf-token');
  // A browser cannot set a header on an upgrade; a subprotocol, unlike a query, is in no log.
  const offered = request.headers['sec-websocket-protocol']?.split(',') ?? [];
  return offered.map((name) => CSRF_PROTOCOL.exec(name.trim())?.[1]).find((token) => token !== undefined);
}

function headerText(request: FastifyRequest, name: string): string | undefined {
  const value: string | string[] | undefined = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The secret of `Authorization: Bearer …`. */
export const bearer = (request: FastifyRequest): string | undefined =>
  /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];

/** mod_json_cdr can show a name and password only. */
function basicPassword(request: FastifyRequest): string | undefined {
  const encoded = /^Basic (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : text.slice(colon + 1);
}

/** The session of a route with a list of roles. */
export function whoAsks(request: FastifyRequest): SignedIn {
  if (request.signedIn === null) throw signedOut();
  return request.signedIn;
}
