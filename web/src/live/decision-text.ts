import { unreachable } from '../../../kernel/assert.ts';
import type { CampaignWhy, NotDialling } from '../../../server/api.ts';
import { formatCount, formatDayTime, formatRate } from '../i18n/figures.ts';
import { t } from '../i18n/locale.svelte.ts';

/** Why a pool places no call now, in the language of the screen. */
export function notDiallingText(why: NotDialling): string {
  switch (why.code) {
    case 'switch-down':
      return t('live.notDialling.switch-down', { detail: why.detail.replace(/\.$/, '') });
    case 'clock-off':
      return t('live.notDialling.clock-off', { seconds: (why.offsetMs / 1000).toFixed(1) });
    case 'taken-over':
    case 'closing':
    case 'database-down':
    case 'taking-over':
    case 'clock-unknown':
      return t(`live.notDialling.${why.code}`);
    default:
      return unreachable(why);
  }
}

/** The last pacing decision in the language of the screen. */
export function whyText(why: CampaignWhy): string {
  if (why.kind === 'nobody-due') return t('live.why.nobody-due');
  if (why.kind === 'trunk') return t(`live.why.trunk.${why.code}`, { gateway: why.gateway });
  if (why.kind === 'closed')
    return why.opensAt === null
      ? t('live.why.closed')
      : t('live.why.closedUntil', { time: formatDayTime(why.opensAt, why.timeZone) });
  const { lines, idleAgents, ringing, waiting, fallback, risk, riskMax } = why;
  const what = lines > 0 ? t('live.why.dialling', { lines: formatCount(lines) }) : t('live.why.holding');
  const seen = t('live.why.seen', { idle: idleAgents, ringing, waiting });
  const parts = [`${what}${seen}`];
  if (fallback !== null) parts.push(t(`live.why.fallback.${fallback}`));
  else if (risk !== null && riskMax !== null)
    parts.push(t('live.why.risk', { risk: formatRate(risk), allowed: formatRate(riskMax) }));
  return parts.join(t('live.why.between'));
}
