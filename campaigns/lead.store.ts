import type { DoNotCallScope } from '../compliance/candidate.ts';
import { zonesOfKey } from '../compliance/number-place.ts';
import { localDay } from '../compliance/local-time.ts';
import type { Query } from '../kernel/database.ts';
import type { CampaignId, LeadId, NumberId, OrganizationId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { EpochMs } from '../kernel/time.ts';
import { listHold, type ListHold } from './hopper.ts';
import type { LeadRow } from './lead-search.store.ts';

export interface LeadOnPage extends Omit<LeadRow, 'phones' | 'fields'> {
  /** Columns of the file that are not ours, as they came. */
  readonly fields: Readonly<Record<string, string>>;
  readonly numbers: readonly {
    readonly numberId: NumberId;
    readonly phone: PhoneNumber;
    readonly zones: readonly string[];
    readonly doNotCall: DoNotCallScope | null;
    /** Calls to this number that were placed, in all campaigns. */
    readonly calls: number;
  }[];
  readonly campaigns: readonly {
    readonly campaignId: CampaignId;
    readonly name: string;
    readonly state: 'waiting' | 'claimed' | 'calling' | 'awaiting-disposition' | 'callback' | 'finished';
    readonly attempts: number;
    readonly dueAt: EpochMs;
    readonly lastEnding: string | null;
    readonly finishedWhy: string | null;
    /** Urgency that somebody asked for: the higher ones are dialled before all others of the campaign. */
    readonly priority: number;
    /** The number that is dialled next. */
    readonly phone: PhoneNumber;
    /** A callback that only this agent makes. */
    readonly callbackAgentName: string | null;
    /** Why it waits with its whole list. */
    readonly hold: ListHold | null;
  }[];
}

type CampaignRow = Omit<LeadOnPage['campaigns'][number], 'hold'> & {
  readonly isPaused: boolean;
  readonly expiresOn: string | null;
  readonly timeZone: string;
};
type NumberRow = Omit<LeadOnPage['numbers'][number], 'zones'> & { readonly zoneKey: string };

/** Null when there is none in this organization. */
export async function readLead(
  query: Query,
  { organizationId, leadId }: { readonly organizationId: OrganizationId; readonly leadId: LeadId },
  now: EpochMs,
): Promise<LeadOnPage | null> {
  const [lead] = await query<Omit<LeadOnPage, 'numbers' | 'campaigns'>>`
    select l.lead_id as "leadId", l.list_id as "listId", s.name as "listName", l.external_id as "externalId",
           l.first_name as "firstName", l.last_name as "lastName", l.fields, l.created_at as "createdAt"
      from lead l join lead_list s using (list_id)
     where l.organization_id = ${organizationId} and l.lead_id = ${leadId}`;
  if (!lead) return null;
  const [numbers, campaigns] = await Promise.all([
    query<NumberRow>`
      select n.number_id as "numberId", n.phone, n.zone_key as "zoneKey",
             case when bool_or(d.phone is not null and d.campaign_id is null) then 'organization'
                  when bool_or(d.phone is not null) then 'campaign' end as "doNotCall",
             (select count(*)::int from call c where c.organization_id = ${organizationId} and c.lead_id = ${leadId} and c.phone = n.phone) as calls
        from lead_number n
        left join do_not_call d on d.organization_id = n.organization_id and d.phone = n.phone
       where n.organization_id = ${organizationId} and n.lead_id = ${leadId}
       group by n.number_id order by n.position`,
    query<CampaignRow>`
      select c.campaign_id as "campaignId", c.name, cl.state, cl.attempts, cl.due_at as "dueAt",
             cl.last_ending as "lastEnding", cl.finished_why as "finishedWhy", cl.priority, cl.phone,
             u.name as "callbackAgentName", s.is_paused as "isPaused", s.expires_on::text as "expiresOn", c.time_zone as "timeZone"
        from campaign_lead cl
        join campaign c using (campaign_id)
        join lead_list s on s.list_id = cl.list_id
        left join app_user u on u.user_id = cl.callback_agent_id and cl.state <> 'finished'
       where cl.lead_id = ${leadId} and cl.organization_id = ${organizationId}
       order by c.created_at`,
  ]);
  return {
    ...lead,
    numbers: numbers.map(({ zoneKey, ...number }) => ({ ...number, zones: zonesOfKey(zoneKey) })),
    campaigns: campaigns.map(({ isPaused, expiresOn, timeZone, ...campaign }) => ({
      ...campaign,
      // Whoever has an appointment is called; whoever is finished does not wait.
      hold: campaign.state === 'waiting' ? listHold({ isPaused, expiresOn }, localDay(timeZone, now)) : null,
    })),
  };
}
