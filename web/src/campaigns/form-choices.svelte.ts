import type { Lists, Pools, Trunks } from '../../../server/api.ts';
import { api } from '../api/api-client.ts';
import { Resource } from '../api/resource.svelte.ts';

/** What can be chosen in the form of a campaign. */
export class FormChoices {
  readonly pools = new Resource((signal) => api.get<Pools>('/api/pools', { signal }));
  readonly trunks = new Resource((signal) => api.get<Trunks>('/api/trunks', { signal }));
  readonly lists = new Resource((signal) => api.get<Lists>('/api/lists', { signal }));

  get isReady(): boolean {
    return this.pools.value !== null && this.trunks.value !== null && this.lists.value !== null;
  }

  get problem(): string | null {
    return this.pools.problem ?? this.trunks.problem ?? this.lists.problem;
  }

  async load(): Promise<void> {
    await Promise.all([this.pools.load(), this.trunks.load(), this.lists.load()]);
  }

  /** For somebody who only looks: trunks are not shown to him. */
  async loadForReading(): Promise<void> {
    await this.pools.load();
  }

  close(): void {
    for (const resource of [this.pools, this.trunks, this.lists]) resource.close();
  }
}
