import { t } from '../i18n/locale.svelte.ts';

/** What a rule of the gate is called on the screen; one that this page does not know yet by its own word. */
export function ruleName(rule: string): string {
  switch (rule) {
    case 'facts':
      return t('rule.facts');
    case 'do-not-call':
      return t('rule.do-not-call');
    case 'calling-window':
      return t('rule.calling-window');
    case 'attempt-limit':
      return t('rule.attempt-limit');
    case 'rest':
      return t('rule.rest');
    default:
      return rule;
  }
}
