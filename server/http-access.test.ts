import { fastify } from 'fastify';
import { expect, test } from 'vitest';
import { serveTo, watchRoutes } from './http-access.ts';

test('a server with a route that names nobody does not start', async () => {
  const app = fastify();
  watchRoutes(app);
  app.get('/forgotten', () => 'secret');
  await expect(async () => app.ready()).rejects.toThrow('the route GET /forgotten names no roles');
});

test('routes of a library serve whom they are given, and say so', async () => {
  const app = fastify();
  const { declared } = watchRoutes(app);
  await app.register(async (library) => {
    serveTo(library, ['admin']);
    library.get('/docs', { exposeHeadRoute: false }, () => 'text');
  });
  await app.ready();
  expect(declared()).toEqual([{ method: 'GET', url: '/docs', roles: ['admin'] }]);
});
