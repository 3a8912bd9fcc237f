import type { Query } from '../../kernel/database.ts';
import { toIso, type DurationMs, type EpochMs } from '../../kernel/time.ts';
import type { CountedKey } from './sign-in-limit.ts';

/** Counts one attempt for each key, in one statement over all processes. False when one of them has none left. */
export async function takeSignInAttempt(
  system: Query,
  { keys, now, windowMs }: { keys: readonly CountedKey[]; now: EpochMs; windowMs: DurationMs },
): Promise<boolean> {
  const [row] = await system<{ isLeft: boolean }>`
    select ringline_take_sign_in_attempt(
             array(select decode(hex, 'hex') from unnest(${keys.map(({ hex }) => hex)}::text[]) with ordinality as k (hex, n) order by n),
             ${keys.map(({ max }) => max)}::integer[], ${toIso(now)}::timestamptz,
             ${windowMs}::integer * interval '1 millisecond') as "isLeft"`;
  return row?.isLeft === true;
}
