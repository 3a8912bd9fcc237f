import { z } from 'zod';
import { CAMPAIGN_DEFAULTS } from '../../campaigns/campaign-defaults.ts';
import {
  DEFAULT_RETRY_RULES,
  FINAL_FOR_NUMBER,
  RETRY_ENDINGS,
  retryAfterMin,
} from '../../campaigns/retry-rule.ts';
import type { ListId } from '../../kernel/ids.ts';
import { newCampaignSchema, retryRuleSchema } from './campaign.schema.ts';
import { idOf, instantSchema, nameSchema, pageQuerySchema } from './scalar.schema.ts';
import { dispositionWordSchema } from './word.schema.ts';

/** GET /api/campaign-defaults: what the product sets when nobody says otherwise. */
export const campaignDefaultsSchema = z
  .object({
    settings: newCampaignSchema
      .omit({ name: true, poolId: true, timeZone: true, trunkId: true, listIds: true })
      .extend({ trunkId: z.null() }),
    retryRules: z.array(
      z.object({
        ending: z.enum(RETRY_ENDINGS),
        rule: retryRuleSchema,
        /** A rest below this is refused, and why. */
        afterMinMs: z.number().int(),
        because: z.enum(['law', 'safety']).nullable(),
        /** The number is not called again: the rule is about the lead's next one. */
        isFinalForNumber: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'CampaignDefaults' });
export type CampaignDefaults = z.output<typeof campaignDefaultsSchema>;

const { form: _form, dailyHours: _hours, ...standard } = CAMPAIGN_DEFAULTS;

/** What that answers. */
export const CAMPAIGN_STANDARDS: CampaignDefaults = {
  settings: { ...standard, trunkId: null, dailyHours: null, form: [] },
  retryRules: RETRY_ENDINGS.map((ending) => {
    const { afterMs: afterMinMs, because } = retryAfterMin(ending);
    const rule = DEFAULT_RETRY_RULES[ending];
    return { ending, rule, afterMinMs, because, isFinalForNumber: FINAL_FOR_NUMBER.has(ending) };
  }),
};

/** GET /api/campaigns/:campaignId/changes: its history, the newest first. */
export const campaignChangesQuerySchema = pageQuerySchema.extend({ after: z.uuid().optional() });
export const campaignChangesSchema = z
  .object({
    changes: z.array(
      z.object({
        changeId: z.string(),
        at: instantSchema,
        /** Null: the campaign did it by itself. */
        userName: z.string().nullable(),
        version: z.number().int(),
        /** A setting by its name, or state, dispositions, list-added, list-removed, copied-from, leads-redated. */
        field: z.string(),
        before: z.unknown(),
        after: z.unknown(),
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'CampaignChanges' });
export type CampaignChanges = z.output<typeof campaignChangesSchema>;

/** GET /api/campaigns/:campaignId/jobs: long changes that are under way, the oldest first, and those that failed within a day. */
export const campaignJobsSchema = z
  .object({
    jobs: z.array(
      z.object({
        jobId: z.string(),
        /** The leads of a list come in; leads that rest by a retry rule rest by the new one. */
        kind: z.enum(['attach-list', 're-date']),
        listId: idOf<ListId>().nullable(),
        listName: z.string().nullable(),
        state: z.enum(['queued', 'running', 'failed']),
        /** About as many as there were at the beginning. */
        leadsExpected: z.number().int(),
        leadsDone: z.number().int(),
        startedAt: instantSchema,
      }),
    ),
  })
  .meta({ id: 'CampaignJobs' });
export type CampaignJobs = z.output<typeof campaignJobsSchema>;

/** GET /api/campaigns/:campaignId/dispositions: what its agents may say, in order. */
export const campaignDispositionsSchema = z
  .object({
    /** False: it offers every word that is in use. */
    isOwnChoice: z.boolean(),
    dispositions: z.array(dispositionWordSchema),
  })
  .meta({ id: 'CampaignDispositions' });
export type CampaignDispositions = z.output<typeof campaignDispositionsSchema>;

/** PUT /api/campaigns/:campaignId/dispositions; an empty choice offers every word that is in use. */
export const dispositionChoiceSchema = z.strictObject({
  choice: z
    .array(
      z.strictObject({
        code: z.string().max(40),
        /** In this campaign; null = as in the organization. */
        hotKey: z
          .string()
          .regex(/^[0-9a-z]$/, 'must be one digit or small letter')
          .nullable()
          .default(null),
      }),
    )
    .max(200),
});
export type DispositionChoice = z.input<typeof dispositionChoiceSchema>;

/** POST /api/campaigns/:campaignId/copy: a draft with the same settings, without first and last day. */
export const campaignCopySchema = z.strictObject({
  name: nameSchema,
  dispositions: z.boolean().default(true),
  script: z.boolean().default(true),
  form: z.boolean().default(true),
  lists: z.boolean().default(false),
});
export type CampaignCopy = z.input<typeof campaignCopySchema>;

const waitReasonSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('list'), hold: z.enum(['list-paused', 'list-expired']), name: z.string() }),
  z.object({ kind: z.literal('retry'), after: z.string().nullable() }),
  z.object({ kind: z.literal('rule'), rule: z.string() }),
  z.object({ kind: z.literal('callback') }),
  z.object({ kind: z.literal('campaign-hours'), why: z.enum(['not-begun', 'out-of-hours', 'ended']) }),
  z.object({ kind: z.literal('calling-window') }),
]);
export type WaitReason = z.output<typeof waitReasonSchema>;

/** GET /api/campaigns/:campaignId/standing: where its leads stand, and why those wait that wait. */
export const campaignStandingSchema = z
  .object({
    /** Large campaigns are not counted for each look. */
    countedAt: instantSchema,
    leads: z.number().int(),
    dueNow: z.number().int(),
    inProgress: z.number().int(),
    awaitingDisposition: z.number().int(),
    finished: z.number().int(),
    /** The greatest first. */
    waiting: z.array(
      z.object({
        reason: waitReasonSchema,
        leads: z.number().int(),
        /** When the first of them may be called, as far as this reason goes. */
        nextAt: instantSchema.nullable(),
      }),
    ),
    finishedBy: z.array(z.object({ why: z.string(), leads: z.number().int() })),
    /** When the next waiting lead may be called. */
    nextAt: instantSchema.nullable(),
    /** The campaign's own days and hours. */
    opening: z.discriminatedUnion('isOpen', [
      z.object({ isOpen: z.literal(true), closesAt: instantSchema.nullable() }),
      z.object({
        isOpen: z.literal(false),
        why: z.enum(['not-begun', 'out-of-hours', 'ended']),
        opensAt: instantSchema.nullable(),
      }),
    ]),
    /** Dialling time until no lead is open, if it goes on as today; null while today says too little. */
    runsOutAfterMs: z.number().int().nullable(),
  })
  .meta({ id: 'CampaignStanding' });
export type CampaignStanding = z.output<typeof campaignStandingSchema>;
