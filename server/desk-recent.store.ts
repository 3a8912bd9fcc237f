import type { OrganizationDatabase } from '../kernel/database.ts';
import type { AgentId } from '../kernel/ids.ts';
import { toIso, type EpochMs } from '../kernel/time.ts';
import type { DeskRecentCall } from './api/desk-callback.schema.ts';

const RECENT_MAX = 8;

/** The calls that an agent noted last, within a day: for calling somebody once more. */
export async function loadRecentCalls(
  database: OrganizationDatabase,
  { agentId, now }: { readonly agentId: AgentId; readonly now: EpochMs },
): Promise<readonly DeskRecentCall[]> {
  return await database.query<DeskRecentCall>`
    select d.call_id as "callId", d.at, d.code, coalesce(w.label, d.code) as label, d.campaign_id as "campaignId",
           d.lead_id as "leadId", k.number_id as "numberId", l.first_name as "firstName", l.last_name as "lastName",
           l.external_id as "externalId"
      from call_disposition d
      join call k on k.call_id = d.call_id and k.placed_at > ${toIso(now)}::timestamptz - interval '2 days'
      join lead l on l.lead_id = d.lead_id
      left join disposition w on w.organization_id = d.organization_id and w.code = d.code
     where d.organization_id = ringline_organization() and d.agent_id = ${agentId}
       and d.at > ${toIso(now)}::timestamptz - interval '1 day'
       and d.campaign_id is not null and k.number_id is not null
     order by d.at desc limit ${RECENT_MAX}`;
}
