import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Registry } from 'prom-client';
import type { Clock } from '../kernel/time.ts';
import type { NewId } from '../kernel/uuid.ts';
import type { OpenSockets } from './auth/open-sockets.ts';
import type { Passwords } from './auth/password.ts';
import type { Sessions } from './auth/sessions.ts';
import type { AgentMoves } from './agent-moves.ts';
import type { DeskHubs } from './desk-hubs.ts';
import type { HttpDatabase } from './http-database.ts';
import type { HttpLog } from './http-log.ts';
import type { HttpSettings } from './http-settings.ts';
import type { CampaignJobRunner } from './campaign-job-runner.ts';
import type { ImportRunner } from './import-runner.ts';
import type { LiveFeeds } from './live-feed.ts';
import type { PageCursors } from './page-cursors.store.ts';
import type { PoolDirectory } from './pool-directory.ts';
import type { SecretKeys } from './secret-keys.ts';

/** The server as routes see it: schemas are zod, bodies and answers have their types. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** All that routes need; each takes what it uses. */
export interface RoutePorts {
  readonly database: HttpDatabase;
  readonly pools: PoolDirectory;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: HttpLog;
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  readonly keys: SecretKeys;
  readonly sockets: OpenSockets;
  readonly feeds: LiveFeeds;
  readonly desks: DeskHubs;
  readonly moves: AgentMoves;
  readonly imports: ImportRunner;
  readonly campaignJobs: CampaignJobRunner;
  readonly metrics: Registry;
  readonly cursors: PageCursors;
  readonly settings: HttpSettings;
}
