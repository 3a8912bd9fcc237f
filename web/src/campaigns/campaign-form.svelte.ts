import type { ListId } from '../../../kernel/ids.ts';
import type { Campaign, CampaignChange, CampaignDefaults } from '../../../server/api.ts';
import { FormDraft } from './form-draft.svelte.ts';
import { readNumber } from './read-number.ts';
import { RetryRulesDraft } from './retry-rules.svelte.ts';
import { WeekHoursDraft } from './week-hours.svelte.ts';

/** Numbers of a campaign as a person types them: seconds and per cent, not milliseconds and shares. */
interface NumberRule {
  readonly min: number;
  readonly max: number;
  readonly isInteger: boolean;
  /** One of the typed unit in the stored one. */
  readonly factor: number;
  /** May be left empty: no limit of its own. */
  readonly isOptional?: true;
}

/** Bounds as the server has them, in typed units. */
export const NUMBER_RULES = {
  linesPerAgent: { min: 1, max: 10, isInteger: false, factor: 1 },
  abandonRateMax: { min: 0, max: 20, isInteger: false, factor: 0.01 },
  abandonTargetShare: { min: 0, max: 100, isInteger: false, factor: 0.01 },
  legalMs: { min: 0, max: 10, isInteger: false, factor: 1000 },
  ringTimeoutMs: { min: 15, max: 120, isInteger: false, factor: 1000 },
  wrapUpMs: { min: 0, max: 3600, isInteger: false, factor: 1000 },
  attemptsPerLeadMax: { min: 1, max: 100, isInteger: true, factor: 1 },
  attemptsPerNumberMax: { min: 1, max: 100, isInteger: true, factor: 1, isOptional: true },
  attemptsPerNumberDayMax: { min: 1, max: 100, isInteger: true, factor: 1 },
  attemptsPerLeadDayMax: { min: 1, max: 100, isInteger: true, factor: 1, isOptional: true },
  previewMs: { min: 5, max: 3600, isInteger: false, factor: 1000 },
  previewsMissedMax: { min: 1, max: 50, isInteger: true, factor: 1, isOptional: true },
  callbackOpenAfterMs: { min: 0, max: 43_200, isInteger: false, factor: 60_000, isOptional: true },
  priority: { min: -1000, max: 1000, isInteger: true, factor: 1 },
} as const satisfies Record<string, NumberRule>;
export type NumberField = keyof typeof NUMBER_RULES;
export const NUMBER_FIELDS = Object.keys(NUMBER_RULES) as readonly NumberField[];

const TEXT_FIELDS = [
  'name',
  'poolId',
  'timeZone',
  'trunkId',
  'callerId',
  'messageFile',
  'startsOn',
  'endsOn',
  'script',
] as const;
export type TextField = (typeof TEXT_FIELDS)[number];
const REQUIRED = ['name', 'poolId', 'timeZone', 'messageFile'] as const satisfies readonly TextField[];
/** Empty means none. */
const NULLABLE: ReadonlySet<TextField> = new Set(['trunkId', 'callerId', 'startsOn', 'endsOn']);
type ChoiceField = 'kind' | 'dialMode' | 'previewThen';
export type FormField = TextField | NumberField | ChoiceField | 'dailyHours' | 'retryRules' | 'form';

type Settings = Pick<Campaign, FormField>;
export type FormProblem =
  | { readonly kind: 'missing' | 'callerId' | 'hours' | 'retry' | 'form' }
  | { readonly kind: 'number'; readonly min: number; readonly max: number };

/** As the API takes it: said here already, so that it is said in the reader's language. */
const FULL_NUMBER = /^\+[1-9][0-9]{6,14}$/;

/** The settings of a campaign while somebody types them. */
export class CampaignForm {
  readonly texts: Record<TextField, string> = $state(emptyTexts());
  readonly numbers: Record<NumberField, string> = $state(emptyNumbers());
  readonly choices: Pick<Settings, ChoiceField> = $state({
    kind: 'telemarketing',
    dialMode: 'progressive',
    previewThen: 'skip',
  });
  readonly hours: WeekHoursDraft;
  readonly retry: RetryRulesDraft;
  readonly form: FormDraft;
  readonly #before: Settings;
  readonly #defaults: CampaignDefaults;
  #version = $state(0);
  #listIds = $state.raw<readonly ListId[]>([]);
  #listsBefore: readonly ListId[] = [];

  constructor(campaign: Campaign, defaults: CampaignDefaults) {
    this.#defaults = defaults;
    this.#before = campaign;
    this.#version = campaign.version;
    for (const field of TEXT_FIELDS) this.texts[field] = campaign[field] ?? '';
    for (const field of NUMBER_FIELDS) this.numbers[field] = typed(field, campaign[field]);
    const { kind, dialMode, previewThen } = campaign;
    Object.assign(this.choices, { kind, dialMode, previewThen });
    this.hours = new WeekHoursDraft(campaign.dailyHours);
    this.retry = new RetryRulesDraft(defaults.retryRules, campaign.retryRules);
    this.form = new FormDraft(campaign.form);
    this.#listIds = campaign.lists.map(({ listId }) => listId);
    this.#listsBefore = this.#listIds;
  }

  /** What the author has seen; see {@link sawVersion}. */
  get version(): number {
    return this.#version;
  }

  /** After a clash: he has been told, so his next save counts. */
  sawVersion(version: number): void {
    this.#version = version;
  }

  hasList(listId: ListId): boolean {
    return this.#listIds.includes(listId);
  }

  toggleList(listId: ListId): void {
    this.#listIds = this.hasList(listId)
      ? this.#listIds.filter((other) => other !== listId)
      : [...this.#listIds, listId];
  }

  get problems(): Partial<Record<FormField, FormProblem>> {
    const problems: Partial<Record<FormField, FormProblem>> = {};
    for (const field of REQUIRED) if (this.texts[field].trim() === '') problems[field] = { kind: 'missing' };
    for (const field of NUMBER_FIELDS) {
      const { min, max } = NUMBER_RULES[field];
      if (this.#stored(field) === undefined) problems[field] = { kind: 'number', min, max };
    }
    const callerId = this.texts.callerId.trim();
    if (callerId !== '' && !FULL_NUMBER.test(callerId)) problems.callerId = { kind: 'callerId' };
    if (this.hours.wrongDay !== null) problems.dailyHours = { kind: 'hours' };
    if (!this.retry.isRight) problems.retryRules = { kind: 'retry' };
    if (!this.form.isRight) problems.form = { kind: 'form' };
    return problems;
  }

  get isComplete(): boolean {
    return Object.keys(this.problems).length === 0;
  }

  /** All settings. Call only when {@link isComplete}. */
  get settings(): Settings {
    const texts = TEXT_FIELDS.map((field) => {
      const text = field === 'script' ? this.texts[field] : this.texts[field].trim();
      return [field, text === '' && NULLABLE.has(field) ? null : text];
    });
    const numbers = NUMBER_FIELDS.map((field) => [field, this.#stored(field) ?? null]);
    return {
      ...(Object.fromEntries([...texts, ...numbers]) as Pick<Settings, TextField | NumberField>),
      ...this.choices,
      dailyHours: this.hours.value,
      retryRules: this.retry.value,
      form: this.form.value,
    };
  }

  /** Only what differs from the campaign as it was read. */
  get change(): CampaignChange {
    const entries = Object.entries(this.settings).filter(
      ([field, value]) => !isSame(this.#before[field as FormField], value),
    );
    return Object.fromEntries(entries);
  }

  get isChanged(): boolean {
    return (
      Object.keys(this.change).length > 0 || this.listsToAttach.length > 0 || this.listsToDetach.length > 0
    );
  }

  get listsToAttach(): readonly ListId[] {
    return this.#listIds.filter((listId) => !this.#listsBefore.includes(listId));
  }

  get listsToDetach(): readonly ListId[] {
    return this.#listsBefore.filter((listId) => !this.#listIds.includes(listId));
  }

  /** Another value than the product's own; false for what has none. */
  differs(field: FormField): boolean {
    const standard: Partial<Settings> = this.#defaults.settings;
    return field in standard && field !== 'trunkId' && !isSame(standard[field], this.settings[field]);
  }

  /** The product's own value as it would be typed. */
  standardOf(field: NumberField): string {
    return typed(field, this.#defaults.settings[field]);
  }

  /** Back to the product's own value. */
  reset(field: NumberField): void {
    this.numbers[field] = this.standardOf(field);
  }

  /** Undefined: what is typed cannot be. Null: left empty, where that is allowed. */
  #stored(field: NumberField): number | null | undefined {
    const rule: NumberRule = NUMBER_RULES[field];
    if (rule.isOptional === true && this.numbers[field].trim() === '') return null;
    const value = readNumber(this.numbers[field]);
    if (value === null || value < rule.min || value > rule.max) return undefined;
    if (rule.isInteger && !Number.isInteger(value)) return undefined;
    const stored = tidy(value * rule.factor);
    return rule.factor >= 1000 ? Math.round(stored) : stored;
  }
}

const typed = (field: NumberField, stored: number | null): string =>
  stored === null ? '' : String(tidy(stored / NUMBER_RULES[field].factor));

function emptyTexts(): Record<TextField, string> {
  return Object.fromEntries(TEXT_FIELDS.map((field) => [field, ''])) as Record<TextField, string>;
}

function emptyNumbers(): Record<NumberField, string> {
  return Object.fromEntries(NUMBER_FIELDS.map((field) => [field, ''])) as Record<NumberField, string>;
}

/** By content: lists and objects of settings are read anew each time. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Without the dust of binary fractions: 2.8499999999999996 → 2.85. */
function tidy(value: number): number {
  return Number(value.toFixed(6));
}
