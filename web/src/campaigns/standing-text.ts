import { unreachable } from '../../../kernel/assert.ts';
import type { CampaignStanding, WaitReason } from '../../../server/api.ts';
import { formatDayTime } from '../i18n/figures.ts';
import { t } from '../i18n/locale.svelte.ts';
import { ruleName } from '../leads/rule-name.ts';
import { wordOf } from './change-text.ts';

/** Why leads wait, in the reader's words. `words`: labels of dispositions by their codes. */
export function reasonText(reason: WaitReason, words: Readonly<Record<string, string>>): string {
  switch (reason.kind) {
    case 'list':
      return t(`campaign.wait.${reason.hold}`, { name: reason.name });
    case 'retry':
      return retryText(reason.after, words);
    case 'rule':
      return t('campaign.wait.rule', { rule: ruleName(reason.rule) });
    case 'callback':
      return t('campaign.wait.callback');
    case 'campaign-hours':
      return t(`campaign.wait.hours.${reason.why}`);
    case 'calling-window':
      return t('campaign.wait.calling-window');
    default:
      return unreachable(reason);
  }
}

function retryText(after: string | null, words: Readonly<Record<string, string>>): string {
  if (after === null) return t('campaign.wait.later');
  if (after.startsWith('disposition:')) {
    const code = after.slice('disposition:'.length);
    return t('campaign.wait.retry', { after: words[code] ?? code });
  }
  return t('campaign.wait.retry', { after: wordOf(`ending.${after}`) ?? after });
}

/** What stands between a running campaign and its next call, in one sentence; null = nothing. */
export function headline(standing: CampaignStanding, timeZone: string): string | null {
  const { opening, dueNow, nextAt, waiting } = standing;
  if (!opening.isOpen && opening.why !== 'ended' && opening.opensAt !== null)
    return t('campaign.head.closed', { time: formatDayTime(opening.opensAt, timeZone) });
  if (!opening.isOpen) return t('campaign.head.ended');
  if (dueNow > 0 || waiting.length === 0) return null;
  return nextAt === null ? t('campaign.head.held') : t('campaign.head.next', { time: formatDayTime(nextAt) });
}

const HOUR_MS = 3_600_000;

/** "about 3 hours", for a length that is only estimated. */
export function roughly(ms: number): string {
  const hours = ms / HOUR_MS;
  if (hours < 1) return t('campaign.roughly.minutes', { count: Math.max(5, Math.round(ms / 300_000) * 5) });
  return hours < 20
    ? t('campaign.roughly.hours', { count: Math.round(hours) })
    : t('campaign.roughly.days', { count: Math.round(hours / 10) });
}
