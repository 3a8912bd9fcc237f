import { t } from '../i18n/locale.svelte.ts';
import { messagesEn, type MessageKey } from '../i18n/messages.ts';

/** The reasons that every organization begins with. */
const SHIPPED = ['break', 'lunch', 'meeting', 'training', 'follow-up'] as const;

/**
 * What a pause is called. The product's own reasons have texts here, and so have those that an organization has left as they came;
 * its own are known by their code, which is how they are named where the list of reasons is not at hand.
 */
export function pauseLabel(reason: string, reasons: readonly { code: string; label: string }[] = []): string {
  switch (reason) {
    case 'signed-in':
      return t('pause.signed-in');
    case 'after-call':
      return t('pause.after-call');
    case 'no-disposition':
      return t('pause.no-disposition');
    case 'supervisor':
      return t('pause.supervisor');
    case 'previews-missed':
      return t('pause.previews-missed');
    case 'screen-lost':
      return t('pause.screen-lost');
    default:
      return ownLabel(
        reason,
        reasons.find(({ code }) => code === reason),
      );
  }
}

function ownLabel(reason: string, own: { label: string } | undefined): string {
  const shipped = SHIPPED.find((known) => known === reason);
  if (shipped === undefined) return own?.label ?? reason;
  const key = `pause.${shipped}` as const satisfies MessageKey;
  return own === undefined || own.label === messagesEn[key] ? t(key) : own.label;
}
