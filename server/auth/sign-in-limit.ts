import { createHash } from 'node:crypto';
import type { RateLimits } from '../http-settings.ts';

export interface CountedKey {
  /** SHA-256 of what is counted. */
  readonly hex: string;
  readonly max: number;
}

/**
 * What an attempt counts for: one person who mistypes, one account that is guessed at from many places, one place from which many
 * accounts are tried. The same for people who exist and for those who do not, so that a refusal tells nothing.
 */
export function countedKeys(
  { email, address }: { email: string; address: string },
  limits: RateLimits,
): readonly CountedKey[] {
  const account = email.trim().toLowerCase();
  const network = networkOf(address);
  const key = (max: number, ...parts: readonly string[]): CountedKey => ({
    hex: createHash('sha256').update(JSON.stringify(parts)).digest('hex'),
    max,
  });
  return [
    key(limits.signInsPerEmail, 'account', account, 'network', network),
    key(limits.signInsPerAccount, 'account', account),
    key(limits.signInsPerAddress, 'network', network),
  ];
}

const IPV6_GROUPS = 8;
/** A household is given 2^64 addresses of IPv6: it is counted as one. */
const NETWORK_GROUPS = 4;

export function networkOf(address: string): string {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (v4 !== undefined) return v4;
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').toLowerCase().split('::');
  const groups = (text: string | undefined): string[] =>
    text === undefined || text === '' ? [] : text.split(':');
  const [before, after] = [groups(head), groups(tail)];
  const missing = Math.max(0, IPV6_GROUPS - before.length - after.length);
  const all = [...before, ...Array.from({ length: missing }, () => '0'), ...after];
  return all
    .slice(0, NETWORK_GROUPS)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
