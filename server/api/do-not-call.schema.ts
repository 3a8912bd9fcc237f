import { z } from 'zod';
import type { CampaignId } from '../../kernel/ids.ts';
import { idOf, instantSchema, pageQuerySchema, typedPhoneSchema } from './scalar.schema.ts';

export const doNotCallEntrySchema = z
  .object({
    phone: z.string(),
    /** Null: for the whole organization. */
    campaignId: idOf<CampaignId>().nullable(),
    campaignName: z.string().nullable(),
    source: z.string(),
    addedBy: z.string().nullable(),
    addedAt: instantSchema,
  })
  .meta({ id: 'DoNotCallEntry' });
export type DoNotCallEntry = z.output<typeof doNotCallEntrySchema>;

/** GET /api/do-not-call: `phone` looks one number up. */
export const doNotCallQuerySchema = pageQuerySchema.extend({ phone: typedPhoneSchema.optional() });
export const doNotCallListSchema = z.object({
  entries: z.array(doNotCallEntrySchema),
  next: z.string().nullable(),
});
export type DoNotCallList = z.output<typeof doNotCallListSchema>;

/** POST /api/do-not-call; in force when it answers. */
export const doNotCallInputSchema = z.strictObject({
  phone: typedPhoneSchema,
  campaignId: idOf<CampaignId>().nullable().default(null),
});
export type DoNotCallInput = z.input<typeof doNotCallInputSchema>;

/** POST /api/do-not-call/removals */
export const doNotCallRemovalSchema = doNotCallInputSchema;
export type DoNotCallRemoval = z.input<typeof doNotCallRemovalSchema>;

/** POST /api/calls/:callId/do-not-call: the number of the agent's own call, at the wish of the person. */
export const callDoNotCallSchema = z.strictObject({
  scope: z.enum(['organization', 'campaign']).default('organization'),
});
export type CallDoNotCall = z.input<typeof callDoNotCallSchema>;
