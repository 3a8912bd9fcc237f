import { Secret, TOTP } from 'otpauth';
import { expect, test } from 'vitest';
import { after, minutes, seconds, type EpochMs } from '../../kernel/time.ts';
import { enrolmentUri, judgeCode, newSecret, plainRecoveryCode, type FactorState } from './second-factor.ts';

// RFC 6238, appendix B: the secret "12345678901234567890", at 59 s the code 94287082 of which six digits remain.
const RFC = Secret.fromUTF8('12345678901234567890').base32;
const AT = 59_000 as EpochMs;
const state = (change: Partial<FactorState> = {}): FactorState & { secret: string } => ({
  secret: RFC,
  lastStep: 0,
  wrongCodes: 0,
  lockedUntil: null,
  ...change,
});

test('the code of the RFC is right at its time, and half a minute before and after', () => {
  expect(judgeCode(state(), '287082', AT)).toEqual({ is: 'right', step: 1 });
  expect(judgeCode(state(), '287 082', after(AT, seconds(30)))).toEqual({ is: 'right', step: 1 });
  expect(judgeCode(state(), '287082', after(AT, seconds(61)))).toMatchObject({ is: 'wrong' });
});

test('a code opens once, and none of before it opens afterwards', () => {
  expect(judgeCode(state({ lastStep: 1 }), '287082', AT)).toMatchObject({ is: 'wrong' });
  expect(judgeCode(state({ lastStep: 2 }), '287082', AT)).toMatchObject({ is: 'wrong' });
});

test('five wrong codes in a row close it for five minutes, for right ones too', () => {
  expect(judgeCode(state({ wrongCodes: 3 }), '000000', AT)).toEqual({
    is: 'wrong',
    wrongCodes: 4,
    lockedUntil: null,
  });
  const lockedUntil = after(AT, minutes(5));
  expect(judgeCode(state({ wrongCodes: 4 }), '000000', AT)).toEqual({
    is: 'wrong',
    wrongCodes: 0,
    lockedUntil,
  });
  expect(judgeCode(state({ lockedUntil }), '287082', AT)).toEqual({ is: 'locked' });
  const code = new TOTP({ secret: Secret.fromBase32(RFC) }).generate({ timestamp: lockedUntil });
  expect(judgeCode(state({ lockedUntil }), code, lockedUntil)).toMatchObject({ is: 'right' });
});

test('an app reads issuer, person and secret from the address in the QR code', () => {
  const secret = newSecret((count) => new Uint8Array(count).fill(7));
  expect(secret).toHaveLength(32);
  expect(enrolmentUri(secret, { issuer: 'Ringline Demo', email: 'ada@example.com' })).toBe(
    `otpauth://totp/Ringline%20Demo:ada%40example.com?issuer=Ringline%20Demo&secret=${secret}&algorithm=SHA1&digits=6&period=30`,
  );
});

test('a recovery code is the same with or without hyphens and capitals', () => {
  expect(plainRecoveryCode(' ABCD-efgh jkmn')).toBe('abcdefghjkmn');
});
