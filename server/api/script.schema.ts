import { z } from 'zod';

const scriptLineSchema = z.array(
  z.object({
    /** Null: the lead has no such value. */
    text: z.string().nullable(),
    isStrong: z.boolean(),
    /** Name of the field whose place this is. */
    field: z.string().nullable(),
  }),
);

/** A script with a lead's values in their places: plain data, never HTML. */
export const scriptBlocksSchema = z.array(
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('heading'), line: scriptLineSchema }),
    z.object({ kind: z.literal('paragraph'), lines: z.array(scriptLineSchema) }),
    z.object({ kind: z.literal('list'), lines: z.array(scriptLineSchema) }),
  ]),
);
export type ScriptBlocks = z.output<typeof scriptBlocksSchema>;

/** POST /api/campaigns/script-preview */
export const scriptPreviewInputSchema = z.strictObject({
  script: z.string().max(20_000, 'may have at most 20,000 characters'),
});

export const scriptPreviewSchema = z
  .object({
    blocks: scriptBlocksSchema,
    /** Places that are no field of the organization's leads. */
    unknownFields: z.array(z.string()),
    /** What may stand in a place. */
    fields: z.array(z.string()),
  })
  .meta({ id: 'ScriptPreview' });
export type ScriptPreview = z.output<typeof scriptPreviewSchema>;
