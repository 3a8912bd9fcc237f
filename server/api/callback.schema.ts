import { z } from 'zod';
import type { AgentId, CampaignId, LeadId } from '../../kernel/ids.ts';
import { idOf, instantSchema, pageQuerySchema } from './scalar.schema.ts';

export const callbackSchema = z
  .object({
    campaignId: idOf<CampaignId>(),
    campaignName: z.string(),
    leadId: idOf<LeadId>(),
    firstName: z.string(),
    lastName: z.string(),
    externalId: z.string().nullable(),
    /** As the reader's role may see it. */
    phone: z.string(),
    zones: z.array(z.string()),
    dueAt: instantSchema,
    /** Null: whoever is free. */
    agentId: idOf<AgentId>().nullable(),
    agentName: z.string().nullable(),
    /** When anyone may take it although it is somebody's; null: it waits for him. */
    openAt: instantSchema.nullable(),
  })
  .meta({ id: 'Callback' });
export type Callback = z.output<typeof callbackSchema>;

/** GET /api/callbacks */
export const callbacksQuerySchema = pageQuerySchema.extend({
  owner: z.union([z.literal('all'), z.literal('anyone'), idOf<AgentId>()]).default('all'),
  /** Only those whose time is over. */
  overdue: z.enum(['yes', 'no']).default('no'),
});

export const callbacksSchema = z.object({
  callbacks: z.array(callbackSchema),
  next: z.string().nullable(),
  /** Counted up to 1,001, which stands for "more than 1,000". */
  count: z.object({ all: z.number().int(), overdue: z.number().int() }),
  /** To whom they can be given, with the campaigns of his pool. */
  owners: z.array(
    z.object({ agentId: idOf<AgentId>(), name: z.string(), campaignIds: z.array(idOf<CampaignId>()) }),
  ),
});
export type Callbacks = z.output<typeof callbacksSchema>;

/** PATCH /api/callbacks/:campaignId/:leadId */
export const callbackChangeSchema = z.strictObject({
  /** The time that was shown: a callback that was changed or dialled meanwhile is left alone. */
  shownDueAt: instantSchema,
  dueAt: instantSchema,
  agentId: idOf<AgentId>().nullable(),
});
export type CallbackChange = z.input<typeof callbackChangeSchema>;
