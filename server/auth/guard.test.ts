import { fastify } from 'fastify';
import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import type { HttpDatabase } from '../http-database.ts';
import { answerErrors } from '../http-error.ts';
import { ApiKeys } from './api-keys.ts';
import { guardRoutes } from './guard.ts';
import { OpenSockets } from './open-sockets.ts';
import { Sessions } from './sessions.ts';

test('a route that names nobody is served to nobody', async () => {
  const app = fastify();
  answerErrors(app);
  const database = {} as HttpDatabase;
  const ports = { database, clock: systemClock };
  const sessions = new Sessions({ ...ports, newId: () => '' as never, sockets: new OpenSockets() });
  const apiKeys = new ApiKeys(ports);
  guardRoutes(app, { sessions, apiKeys, allowedOrigins: [], cdrSecret: null, metricsToken: null });
  app.get('/forgotten', () => 'secret');
  const reply = await app.inject('/forgotten');
  expect([reply.statusCode, reply.body]).toEqual([403, expect.stringContaining('serves nobody')]);
});
