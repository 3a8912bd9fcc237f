import { ENDINGS } from '../../../campaigns/lead-filter.schema.ts';
import type { Campaigns, DispositionWords, LeadFieldTypes, Lists, Role } from '../../../server/api.ts';
import { api } from '../api/api-client.ts';
import { Resource } from '../api/resource.svelte.ts';
import { t } from '../i18n/locale.svelte.ts';
import { areasOf } from '../session/access.ts';

export interface Option {
  readonly value: string;
  readonly label: string;
}

const TESTS = [
  'is',
  'is-not',
  'begins',
  'contains',
  'is-empty',
  'is-not-empty',
  'at-least',
  'at-most',
  'before',
  'after',
  'never',
  'any',
] as const;

/** What can be chosen in a filter, as far as the reader's role may see it. */
export class FilterWords {
  readonly #lists = new Resource((signal) => api.get<Lists>('/api/lists', { signal }));
  readonly #campaigns = new Resource((signal) => api.get<Campaigns>('/api/campaigns', { signal }));
  readonly #dispositions = new Resource((signal) =>
    api.get<DispositionWords>('/api/dispositions', { signal }),
  );
  readonly #fields = new Resource((signal) => api.get<LeadFieldTypes>('/api/lead-fields', { signal }));

  readonly zones: readonly Option[] = Intl.supportedValuesOf('timeZone').map((zone) => ({
    value: zone,
    label: zone.replaceAll('_', ' '),
  }));

  async load(role: Role): Promise<void> {
    const mayLists = areasOf(role).includes('lists');
    await Promise.all([
      this.#campaigns.load(),
      this.#dispositions.load(),
      ...(mayLists ? [this.#lists.load(), this.#fields.load()] : []),
    ]);
  }

  get lists(): readonly Option[] {
    return (this.#lists.value?.lists ?? []).map(({ listId, name }) => ({ value: listId, label: name }));
  }

  get campaigns(): readonly Option[] {
    return (this.#campaigns.value?.campaigns ?? []).map(({ campaignId, name }) => ({
      value: campaignId,
      label: name,
    }));
  }

  get dispositions(): readonly Option[] {
    return (this.#dispositions.value?.dispositions ?? []).map(({ code, label }) => ({ value: code, label }));
  }

  get fields(): readonly string[] {
    return (this.#fields.value?.fields ?? []).map(({ name }) => name);
  }

  get endings(): readonly Option[] {
    return ENDINGS.map((value) => ({ value, label: t(`ending.${value}`) }));
  }

  test(test: string): string {
    const known = TESTS.find((one) => one === test);
    return known === undefined ? test : t(`filter.test.${known}`);
  }

  close(): void {
    for (const resource of [this.#lists, this.#campaigns, this.#dispositions, this.#fields]) resource.close();
  }
}
