import { z } from 'zod';
import { leadFilterSchema } from '../../campaigns/lead-filter.schema.ts';
import type { CampaignId, ListId } from '../../kernel/ids.ts';
import type { ExportId } from '../../reports/export.ts';
import { callListQuerySchema } from './report.schema.ts';
import { idOf, instantSchema } from './scalar.schema.ts';

/** Calls behind a figure as a report shows them, or leads of a campaign, a list, or all. */
export const newExportSchema = z.discriminatedUnion('kind', [
  callListQuerySchema
    .omit({ after: true, limit: true, hour: true })
    .extend({ kind: z.literal('calls'), hour: z.number().int().min(0).max(23).optional() }),
  z.object({
    kind: z.literal('leads'),
    campaignId: idOf<CampaignId>().optional(),
    listId: idOf<ListId>().optional(),
    filter: leadFilterSchema.optional(),
  }),
]);
export type NewExport = z.input<typeof newExportSchema>;

export const exportSchema = z
  .object({
    exportId: idOf<ExportId>(),
    request: newExportSchema,
    state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
    requestedByName: z.string(),
    requestedAt: instantSchema,
    /** Only who asked for it fetches it. */
    isMine: z.boolean(),
    hasFullPhones: z.boolean(),
    rows: z.number().int(),
    bytes: z.number().int(),
    /** 0 to 1. */
    progress: z.number(),
    error: z.string().nullable(),
    finishedAt: instantSchema.nullable(),
    /** The file can be fetched until then; null while there is none. */
    expiresAt: instantSchema.nullable(),
    downloads: z.number().int(),
  })
  .meta({ id: 'Export' });
export type Export = z.output<typeof exportSchema>;

export const exportsSchema = z.object({ exports: z.array(exportSchema) }).meta({ id: 'Exports' });
export type Exports = z.output<typeof exportsSchema>;
