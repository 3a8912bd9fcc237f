import { t } from '../i18n/locale.svelte.ts';

/**
 * What a pause is called. The product's own reasons have texts here; the organization's are known by their code, which is how they
 * are named where the list of reasons is not at hand.
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
    case 'screen-lost':
      return t('pause.screen-lost');
    case 'break':
      return reasons.find(({ code }) => code === reason)?.label ?? t('pause.break');
    default:
      return reasons.find(({ code }) => code === reason)?.label ?? reason;
  }
}
