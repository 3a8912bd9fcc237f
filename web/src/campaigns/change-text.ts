import type { Campaign, CampaignChanges } from '../../../server/api.ts';
import { formatCount } from '../i18n/figures.ts';
import { t } from '../i18n/locale.svelte.ts';
import { messagesEn } from '../i18n/messages.ts';
import { NUMBER_RULES, type NumberField } from './campaign-form.svelte.ts';
import { inUnits } from './retry-rules.svelte.ts';

type Change = CampaignChanges['changes'][number];

/** The word of a key that is put together from data; null where there is none. Such words take no values. */
export const wordOf = (key: string): string | null => (key in messagesEn ? t(key as 'campaign.name') : null);

const isNumberField = (field: string): field is NumberField => field in NUMBER_RULES;

/** What was changed, in the reader's words. */
export function fieldName(field: string): string {
  return wordOf(`campaign.${field}`) ?? wordOf(`campaign.changed.${field}`) ?? field;
}

const UNITS: Partial<Record<NumberField, string>> = {
  abandonRateMax: '%',
  abandonTargetShare: '%',
  legalMs: 's',
  ringTimeoutMs: 's',
  wrapUpMs: 's',
  previewMs: 's',
  callbackOpenAfterMs: 'min',
};

const CHOICES: Readonly<Record<string, string>> = {
  state: 'campaign.state',
  dialMode: 'campaign.mode',
  kind: 'campaign.kind',
  previewThen: 'campaign.previewThen',
};

/** A value of a setting as the form shows it; null = too long to be said here. */
export function valueText(field: string, value: unknown): string | null {
  if (value === null || value === '') return t('campaign.changed.none');
  if (isNumberField(field) && typeof value === 'number') {
    const shown = formatCount(Number((value / NUMBER_RULES[field].factor).toFixed(6)));
    const unit = UNITS[field];
    return unit ? `${shown} ${unit}` : shown;
  }
  const choice = typeof value === 'string' ? wordOf(`${CHOICES[field] ?? ''}.${value}`) : null;
  if (choice !== null) return choice;
  if (field === 'dispositions' && Array.isArray(value)) return value.join(', ');
  // Ids say nothing to people, and texts are too long.
  const isPlain = [
    'name',
    'callerId',
    'timeZone',
    'messageFile',
    'startsOn',
    'endsOn',
    'list-added',
    'list-removed',
    'copied-from',
  ];
  return isPlain.includes(field) && typeof value === 'string' ? value : null;
}

/** "30 s → 10 s", or null where the values are too long to be shown. */
export function changeText({ field, before, after }: Change): string | null {
  if (field === 'list-added' || field === 'copied-from') return valueText(field, after);
  if (field === 'list-removed') return valueText(field, before);
  if (field === 'leads-redated' && typeof after === 'number') return formatCount(after);
  if (field === 'retryRules') return retryText(before as Rules, after as Rules);
  const [from, to] = [valueText(field, before), valueText(field, after)];
  return from === null || to === null ? null : `${from} → ${to}`;
}

type Rules = Campaign['retryRules'];

/** "No answer: 90 minutes; Busy: default". */
function retryText(before: Rules, after: Rules): string {
  const endings = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof Rules)[];
  return endings
    .filter((ending) => JSON.stringify(before[ending]) !== JSON.stringify(after[ending]))
    .map((ending) => `${wordOf(`ending.${ending}`) ?? ending}: ${ruleText(after[ending])}`)
    .join('; ');
}

function ruleText(rule: Rules[keyof Rules]): string {
  if (rule === undefined) return t('campaign.changed.standard');
  const { amount, unit } = inUnits(rule.afterMs);
  const parts = [t(`campaign.retry.in.${unit}`, { count: amount })];
  if (rule.triesMax !== null) parts.push(t('campaign.retry.standardTries', { count: rule.triesMax }));
  if (rule.isSpread) parts.push(t('campaign.retry.spread'));
  return parts.join(', ');
}
