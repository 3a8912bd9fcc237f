import type { PauseReason, PauseReasons } from '../../../server/api.ts';
import type { ApiClient } from '../api/api-client.ts';
import { Resource } from '../api/resource.svelte.ts';

/** What the organization calls the reasons for a pause; read once. */
export class PauseWords {
  readonly #reasons: Resource<PauseReasons>;
  #wasAsked = false;

  constructor(api: ApiClient) {
    this.#reasons = new Resource((signal) => api.get<PauseReasons>('/api/pause-reasons', { signal }));
  }

  get reasons(): readonly PauseReason[] {
    return this.#reasons.value?.pauseReasons ?? [];
  }

  /** For pages that show pauses; without an answer they show the codes. */
  load(): void {
    if (this.#wasAsked && this.#reasons.error === null) return;
    this.#wasAsked = true;
    void this.#reasons.load();
  }
}
