import { z } from 'zod';
import type { EpochMs } from '../../kernel/time.ts';

/** An id of ours: on the wire a UUID, in the code the branded word for what it names. */
export const idOf = <Id extends string>(): z.ZodType<Id, string> =>
  z.uuid({ error: 'is not an id of ours' }) as unknown as z.ZodType<Id, string>;

/** Milliseconds since 1970, UTC. */
export const instantSchema = z
  .number()
  .int()
  .min(0)
  .max(8_640_000_000_000_000)
  .meta({ description: 'Milliseconds since 1970-01-01T00:00Z' }) as unknown as z.ZodType<EpochMs, number>;

/** ITU-T E.164 with its plus sign; what people type in other forms is normalised by the server. */
export const fullPhoneSchema = z
  .string()
  .trim()
  .regex(/^\+[1-9][0-9]{6,14}$/, 'must be a full number with plus sign and country, like +13055550100');

/** A number as a person types it; the server reads it with the organization's country. */
export const typedPhoneSchema = z
  .string()
  .trim()
  .min(3, 'is too short for a phone number')
  .max(40, 'is too long for a phone number');

export const nameSchema = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(100, 'may have at most 100 characters');

/** ISO 3166-1 alpha-2. */
export const countrySchema = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z]{2}$/, 'must be a country code of two letters, like US');

export const localeSchema = z.enum(['en', 'zh-CN']);
export type Locale = z.output<typeof localeSchema>;

export const roleSchema = z.enum(['admin', 'manager', 'supervisor', 'agent', 'officer', 'auditor']);

/** A page is asked for with `after` = the `next` of the page before it. */
export const pageQuerySchema = z.object({
  after: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** Every error has this body; the message is one sentence for people. */
export const errorBodySchema = z
  .object({
    error: z.object({
      /** Stable word for programs. */
      code: z.string(),
      message: z.string(),
      /** Path of the field that is wrong, where one is. */
      field: z.string().optional(),
    }),
  })
  .meta({ id: 'Error' });
export type ErrorBody = z.output<typeof errorBodySchema>;

/** For answers that have nothing to say beyond "done". */
export const doneSchema = z.object({ ok: z.literal(true) }).meta({ id: 'Done' });
export type Done = z.output<typeof doneSchema>;
