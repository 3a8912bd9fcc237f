import type { CampaignId } from '../../../kernel/ids.ts';
import type { Campaign } from '../../../server/api.ts';
import { ApiError, LONG_WORK_MS, type ApiClient } from '../api/api-client.ts';
import { describeApiError } from '../api/describe-api-error.ts';
import { formatCount } from '../i18n/figures.ts';
import { t } from '../i18n/locale.svelte.ts';
import type { CampaignForm, FormField } from './campaign-form.svelte.ts';
import type { WordsDraft } from './words-draft.svelte.ts';

/** Stores a form, and says what is wrong with it field by field. */
export class CampaignSaver {
  readonly #api: ApiClient;
  #isBusy = $state(false);
  #wasTried = $state(false);
  #refusal = $state.raw<{ readonly field: string | null; readonly message: string } | null>(null);

  constructor(api: ApiClient) {
    this.#api = api;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** What keeps it from being stored, in one sentence; the field says more where there is one. */
  get refusal(): string | null {
    return this.#refusal?.message ?? null;
  }

  /** Fields that are wrong, after a save was tried. */
  wrongFields(form: CampaignForm): readonly string[] {
    const own = this.#wasTried ? Object.keys(form.problems) : [];
    const field = this.#refusal?.field ?? null;
    return field === null ? own : [...own, field];
  }

  errorOf(form: CampaignForm, field: FormField): string | undefined {
    if (this.#refusal?.field === field) return this.#refusal.message;
    if (!this.#wasTried) return undefined;
    const problem = form.problems[field];
    if (!problem) return undefined;
    if (problem.kind === 'number')
      return t('campaign.numberBetween', { min: formatCount(problem.min), max: formatCount(problem.max) });
    return problem.kind === 'missing' ? t('common.required') : t(`campaign.wrong.${problem.kind}`);
  }

  /** True when all of it is stored. */
  async save(form: CampaignForm, words: WordsDraft | null, campaignId: CampaignId): Promise<boolean> {
    this.#wasTried = true;
    this.#refusal = null;
    if (!form.isComplete) return false;
    this.#isBusy = true;
    const path = `/api/campaigns/${campaignId}`;
    try {
      if (Object.keys(form.change).length > 0)
        await this.#api.send('PATCH', path, { ...form.change, version: form.version });
      if (words?.isChanged === true) await this.#api.send('PUT', `${path}/dispositions`, words.value);
      const long = { answerWithinMs: LONG_WORK_MS };
      for (const listId of form.listsToAttach)
        await this.#api.send('PUT', `${path}/lists/${listId}`, {}, long);
      for (const listId of form.listsToDetach)
        await this.#api.send('DELETE', `${path}/lists/${listId}`, undefined, long);
      return true;
    } catch (error) {
      this.#refusal = {
        field: error instanceof ApiError ? error.field : null,
        message: describeApiError(error),
      };
      if (error instanceof ApiError && error.code === 'changed-meanwhile')
        form.sawVersion((await this.#api.get<Campaign>(path)).version);
      return false;
    } finally {
      this.#isBusy = false;
    }
  }
}
