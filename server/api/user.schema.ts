import { z } from 'zod';
import type { PoolId, TeamId, UserId } from '../../kernel/ids.ts';
import {
  idOf,
  instantSchema,
  localeSchema,
  nameSchema,
  pageQuerySchema,
  roleSchema,
} from './scalar.schema.ts';
import { newPasswordSchema } from './session.schema.ts';

/** Never a dial string: `1555…@carrier` or `sofia/gateway/…` would let an agent's phone call the world. */
export const extensionSchema = z
  .string()
  .trim()
  .regex(
    /^[0-9]{2,8}$/,
    'must be the extension of a registered user of our own domain: 2 to 8 digits and nothing else',
  );

export const seatSchema = z.strictObject({ poolId: idOf<PoolId>(), extension: extensionSchema });

export const userSchema = z
  .object({
    userId: idOf<UserId>(),
    email: z.string(),
    name: z.string(),
    role: roleSchema,
    locale: localeSchema,
    isActive: z.boolean(),
    createdAt: instantSchema,
    team: z.object({ teamId: idOf<TeamId>(), name: z.string() }).nullable(),
    agent: z.object({ poolId: idOf<PoolId>(), extension: z.string(), isAutomatic: z.boolean() }).nullable(),
    /** He has a one-time password and has not chosen his own yet. */
    mustChangePassword: z.boolean(),
    hasSecondFactor: z.boolean(),
  })
  .meta({ id: 'User' });
export type User = z.output<typeof userSchema>;

/** GET /api/users */
export const usersQuerySchema = pageQuerySchema.extend({
  /** Part of the name, the address or the extension. */
  q: z.string().trim().max(100).default(''),
  role: roleSchema.optional(),
  teamId: idOf<TeamId>().optional(),
  poolId: idOf<PoolId>().optional(),
  state: z.enum(['active', 'inactive']).optional(),
});
export type UsersQuery = z.output<typeof usersQuerySchema>;

export const usersSchema = z.object({
  users: z.array(userSchema),
  next: z.string().nullable(),
  /** Of all that fit; 10,001 stands for "more than 10,000". */
  count: z.number().int(),
});
export type Users = z.output<typeof usersSchema>;

/** POST /api/users */
export const newUserSchema = z.strictObject({
  email: z.email('must be an e-mail address').max(254),
  name: nameSchema,
  role: roleSchema,
  /** Left out: one is made and answered. Either way it must be changed at the first sign-in. */
  password: newPasswordSchema.optional(),
  locale: localeSchema.default('en'),
  teamId: idOf<TeamId>().nullable().default(null),
  /** Needed by the role agent. */
  agent: seatSchema.optional(),
});
export type NewUser = z.input<typeof newUserSchema>;

/** The answer to POST /api/users. */
export const addedUserSchema = userSchema
  .extend({
    /** Shown this once; null when the request brought a password. */
    oneTimePassword: z.string().nullable(),
  })
  .meta({ id: 'AddedUser' });
export type AddedUser = z.output<typeof addedUserSchema>;

/** The answer to PATCH /api/users/:userId. */
export const changedUserSchema = userSchema
  .extend({
    /** Callbacks that were his and that anyone makes now: he has left his pool. */
    callbacksOpened: z.number().int(),
  })
  .meta({ id: 'ChangedUser' });
export type ChangedUser = z.output<typeof changedUserSchema>;

/** PATCH /api/users/:userId; a deactivated user is out at once. */
export const userChangeSchema = z.strictObject({
  name: nameSchema.optional(),
  role: roleSchema.optional(),
  locale: localeSchema.optional(),
  isActive: z.boolean().optional(),
  teamId: idOf<TeamId>().nullable().optional(),
  agent: seatSchema.optional(),
});
export type UserChange = z.input<typeof userChangeSchema>;

/** POST /api/users/:userId/password-reset */
export const oneTimePasswordSchema = z
  .object({ oneTimePassword: z.string() })
  .meta({ id: 'OneTimePassword' });
export type OneTimePassword = z.output<typeof oneTimePasswordSchema>;
