import { z } from 'zod';
import type { AdminChangeId } from '../../kernel/ids.ts';
import { idOf, instantSchema } from './scalar.schema.ts';

export const ADMIN_CHANGES = [
  'user.added',
  'user.changed',
  'user.imported',
  'user.password-reset',
  'user.second-factor-reset',
  'user.signed-out',
  'team.added',
  'team.changed',
  'team.removed',
  'pool.added',
  'pool.changed',
  'trunk.added',
  'trunk.changed',
  'pause-reason.changed',
  'pause-reason.removed',
  'organization.changed',
  'api-key.added',
  'api-key.revoked',
] as const;

export const adminChangeWhatSchema = z.enum(ADMIN_CHANGES);
export type AdminChangeWhat = z.output<typeof adminChangeWhatSchema>;

const fieldsSchema = z.record(z.string(), z.unknown()).nullable();

export const adminChangeSchema = z
  .object({
    changeId: idOf<AdminChangeId>(),
    at: instantSchema,
    /** Name of the admin, or of the key with which it was done. */
    by: z.string(),
    what: adminChangeWhatSchema,
    /** What was changed, as it was called then. */
    subject: z.string(),
    /** Fields that differ, without secrets. */
    before: fieldsSchema,
    after: fieldsSchema,
  })
  .meta({ id: 'AdminChange' });
export type AdminChange = z.output<typeof adminChangeSchema>;

/** GET /api/admin-changes, the newest first */
export const adminChangesSchema = z.object({
  changes: z.array(adminChangeSchema),
  next: z.string().nullable(),
});
export type AdminChanges = z.output<typeof adminChangesSchema>;
