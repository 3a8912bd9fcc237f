import type { Disposition } from '../../../server/api.ts';
import { locale, t } from '../i18n/locale.svelte.ts';
import { messagesEn, type MessageKey } from '../i18n/messages.ts';

/** The words that every organization begins with. */
const SHIPPED = [
  'sale',
  'not-interested',
  'callback',
  'do-not-call',
  'not-home',
  'no-time',
  'wrong-number',
  'machine',
  'hung-up',
  'no-audio',
] as const;

/** An outcome in the words of the organization; one that it has left as it came, in those of the reader. */
export function dispositionLabel({ code, label }: Pick<Disposition, 'code' | 'label'>): string {
  const shipped = SHIPPED.find((known) => known === code);
  if (shipped === undefined || locale.name === 'en') return label;
  const key = `disposition.${shipped}` as const satisfies MessageKey;
  return messagesEn[key] === label ? t(key) : label;
}
