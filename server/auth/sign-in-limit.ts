import type {} from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import type { App } from '../http-app.ts';
import { HttpProblem } from '../http-problem.ts';
import type { HttpSettings } from '../http-settings.ts';

/** Resolves while there are tries left. */
export type SignInLimit = (request: FastifyRequest, email: string) => Promise<void>;

/** Two counts: one for who guesses a password, one for who tries many people from one place. */
export function signInLimit(app: App, { limits }: Pick<HttpSettings, 'limits'>): SignInLimit {
  const timeWindow = '1 minute';
  const emails = new WeakMap<FastifyRequest, string>();
  const byEmail = app.createRateLimit({
    max: limits.signInsPerEmail,
    timeWindow,
    allowList: () => false,
    keyGenerator: (request) => `${request.ip} ${emails.get(request) ?? ''}`,
  });
  const byAddress = app.createRateLimit({
    max: limits.signInsPerAddress,
    timeWindow,
    allowList: () => false,
    keyGenerator: (request) => request.ip,
  });
  return async (request, email) => {
    emails.set(request, email.toLowerCase());
    for (const limit of [byEmail, byAddress]) {
      const count = await limit(request);
      if (!count.isAllowed && count.isExceeded) {
        throw new HttpProblem(429, 'too-many-sign-ins', {
          message: 'There were too many attempts to sign in; wait a minute and try again.',
        });
      }
    }
  };
}
