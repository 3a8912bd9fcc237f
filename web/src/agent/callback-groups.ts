import type { DeskCallback } from '../../../server/api/desk-dial.schema.ts';

export type CallbackGroup = 'overdue' | 'today' | 'later';

/** What is due, by the agent's own day; the order stays. */
export function groupCallbacks(
  callbacks: readonly DeskCallback[],
  now: number,
  dayOf: (at: number) => string,
): Readonly<Record<CallbackGroup, readonly DeskCallback[]>> {
  const groups: Record<CallbackGroup, DeskCallback[]> = { overdue: [], today: [], later: [] };
  const today = dayOf(now);
  for (const callback of callbacks) {
    if (callback.dueAt <= now) groups.overdue.push(callback);
    else if (dayOf(callback.dueAt) === today) groups.today.push(callback);
    else groups.later.push(callback);
  }
  return groups;
}
