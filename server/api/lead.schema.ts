import { z } from 'zod';
import { leadFilterSchema, leadFilterTextSchema } from '../../campaigns/lead-filter.schema.ts';
import type {
  AgentId,
  CallId,
  CampaignId,
  LeadFilterId,
  LeadId,
  LeadNoteId,
  ListId,
  NumberId,
} from '../../kernel/ids.ts';
import { idOf, instantSchema, nameSchema, pageQuerySchema, typedPhoneSchema } from './scalar.schema.ts';

const searchTextSchema = z
  .string()
  .trim()
  .max(100)
  .refine((text) => !text.includes('\0'), 'must be a text without control characters');

/** What is asked about leads: `q` is the beginning of a name, an external id or a phone number; `filter` the JSON of a filter. */
const leadQuestion = {
  q: searchTextSchema.optional(),
  listId: idOf<ListId>().optional(),
  campaignId: idOf<CampaignId>().optional(),
  filter: leadFilterTextSchema.optional(),
};

/** GET /api/leads?… */
export const leadsQuerySchema = pageQuerySchema.extend({
  ...leadQuestion,
  after: z.string().max(2000).optional(),
  order: z.enum(['added', '-added', 'name', '-name']).optional(),
});

/** GET /api/leads/count?…: ask again with `after` = `next` and add, until that is null. */
export const leadCountQuerySchema = z.object({ ...leadQuestion, after: z.string().max(2000).optional() });
export const leadCountSchema = z.object({
  leads: z.number().int(),
  next: z.string().nullable(),
  /** There are at least so many; nobody counts on. */
  isCapped: z.boolean(),
});
export type LeadCount = z.output<typeof leadCountSchema>;

const leadFields = {
  leadId: idOf<LeadId>(),
  listId: idOf<ListId>(),
  listName: z.string(),
  externalId: z.string().nullable(),
  firstName: z.string(),
  lastName: z.string(),
  createdAt: instantSchema,
};

export const leadRowSchema = z
  .object({
    ...leadFields,
    /** Masked for roles that do not need it. */
    phones: z.array(z.string()),
    fields: z.record(z.string(), z.string()),
  })
  .meta({ id: 'LeadRow' });
export type LeadRow = z.output<typeof leadRowSchema>;

/** GET /api/leads */
export const leadsSchema = z.object({ leads: z.array(leadRowSchema), next: z.string().nullable() });
export type Leads = z.output<typeof leadsSchema>;

/** GET /api/leads/:leadId */
export const leadSchema = z
  .object({
    ...leadFields,
    fields: z.record(z.string(), z.string()),
    numbers: z.array(
      z.object({
        numberId: idOf<NumberId>(),
        phone: z.string(),
        zones: z.array(z.string()),
        doNotCall: z.enum(['organization', 'campaign']).nullable(),
        /** Calls to it so far, in all campaigns. */
        calls: z.number().int(),
      }),
    ),
    campaigns: z.array(
      z.object({
        campaignId: idOf<CampaignId>(),
        name: z.string(),
        state: z.enum(['waiting', 'claimed', 'calling', 'awaiting-disposition', 'callback', 'finished']),
        attempts: z.number().int(),
        dueAt: instantSchema,
        lastEnding: z.string().nullable(),
        finishedWhy: z.string().nullable(),
        priority: z.number().int(),
        /** The number that is dialled next. */
        phone: z.string(),
        callbackAgentName: z.string().nullable(),
        /** Why it waits with its whole list. */
        hold: z.enum(['list-paused', 'list-expired']).nullable(),
      }),
    ),
  })
  .meta({ id: 'Lead' });
export type Lead = z.output<typeof leadSchema>;

/**
 * What happened to a lead, the newest first. `sentence` says it in the reader's language, with the place's time; the rest is
 * for sorting and links.
 */
export const historyEntrySchema = z
  .object({
    kind: z.enum([
      'call',
      'refusal',
      'disposition',
      'do-not-call',
      'imported',
      'note',
      'skipped',
      'list-held',
    ]),
    at: instantSchema,
    sentence: z.string(),
    phone: z.string().nullable(),
    campaignId: idOf<CampaignId>().nullable(),
    campaignName: z.string().nullable(),
    callId: idOf<CallId>().nullable(),
    agentId: idOf<AgentId>().nullable(),
    agentName: z.string().nullable(),
    ending: z.string().nullable(),
    rule: z.string().nullable(),
    rulesVersion: z.string().nullable(),
    retryAt: instantSchema.nullable(),
    notes: z.string().nullable(),
  })
  .meta({ id: 'HistoryEntry' });
export type HistoryEntry = z.output<typeof historyEntrySchema>;

/** GET /api/leads/:leadId/history?after=…&limit=… */
export const historySchema = z.object({ entries: z.array(historyEntrySchema), next: z.string().nullable() });
export type History = z.output<typeof historySchema>;

const nameText = z.string().trim().max(200);
const externalIdSchema = z.string().trim().min(1, 'must not be empty').max(200);
const fieldNameSchema = z.string().min(1).max(200);
const fieldTextSchema = z.string().max(10_000);
const numbersSchema = z.array(typedPhoneSchema).min(1).max(20);
/** 0 … 99: the higher ones are dialled before all others of their campaigns. */
const urgencySchema = z.number().int().min(0).max(99);

/** So many leads at once. */
export const LEADS_PER_REQUEST_MAX = 1000;

export const newLeadSchema = z.strictObject({
  externalId: externalIdSchema.nullable().default(null),
  firstName: nameText.default(''),
  lastName: nameText.default(''),
  fields: z.record(fieldNameSchema, fieldTextSchema).default({}),
  /** In any form; the first one is dialled first. */
  numbers: numbersSchema,
  priority: urgencySchema.default(0),
});
/** POST /api/leads: into a list, and into the campaigns that have it. */
export const newLeadsSchema = z.strictObject({
  listId: idOf<ListId>(),
  leads: z.array(newLeadSchema).min(1).max(LEADS_PER_REQUEST_MAX),
});
export type NewLeads = z.input<typeof newLeadsSchema>;

export const leadChangeSchema = z.strictObject({
  leadId: idOf<LeadId>(),
  externalId: externalIdSchema.nullable().optional(),
  firstName: nameText.optional(),
  lastName: nameText.optional(),
  /** Those named are set; null takes one away. */
  fields: z.record(fieldNameSchema, fieldTextSchema.nullable()).optional(),
  /** All numbers in their order: what is not named is taken away. */
  numbers: numbersSchema.optional(),
  priority: urgencySchema.optional(),
});
/** PATCH /api/leads; what is left out stays as it is. */
export const leadChangesSchema = z.strictObject({
  leads: z.array(leadChangeSchema).min(1).max(LEADS_PER_REQUEST_MAX),
});
export type LeadChanges = z.input<typeof leadChangesSchema>;

/** DELETE /api/leads */
export const leadRemovalsSchema = z.strictObject({
  leadIds: z.array(idOf<LeadId>()).min(1).max(LEADS_PER_REQUEST_MAX),
});

/** What came of each lead, in the order of the request. */
export const leadsWrittenSchema = z.object({
  written: z.number().int(),
  refused: z.number().int(),
  results: z.array(
    z.object({
      leadId: idOf<LeadId>().nullable(),
      /** Null when it is done. */
      problem: z.object({ code: z.string(), message: z.string() }).nullable(),
    }),
  ),
});
export type LeadsWritten = z.output<typeof leadsWrittenSchema>;

/** POST /api/leads/:leadId/notes; `noteId` is made by the browser, so that sending it twice makes one note. */
export const newLeadNoteSchema = z.strictObject({
  noteId: idOf<LeadNoteId>().optional(),
  text: z.string().trim().min(1, 'must not be empty').max(4000),
});

export const savedFilterSchema = z.object({
  filterId: idOf<LeadFilterId>(),
  name: z.string(),
  filter: leadFilterSchema,
  savedAt: instantSchema,
});
export type SavedFilter = z.output<typeof savedFilterSchema>;
/** GET /api/lead-filters */
export const savedFiltersSchema = z.object({ filters: z.array(savedFilterSchema) });
export type SavedFilters = z.output<typeof savedFiltersSchema>;
/** POST /api/lead-filters; one of the same name is replaced. */
export const newSavedFilterSchema = z.strictObject({ name: nameSchema, filter: leadFilterSchema });
