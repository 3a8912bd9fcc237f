import type { FastifyInstance, RouteOptions } from 'fastify';
import { ROLES, type Role } from '../kernel/roles.ts';
import type { SignedIn } from './auth/signed-in.ts';

/**
 * Who is served by a route, as data beside its handler:
 * a list of roles (needs a session, and a CSRF token where it changes something), `public` (anybody),
 * `owner-secret` (another node that shows the secret of the pool's owner), `cdr-secret` (a switch that posts its records),
 * `metrics` (a scraper on this machine, or one that shows the token).
 */
export type Access = 'public' | 'owner-secret' | 'cdr-secret' | 'metrics' | readonly Role[];

/** Everybody with a session. */
export const SIGNED_IN: readonly Role[] = ROLES;

declare module 'fastify' {
  interface FastifyContextConfig {
    roles?: Access;
    /** Also open to somebody who must change his password or add a second factor first. */
    isOpenBeforeDuty?: boolean;
    /** About a person's own sign-in: a program with a key has none. */
    isForPeople?: boolean;
    /** The body is a form with a file. */
    isUpload?: boolean;
  }
  interface FastifyRequest {
    /** Set before the handler of a route with a list of roles runs; null on all others. */
    signedIn: SignedIn | null;
  }
}

export interface DeclaredRoute {
  readonly method: string;
  readonly url: string;
  readonly roles: Access;
}

/** Remembers every route; the server refuses to start while one has no roles. */
export function watchRoutes(app: FastifyInstance): { declared: () => readonly DeclaredRoute[] } {
  const seen: { readonly url: string; readonly route: RouteOptions }[] = [];
  app.addHook('onRoute', (route) => {
    // One object can be registered under two addresses (with and without a slash).
    seen.push({ url: route.url, route });
  });
  const declared = (): readonly DeclaredRoute[] =>
    seen.flatMap(({ url, route }) =>
      [route.method].flat().map((method) => {
        const roles = route.config?.roles;
        if (roles === undefined) throw new Error(`Bug: the route ${method} ${url} names no roles`);
        return { method, url, roles };
      }),
    );
  app.addHook('onReady', async () => {
    declared();
  });
  return { declared };
}

/** For the routes of a library, which do not say whom they serve. */
export function serveTo(app: FastifyInstance, roles: Access): void {
  app.addHook('onRoute', (route) => {
    route.config = { roles, ...route.config };
  });
}
