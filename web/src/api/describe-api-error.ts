import { locale, t } from '../i18n/locale.svelte.ts';
import { PROBLEMS_ZH_CN } from '../i18n/zh-cn/problems.ts';
import { ApiError, NOT_OURS } from './api-client.ts';

/** One sentence for the screen: what happened and what to do. */
export function describeApiError(error: unknown): string {
  if (!(error instanceof ApiError)) return t('error.program');
  if (error.code === 'unreachable') return t('error.unreachable');
  if (error.code === NOT_OURS) {
    if (error.status === 429) return t('error.tooMany');
    return error.status >= 500
      ? t('error.server', { status: error.status })
      : t('error.refused', { status: error.status });
  }
  const translated = locale.name === 'zh-CN' ? PROBLEMS_ZH_CN[error.code] : undefined;
  return translated ?? error.message;
}
