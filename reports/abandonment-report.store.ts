import type { Query } from '../kernel/database.ts';
import type { CampaignId } from '../kernel/ids.ts';
import type { DayRange } from './report-range.ts';

export interface LedgerDay {
  readonly campaignId: CampaignId;
  /** Day of the answer in the campaign's zone, as the ledger has it. */
  readonly day: string;
  readonly humanAnswers: number;
  readonly abandoned: number;
  readonly earlyHangUps: number;
}

/** The abandonment ledger by campaign and local day; days without human answers are left out. */
export async function readLedgerDays(
  query: Query,
  campaignIds: readonly CampaignId[],
  { firstDay, lastDay }: DayRange,
): Promise<readonly LedgerDay[]> {
  return await query<LedgerDay>`
    select campaign_id as "campaignId", local_day::text as day, count(*)::int as "humanAnswers",
           (count(*) filter (where is_abandoned))::int as abandoned,
           (count(*) filter (where is_early_hang_up))::int as "earlyHangUps"
      from abandonment_ledger
     where campaign_id = any(${campaignIds}::uuid[]) and local_day between ${firstDay}::date and ${lastDay}::date
     group by campaign_id, local_day order by local_day, campaign_id`;
}
