import { z } from 'zod';
import type { Dist, MixtureShare } from './distribution.ts';

/** Shares that should sum to 1 may miss it by this much. */
const SHARE_TOLERANCE = 1e-6;

export const nonNegative = z.number().min(0, 'must not be negative');
export const share = z.number().min(0, 'must not be negative').max(1, 'must not be above 1');

/** Null when the shares sum to 1, else what is wrong with them. */
export function shareMistake(shares: readonly number[]): string | null {
  const sum = shares.reduce((total, one) => total + one, 0);
  if (Math.abs(sum - 1) <= SHARE_TOLERANCE) return null;
  return `the shares add up to ${Number(sum.toFixed(6))}, not to 1`;
}

type Payload<T> = z.core.ParsePayload<T>;

function sharesAddUp(payload: Payload<readonly { readonly share: number }[]>): void {
  const message = shareMistake(payload.value.map((one) => one.share));
  if (message !== null) payload.issues.push({ code: 'custom', input: payload.value, message });
}

/** mean·(1 ± √3·cv) reaches below zero when cv is above 1/√3. */
function staysPositive(payload: Payload<{ dist: string; cv: number }>): void {
  const { dist, cv } = payload.value;
  if (dist !== 'uniform' || cv <= 1 / Math.sqrt(3)) return;
  const message = 'a uniform distribution with a cv above 0.577 would draw negative times';
  payload.issues.push({ code: 'custom', input: cv, path: ['cv'], message });
}

const simpleFields = {
  dist: z.enum(['constant', 'exponential', 'lognormal', 'gamma', 'uniform']),
  mean: nonNegative,
  cv: nonNegative.default(0),
  offset: nonNegative.default(0),
};
const KINDS = 'dist must be constant, exponential, lognormal, gamma, uniform or mixture';

/** The fields of a distribution together with others, as in `{"fromHour": 2, "dist": "constant", "mean": 30}`. */
export const distWith = <Extra extends z.core.$ZodLooseShape>(
  extra: Extra,
): z.ZodType<Dist & z.output<z.ZodObject<Extra>>> =>
  z.discriminatedUnion(
    'dist',
    [
      z.strictObject({ ...simpleFields, ...extra }).check(staysPositive as never),
      z.strictObject({ dist: z.literal('mixture'), of: z.lazy(() => parts), ...extra }),
    ],
    KINDS,
  ) as never;

const parts: z.ZodType<MixtureShare[]> = z
  .array(distWith({ share }))
  .min(1, 'must have at least one part')
  .check(sharesAddUp);

/** Any distribution of the contract; in seconds. */
export const distSchema: z.ZodType<Dist> = distWith({});
