import { callingWindowOf } from '../compliance/calling-window.ts';
import type { ListId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { CampaignOpening } from './campaign-hours.ts';
import type { ListHold } from './hopper.ts';

/** Leads of a campaign that are alike in all that decides when they are called. */
export interface LeadGroup {
  readonly state: 'waiting' | 'callback' | 'claimed' | 'calling' | 'awaiting-disposition' | 'finished';
  /** Null for leads that are not open. */
  readonly listId: ListId | null;
  readonly zoneKey: string | null;
  readonly isDue: boolean;
  /** Of an open lead that is not due: `due_why`; of a finished one: why. */
  readonly why: string | null;
  readonly leads: number;
  readonly firstDueAt: EpochMs;
}

export interface StandingFacts {
  readonly now: EpochMs;
  readonly groups: readonly LeadGroup[];
  readonly opening: CampaignOpening;
  readonly holds: ReadonlyMap<ListId, { readonly name: string; readonly hold: ListHold }>;
}

/** Why leads wait. The first that holds is named: a paused list is not dialled whatever the hour is. */
export type WaitReason =
  | { readonly kind: 'list'; readonly hold: ListHold; readonly name: string }
  /** `ending` as in the closed list, `disposition:<code>`, or null where nothing is known. */
  | { readonly kind: 'retry'; readonly after: string | null }
  | { readonly kind: 'rule'; readonly rule: string }
  | { readonly kind: 'callback' }
  | { readonly kind: 'campaign-hours'; readonly why: 'not-begun' | 'out-of-hours' | 'ended' }
  | { readonly kind: 'calling-window' };

export interface WaitingGroup {
  readonly reason: WaitReason;
  readonly leads: number;
  /** When the first of them may be called, as far as this reason goes; null = not known. */
  readonly nextAt: EpochMs | null;
}

export interface CampaignStanding {
  readonly leads: number;
  readonly dueNow: number;
  readonly inProgress: number;
  readonly awaitingDisposition: number;
  readonly finished: number;
  readonly waiting: readonly WaitingGroup[];
  readonly finishedBy: readonly { readonly why: string; readonly leads: number }[];
  /** When the next waiting lead may be called; null = none, or now. */
  readonly nextAt: EpochMs | null;
}

/** Where the leads of a campaign stand, and why those wait that wait. */
export function standingOf(facts: StandingFacts): CampaignStanding {
  const { groups } = facts;
  const inStates = (...states: LeadGroup['state'][]): number =>
    sum(groups.filter(({ state }) => states.includes(state)));
  const open = groups.filter(({ state }) => state === 'waiting' || state === 'callback');
  const judged = open.map((group) => ({ group, wait: waitOf(group, facts) }));
  const waiting = merged(
    judged.flatMap(({ group, wait }) => (wait === null ? [] : [{ ...wait, leads: group.leads }])),
  );
  const finished = groups.filter(({ state }) => state === 'finished');
  const moments = waiting.flatMap(({ nextAt }) => (nextAt === null ? [] : [nextAt]));
  return {
    leads: sum(groups),
    dueNow: sum(judged.filter(({ wait }) => wait === null).map(({ group }) => group)),
    inProgress: inStates('claimed', 'calling'),
    awaitingDisposition: inStates('awaiting-disposition'),
    finished: sum(finished),
    waiting,
    finishedBy: byWhy(finished),
    nextAt: moments.length === 0 ? null : (Math.min(...moments) as EpochMs),
  };
}

const sum = (groups: readonly { readonly leads: number }[]): number =>
  groups.reduce((total, { leads }) => total + leads, 0);

type Wait = Pick<WaitingGroup, 'reason' | 'nextAt'>;

/** Null: nothing keeps them from being called now. */
function waitOf(group: LeadGroup, { now, opening, holds }: StandingFacts): Wait | null {
  const held = group.listId === null ? undefined : holds.get(group.listId);
  if (held && group.state === 'waiting') return { reason: { kind: 'list', ...held }, nextAt: null };
  const window = callingWindowOf(group.zoneKey ?? '', now);
  if (!group.isDue) {
    if (group.state === 'callback') return { reason: { kind: 'callback' }, nextAt: group.firstDueAt };
    return { reason: reasonOf(group.why), nextAt: group.firstDueAt };
  }
  if (!opening.isOpen) {
    const nextAt = opening.opensAt;
    return { reason: { kind: 'campaign-hours', why: opening.why }, nextAt };
  }
  return window.isOpen ? null : { reason: { kind: 'calling-window' }, nextAt: window.opensAt };
}

function reasonOf(why: string | null): WaitReason {
  if (why === 'rule:calling-window') return { kind: 'calling-window' };
  if (why?.startsWith('rule:') === true) return { kind: 'rule', rule: why.slice('rule:'.length) };
  return { kind: 'retry', after: why };
}

/** One line for each reason, the greatest first. */
function merged(groups: readonly WaitingGroup[]): readonly WaitingGroup[] {
  const lines = new Map<string, WaitingGroup>();
  for (const group of groups) {
    const key = JSON.stringify(group.reason);
    const line = lines.get(key);
    const moments = [line?.nextAt ?? null, group.nextAt].filter((at) => at !== null);
    lines.set(key, {
      reason: group.reason,
      leads: (line?.leads ?? 0) + group.leads,
      nextAt: moments.length === 0 ? null : (Math.min(...moments) as EpochMs),
    });
  }
  return [...lines.values()].sort((a, b) => b.leads - a.leads);
}

function byWhy(groups: readonly LeadGroup[]): CampaignStanding['finishedBy'] {
  const counts = new Map<string, number>();
  for (const { why, leads } of groups) counts.set(why ?? '', (counts.get(why ?? '') ?? 0) + leads);
  return [...counts].map(([why, leads]) => ({ why, leads })).sort((a, b) => b.leads - a.leads);
}

/** What a campaign has finished today, for the question how long its leads last. */
export interface Pace {
  readonly finishedToday: number;
  /** First and last call of today; null = none yet. */
  readonly firstCallAt: EpochMs | null;
  readonly lastCallAt: EpochMs | null;
}

/** Too little to divide by. */
const PACE_AFTER_MS = 600_000;

/** Dialling time until no lead is open, if it goes on as today; null while today says too little. */
export function runsOutAfterMs(
  openLeads: number,
  { finishedToday, firstCallAt, lastCallAt }: Pace,
): number | null {
  if (firstCallAt === null || lastCallAt === null || finishedToday === 0) return null;
  const dialledMs = lastCallAt - firstCallAt;
  return dialledMs < PACE_AFTER_MS ? null : Math.round((openLeads / finishedToday) * dialledMs);
}
