import { z } from 'zod';
import { ENDINGS } from './ending.ts';

export { ENDINGS };

/** Filters are written by people: more than this is a mistake. */
const CONDITIONS_MAX = 20;
const CHOICES_MAX = 200;
const text = z
  .string()
  .max(200)
  .refine((value) => !value.includes('\0'), 'must be a text without control characters');
const id = z.uuid();
const campaignId = id.nullable().default(null);
const instant = z.number().int().min(0).max(8_640_000_000_000_000);

export const LEAD_STATES = [
  'waiting',
  'claimed',
  'calling',
  'awaiting-disposition',
  'callback',
  'finished',
] as const;
export const OWN_FIELDS = ['firstName', 'lastName', 'externalId'] as const;
export const TEXT_TESTS = ['is', 'is-not', 'begins', 'contains', 'is-empty', 'is-not-empty'] as const;
/** What a custom field can be asked beside: compared as a number or a date, where its text is one. */
export const CUSTOM_TESTS = [...TEXT_TESTS, 'at-least', 'at-most', 'before', 'after'] as const;

const conditionSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('field'),
    field: z.enum(OWN_FIELDS),
    test: z.enum(TEXT_TESTS),
    value: text.default(''),
  }),
  z.strictObject({
    kind: z.literal('custom'),
    name: text.min(1),
    test: z.enum(CUSTOM_TESTS),
    value: text.default(''),
  }),
  z.strictObject({
    kind: z.literal('list'),
    isNot: z.boolean().default(false),
    lists: z.array(id).max(CHOICES_MAX),
  }),
  z.strictObject({ kind: z.literal('zone'), zones: z.array(text).max(CHOICES_MAX) }),
  /** Digits of a number from its beginning, with plus sign and country. */
  z.strictObject({
    kind: z.literal('phone'),
    begins: z.string().regex(/^\+\d{1,15}$/, 'must begin with plus sign and country'),
  }),
  z.strictObject({ kind: z.literal('do-not-call'), isListed: z.boolean() }),
  z.strictObject({ kind: z.literal('campaign'), campaignId: id, isNot: z.boolean().default(false) }),
  /** Null: in any campaign. */
  z.strictObject({
    kind: z.literal('state'),
    campaignId,
    states: z.array(z.enum(LEAD_STATES)).max(LEAD_STATES.length),
  }),
  z.strictObject({
    kind: z.literal('attempts'),
    campaignId,
    test: z.enum(['at-least', 'at-most']),
    value: z.number().int().min(0).max(1000),
  }),
  z.strictObject({
    kind: z.literal('last-ending'),
    campaignId,
    endings: z.array(z.enum(ENDINGS)).max(ENDINGS.length),
  }),
  z.strictObject({
    kind: z.literal('disposition'),
    isNot: z.boolean().default(false),
    codes: z.array(text).max(CHOICES_MAX),
  }),
  z.strictObject({
    kind: z.literal('last-call'),
    test: z.enum(['before', 'after', 'never']),
    at: instant.default(0),
  }),
  z.strictObject({
    kind: z.literal('callback'),
    test: z.enum(['any', 'before', 'after']),
    at: instant.default(0),
  }),
  z.strictObject({ kind: z.literal('added'), test: z.enum(['before', 'after']), at: instant }),
]);
export type LeadCondition = z.output<typeof conditionSchema>;

const match = z.enum(['all', 'any']);

/** Leads for whom all (or any) of the groups hold; a group holds when all (or any) of its conditions do. No groups: every lead. */
export const leadFilterSchema = z
  .strictObject({
    match: match.default('all'),
    groups: z
      .array(
        z.strictObject({
          match: match.default('all'),
          conditions: z.array(conditionSchema).min(1).max(CONDITIONS_MAX),
        }),
      )
      .max(10)
      .default([]),
  })
  .meta({ id: 'LeadFilter' });
export type LeadFilter = z.output<typeof leadFilterSchema>;
export type LeadFilterInput = z.input<typeof leadFilterSchema>;

/** A filter in an address: its JSON. */
export const leadFilterTextSchema = z
  .string()
  .max(8000, 'is too long for a filter')
  .transform((json, context): unknown => {
    try {
      return JSON.parse(json);
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a filter as JSON' });
      return z.NEVER;
    }
  })
  .pipe(leadFilterSchema);
