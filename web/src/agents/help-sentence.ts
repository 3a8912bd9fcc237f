import type { HelpEntry } from '../../../server/api.ts';
import { formatDateTime } from '../i18n/figures.ts';
import { t } from '../i18n/locale.svelte.ts';
import { pauseLabel } from './pause-label.ts';

/** One line of an agent's history: who did what for him, and what came of it. */
export function helpSentence(entry: HelpEntry, reasons: readonly { code: string; label: string }[]): string {
  const by = entry.byName;
  if (entry.type === 'message') {
    return entry.seenAt === null
      ? t('agents.did.wroteUnseen', { by })
      : t('agents.did.wroteSeen', { by, at: formatDateTime(entry.seenAt) });
  }
  const what = t(`agents.did.${entry.kind}`, {
    by,
    reason: entry.reason === null ? '' : pauseLabel(entry.reason, reasons),
    pool: entry.poolName ?? '',
  });
  return `${what} ${t(`agents.outcome.${entry.outcome ?? 'unknown'}`)}`;
}
