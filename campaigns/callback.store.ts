import type { OrganizationDatabase, Query } from '../kernel/database.ts';
import type { AgentId, CampaignId, LeadId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import { toIso, type EpochMs } from '../kernel/time.ts';

/** An appointment that is not dialled yet: a lead of a campaign in the state `callback`. */
export interface Callback {
  readonly campaignId: CampaignId;
  readonly campaignName: string;
  readonly leadId: LeadId;
  readonly firstName: string;
  readonly lastName: string;
  readonly externalId: string | null;
  readonly phone: PhoneNumber;
  /** Zones of the number, joined with '|'. */
  readonly zoneKey: string;
  readonly dueAt: EpochMs;
  /** Whose it is; null: whoever is free. */
  readonly agentId: AgentId | null;
  readonly agentName: string | null;
  /** When anyone may take it although it is somebody's; null: it waits for him, or is anyone's already. */
  readonly openAt: EpochMs | null;
}

export interface CallbackFilter {
  /** One agent's, those that are anyone's, or all. */
  readonly owner: AgentId | 'anyone' | 'all';
  /** Only those that were due before; null: all. */
  readonly dueBefore: EpochMs | null;
}

export interface CallbackPage {
  readonly filter: CallbackFilter;
  /** The last one of the page before; null: from the beginning. */
  readonly after: Pick<Callback, 'dueAt' | 'campaignId' | 'leadId'> | null;
  readonly limit: number;
}

/** Callbacks of the organization, the earliest first. */
export async function listCallbacks(
  { query }: Pick<OrganizationDatabase, 'query'>,
  { filter, after, limit }: CallbackPage,
): Promise<readonly Callback[]> {
  const { owner, dueBefore } = filter;
  const agentId = owner === 'all' || owner === 'anyone' ? null : owner;
  return query<Callback>`
    select c.campaign_id as "campaignId", k.name as "campaignName", c.lead_id as "leadId", l.first_name as "firstName",
           l.last_name as "lastName", l.external_id as "externalId", c.phone, c.zone_key as "zoneKey", c.due_at as "dueAt",
           c.callback_agent_id as "agentId", u.name as "agentName", c.callback_open_at as "openAt"
      from campaign_lead c join campaign k on k.campaign_id = c.campaign_id join lead l on l.lead_id = c.lead_id
      left join app_user u on u.user_id = c.callback_agent_id
     where c.organization_id = ringline_organization() and c.state = 'callback'
       and (${agentId}::uuid is null or c.callback_agent_id = ${agentId}::uuid)
       and (${owner !== 'anyone'} or c.callback_agent_id is null)
       and (${dueBefore === null ? null : toIso(dueBefore)}::timestamptz is null or c.due_at < ${dueBefore === null ? null : toIso(dueBefore)}::timestamptz)
       and (${after === null ? null : toIso(after.dueAt)}::timestamptz is null
            or (c.due_at, c.campaign_id, c.lead_id)
               > (${after === null ? null : toIso(after.dueAt)}::timestamptz, ${after?.campaignId ?? null}::uuid, ${after?.leadId ?? null}::uuid))
     order by c.due_at, c.campaign_id, c.lead_id limit ${limit}`;
}

/** How many there are, and how many of them were due before `now`; counted no further than `max`. */
export async function countCallbacks(
  { query }: Pick<OrganizationDatabase, 'query'>,
  { now, max }: { now: EpochMs; max: number },
): Promise<{ readonly all: number; readonly overdue: number }> {
  const [row] = await query<{ all: number; overdue: number }>`
    select (select count(*)::int from (select from campaign_lead
             where organization_id = ringline_organization() and state = 'callback' limit ${max}) a) as all,
           (select count(*)::int from (select from campaign_lead
             where organization_id = ringline_organization() and state = 'callback' and due_at < ${toIso(now)}::timestamptz
             limit ${max}) o) as overdue`;
  return row ?? { all: 0, overdue: 0 };
}

/** One callback, and its row kept from the dialer until the transaction ends; null when it is none any more. */
export async function lockCallback(
  query: Query,
  { campaignId, leadId }: Pick<Callback, 'campaignId' | 'leadId'>,
): Promise<Pick<Callback, 'zoneKey' | 'dueAt' | 'agentId' | 'agentName'> | null> {
  const [row] = await query<Pick<Callback, 'zoneKey' | 'dueAt' | 'agentId' | 'agentName'>>`
    select c.zone_key as "zoneKey", c.due_at as "dueAt", c.callback_agent_id as "agentId", u.name as "agentName"
      from campaign_lead c left join app_user u on u.user_id = c.callback_agent_id
     where c.campaign_id = ${campaignId} and c.lead_id = ${leadId} and c.state = 'callback'
       for update of c`;
  return row ?? null;
}

/** Gives a callback its time and its owner; the campaign says when an absent owner's is anyone's. Within the lock. */
export async function putCallback(
  query: Query,
  { campaignId, leadId, dueAt, agentId }: Pick<Callback, 'campaignId' | 'leadId' | 'dueAt' | 'agentId'>,
): Promise<void> {
  await query`
    update campaign_lead c
       set due_at = ${toIso(dueAt)}::timestamptz, callback_agent_id = ${agentId}::uuid,
           callback_open_at = case when ${agentId}::uuid is null then null
             else ${toIso(dueAt)}::timestamptz + k.callback_open_after_ms * interval '1 millisecond' end
      from campaign k
     where k.campaign_id = c.campaign_id and c.campaign_id = ${campaignId} and c.lead_id = ${leadId}
       and c.state = 'callback'`;
}

/** An agent who may own callbacks of a campaign: he has his seat in the pool that dials it. */
export async function agentOfCampaign(
  query: Query,
  { campaignId, agentId }: { campaignId: CampaignId; agentId: AgentId },
): Promise<{ readonly name: string } | null> {
  const [row] = await query<{ name: string }>`
    select u.name from agent a join app_user u on u.user_id = a.agent_id
      join campaign k on k.pool_id = a.pool_id and k.campaign_id = ${campaignId}
     where a.agent_id = ${agentId} and u.is_active and u.role = 'agent'`;
  return row ?? null;
}

/** To whom callbacks can be given: agents with the pools in which they sit, and the pools' campaigns. */
export async function callbackOwners({
  query,
}: Pick<OrganizationDatabase, 'query'>): Promise<
  readonly { readonly agentId: AgentId; readonly name: string; readonly campaignIds: readonly CampaignId[] }[]
> {
  return query<{ agentId: AgentId; name: string; campaignIds: readonly CampaignId[] }>`
    select a.agent_id as "agentId", u.name,
           coalesce((select jsonb_agg(k.campaign_id) from campaign k where k.pool_id = a.pool_id), '[]') as "campaignIds"
      from agent a join app_user u on u.user_id = a.agent_id
     where a.organization_id = ringline_organization() and u.is_active and u.role = 'agent' and not a.is_automatic
     order by u.name`;
}
