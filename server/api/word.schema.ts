import { z } from 'zod';

/** Words of an organization as a manager sets them: dispositions with all their rules. The desk's own view is in agent-desk.schema.ts. */

const label = z.string().trim().min(1, 'must not be empty').max(80);
const hotKey = z
  .string()
  .trim()
  .regex(/^[0-9a-z]$/, 'must be one digit or small letter')
  .nullable();
const outcome = z.enum(['finished', 'retry', 'callback', 'do-not-call']);

export const dispositionWordSchema = z
  .object({
    code: z.string(),
    label: z.string(),
    /** What the lead does next. */
    outcome,
    retryAfterMs: z.number().int(),
    /** After so many of these words the lead is finished; null = as long as it has attempts. */
    triesMax: z.number().int().nullable(),
    /** The next try falls into another part of the called party's day. */
    isSpread: z.boolean(),
    isPerson: z.boolean(),
    isRightParty: z.boolean(),
    isSale: z.boolean(),
    hotKey: z.string().nullable(),
    position: z.number().int(),
    /** A retired word is offered no more. */
    isActive: z.boolean(),
  })
  .meta({ id: 'DispositionWord' });
export type DispositionWord = z.output<typeof dispositionWordSchema>;

/** GET /api/dispositions */
export const dispositionWordsSchema = z.object({ dispositions: z.array(dispositionWordSchema) });
export type DispositionWords = z.output<typeof dispositionWordsSchema>;

/** PUT /api/dispositions/:code */
export const dispositionWordInputSchema = z.strictObject({
  label,
  outcome,
  retryAfterMs: z.number().int().min(0).max(31_622_400_000).default(86_400_000),
  triesMax: z.number().int().min(1).max(100).nullable().default(null),
  isSpread: z.boolean().default(false),
  isPerson: z.boolean().default(true),
  isRightParty: z.boolean().default(false),
  isSale: z.boolean().default(false),
  hotKey: hotKey.default(null),
  position: z.number().int().min(0).max(1000).default(0),
  isActive: z.boolean().default(true),
});
export type DispositionWordInput = z.input<typeof dispositionWordInputSchema>;
