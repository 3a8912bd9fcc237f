import type { ListId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';

/** A list of a campaign as the hopper sees it. */
export interface HopperList {
  readonly listId: ListId;
  /** The higher one goes first: the others get what it leaves. */
  readonly priority: number;
  /** Share among the lists of the same priority, from 1. */
  readonly weight: number;
  readonly isPaused: boolean;
  /** Calendar day (YYYY-MM-DD) after which its leads are not called; null = never. */
  readonly expiresOn: string | null;
}

/** Why a whole list waits. */
export type ListHold = 'list-paused' | 'list-expired';

/** Null = its leads may be taken. `today` is the campaign's local day (YYYY-MM-DD); the list's last day belongs to it. */
export function listHold(
  { isPaused, expiresOn }: Pick<HopperList, 'isPaused' | 'expiresOn'>,
  today: string,
): ListHold | null {
  if (isPaused) return 'list-paused';
  return expiresOn !== null && expiresOn < today ? 'list-expired' : null;
}

/** What one claim takes of a list. */
export interface HopperShare {
  readonly listId: ListId;
  /** 0 goes first. */
  readonly tier: number;
  /** Leads that the list is entitled to. What lists of its tier cannot give is shared among the others by weight. */
  readonly quota: number;
  readonly weight: number;
}

/**
 * How many leads of which list a claim of `count` takes. Lists that are paused or expired give none. Within a tier each list gets its
 * proportion rounded down or up; `phase` (0…1, another one for each claim) decides which way, so that claims of one lead keep the
 * proportion too.
 */
export function hopperShares(
  lists: readonly HopperList[],
  asked: { readonly count: number; readonly today: string; readonly phase: number },
): readonly HopperShare[] {
  const open = lists
    .filter((list) => listHold(list, asked.today) === null)
    .sort((a, b) => b.priority - a.priority || (a.listId < b.listId ? -1 : 1));
  const priorities = [...new Set(open.map(({ priority }) => priority))];
  return priorities.flatMap((priority, tier) =>
    sharesOfTier(
      open.filter((list) => list.priority === priority),
      { ...asked, tier },
    ),
  );
}

/**
 * Systematic sampling: `count` points lie at equal distance on a line on which each list has a stretch as long as its weight. The
 * phase moves all points together.
 */
function sharesOfTier(
  lists: readonly HopperList[],
  { count, phase, tier }: { readonly count: number; readonly phase: number; readonly tier: number },
): readonly HopperShare[] {
  const total = lists.reduce((sum, { weight }) => sum + weight, 0);
  let end = 0;
  let taken = 0;
  return lists.map(({ listId, weight }) => {
    end += weight;
    const upTo = end === total ? count : Math.ceil((end / total) * count - phase);
    const quota = Math.max(0, upTo - taken);
    taken += quota;
    return { listId, tier, quota, weight };
  });
}

const GOLDEN_RATIO = 0.6180339887498949;

/** The phase of a claim made at `now`: spread evenly over 0…1 whatever the rhythm of the claims (a Weyl sequence). */
export function hopperPhase(now: EpochMs): number {
  return (now * GOLDEN_RATIO) % 1;
}
