import { z } from 'zod';
import type { SessionId } from '../../kernel/ids.ts';
import { idOf, instantSchema } from './scalar.schema.ts';

export const ownSessionSchema = z
  .object({
    sessionId: idOf<SessionId>(),
    createdAt: instantSchema,
    lastSeenAt: instantSchema,
    /** "Firefox, Windows"; null for a program. */
    browser: z.string().nullable(),
    /** The network that it came from, shortened. */
    address: z.string().nullable(),
    /** The one that asks. */
    isThis: z.boolean(),
  })
  .meta({ id: 'OwnSession' });
export type OwnSession = z.output<typeof ownSessionSchema>;

/** GET /api/sessions */
export const ownSessionsSchema = z.object({ sessions: z.array(ownSessionSchema) });
export type OwnSessions = z.output<typeof ownSessionsSchema>;

/** GET /api/session/second-factor */
export const secondFactorSchema = z
  .object({
    isOn: z.boolean(),
    /** The organization asks for it in my role. */
    isNeeded: z.boolean(),
    recoveryCodesLeft: z.number().int(),
  })
  .meta({ id: 'SecondFactor' });
export type SecondFactor = z.output<typeof secondFactorSchema>;

const password = z.string().min(1, 'must not be empty').max(200);
/** Six digits of the app, or a recovery code. */
export const codeSchema = z.string().trim().min(6, 'must have at least 6 characters').max(40);

/** POST /api/session/second-factor */
export const secondFactorBeginSchema = z.strictObject({ currentPassword: password });

/** The answer to it: the only time that the secret is shown. */
export const secondFactorSecretSchema = z
  .object({
    /** Base32, for typing. */
    secret: z.string(),
    /** For the QR code: otpauth://totp/… */
    uri: z.string(),
  })
  .meta({ id: 'SecondFactorSecret' });
export type SecondFactorSecret = z.output<typeof secondFactorSecretSchema>;

/** POST /api/session/second-factor/confirm and …/recovery-codes */
export const secondFactorCodeSchema = z.strictObject({ code: codeSchema });

export const recoveryCodesSchema = z
  .object({
    /** Each opens once; shown this once. */
    recoveryCodes: z.array(z.string()),
  })
  .meta({ id: 'RecoveryCodes' });
export type RecoveryCodes = z.output<typeof recoveryCodesSchema>;

/** POST /api/session/second-factor/removal */
export const secondFactorRemovalSchema = z.strictObject({ currentPassword: password, code: codeSchema });
