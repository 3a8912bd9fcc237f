import { removeDoNotCall } from '../compliance/do-not-call.store.ts';
import type { OrganizationDatabase, Query } from '../kernel/database.ts';
import type { CampaignId, OrganizationId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { EpochMs } from '../kernel/time.ts';
import { CAMPAIGN_CHANNEL } from './campaign.store.ts';
import { dueAfterRest } from './lead-rest.ts';
import { ONLY_BY_HAND } from './manual-lead.store.ts';
import { part, statementOf } from './sql-part.ts';

export interface DoNotCallRemoval {
  readonly phone: PhoneNumber;
  /** Null: the entry for the whole organization. */
  readonly campaignId: CampaignId | null;
  readonly at: EpochMs;
}

/**
 * Takes an entry off the list; leads that only this entry had finished are due with that number, at once or
 * after the rest of their last call. A lead stays finished while
 * another entry covers the number, when nothing dials it but agents, or when the person told an agent not to call again. False when there was no such entry.
 */
export async function liftDoNotCall(
  database: OrganizationDatabase,
  organizationId: OrganizationId,
  removal: DoNotCallRemoval,
): Promise<boolean> {
  return database.tx(async (query) => {
    if (!(await removeDoNotCall(query, organizationId, removal))) return false;
    await reopenLeads(query, organizationId, removal);
    await query`select pg_notify(${CAMPAIGN_CHANNEL}, ${organizationId})`;
    return true;
  });
}

async function reopenLeads(
  query: Query,
  organizationId: OrganizationId,
  { phone, campaignId, at }: DoNotCallRemoval,
): Promise<void> {
  await query(
    ...statementOf(part`
    update campaign_lead c
       set state = case when t.is_manual then 'finished' else 'waiting' end,
           finished_why = case when t.is_manual then ${ONLY_BY_HAND} end, due_at = ${dueAfterRest(at)},
           number_id = n.number_id, phone = n.phone, zone_key = n.zone_key
      from lead_number n join lead_list t on t.list_id = n.list_id
     where n.organization_id = ${organizationId} and n.phone = ${phone}
       and c.lead_id = n.lead_id and c.state = 'finished' and c.finished_why = 'do-not-call'
       and (${campaignId}::uuid is null or c.campaign_id = ${campaignId}::uuid)
       and not exists (
         select from do_not_call d
          where d.organization_id = ${organizationId} and d.phone = n.phone
            and (d.campaign_id is null or d.campaign_id = c.campaign_id))
       and not exists (
         select from call_disposition w join disposition r using (organization_id, code)
          where w.organization_id = ${organizationId} and w.lead_id = c.lead_id and r.outcome = 'do-not-call')`),
  );
}
