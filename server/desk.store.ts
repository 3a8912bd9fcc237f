import type { OrganizationDatabase } from '../kernel/database.ts';
import type { AgentId, CallId, CampaignId, LeadId, NumberId, PoolId } from '../kernel/ids.ts';
import { maskPhone } from '../kernel/phone.ts';
import type { EpochMs } from '../kernel/time.ts';
import { uuidMadeAt } from '../kernel/uuid.ts';
import type { Disposition, PauseReason } from './api/agent-desk.schema.ts';
import type { DeskLead } from './api/desk-lead.schema.ts';
import { guideFor, type RawGuide } from './desk-guide.ts';

/** What a desk shows that does not change from call to call. */
export interface DeskFrame {
  readonly poolId: PoolId;
  readonly extension: string;
  readonly dispositions: readonly Disposition[];
  readonly pauseReasons: readonly PauseReason[];
}

/** Null for somebody who has no seat. */
export async function loadDeskFrame(
  database: OrganizationDatabase,
  agentId: AgentId,
): Promise<DeskFrame | null> {
  const [row] = await database.query<DeskFrame>`
    select a.pool_id as "poolId", a.extension,
           coalesce((select jsonb_agg(jsonb_build_object(
                              'code', d.code, 'label', d.label, 'outcome', d.outcome, 'retryAfterMs', d.retry_after_ms,
                              'isSale', d.is_sale, 'isRightParty', d.is_right_party, 'hotKey', d.hot_key,
                              'position', d.position) order by d.position, d.code)
                       from disposition d where d.is_active), '[]') as dispositions,
           coalesce((select jsonb_agg(jsonb_build_object('code', p.code, 'label', p.label, 'position', p.position)
                              order by p.position, p.code)
                       from pause_reason p), '[]') as "pauseReasons"
      from agent a where a.agent_id = ${agentId}`;
  return row ?? null;
}

/** The outcomes that a campaign offers, in its order and with its keys; all of the organization's where it has chosen none. */
export async function loadCampaignWords(
  database: OrganizationDatabase,
  campaignId: CampaignId,
): Promise<readonly Disposition[]> {
  return await database.query<Disposition>`
    select d.code, d.label, d.outcome, d.retry_after_ms as "retryAfterMs", d.is_sale as "isSale",
           d.is_right_party as "isRightParty", coalesce(c.hot_key, d.hot_key) as "hotKey",
           coalesce(c.position, d.position) as position
      from disposition d
      left join campaign_disposition c on c.campaign_id = ${campaignId} and c.code = d.code
     where d.organization_id = ringline_organization() and d.is_active
       and (c.code is not null or not exists (select from campaign_disposition o where o.campaign_id = ${campaignId}))
     order by position, d.code`;
}

/** Whom a call, made or about to be made, is with. */
export interface DeskCallKey {
  readonly leadId: LeadId;
  readonly numberId: NumberId | null;
  readonly campaignId: CampaignId | null;
}

export interface DeskLeadRow {
  readonly lead: DeskLead;
  readonly campaignName: string | null;
}

/** A call as the tables have it, for an owner who has taken over and does not know it any more. */
export interface StoredCall {
  readonly leadId: LeadId | null;
  readonly numberId: NumberId | null;
  readonly campaignId: CampaignId | null;
  readonly phone: string;
  readonly connectedAt: EpochMs | null;
  readonly endedAt: EpochMs | null;
}

export async function loadStoredCall(
  database: OrganizationDatabase,
  callId: CallId,
): Promise<StoredCall | null> {
  const [row] = await database.query<StoredCall>`
    select lead_id as "leadId", number_id as "numberId", campaign_id as "campaignId", phone, bridged_at as "connectedAt",
           ended_at as "endedAt"
      from call
     where organization_id = ringline_organization() and call_id = ${callId} and placed_at = ${new Date(uuidMadeAt(callId))}`;
  return row ?? null;
}

/**
 * The lead of the call in hand, with his numbers, the appointment that stands with him, and what to say and ask. His fields come as they
 * are: an agent reads customer and order numbers aloud, which no rule tells from phones, and answers begin with what the fields say, so
 * that a mask would be stored in the field's place.
 */
export async function loadDeskLead(
  database: OrganizationDatabase,
  key: DeskCallKey & { readonly agentName: string },
): Promise<DeskLeadRow | null> {
  const [row] = await database.query<DeskLeadRow & { readonly guide: RawGuide | null }>`
    select jsonb_build_object(
             'leadId', l.lead_id, 'firstName', l.first_name, 'lastName', l.last_name, 'externalId', l.external_id,
             'listName', ll.name,
             'fields', (select coalesce(jsonb_object_agg(f.key, f.value), '{}') from jsonb_each_text(l.fields) f),
             'zones', to_jsonb(string_to_array(coalesce(n.zone_key, ''), '|')),
             'numbers', coalesce((
               select jsonb_agg(jsonb_build_object(
                        'numberId', o.number_id, 'phone', o.phone, 'zones', to_jsonb(string_to_array(o.zone_key, '|')),
                        'isInHand', o.number_id is not distinct from ${key.numberId}::uuid,
                        'doNotCall', (select case when bool_or(x.campaign_id is null) then 'organization'
                                                  when bool_or(x.campaign_id = ${key.campaignId}::uuid) then 'campaign' end
                                        from do_not_call x
                                       where x.organization_id = o.organization_id and x.phone = o.phone))
                      order by o.position)
                 from lead_number o where o.lead_id = l.lead_id), '[]'),
             'attempts', coalesce(cl.attempts, 0),
             'callback', (
               select jsonb_build_object('at', trunc(extract(epoch from b.due_at) * 1000), 'campaignName', bc.name,
                                         'agentId', b.callback_agent_id, 'agentName', bu.name)
                 from campaign_lead b
                 join campaign bc on bc.campaign_id = b.campaign_id
                 left join app_user bu on bu.user_id = b.callback_agent_id
                where b.lead_id = l.lead_id and b.state = 'callback'
                order by b.due_at limit 1)) as lead,
           c.name as "campaignName",
           case when c.campaign_id is not null then jsonb_build_object(
             'script', c.script, 'form', c.form, 'callbackOpenAfterMs', c.callback_open_after_ms) end as guide
      from lead l
      join lead_list ll on ll.list_id = l.list_id
      left join lead_number n on n.lead_id = l.lead_id and n.number_id = ${key.numberId}::uuid
      left join campaign_lead cl on cl.lead_id = l.lead_id and cl.campaign_id = ${key.campaignId}::uuid
      left join campaign c on c.campaign_id = ${key.campaignId}::uuid
     where l.lead_id = ${key.leadId}`;
  if (!row) return null;
  const numbers = row.lead.numbers.map((number) =>
    number.isInHand ? number : { ...number, phone: maskPhone(number.phone) },
  );
  const { lead, campaignName, guide } = row;
  return {
    lead: { ...lead, numbers, ...guideFor(guide, { ...lead, agentName: key.agentName }) },
    campaignName,
  };
}
