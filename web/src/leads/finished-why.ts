import { t } from '../i18n/locale.svelte.ts';
import { messagesEn, type MessageKey } from '../i18n/messages.ts';

type EndingKey = Extract<MessageKey, `ending.${string}`>;

const isEndingKey = (key: string): key is EndingKey => key in messagesEn;

/** Why a lead is finished in a campaign, in words: a limit, a list, the agent's outcome, or the last call's ending. */
export function finishedWhy(why: string): string {
  const [kind, code, detail] = why.split(':', 3);
  if (kind === 'disposition') return t('lead.finished.disposition', { code: code ?? '' });
  switch (why) {
    case 'attempts-used-up':
    case 'do-not-call':
    case 'list-removed':
    case 'no-number':
    case 'callback-cancelled':
    case 'reached':
      return t(`lead.finished.${why}`);
    // The gate's own word for the same.
    case 'attempt-limit':
      return t('lead.finished.attempts-used-up');
  }
  if (kind === 'tries-used-up' && code !== undefined)
    return t('lead.finished.tries-used-up', {
      why: code === 'disposition' ? (detail ?? '') : endingWord(code),
    });
  return endingWord(why);
}

function endingWord(why: string): string {
  const ending = `ending.${why}`;
  return isEndingKey(ending) ? t(ending) : why;
}
