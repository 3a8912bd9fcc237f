import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import websocket from '@fastify/websocket';
import { LogController, fastify } from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { AgentMoves } from './agent-moves.ts';
import { ApiKeys } from './auth/api-keys.ts';
import { guardRoutes } from './auth/guard.ts';
import { OpenSockets } from './auth/open-sockets.ts';
import { Passwords } from './auth/password.ts';
import { checkOpenSockets } from './auth/session-check.ts';
import { Sessions } from './auth/sessions.ts';
import { CampaignJobRunner } from './campaign-job-runner.ts';
import { DeskHubs, type DeskHubsPorts } from './desk-hubs.ts';
import { watchRoutes, type DeclaredRoute } from './http-access.ts';
import type { App, RoutePorts } from './http-app.ts';
import { describeRoutes } from './http-docs.ts';
import { answerErrors } from './http-error.ts';
import { HELMET } from './http-headers.ts';
import { validatorCompiler } from './http-input.ts';
import { createMetrics } from './http-metrics.ts';
import { HttpProblem } from './http-problem.ts';
import { ImportRunner } from './import-runner.ts';
import { LiveMinutes } from './live-minutes.job.ts';
import { LiveFeeds } from './live-feed.ts';
import { PageCursors } from './page-cursors.store.ts';
import { registerRoutes } from './routes/all.ts';
import { serveConsole } from './web-console.ts';

export interface HttpServerOptions extends Pick<
  RoutePorts,
  'database' | 'keys' | 'pools' | 'clock' | 'newId' | 'log' | 'settings'
> {
  /** Default: asks the owner of the pool for a pause. */
  readonly onScreenLost?: DeskHubsPorts['onScreenLost'] | undefined;
}

export interface HttpServer {
  /** Resolves to the address. Rejects with EADDRINUSE when somebody else has the port; 0 takes a free one. */
  listen(at: { host: string; port: number }): Promise<string>;
  /** Every route with those whom it serves. */
  routes(): readonly DeclaredRoute[];
  /** For tests: requests without a socket. */
  readonly app: App;
  /** Takes no more requests, closes sockets and the ways to other nodes, waits for what is under way. */
  close(): Promise<void>;
}

const JSON_BYTES_MAX = 256 * 1024;
/** The options of an import: 500 columns with long names. */
const FORM_FIELD_BYTES_MAX = 256 * 1024;
const SOCKET_BYTES_MAX = 64 * 1024;
const LIVE_PROTOCOL = 'ringline';

/** The HTTP side of this process. Throws when a route names no roles. */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { settings, log } = options;
  const app: App = fastify({
    loggerInstance: log,
    // Addresses can carry what people searched for: numbers do not belong into logs.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: settings.isBehindProxy,
    bodyLimit: JSON_BYTES_MAX,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerErrors(app);
  const { declared } = watchRoutes(app);
  const sockets = new OpenSockets();
  const sessions = new Sessions({ ...options, sockets });
  await registerLibraries(app, options);
  guardRoutes(app, { sessions, apiKeys: new ApiKeys(options), ...settings });
  await limitRequests(app, settings.limits.requestsPerUser);
  const desks = new DeskHubs({ ...options, live: settings.live });
  const moves = new AgentMoves(options);
  const minutes = new LiveMinutes(options);
  const feeds = new LiveFeeds(options.pools, settings.live);
  const imports = new ImportRunner(options);
  const campaignJobs = new CampaignJobRunner(options);
  const metrics = createMetrics(app, { pools: options.pools, feeds });
  await describeRoutes(app, settings.version);
  registerRoutes(app, {
    ...options,
    sockets,
    sessions,
    desks,
    moves,
    feeds,
    imports,
    campaignJobs,
    metrics,
    passwords: new Passwords(),
    cursors: new PageCursors(),
  });
  await serveConsole(app, settings.consoleFolder);
  const stopChecks = checkOpenSockets({
    ...options,
    sessions,
    sockets,
    everyMs: settings.live.sessionCheckMs,
  });
  app.addHook('preClose', async () => {
    stopChecks();
    desks.close();
    await Promise.all([imports.stop(), campaignJobs.stop()]);
    moves.close();
    await minutes.close();
    await options.pools.close();
  });
  await app.ready();
  imports.start();
  campaignJobs.start();
  return {
    app,
    routes: declared,
    listen: (at) => app.listen(at),
    close: () => app.close(),
  };
}

async function registerLibraries(app: App, { settings }: HttpServerOptions): Promise<void> {
  await app.register(helmet, HELMET);
  await app.register(cookie);
  await app.register(multipart, {
    limits: {
      files: 1,
      fields: 1,
      fieldSize: FORM_FIELD_BYTES_MAX,
      fileSize: settings.uploadBytesMax,
      headerPairs: 50,
    },
  });
  await app.register(websocket, {
    options: {
      maxPayload: SOCKET_BYTES_MAX,
      handleProtocols: (offered) => (offered.has(LIVE_PROTOCOL) ? LIVE_PROTOCOL : false),
    },
    errorHandler: (error, socket, request) => {
      request.log.warn({ err: error, route: request.routeOptions.url }, 'socket failed');
      socket.terminate();
    },
  });
}

/** Counted for the user, after the guard has said who he is; sign-in has limits of its own. */
async function limitRequests(app: App, max: number): Promise<void> {
  await app.register(rateLimit, {
    max,
    timeWindow: '1 minute',
    keyGenerator: (request) => request.signedIn?.userId ?? request.ip,
    allowList: (request) => request.signedIn === null,
    errorResponseBuilder: () =>
      new HttpProblem(429, 'too-many-requests', {
        message: 'That was too much at once; wait a minute and try again.',
      }),
  });
}
