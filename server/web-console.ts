import fastifyStatic from '@fastify/static';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { serveTo } from './http-access.ts';
import type { App } from './http-app.ts';
import { bodyOf } from './http-error.ts';
import { notFound } from './http-problem.ts';

const YEAR_SECONDS = 31_536_000;
/** Addresses of programs: an unknown one is an error, never the console's page. */
const FOR_PROGRAMS = /^\/(?:api|internal|assets)(?:\/|$)/;

/** Serves the built console; every other address of a person is a page that the console itself shows. */
export async function serveConsole(app: App, folder: string | null): Promise<void> {
  const index = folder === null ? null : path.join(folder, 'index.html');
  const hasConsole = index !== null && existsSync(index);
  if (hasConsole) {
    const root = path.dirname(index);
    await app.register(fastifyStatic, { root, serve: false, cacheControl: false });
    await app.register(async (scope) => {
      serveTo(scope, 'public');
      // Looked for with each request: a console that is built anew under a running server has files of other names.
      await scope.register(fastifyStatic, {
        root: path.join(root, 'assets'),
        prefix: '/assets/',
        decorateReply: false,
        cacheControl: false,
        index: false,
        // The names of built files carry their content's hash; the page that names them must be fresh.
        setHeaders: (reply) =>
          void reply.header('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`),
      });
      await scope.register(fastifyStatic, {
        root,
        decorateReply: false,
        wildcard: false,
        globIgnore: ['assets/**'],
        cacheControl: false,
        setHeaders: (reply) => void reply.header('cache-control', 'no-cache'),
      });
    });
  }
  app.setNotFoundHandler(async (request, reply) => {
    const address = request.url.split('?', 1)[0] ?? '';
    const isPage = (request.method === 'GET' || request.method === 'HEAD') && !FOR_PROGRAMS.test(address);
    if (!isPage) return reply.code(404).send(bodyOf(notFound('address')));
    if (!hasConsole) {
      return reply.code(404).send(bodyOf(notFound('page: the console is not built; run npm run build')));
    }
    return reply.header('cache-control', 'no-cache').sendFile('index.html');
  });
}
