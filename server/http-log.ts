import type { FastifyBaseLogger } from 'fastify';

/** What the HTTP side writes to; pino in production. */
export type HttpLog = FastifyBaseLogger;
