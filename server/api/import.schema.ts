import { z } from 'zod';
import { isDelimiter } from '../../campaigns/lead-import/delimiter.ts';
import { DUPLICATE_ACTIONS } from '../../campaigns/lead-import/duplicate-rules.ts';
import { FIELD_TYPES } from '../../campaigns/lead-import/field-type.ts';
import { ENCODINGS } from '../../campaigns/lead-import/file-text.ts';
import { LEAD_FIELDS } from '../../campaigns/lead-import/header-words.ts';
import type { ImportId, ListId } from '../../kernel/ids.ts';
import { countrySchema, idOf, instantSchema, nameSchema } from './scalar.schema.ts';

const fieldTypeSchema = z.enum(FIELD_TYPES);

export const columnSchema = z.object({
  /** As in the header, made unique; "Column 3" where there is none. */
  name: z.string().max(120),
  field: z.enum(LEAD_FIELDS),
  /** Of a field of the organization's own (`other`); none is text. */
  type: fieldTypeSchema.exactOptional(),
});
export type ImportColumn = z.output<typeof columnSchema>;

const reading = {
  country: countrySchema.optional(),
  encoding: z.enum(ENCODINGS).optional(),
  /** One character. */
  delimiter: z.string().refine(isDelimiter, 'must be one character that separates columns').optional(),
  hasHeader: z.enum(['true', 'false']).optional(),
  /** Of a workbook. Else the first with anything on it; a preview prefers the one that was imported the last time. */
  sheet: z.string().min(1).max(200).optional(),
};

/**
 * POST /api/import-previews?…: one multipart file, of which the first 256 kB are enough (with `isCut`); of a workbook all. Nothing is
 * stored.
 */
export const previewQuerySchema = z.strictObject({ ...reading, isCut: z.enum(['true', 'false']).optional() });

export const importPreviewSchema = z
  .object({
    format: z.enum(['text', 'workbook']),
    /** Null: all that was seen is ASCII, which most encodings share. */
    encoding: z.enum(ENCODINGS).nullable(),
    delimiter: z.string(),
    /** Of a workbook: the sheet that is read, and all of them. */
    sheet: z.string().nullable(),
    sheets: z.array(z.string()),
    hasHeader: z.boolean(),
    /** As they were the last time a file had this header, else guessed. */
    columns: z.array(columnSchema),
    isRemembered: z.boolean(),
    /** The first rows, cells cut at 200 characters. */
    rows: z.array(z.array(z.string())),
  })
  .meta({ id: 'ImportPreview' });
export type ImportPreview = z.output<typeof importPreviewSchema>;

const duplicateActionSchema = z.enum(DUPLICATE_ACTIONS);
const placeRulesSchema = z.strictObject({
  file: duplicateActionSchema,
  list: duplicateActionSchema,
  organization: z.enum([...DUPLICATE_ACTIONS, 'add']),
});

/**
 * POST /api/imports?…: one multipart file; answers when it is on our disk and can be read, and the import goes on by itself. Either an
 * existing list or the name of one, which is made when it is new. A field `options` ({@link importOptionsSchema}, JSON) may stand before
 * the file.
 */
export const importQuerySchema = z.strictObject({
  listId: idOf<ListId>().optional(),
  listName: nameSchema.optional(),
  ...reading,
  /** `Their column=phone,Other column=firstName`; what is not named is guessed from the header. */
  map: z.string().max(4000).optional(),
});

export const importOptionsSchema = z.strictObject({
  /** All columns of the file, in their order; they are remembered for the next file with this header. */
  columns: z.array(columnSchema).max(500).optional(),
  /** What becomes of rows of people who are there already. */
  duplicates: z.strictObject({ byNumber: placeRulesSchema, byExternalId: placeRulesSchema }).optional(),
});
export type ImportOptions = z.input<typeof importOptionsSchema>;

export const importSchema = z
  .object({
    importId: idOf<ImportId>(),
    listId: idOf<ListId>(),
    listName: z.string(),
    fileName: z.string(),
    state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
    rowsRead: z.number().int(),
    imported: z.number().int(),
    updated: z.number().int(),
    /** Rows of people who were there already and were left as they are. */
    skipped: z.number().int(),
    rejected: z.number().int(),
    /** Imported, and on the do-not-call list: they will be refused. */
    suppressed: z.number().int(),
    byReason: z.array(z.object({ reason: z.string(), rows: z.number().int() })),
    /** About how many rows the file has; null while that is not known. */
    rowsExpected: z.number().int().nullable(),
    /** Cells that are not of their field's type and were kept as text. */
    misfits: z.array(
      z.object({
        column: z.string(),
        type: fieldTypeSchema,
        cells: z.number().int(),
        line: z.number().int(),
      }),
    ),
    /** One sentence when it failed. */
    error: z.string().nullable(),
    startedAt: instantSchema,
    finishedAt: instantSchema.nullable(),
  })
  .meta({ id: 'Import' });
export type Import = z.output<typeof importSchema>;

/** GET /api/imports?listId=…, the newest first. A running one shows its progress. */
export const importsQuerySchema = z.object({ listId: idOf<ListId>().optional() });
export const importsSchema = z.object({ imports: z.array(importSchema) });
export type Imports = z.output<typeof importsSchema>;

/** GET /api/lead-fields: the organization's own fields of its leads. */
export const leadFieldTypesSchema = z.object({
  fields: z.array(z.object({ name: z.string(), type: fieldTypeSchema })),
});
export type LeadFieldTypes = z.output<typeof leadFieldTypesSchema>;
