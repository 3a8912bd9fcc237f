import { locale, t } from '../i18n/locale.svelte.ts';
import { messagesEn, type MessageKey } from '../i18n/messages.ts';

type ReasonKey = Extract<MessageKey, `reject.${string}`>;

const isReasonKey = (key: string): key is ReasonKey => key in messagesEn;

/** A reason for a rejected row in words; one that this page does not know yet by its own word. */
export function rejectReason(reason: string): string {
  const key = `reject.${reason}`;
  return isReasonKey(key) ? t(key) : locale.name === 'en' ? reason.replaceAll('-', ' ') : reason;
}
