import { t } from '../i18n/locale.svelte.ts';

/** Where an entry came from: an agent's call, an import, or the role of whoever added it; others by their own word. */
export function sourceName(source: string): string {
  switch (source) {
    case 'agent':
      return t('dnc.source.agent');
    case 'import':
      return t('dnc.source.import');
    case 'admin':
    case 'manager':
    case 'supervisor':
    case 'officer':
      return t(`role.${source}`);
    default:
      return source;
  }
}
