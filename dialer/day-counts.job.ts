import type { OrganizationDatabase } from '../kernel/database.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { CampaignSettings } from './campaign-settings.ts';
import type { FactWriter } from './fact-writer.job.ts';
import type { CampaignCounts } from './pool-event.ts';
import { readCounts } from './pool.store.ts';

/** Under the heaviest load a reading takes a few milliseconds: two in a row without an ending in between are the rule. */
const TRIES_MAX = 3;

/**
 * The figures of campaigns as the tables have them, with every call that has ended: what waits is written first, and when calls end while
 * the tables are read they are read again. The loop takes these for its own, and would miss such a call for a day.
 */
export async function readDayCounts(
  { database, writer }: { readonly database: OrganizationDatabase; readonly writer: FactWriter },
  campaigns: readonly CampaignSettings[],
  now: EpochMs,
): Promise<CampaignCounts[]> {
  for (let tries = 1; ; tries += 1) {
    if (campaigns.length > 0) await writer.drain();
    const before = writer.endingsTaken;
    const counts = await Promise.all(campaigns.map((campaign) => readCounts(database, campaign, now)));
    if (writer.endingsTaken === before || tries === TRIES_MAX) return counts;
  }
}
