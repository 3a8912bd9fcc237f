import type { ChangedUser } from '../../../server/api.ts';
import { t } from '../i18n/locale.svelte.ts';
import { toasts } from '../ui/toasts.svelte.ts';

/** Somebody who leaves his pool leaves his callbacks to the others: whoever did it is told how many. */
export function sayOpened({ name, callbacksOpened }: ChangedUser): void {
  if (callbacksOpened > 0) toasts.say(t('users.callbacksOpened', { name, count: callbacksOpened }));
}
