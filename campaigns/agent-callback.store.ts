import { zonesOfKey } from '../compliance/number-place.ts';
import type { Query } from '../kernel/database.ts';
import type { AgentId, CampaignId, LeadId, NumberId, OrganizationId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { EpochMs } from '../kernel/time.ts';
import { callbackObjection, type CallbackObjection } from './callback-time.ts';

/** An appointment that one agent keeps. */
export interface AgentCallback {
  readonly campaignId: CampaignId;
  readonly campaignName: string;
  readonly leadId: LeadId;
  readonly numberId: NumberId;
  readonly firstName: string;
  readonly lastName: string;
  readonly phone: PhoneNumber;
  readonly zones: readonly string[];
  readonly dueAt: EpochMs;
  /** When anyone may take it; null = it waits for him. */
  readonly openAt: EpochMs | null;
}

interface Whose {
  readonly organizationId: OrganizationId;
  readonly agentId: AgentId;
}

/** The agent's own appointments, the next first. */
export async function listAgentCallbacks(
  query: Query,
  { organizationId, agentId }: Whose,
  limit: number,
): Promise<readonly AgentCallback[]> {
  const rows = await query<Omit<AgentCallback, 'zones'> & { readonly zoneKey: string }>`
    select l.campaign_id as "campaignId", c.name as "campaignName", l.lead_id as "leadId", l.number_id as "numberId",
           p.first_name as "firstName", p.last_name as "lastName", l.phone, l.zone_key as "zoneKey", l.due_at as "dueAt",
           l.callback_open_at as "openAt"
      from campaign_lead l
      join campaign c on c.campaign_id = l.campaign_id
      join lead p on p.lead_id = l.lead_id
     where l.organization_id = ${organizationId} and l.callback_agent_id = ${agentId} and l.state = 'callback'
     order by l.due_at, l.lead_id
     limit ${limit}`;
  return rows.map(({ zoneKey, ...row }) => ({ ...row, zones: zonesOfKey(zoneKey) }));
}

export interface CallbackKey extends Whose {
  readonly campaignId: CampaignId;
  readonly leadId: LeadId;
}

export type CallbackChanged =
  | { readonly ok: true }
  /** It is done, being dialled, or somebody else's. */
  | { readonly ok: false; readonly problem: 'gone' }
  | { readonly ok: false; readonly problem: 'past' }
  | { readonly ok: false; readonly problem: 'not-allowed'; readonly objection: CallbackObjection };

/** Agrees on another time, or leaves the appointment to whoever is free then. */
export async function moveAgentCallback(
  query: Query,
  key: CallbackKey,
  change: { readonly dueAt: EpochMs; readonly isMine: boolean; readonly now: EpochMs },
): Promise<CallbackChanged> {
  if (change.dueAt < change.now) return { ok: false, problem: 'past' };
  const { organizationId, agentId, campaignId, leadId } = key;
  const [number] = await query<{ phone: string; zoneKey: string }>`
    select phone, zone_key as "zoneKey" from campaign_lead
     where organization_id = ${organizationId} and campaign_id = ${campaignId} and lead_id = ${leadId} and state = 'callback'
       and callback_agent_id = ${agentId}`;
  if (!number) return { ok: false, problem: 'gone' };
  const objection = callbackObjection(number, change.dueAt);
  if (objection) return { ok: false, problem: 'not-allowed', objection };
  const dueAt = new Date(change.dueAt);
  const moved = await query<{ leadId: LeadId }>`
    update campaign_lead l
       set due_at = ${dueAt},
           callback_agent_id = case when ${change.isMine}::boolean then l.callback_agent_id end,
           callback_open_at = case when ${change.isMine}::boolean
             then ${dueAt}::timestamptz + c.callback_open_after_ms * interval '1 millisecond' end
      from campaign c
     where c.campaign_id = l.campaign_id and l.organization_id = ${organizationId} and l.campaign_id = ${campaignId}
       and l.lead_id = ${leadId} and l.state = 'callback' and l.callback_agent_id = ${agentId}
    returning l.lead_id as "leadId"`;
  return moved.length > 0 ? { ok: true } : { ok: false, problem: 'gone' };
}

/** The person wants no call back: the lead is finished in this campaign. False when it was not there any more. */
export async function cancelAgentCallback(query: Query, key: CallbackKey): Promise<boolean> {
  const { organizationId, agentId, campaignId, leadId } = key;
  const rows = await query<{ leadId: LeadId }>`
    update campaign_lead
       set state = 'finished', finished_why = 'callback-cancelled', callback_agent_id = null, callback_open_at = null
     where organization_id = ${organizationId} and campaign_id = ${campaignId} and lead_id = ${leadId} and state = 'callback'
       and callback_agent_id = ${agentId}
    returning lead_id as "leadId"`;
  return rows.length > 0;
}
