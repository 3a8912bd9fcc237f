import type { FastifyRequest } from 'fastify';
import { minutes } from '../../kernel/time.ts';
import type { RoutePorts } from '../http-app.ts';
import { HttpProblem } from '../http-problem.ts';
import { takeSignInAttempt } from './sign-in-limit.store.ts';
import { countedKeys } from './sign-in-limit.ts';

/** Resolves while there are tries left. */
export type SignInLimit = (request: FastifyRequest, email: string) => Promise<void>;

const WINDOW_MS = minutes(1);

/** Counted in the database: however many processes there are, somebody has the same number of tries. */
export const signInLimit =
  ({ database, clock, settings }: Pick<RoutePorts, 'database' | 'clock' | 'settings'>): SignInLimit =>
  async (request, email) => {
    const keys = countedKeys({ email, address: request.ip }, settings.limits);
    if (await takeSignInAttempt(database.system, { keys, now: clock.now(), windowMs: WINDOW_MS })) return;
    throw new HttpProblem(429, 'too-many-sign-ins', {
      message: 'There were too many attempts to sign in; wait a minute and try again.',
    });
  };
