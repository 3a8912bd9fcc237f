import { Secret, TOTP } from 'otpauth';
import type { UserId } from '../../kernel/ids.ts';
import { after, minutes, type EpochMs } from '../../kernel/time.ts';

/** What apps take without asking (RFC 6238, and the key URI format of Google Authenticator). */
const FORM = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** 160 bits, as RFC 4226 asks. */
const SECRET_BYTES = 20;
/** A phone whose clock is half a minute off still fits. */
const STEPS_OFF = 1;
const WRONG_MAX = 5;
const LOCKED_MS = minutes(5);

export interface FactorState {
  /** The last step that was taken. */
  readonly lastStep: number;
  readonly wrongCodes: number;
  readonly lockedUntil: EpochMs | null;
}

export type CodeJudgement =
  | { readonly is: 'right'; readonly step: number }
  /** Also for a code that was taken before: whoever looked over a shoulder learns nothing. */
  | { readonly is: 'wrong'; readonly wrongCodes: number; readonly lockedUntil: EpochMs | null }
  | { readonly is: 'locked' };

export function newSecret(randomBytes: (count: number) => Uint8Array<ArrayBuffer>): string {
  return new Secret({ buffer: randomBytes(SECRET_BYTES).buffer }).base32;
}

/** What the sealed secret is bound to: in the row of somebody else it does not open. */
export const factorOwner = (userId: UserId): string => `second-factor ${userId}`;

/** What an app reads from a QR code. */
export function enrolmentUri(secret: string, { issuer, email }: { issuer: string; email: string }): string {
  return new TOTP({ ...FORM, secret: Secret.fromBase32(secret), issuer, label: email }).toString();
}

export const isAppCode = (code: string): boolean => /^\d{3}\s?\d{3}$/.test(code.trim());

/** Decides on six digits. Each step opens once, so that a code that was seen is worth nothing. */
export function judgeCode(
  state: FactorState & { readonly secret: string },
  code: string,
  now: EpochMs,
): CodeJudgement {
  if (isLocked(state, now)) return { is: 'locked' };
  const totp = new TOTP({ ...FORM, secret: Secret.fromBase32(state.secret) });
  const token = code.replaceAll(/\s/g, '');
  const delta = totp.validate({ token, timestamp: now, window: STEPS_OFF });
  const step = delta === null ? 0 : totp.counter({ timestamp: now }) + delta;
  return step > state.lastStep ? { is: 'right', step } : afterWrong(state, now);
}

export const isLocked = ({ lockedUntil }: Pick<FactorState, 'lockedUntil'>, now: EpochMs): boolean =>
  lockedUntil !== null && now < lockedUntil;

/** Counted for the account, wherever they come from: a million codes take years. */
export function afterWrong({ wrongCodes }: Pick<FactorState, 'wrongCodes'>, now: EpochMs): CodeJudgement {
  const count = wrongCodes + 1;
  if (count < WRONG_MAX) return { is: 'wrong', wrongCodes: count, lockedUntil: null };
  return { is: 'wrong', wrongCodes: 0, lockedUntil: after(now, LOCKED_MS) };
}

/** As people type it: with or without hyphens, in capitals or not. */
export const plainRecoveryCode = (code: string): string => code.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
