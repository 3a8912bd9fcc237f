import type { CampaignId } from '../../../kernel/ids.ts';
import type { Campaign } from '../../../server/api.ts';
import { api } from '../api/api-client.ts';
import { describeApiError } from '../api/describe-api-error.ts';
import { Resource } from '../api/resource.svelte.ts';

/** One campaign as it is stored, with what can be asked of it. */
export class TheCampaign {
  readonly campaignId: CampaignId;
  readonly #campaign: Resource<Campaign>;
  #isSwitching = $state(false);
  #refusal = $state<string | null>(null);

  constructor(campaignId: CampaignId) {
    this.campaignId = campaignId;
    this.#campaign = new Resource((signal) => api.get<Campaign>(`/api/campaigns/${campaignId}`, { signal }));
  }

  get value(): Campaign | null {
    return this.#campaign.value;
  }

  get problem(): string | null {
    return this.#campaign.problem;
  }

  /** A start or pause is under way. */
  get isSwitching(): boolean {
    return this.#isSwitching;
  }

  /** Why the last start or pause did not happen. */
  get refusal(): string | null {
    return this.#refusal;
  }

  async load(): Promise<void> {
    await this.#campaign.load();
  }

  put(campaign: Campaign): void {
    this.#campaign.put(campaign);
  }

  async start(): Promise<void> {
    await this.#switch('start');
  }

  async pause(): Promise<void> {
    await this.#switch('pause');
  }

  /** For good: it cannot be started again. */
  async finish(): Promise<void> {
    await this.#switch('finish');
  }

  close(): void {
    this.#campaign.close();
  }

  async #switch(to: 'start' | 'pause' | 'finish'): Promise<void> {
    this.#isSwitching = true;
    this.#refusal = null;
    try {
      await api.send('POST', `/api/campaigns/${this.campaignId}/${to}`);
    } catch (error) {
      this.#refusal = describeApiError(error);
    }
    await this.#campaign.load();
    this.#isSwitching = false;
  }
}
