/**
 * All that travels between the console and the server: the console imports types from here and, where a form checks what is
 * typed, the zod schemas from the files themselves.
 *
 * Bodies of requests are the `z.input` of their schema, answers the `z.output`. Instants are milliseconds since 1970 (UTC),
 * lengths of time end in Ms, rates are 0…1. Everything that changes something needs the header `x-csrf-token` ({@link Me}).
 *
 * Live: WebSocket `/api/live?pool=ID` and `/api/agent/live` with the subprotocols `ringline` and `csrf.<token>`.
 */
export * from './api/scalar.schema.ts';
export * from './api/session.schema.ts';
export * from './api/account.schema.ts';
export * from './api/user.schema.ts';
export * from './api/user-import.schema.ts';
export * from './api/team.schema.ts';
export * from './api/organization.schema.ts';
export * from './api/api-key.schema.ts';
export * from './api/admin-change.schema.ts';
export * from './api/pool.schema.ts';
export * from './api/campaign.schema.ts';
export * from './api/campaign-setup.schema.ts';
export * from './api/script.schema.ts';
export * from './api/word.schema.ts';
export * from './api/list.schema.ts';
export * from './api/import.schema.ts';
export * from './api/lead.schema.ts';
export * from './api/do-not-call.schema.ts';
export * from './api/agent-desk.schema.ts';
export * from './api/desk-lead.schema.ts';
export * from './api/desk-today.schema.ts';
export * from './api/supervisor.schema.ts';
export * from './api/callback.schema.ts';
export * from './api/live-minute.schema.ts';
export * from './api/report.schema.ts';
export * from './api/export.schema.ts';
export * from './api/live-message.ts';
export type {
  AgentView,
  CallView,
  CampaignDay,
  CampaignView,
  CampaignWhy,
  EndedCallView,
  NotDialling,
  PoolHealth,
  PoolView,
} from '../dialer/live-view.ts';
export type { Role } from '../kernel/roles.ts';
