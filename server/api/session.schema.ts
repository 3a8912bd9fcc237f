import { z } from 'zod';
import type { PoolId, UserId } from '../../kernel/ids.ts';
import { idOf, instantSchema, localeSchema, roleSchema } from './scalar.schema.ts';

/** POST /api/session */
export const signInSchema = z.strictObject({
  email: z.email('must be an e-mail address').max(254),
  password: z.string().min(1, 'must not be empty').max(200),
  /** Of whoever has a second factor: six digits of his app, or a recovery code. */
  code: z.string().trim().min(6, 'must have at least 6 characters').max(40).optional(),
});
export type SignIn = z.input<typeof signInSchema>;

export const newPasswordSchema = z
  .string()
  .min(10, 'must have at least 10 characters')
  .max(200, 'may have at most 200 characters');

/** GET, POST and PATCH /api/session */
export const meSchema = z
  .object({
    userId: idOf<UserId>(),
    name: z.string(),
    email: z.string(),
    role: roleSchema,
    locale: localeSchema,
    organization: z.object({
      name: z.string(),
      country: z.string(),
      /** IANA name; what new campaigns begin with. */
      timeZone: z.string(),
      isDemo: z.boolean(),
    }),
    /** What must be done before anything else is answered. */
    duty: z.enum(['change-password', 'add-second-factor']).nullable(),
    /** Header `x-csrf-token` of every request that changes something; subprotocol `csrf.<token>` of every WebSocket. */
    csrfToken: z.string(),
    /** The seat, for those who take calls. */
    agent: z.object({ poolId: idOf<PoolId>(), extension: z.string() }).nullable(),
    /** Signed out by itself then, unless used before. */
    expiresAt: instantSchema,
  })
  .meta({ id: 'Me' });
export type Me = z.output<typeof meSchema>;

/** PATCH /api/session */
export const sessionChangeSchema = z.strictObject({ locale: localeSchema });

/** POST /api/session/password; ends all other sessions of the user. */
export const passwordChangeSchema = z.strictObject({
  currentPassword: z.string().min(1, 'must not be empty').max(200),
  newPassword: newPasswordSchema,
});
