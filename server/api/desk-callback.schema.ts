import { z } from 'zod';
import type { CallId, CampaignId, LeadId, NumberId } from '../../kernel/ids.ts';
import { idOf, instantSchema } from './scalar.schema.ts';

/** PATCH and DELETE /api/agent/callbacks/:campaignId/:leadId */
export const deskCallbackParamsSchema = z.object({
  campaignId: idOf<CampaignId>(),
  leadId: idOf<LeadId>(),
});

/** PATCH: another time, and whether only I call back. */
export const deskCallbackChangeSchema = z.strictObject({
  dueAt: instantSchema,
  isMine: z.boolean().default(true),
});
export type DeskCallbackChange = z.input<typeof deskCallbackChangeSchema>;

/** A call that I noted lately. */
export const deskRecentCallSchema = z.object({
  callId: idOf<CallId>(),
  at: instantSchema,
  code: z.string(),
  label: z.string(),
  campaignId: idOf<CampaignId>(),
  leadId: idOf<LeadId>(),
  numberId: idOf<NumberId>(),
  firstName: z.string(),
  lastName: z.string(),
  externalId: z.string().nullable(),
});
export type DeskRecentCall = z.output<typeof deskRecentCallSchema>;

/** GET /api/agent/recent-calls: the newest first, at most eight. */
export const deskRecentCallsSchema = z.object({ calls: z.array(deskRecentCallSchema) });
export type DeskRecentCalls = z.output<typeof deskRecentCallsSchema>;
