import type { CampaignId } from '../../../kernel/ids.ts';
import type { LiveMinutes } from '../../../server/api.ts';
import type { ApiClient } from '../api/api-client.ts';
import { describeApiError } from '../api/describe-api-error.ts';
import { mergeMinutes } from './day-series.ts';

/** Minutes are stored a moment after they have ended. */
const AGAIN_MS = 20_000;

/** A campaign's day by the minute: read once, then what has come since. */
export class DayMinutes {
  readonly #api: ApiClient;
  readonly #campaignId: CampaignId;
  #day = $state.raw<LiveMinutes | null>(null);
  #problem = $state<string | null>(null);
  #timer: ReturnType<typeof setInterval> | null = null;
  #isReading = false;

  constructor(api: ApiClient, campaignId: CampaignId) {
    this.#api = api;
    this.#campaignId = campaignId;
  }

  /** Null before the first answer. */
  get day(): LiveMinutes | null {
    return this.#day;
  }

  get problem(): string | null {
    return this.#problem;
  }

  start(): void {
    void this.#read();
    this.#timer ??= setInterval(() => {
      if (!document.hidden) void this.#read();
    }, AGAIN_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      // The last minute once more: a restart may have added to it.
      const since = this.#day?.at.at(-1);
      const more = await this.#api.get<LiveMinutes>(`/api/campaigns/${this.#campaignId}/minutes`, {
        query: { since },
      });
      if (this.#day === null || more.at.length > 0 || more.dayStart !== this.#day.dayStart)
        this.#day = mergeMinutes(this.#day, more);
      this.#problem = null;
    } catch (error) {
      this.#problem = describeApiError(error);
    } finally {
      this.#isReading = false;
    }
  }
}
