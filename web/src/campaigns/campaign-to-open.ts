import type { CampaignId } from '../../../kernel/ids.ts';
import type { Campaign } from '../../../server/api.ts';

/** The campaign that most people want to see: the running one that started last, else the paused one; null leads to the list. */
export function campaignToOpen(
  campaigns: readonly Pick<Campaign, 'campaignId' | 'state' | 'startedAt'>[],
): CampaignId | null {
  const latest = (state: Campaign['state']): CampaignId | null =>
    campaigns
      .filter((campaign) => campaign.state === state)
      .reduce<(typeof campaigns)[number] | null>(
        (best, next) => (best === null || (next.startedAt ?? 0) > (best.startedAt ?? 0) ? next : best),
        null,
      )?.campaignId ?? null;
  return latest('running') ?? latest('paused');
}
