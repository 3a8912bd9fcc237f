import type { CampaignId } from '../../kernel/ids.ts';
import { daysIn, RANGE_DAYS_MAX, type DayRange } from '../../reports/report-range.ts';
import {
  readAgentsZone,
  readReportCampaigns,
  type ReportCampaign,
} from '../../reports/report-scope.store.ts';
import type { SignedIn } from '../auth/signed-in.ts';
import { notFound, wrongInput } from '../http-problem.ts';

export interface ReportScope {
  readonly campaigns: readonly ReportCampaign[];
  readonly range: DayRange;
  /** No campaign was chosen. */
  readonly isAll: boolean;
  /** Of the agents' days. */
  readonly agentsZone: string;
}

/** What a report was asked for. @throws HttpProblem for a campaign that is not there, and for days that are none. */
export async function scopeOf(
  me: Pick<SignedIn, 'database' | 'organizationId'>,
  { campaignId, from, to }: { campaignId?: CampaignId | undefined; from: string; to: string },
): Promise<ReportScope> {
  const range = { firstDay: from, lastDay: to };
  const count = daysIn(range);
  if (count < 1) throw wrongInput('to', 'The last day is before the first one; choose a later one.');
  if (count > RANGE_DAYS_MAX)
    throw wrongInput('from', 'A report has a year at most; choose a later first day or an earlier last one.');
  const campaigns = await readReportCampaigns(me.database.query, me.organizationId, campaignId ?? null);
  if (campaignId !== undefined && campaigns.length === 0) throw notFound('campaign');
  const isAll = campaignId === undefined;
  const chosen = isAll ? undefined : campaigns[0];
  const agentsZone = await readAgentsZone(me.database.query, me.organizationId, chosen);
  return { campaigns, range, isAll, agentsZone };
}
