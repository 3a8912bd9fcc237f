import { z } from 'zod';
import { ENDINGS } from '../../campaigns/ending.ts';
import type { CampaignId, LeadId, ListId } from '../../kernel/ids.ts';
import { countrySchema, idOf, instantSchema, nameSchema } from './scalar.schema.ts';

export const listSchema = z
  .object({
    listId: idOf<ListId>(),
    name: z.string(),
    country: z.string(),
    createdAt: instantSchema,
    leads: z.number().int(),
    isPaused: z.boolean(),
    /** Last day on which its leads are called, by the campaign's calendar. */
    expiresOn: z.string().nullable(),
    campaigns: z.array(z.object({ campaignId: idOf<CampaignId>(), name: z.string() })),
  })
  .meta({ id: 'List' });
export type List = z.output<typeof listSchema>;

/** GET /api/lists */
export const listsSchema = z.object({ lists: z.array(listSchema) });
export type Lists = z.output<typeof listsSchema>;

const dateSchema = z.iso.date({ error: 'must be a date like 2026-12-31' });

/** PATCH /api/lists/:listId; what is left out stays as it is. */
export const listChangeSchema = z.strictObject({
  name: nameSchema.optional(),
  isPaused: z.boolean().optional(),
  expiresOn: dateSchema.nullable().optional(),
});
export type ListChange = z.input<typeof listChangeSchema>;

const resetFields = {
  /** Null: in every campaign that has the list. */
  campaignId: idOf<CampaignId>().nullable().default(null),
  /** Only leads whose last call ended so; null: all. */
  endings: z.array(z.enum(ENDINGS)).min(1).max(ENDINGS.length).nullable().default(null),
  /** Also leads that an agent's disposition has finished. */
  includesDisposed: z.boolean().default(false),
  /** Attempts begin at 0 again. */
  clearsAttempts: z.boolean().default(false),
};

/** POST /api/lists/:listId/reset/count */
export const listResetSchema = z.strictObject(resetFields);
export type ListReset = z.input<typeof listResetSchema>;
export const listResetCountSchema = z.object({ leads: z.number().int() });
export type ListResetCount = z.output<typeof listResetCountSchema>;

/** POST /api/lists/:listId/reset works for some seconds; ask again with `from` = its `next` until that is null. */
const resetPlaceSchema = z.strictObject({ campaignId: idOf<CampaignId>(), leadId: idOf<LeadId>() });
export const listResetStepSchema = z.strictObject({
  ...resetFields,
  from: resetPlaceSchema.nullable().default(null),
});
export type ListResetStep = z.input<typeof listResetStepSchema>;
export const listResetDoneSchema = z.object({ leads: z.number().int(), next: resetPlaceSchema.nullable() });
export type ListResetDone = z.output<typeof listResetDoneSchema>;

/** Where the leads of a list stand in one of its campaigns. */
export const listStandingSchema = z.object({
  campaignId: idOf<CampaignId>(),
  name: z.string(),
  priority: z.number().int(),
  weight: z.number().int(),
  leads: z.number().int(),
  dueNow: z.number().int(),
  later: z.number().int(),
  callbacks: z.number().int(),
  finished: z.number().int(),
  /** Leads with at least one attempt. */
  attempted: z.number().int(),
});
/** GET /api/lists/:listId/standing; figures of a big list are some seconds old. */
export const listStandingsSchema = z.object({
  campaigns: z.array(listStandingSchema),
  countedAt: instantSchema,
});
export type ListStandings = z.output<typeof listStandingsSchema>;

/** Lists of one campaign with what the manager set for them. GET /api/campaigns/:campaignId/lists */
export const campaignListSchema = z.object({
  listId: idOf<ListId>(),
  name: z.string(),
  leads: z.number().int(),
  priority: z.number().int(),
  /** Share among the lists of the same priority. */
  weight: z.number().int(),
  /** Share of the leads taken while all lists of its priority have leads, 0…1; 0 when held. */
  share: z.number(),
  expiresOn: z.string().nullable(),
  /** Why none of its leads is taken; null = they are. */
  hold: z.enum(['list-paused', 'list-expired']).nullable(),
});
export const campaignListsSchema = z.object({ lists: z.array(campaignListSchema) });
export type CampaignLists = z.output<typeof campaignListsSchema>;

/** PATCH /api/campaigns/:campaignId/lists/:listId: holds from the next claim on. */
export const campaignListChangeSchema = z.strictObject({
  priority: z.number().int().min(-1000).max(1000),
  weight: z.number().int().min(1).max(1000),
});
export type CampaignListChange = z.input<typeof campaignListChangeSchema>;

/** POST /api/lists */
export const newListSchema = z.strictObject({ name: nameSchema, country: countrySchema.optional() });
