import { z } from 'zod';
import { CAMPAIGN_DEFAULTS as DEFAULTS } from '../../campaigns/campaign-defaults.ts';
import { CAMPAIGN_KINDS, DIAL_MODES, PREVIEW_ENDS } from '../../campaigns/campaign.ts';
import { FORM_FIELD_TYPES } from '../../campaigns/form.ts';
import { RETRY_AFTER_MAX, RETRY_ENDINGS } from '../../campaigns/retry-rule.ts';
import type { CampaignId, ListId, PoolId, TrunkId } from '../../kernel/ids.ts';
import type { DurationMs } from '../../kernel/time.ts';
import { fullPhoneSchema, idOf, instantSchema, nameSchema } from './scalar.schema.ts';

export const campaignStateSchema = z.enum(['draft', 'running', 'paused', 'finished']);
export const dialModeSchema = z.enum(DIAL_MODES);
export const campaignKindSchema = z.enum(CAMPAIGN_KINDS);

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** A calendar day of the campaign's zone. */
const daySchema = z.iso.date({ error: 'must be a day, like 2026-12-24' });

const minuteOfDay = z.number().int().min(0).max(1440);
/** Times of one day, in minutes after midnight. */
const dayHoursSchema = z
  .array(
    z
      .strictObject({ fromMinute: minuteOfDay, toMinute: minuteOfDay })
      .refine(({ fromMinute, toMinute }) => fromMinute < toMinute, 'must begin before they end'),
  )
  .max(4);

const durationSchema = (min: number, max: number): z.ZodType<DurationMs, number> =>
  z.number().int().min(min).max(max) as unknown as z.ZodType<DurationMs, number>;

export const retryRuleSchema = z.strictObject({
  afterMs: durationSchema(0, RETRY_AFTER_MAX),
  triesMax: z.number().int().min(1).max(100).nullable(),
  isSpread: z.boolean(),
});

export const formFieldSchema = z.strictObject({
  key: z
    .string()
    .trim()
    .regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be a short word of small letters, digits and underscores'),
  label: z.string().trim().min(1, 'must not be empty').max(200),
  type: z.enum(FORM_FIELD_TYPES),
  options: z.array(z.string().trim().min(1, 'must not be empty').max(100)).max(50).default([]),
  isRequired: z.boolean().default(false),
  writesTo: z.string().trim().min(1).max(60).nullable().default(null),
});

/** What a manager sets. Bounds are those of the table; the legal ones carry their source there. */
const campaignFields = {
  name: nameSchema,
  kind: campaignKindSchema,
  poolId: idOf<PoolId>(),
  trunkId: idOf<TrunkId>().nullable(),
  dialMode: dialModeSchema,
  /** Lines per ready agent in power mode. */
  linesPerAgent: z.number().min(1).max(10),
  /** The law's limit of the abandonment rate, 0…0.2. */
  abandonRateMax: z.number().min(0).max(0.2),
  /** The share of the limit that the pacer aims at. */
  abandonTargetShare: z.number().min(0).max(1),
  /** An agent must be on the line by then, after the answer. */
  legalMs: z.number().int().min(0).max(10_000),
  ringTimeoutMs: z.number().int().min(15_000).max(120_000),
  wrapUpMs: z.number().int().min(0).max(3_600_000),
  callerId: fullPhoneSchema.nullable(),
  messageFile: z
    .string()
    .trim()
    .regex(
      /^[A-Za-z0-9_-]{1,80}\.(?:wav|mp3)$/,
      'must be the name of a sound file without a folder, like message.wav',
    ),
  timeZone: z.string().max(60).refine(isTimeZone, 'must be a time zone, like America/New_York'),
  /** Local days of its zone, both included. */
  startsOn: daySchema.nullable(),
  endsOn: daySchema.nullable(),
  /** Of each weekday, Monday first; null = whenever the law allows it. */
  dailyHours: z.array(dayHoursSchema).length(7).nullable(),
  /** By ending: only what differs from the product's own rules. */
  retryRules: z.partialRecord(z.enum(RETRY_ENDINGS), retryRuleSchema),
  attemptsPerLeadMax: z.number().int().min(1).max(100),
  attemptsPerNumberMax: z.number().int().min(1).max(100).nullable(),
  attemptsPerNumberDayMax: z.number().int().min(1).max(100),
  attemptsPerLeadDayMax: z.number().int().min(1).max(100).nullable(),
  script: z.string().max(20_000, 'may have at most 20,000 characters'),
  form: z.array(formFieldSchema).max(40),
  previewMs: z.number().int().min(5000).max(3_600_000),
  previewThen: z.enum(PREVIEW_ENDS),
  previewsMissedMax: z.number().int().min(1).max(50).nullable(),
  callbackOpenAfterMs: z.number().int().min(0).max(2_592_000_000).nullable(),
  priority: z.number().int().min(-1000).max(1000),
};

export const campaignSchema = z
  .object({
    campaignId: idOf<CampaignId>(),
    ...campaignFields,
    name: z.string(),
    callerId: z.string().nullable(),
    messageFile: z.string(),
    timeZone: z.string(),
    priority: z.number().int(),
    version: z.number().int(),
    agentCount: z.number().int(),
    hasOpenLeads: z.boolean(),
    state: campaignStateSchema,
    startedAt: instantSchema.nullable(),
    createdAt: instantSchema,
    lists: z.array(
      z.object({
        listId: idOf<ListId>(),
        name: z.string(),
        leads: z.number().int(),
        priority: z.number().int(),
      }),
    ),
    /** One sentence for each thing that must be put right before it can start; empty when it can. */
    startProblems: z.array(z.string()),
  })
  .meta({ id: 'Campaign' });
export type Campaign = z.output<typeof campaignSchema>;

/** GET /api/campaigns */
export const campaignsSchema = z.object({ campaigns: z.array(campaignSchema) });
export type Campaigns = z.output<typeof campaignsSchema>;

/** POST /api/campaigns; what is left out gets the product's default. */
export const newCampaignSchema = z.strictObject({
  name: campaignFields.name,
  /** Left out: the pool with the most agents. */
  poolId: campaignFields.poolId.optional(),
  /** Left out: that of the newest campaign. */
  timeZone: campaignFields.timeZone.optional(),
  /** Lists that it gets at once. */
  listIds: z.array(idOf<ListId>()).max(100).default([]),
  kind: campaignFields.kind.default(DEFAULTS.kind),
  /** Left out: the only one there is. */
  trunkId: campaignFields.trunkId.optional(),
  dialMode: campaignFields.dialMode.default(DEFAULTS.dialMode),
  linesPerAgent: campaignFields.linesPerAgent.default(DEFAULTS.linesPerAgent),
  abandonRateMax: campaignFields.abandonRateMax.default(DEFAULTS.abandonRateMax),
  abandonTargetShare: campaignFields.abandonTargetShare.default(DEFAULTS.abandonTargetShare),
  legalMs: campaignFields.legalMs.default(DEFAULTS.legalMs),
  ringTimeoutMs: campaignFields.ringTimeoutMs.default(DEFAULTS.ringTimeoutMs),
  wrapUpMs: campaignFields.wrapUpMs.default(DEFAULTS.wrapUpMs),
  callerId: campaignFields.callerId.default(DEFAULTS.callerId),
  messageFile: campaignFields.messageFile.default(DEFAULTS.messageFile),
  startsOn: campaignFields.startsOn.default(DEFAULTS.startsOn),
  endsOn: campaignFields.endsOn.default(DEFAULTS.endsOn),
  dailyHours: campaignFields.dailyHours.default(null),
  retryRules: campaignFields.retryRules.default(DEFAULTS.retryRules),
  attemptsPerLeadMax: campaignFields.attemptsPerLeadMax.default(DEFAULTS.attemptsPerLeadMax),
  attemptsPerNumberMax: campaignFields.attemptsPerNumberMax.default(DEFAULTS.attemptsPerNumberMax),
  attemptsPerNumberDayMax: campaignFields.attemptsPerNumberDayMax.default(DEFAULTS.attemptsPerNumberDayMax),
  attemptsPerLeadDayMax: campaignFields.attemptsPerLeadDayMax.default(DEFAULTS.attemptsPerLeadDayMax),
  script: campaignFields.script.default(DEFAULTS.script),
  form: campaignFields.form.default([]),
  previewMs: campaignFields.previewMs.default(DEFAULTS.previewMs),
  previewThen: campaignFields.previewThen.default(DEFAULTS.previewThen),
  previewsMissedMax: campaignFields.previewsMissedMax.default(DEFAULTS.previewsMissedMax),
  callbackOpenAfterMs: campaignFields.callbackOpenAfterMs.default(DEFAULTS.callbackOpenAfterMs),
  priority: campaignFields.priority.default(DEFAULTS.priority),
});
export type NewCampaign = z.input<typeof newCampaignSchema>;

/** PATCH /api/campaigns/:campaignId */
export const campaignChangeSchema = z
  .strictObject(campaignFields)
  .partial()
  /** What the author saw: fields that somebody else has changed since are not overwritten. */
  .extend({ version: z.number().int().min(0).optional() });
export type CampaignChange = z.input<typeof campaignChangeSchema>;

/** PUT /api/campaigns/:campaignId/lists/:listId */
export const listAttachmentSchema = z.strictObject({
  priority: z.number().int().min(-1000).max(1000).default(0),
});

/** GET /api/campaigns/:campaignId/numbers: where its leads stand now. */
export const campaignNumbersSchema = z
  .object({
    leads: z.number().int(),
    dueNow: z.number().int(),
    /** Waiting for their time: a retry or an hour at which they may be called. */
    waiting: z.number().int(),
    callbacks: z.number().int(),
    inProgress: z.number().int(),
    awaitingDisposition: z.number().int(),
    finished: z.number().int(),
    /** The rule that refused each lead last, while nothing was placed after it. */
    refused: z.array(z.object({ rule: z.string(), leads: z.number().int() })),
    nextDueAt: instantSchema.nullable(),
  })
  .meta({ id: 'CampaignNumbers' });
export type CampaignNumbers = z.output<typeof campaignNumbersSchema>;

/** GET /api/campaigns/:campaignId/today: the campaign's local day so far; the words are those of the manual. */
export const campaignTodaySchema = z
  .object({
    localDay: z.string(),
    attempts: z.number().int(),
    humanAnswers: z.number().int(),
    abandoned: z.number().int(),
    connected: z.number().int(),
    refused: z.number().int(),
    abandonRateMax: z.number(),
    abandonRateTarget: z.number(),
    endings: z.array(z.object({ ending: z.string(), calls: z.number().int() })),
    dispositions: z.array(z.object({ code: z.string(), label: z.string(), calls: z.number().int() })),
  })
  .meta({ id: 'CampaignToday' });
export type CampaignToday = z.output<typeof campaignTodaySchema>;
