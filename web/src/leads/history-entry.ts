import type { HistoryEntry } from '../../../server/api.ts';
import type { IconName } from '../ui/icon-paths.ts';

export const HISTORY_FILTERS = ['all', 'calls', 'refusals', 'outcomes'] as const;
export type HistoryFilter = (typeof HISTORY_FILTERS)[number];

export function isShown(entry: HistoryEntry, filter: HistoryFilter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'calls':
      return entry.kind === 'call';
    case 'refusals':
      return entry.kind === 'refusal' || entry.kind === 'do-not-call' || entry.kind === 'list-held';
    case 'outcomes':
      return entry.kind === 'disposition' || entry.kind === 'note' || entry.kind === 'skipped';
  }
}

const ICONS: Readonly<Record<HistoryEntry['kind'], IconName>> = {
  call: 'phone',
  refusal: 'clock',
  disposition: 'check',
  'do-not-call': 'doNotCall',
  imported: 'upload',
  note: 'edit',
  skipped: 'arrowLeft',
  'list-held': 'pause',
};

export const iconOf = (entry: HistoryEntry): IconName => ICONS[entry.kind];

/** Good: a talk. Bad: an abandoned or lost call, or the wish not to be called. Warn: a rule said no. */
export function toneOf(entry: HistoryEntry): 'good' | 'bad' | 'warn' | null {
  if (entry.kind === 'refusal' || entry.kind === 'list-held') return 'warn';
  if (entry.kind === 'do-not-call') return 'bad';
  if (entry.kind !== 'call') return null;
  if (entry.ending === 'connected') return 'good';
  return entry.ending === 'human-abandoned' || entry.ending === 'lost' || entry.ending === 'agent-lost'
    ? 'bad'
    : null;
}

/** The newest first, as they came; days by the reader's clock. */
export function groupByDay(
  entries: readonly HistoryEntry[],
  dayOf: (at: number) => string,
): readonly { day: string; entries: readonly HistoryEntry[] }[] {
  const days: { day: string; entries: HistoryEntry[] }[] = [];
  for (const entry of entries) {
    const day = dayOf(entry.at);
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else days.push({ day, entries: [entry] });
  }
  return days;
}
