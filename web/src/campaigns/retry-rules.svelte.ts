import type { DurationMs } from '../../../kernel/time.ts';
import type { Campaign, CampaignDefaults } from '../../../server/api.ts';
import { readNumber } from './read-number.ts';

type DefaultRule = CampaignDefaults['retryRules'][number];
export type RetryEnding = DefaultRule['ending'];
type Rule = DefaultRule['rule'];

export const UNITS = ['minutes', 'hours', 'days'] as const;
export type Unit = (typeof UNITS)[number];
const UNIT_MS: Readonly<Record<Unit, number>> = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 };

/** A length of time as people say it: the greatest unit in which it is whole. */
export function inUnits(ms: number): { readonly amount: number; readonly unit: Unit } {
  const unit =
    (['days', 'hours', 'minutes'] as const).find((of) => ms > 0 && ms % UNIT_MS[of] === 0) ?? 'minutes';
  // One day is said as 24 hours: that is how rests are compared.
  if (unit === 'days' && ms < 4 * UNIT_MS.days) return { amount: ms / UNIT_MS.hours, unit: 'hours' };
  return { amount: ms / UNIT_MS[unit], unit };
}

/** What holds after one ending, while somebody types it. */
export class RetryRuleDraft {
  readonly ending: RetryEnding;
  readonly standard: DefaultRule;
  amount = $state('');
  unit = $state<Unit>('hours');
  /** Empty: as long as the lead has attempts. */
  tries = $state('');
  isSpread = $state(false);

  constructor(standard: DefaultRule, rule: Rule) {
    this.ending = standard.ending;
    this.standard = standard;
    this.#fill(rule);
  }

  reset(): void {
    this.#fill(this.standard.rule);
  }

  get problem(): 'number' | 'too-soon' | null {
    const afterMs = this.#afterMs();
    const tries = this.tries.trim() === '' ? null : readNumber(this.tries);
    if (afterMs === null || afterMs > 365 * UNIT_MS.days) return 'number';
    if (this.tries.trim() !== '' && (tries === null || !Number.isInteger(tries) || tries < 1 || tries > 100))
      return 'number';
    return afterMs < this.standard.afterMinMs ? 'too-soon' : null;
  }

  get value(): Rule {
    return {
      afterMs: (this.#afterMs() ?? 0) as DurationMs,
      triesMax: this.tries.trim() === '' ? null : readNumber(this.tries),
      isSpread: this.isSpread,
    };
  }

  get isChanged(): boolean {
    const { afterMs, triesMax, isSpread } = this.standard.rule;
    const { value } = this;
    return value.afterMs !== afterMs || value.triesMax !== triesMax || value.isSpread !== isSpread;
  }

  #afterMs(): number | null {
    const amount = readNumber(this.amount);
    return amount === null || amount < 0 ? null : Math.round(amount * UNIT_MS[this.unit]);
  }

  #fill({ afterMs, triesMax, isSpread }: Rule): void {
    const { amount, unit } = inUnits(afterMs);
    this.amount = String(amount);
    this.unit = unit;
    this.tries = triesMax === null ? '' : String(triesMax);
    this.isSpread = isSpread;
  }
}

/** All retry rules of a campaign. */
export class RetryRulesDraft {
  readonly rules: readonly RetryRuleDraft[];

  constructor(standards: readonly DefaultRule[], changed: Campaign['retryRules']) {
    this.rules = standards.map(
      (standard) => new RetryRuleDraft(standard, changed[standard.ending] ?? standard.rule),
    );
  }

  get isRight(): boolean {
    return this.rules.every(({ problem }) => problem === null);
  }

  /** Only what differs from the product's own rules. */
  get value(): Campaign['retryRules'] {
    return Object.fromEntries(
      this.rules.flatMap((rule) => (rule.isChanged ? [[rule.ending, rule.value]] : [])),
    );
  }
}
