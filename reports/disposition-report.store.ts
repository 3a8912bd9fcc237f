import type { Query } from '../kernel/database.ts';
import type { OrganizationId } from '../kernel/ids.ts';
import { rangesJson } from './call-report.store.ts';
import type { CampaignRange } from './report-range.ts';

export interface DispositionCount {
  readonly code: string;
  readonly label: string;
  readonly isRightParty: boolean;
  readonly isSale: boolean;
  readonly calls: number;
}

export interface DispositionReport {
  /** Calls connected to an agent: what the rates are shares of. */
  readonly connected: number;
  readonly dispositions: readonly DispositionCount[];
}

/** The agents' words for the calls of a range, the most frequent first; flags as they are set now. */
export async function readDispositionReport(
  query: Query,
  organizationId: OrganizationId,
  ranges: readonly CampaignRange[],
): Promise<DispositionReport> {
  const [row] = await query<DispositionReport>`
    with scope as materialized (
      select * from jsonb_to_recordset(${rangesJson(ranges)}::text::jsonb)
        as x(campaign_id uuid, zone text, from_at timestamptz, to_at timestamptz)
    ), marked as materialized (
      select distinct m.campaign_id, m.quarter_at
        from scope s join report_call_mark m
          on m.organization_id = ${organizationId} and m.campaign_id = s.campaign_id
         and m.quarter_at >= s.from_at and m.quarter_at < s.to_at
    ), quarters as materialized (
      select r.contacts, r.dispositions
        from scope s join report_call_quarter r
          on r.campaign_id = s.campaign_id and r.quarter_at >= s.from_at and r.quarter_at < s.to_at
       where r.organization_id = ${organizationId}
         and not exists (select from marked m where m.campaign_id = r.campaign_id and m.quarter_at = r.quarter_at)
      union all
      select f.contacts, f.dispositions
        from marked m cross join lateral ringline_count_calls(${organizationId}, m.campaign_id, m.quarter_at) f
    ), words as (
      select d.key as code, sum(d.value::int)::int as calls
        from quarters q cross join lateral jsonb_each_text(q.dispositions) d group by 1
    )
    select coalesce((select sum(contacts) from quarters), 0)::int as connected,
           coalesce((
             select json_agg(json_build_object('code', w.code, 'label', coalesce(d.label, w.code), 'calls', w.calls,
                                               'isRightParty', coalesce(d.is_right_party, false),
                                               'isSale', coalesce(d.is_sale, false)) order by w.calls desc, w.code)
               from words w left join disposition d on d.organization_id = ${organizationId} and d.code = w.code), '[]') as dispositions`;
  return row ?? { connected: 0, dispositions: [] };
}
