import { unreachable } from '../kernel/assert.ts';
import type { Locale } from '../compliance/locale.ts';
import type { CampaignSettings } from './campaign.ts';
import { formDefinitionProblem, type FormDefinitionProblem } from './form.ts';
import { RETRY_ENDINGS, retryAfterMin, type RetryEnding } from './retry-rule.ts';

/** Settings that do not go together, although each by itself is within its bounds. */
export type SettingsProblem =
  | { readonly kind: 'ends-before-it-starts' }
  | { readonly kind: 'hours-overlap'; readonly weekday: number }
  | { readonly kind: 'never-open' }
  | {
      readonly kind: 'retry-too-soon';
      readonly ending: RetryEnding;
      readonly minMs: number;
      readonly because: 'law' | 'safety' | null;
    }
  | { readonly kind: 'form'; readonly problem: FormDefinitionProblem; readonly label: string };

type Checked = Pick<CampaignSettings, 'startsOn' | 'endsOn' | 'dailyHours' | 'retryRules' | 'form'>;

/** The first thing that is wrong; null = nothing. */
export function settingsProblemOf(settings: Checked): SettingsProblem | null {
  const { startsOn, endsOn, retryRules, form } = settings;
  if (startsOn !== null && endsOn !== null && endsOn < startsOn) return { kind: 'ends-before-it-starts' };
  const hours = hoursProblem(settings.dailyHours);
  if (hours !== null) return hours;
  for (const ending of RETRY_ENDINGS) {
    const rule = retryRules[ending];
    const { afterMs: minMs, because } = retryAfterMin(ending);
    if (rule && rule.afterMs < minMs) return { kind: 'retry-too-soon', ending, minMs, because };
  }
  const wrong = formDefinitionProblem(form);
  return wrong === null
    ? null
    : { kind: 'form', problem: wrong.problem, label: form[wrong.index]?.label ?? '' };
}

function hoursProblem(week: Checked['dailyHours']): SettingsProblem | null {
  if (week === null) return null;
  if (week.every((hours) => hours.length === 0)) return { kind: 'never-open' };
  for (const [weekday, hours] of week.entries()) {
    const sorted = [...hours].sort((a, b) => a.fromMinute - b.fromMinute);
    const overlaps = sorted.some(({ fromMinute }, i) => fromMinute < (sorted[i - 1]?.toMinute ?? 0));
    if (overlaps) return { kind: 'hours-overlap', weekday };
  }
  return null;
}

/** The field of the settings that the problem is about. */
export function fieldOfProblem({ kind }: SettingsProblem): keyof CampaignSettings {
  switch (kind) {
    case 'ends-before-it-starts':
      return 'endsOn';
    case 'hours-overlap':
    case 'never-open':
      return 'dailyHours';
    case 'retry-too-soon':
      return 'retryRules';
    case 'form':
      return 'form';
    default:
      return unreachable(kind);
  }
}

const HOUR_MS = 3_600_000;

/** One sentence: what is wrong, and what to do. */
export function settingsProblemSentence(problem: SettingsProblem, locale: Locale): string {
  const isEnglish = locale === 'en';
  switch (problem.kind) {
    case 'ends-before-it-starts':
      return isEnglish
        ? 'The last day is before the first one: change one of them.'
        : '结束日期早于开始日期：请修改其中一个。';
    case 'hours-overlap':
      return isEnglish
        ? `Two times of ${WEEKDAYS.en[problem.weekday] ?? ''} overlap: let one end before the next begins.`
        : `${WEEKDAYS['zh-CN'][problem.weekday] ?? ''}的两个时段重叠：请让前一个在后一个开始前结束。`;
    case 'never-open':
      return isEnglish
        ? 'No day has any hours, so nothing would ever be dialled: give at least one day its hours.'
        : '没有任何一天设置了时段，将永远不会拨打：请至少为一天设置时段。';
    case 'retry-too-soon':
      return tooSoonSentence(problem, isEnglish);
    case 'form':
      return FORM_SENTENCES[locale][problem.problem].replace('{label}', () => problem.label);
    default:
      return unreachable(problem);
  }
}

function tooSoonSentence(
  { minMs, because }: Extract<SettingsProblem, { kind: 'retry-too-soon' }>,
  isEnglish: boolean,
): string {
  const hours = minMs / HOUR_MS;
  const minutes = Math.round(minMs / 60_000);
  if (because === 'law')
    return isEnglish
      ? `After a call that found no agent nobody may be dialled for ${String(hours)} hours: set at least that.`
      : `无坐席接听的呼叫之后，${String(hours)} 小时内不得再次拨打：请至少设为该时长。`;
  if (because === 'safety')
    return isEnglish
      ? `A lost call may have reached the person, so at least ${String(minutes)} minutes must pass.`
      : `丢失的呼叫可能已接通对方，至少须间隔 ${String(minutes)} 分钟。`;
  return isEnglish
    ? `Nobody is called again within ${String(minutes)} minute: set at least that.`
    : `不得在 ${String(minutes)} 分钟内再次拨打：请至少设为该时长。`;
}

const WEEKDAYS: Readonly<Record<Locale, readonly string[]>> = {
  en: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
  'zh-CN': ['星期一', '星期二', '星期三', '星期四', '星期五', '星期六', '星期日'],
};

const FORM_SENTENCES: Readonly<Record<Locale, Readonly<Record<FormDefinitionProblem, string>>>> = {
  en: {
    'key-twice': 'The field “{label}” has the key of another one: give it its own.',
    'choice-without-options': 'The field “{label}” is a choice without anything to choose: add options.',
    'writes-twice':
      'The field “{label}” writes into a lead field that another one writes already: choose another.',
  },
  'zh-CN': {
    'key-twice': '字段“{label}”与另一字段的键相同：请使用不同的键。',
    'choice-without-options': '选择字段“{label}”没有选项：请添加选项。',
    'writes-twice': '字段“{label}”写入的客户字段已被另一字段使用：请改选其他字段。',
  },
};
