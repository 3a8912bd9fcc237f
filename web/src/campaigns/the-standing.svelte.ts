import type { CampaignId } from '../../../kernel/ids.ts';
import type { CampaignStanding, DispositionWords } from '../../../server/api.ts';
import { api } from '../api/api-client.ts';
import { Resource } from '../api/resource.svelte.ts';

const AGAIN_MS = 15_000;

/** Where the leads of a campaign stand, read again every few seconds, with the words that its reasons need. */
export class TheStanding {
  readonly #standing: Resource<CampaignStanding>;
  readonly #words = new Resource((signal) => api.get<DispositionWords>('/api/dispositions', { signal }));
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(campaignId: CampaignId) {
    const path = `/api/campaigns/${campaignId}/standing`;
    this.#standing = new Resource((signal) => api.get<CampaignStanding>(path, { signal }));
    void this.#standing.load();
    void this.#words.load();
    this.#timer = setInterval(() => void this.#standing.load(), AGAIN_MS);
  }

  get value(): CampaignStanding | null {
    return this.#standing.value;
  }

  get problem(): string | null {
    return this.#standing.problem;
  }

  /** Labels of dispositions by their codes. */
  get words(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#words.value?.dispositions.map(({ code, label }) => [code, label]) ?? []);
  }

  get waiting(): number {
    return this.value?.waiting.reduce((sum, { leads }) => sum + leads, 0) ?? 0;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#standing.close();
    this.#words.close();
  }
}
