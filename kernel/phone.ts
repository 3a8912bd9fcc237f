import type { Branded } from './ids.ts';

/** A telephone number in E.164 with its plus sign (ITU-T E.164: at most 15 digits). */
export type PhoneNumber = Branded<string, 'PhoneNumber'>;

/** For logs and for roles that do not need the number: +1305*****34. */
export function maskPhone(phone: string): string {
  if (phone.length < 8) return '*'.repeat(phone.length);
  return `${phone.slice(0, 5)}${'*'.repeat(phone.length - 7)}${phone.slice(-2)}`;
}
