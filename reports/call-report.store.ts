import type { Query } from '../kernel/database.ts';
import type { OrganizationId } from '../kernel/ids.ts';
import { toIso } from '../kernel/time.ts';
import type { CallCounts } from './figures.ts';
import type { CampaignRange } from './report-range.ts';

/** By calendar day, or by hour of the day over all days of the range. */
export type CallReportBy = 'day' | 'hour';

export interface CallReportRow extends CallCounts {
  /** yyyy-mm-dd, or 00 to 23; null: all of them. */
  readonly slot: string | null;
}

/** Ranges as a statement takes them. */
export const rangesJson = (ranges: readonly CampaignRange[]): string =>
  JSON.stringify(
    ranges.map(({ campaignId, timeZone, fromAt, toAt }) => ({
      campaign_id: campaignId,
      zone: timeZone,
      from_at: toIso(fromAt),
      to_at: toIso(toAt),
    })),
  );

/**
 * Calls of campaigns, each in its own zone, from what is counted ahead and, where something has changed since, from the calls
 * themselves. A call belongs to the hour in which it was placed, a human answer to the hour of the answer, as in the ledger. The last
 * row is the whole.
 */
export async function readCallReport(
  query: Query,
  organizationId: OrganizationId,
  { ranges, by }: { readonly ranges: readonly CampaignRange[]; readonly by: CallReportBy },
): Promise<readonly CallReportRow[]> {
  return await query<CallReportRow>`
    with scope as materialized (
      select * from jsonb_to_recordset(${rangesJson(ranges)}::text::jsonb)
        as x(campaign_id uuid, zone text, from_at timestamptz, to_at timestamptz)
    ), marked as materialized (
      select distinct m.campaign_id, m.quarter_at
        from scope s join report_call_mark m
          on m.organization_id = ${organizationId} and m.campaign_id = s.campaign_id
         and m.quarter_at >= s.from_at and m.quarter_at < s.to_at
    ), quarters as materialized (
      select to_char(r.quarter_at at time zone s.zone, case when ${by} = 'day' then 'YYYY-MM-DD' else 'HH24' end) as slot,
             r.attempts, r.answered, r.answered_ms, r.short_calls, r.contacts, r.rang, r.post_dial_delay_ms,
             r.answer_to_agent_ms, r.human_answers, r.abandoned, r.early_hang_ups
        from scope s join report_call_quarter r
          on r.campaign_id = s.campaign_id and r.quarter_at >= s.from_at and r.quarter_at < s.to_at
       where r.organization_id = ${organizationId}
         and not exists (select from marked m where m.campaign_id = r.campaign_id and m.quarter_at = r.quarter_at)
      union all
      select to_char(m.quarter_at at time zone s.zone, case when ${by} = 'day' then 'YYYY-MM-DD' else 'HH24' end),
             f.attempts, f.answered, f.answered_ms, f.short_calls, f.contacts, f.rang, f.post_dial_delay_ms,
             f.answer_to_agent_ms, f.human_answers, f.abandoned, f.early_hang_ups
        from marked m join scope s using (campaign_id)
       cross join lateral ringline_count_calls(${organizationId}, m.campaign_id, m.quarter_at) f
    ), sums as (
      select slot, sum(attempts)::int as attempts, sum(answered)::int as answered, sum(answered_ms) as answered_ms,
             sum(short_calls)::int as short_calls, sum(contacts)::int as connected, sum(rang)::int as rang,
             sum(post_dial_delay_ms) as post_dial_delay_ms, sum(human_answers)::int as human_answers,
             sum(abandoned)::int as abandoned, sum(early_hang_ups)::int as early_hang_ups
        from quarters group by grouping sets ((slot), ())
    ), waits as (
      select q.slot, percentile_disc(array[0.5, 0.95]) within group (order by w.ms) as ms
        from quarters q cross join lateral unnest(q.answer_to_agent_ms) w(ms)
       group by grouping sets ((q.slot), ())
    )
    select s.slot, coalesce(s.attempts, 0) as attempts, coalesce(s.answered, 0) as answered,
           coalesce(s.answered_ms, 0) as "answeredMs", coalesce(s.short_calls, 0) as "shortCalls",
           coalesce(s.connected, 0) as connected, coalesce(s.rang, 0) as rang,
           coalesce(s.post_dial_delay_ms, 0) as "postDialDelayMs", coalesce(s.human_answers, 0) as "humanAnswers",
           coalesce(s.abandoned, 0) as abandoned, coalesce(s.early_hang_ups, 0) as "earlyHangUps",
           w.ms[1] as "answerToAgentP50Ms", w.ms[2] as "answerToAgentP95Ms"
      from sums s left join waits w on w.slot is not distinct from s.slot
     order by s.slot nulls last`;
}
