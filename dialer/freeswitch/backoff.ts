import type { Random } from '../../kernel/random.ts';
import { milliseconds, type DurationMs } from '../../kernel/time.ts';

const FIRST_MS = 100;
/** A switch that comes back is found again within this; more often only fills its log. */
const LONGEST_MS = 5000;

/** How long to wait before the next attempt: doubling, with half of it left to chance so that owners do not come all at once. */
export function reconnectWait(failures: number, random: Random): DurationMs {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 16));
  return milliseconds(Math.round(longest * (0.5 + 0.5 * random.next())));
}
