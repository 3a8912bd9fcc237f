import { z } from 'zod';
import type { ApiKeyId } from '../../kernel/ids.ts';
import { idOf, instantSchema, nameSchema, roleSchema } from './scalar.schema.ts';

export const apiKeySchema = z
  .object({
    apiKeyId: idOf<ApiKeyId>(),
    name: z.string(),
    role: roleSchema,
    /** The beginning of the key. */
    shown: z.string(),
    createdAt: instantSchema,
    createdBy: z.string(),
    expiresAt: instantSchema.nullable(),
    /** To the minute; null while nobody has used it. */
    lastUsedAt: instantSchema.nullable(),
    revokedAt: instantSchema.nullable(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.output<typeof apiKeySchema>;

/** GET /api/api-keys */
export const apiKeysSchema = z.object({ apiKeys: z.array(apiKeySchema) });
export type ApiKeys = z.output<typeof apiKeysSchema>;

/** POST /api/api-keys */
export const newApiKeySchema = z.strictObject({
  name: nameSchema,
  /** An agent works at his desk, which a program has not. */
  role: z.enum(['admin', 'manager', 'supervisor', 'officer', 'auditor']),
  expiresAt: instantSchema.nullable().default(null),
});
export type NewApiKey = z.input<typeof newApiKeySchema>;

/** The answer to it: the only time that the key is shown. */
export const freshApiKeySchema = apiKeySchema.extend({ key: z.string() }).meta({ id: 'FreshApiKey' });
export type FreshApiKey = z.output<typeof freshApiKeySchema>;
