import type { Ending } from '../campaigns/ending.ts';
import { readHopperShares } from '../campaigns/hopper.store.ts';
import type { HopperShare } from '../campaigns/hopper.ts';
import { ABANDONED_ENDINGS, placedWithinRest } from '../campaigns/lead-rest.ts';
import type { LeadContext, LeadNumber } from '../campaigns/recycling.ts';
import type { CallCandidate, DoNotCallScope } from '../compliance/candidate.ts';
import { zonesOfKey } from '../compliance/number-place.ts';
import type { OrganizationDatabase } from '../kernel/database.ts';
import type { AgentId, CallId, CampaignId, LeadId, NumberId, OrganizationId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import { hours, type EpochMs } from '../kernel/time.ts';
import type { NewId } from '../kernel/uuid.ts';
import { FencedOff, type Fence } from './fence.ts';
import type { LeadForAgent } from './pool-event.ts';

export interface ClaimRequest {
  readonly organizationId: OrganizationId;
  readonly campaignId: CampaignId;
  /** Only leads whose next number is in one of these sets of zones. */
  readonly zoneKeys: readonly string[];
  readonly count: number;
  readonly now: EpochMs;
  /** The campaign's last day is over: it only keeps its appointments. */
  readonly isCallbacksOnly?: boolean;
  /** Nothing is dialled of it: leads of closed zones are only re-dated, also those that wait for their own agent. */
  readonly isSweep?: boolean;
  /** What the calls are for, but for callbacks; `campaign` by default. */
  readonly purpose?: CallCandidate['purpose'];
  /** Instead of the next of the campaign: due callbacks of these agents, one each. */
  readonly ownOf?: readonly AgentId[];
  /** Instead of the next of the campaign: this lead, on this number. `isHeld`: it is claimed by us already. */
  readonly named?: { readonly leadId: LeadId; readonly numberId: NumberId; readonly isHeld: boolean };
}

interface ClaimedRow {
  readonly lead_id: LeadId | null;
  readonly number_id: NumberId;
  readonly phone: PhoneNumber;
  readonly zone_key: string;
  readonly claimed_from: 'waiting' | 'callback' | 'finished';
  readonly callback_agent_id: AgentId | null;
  readonly attempts: number;
  readonly last_ending: Ending | null;
  readonly ending_counts: NonNullable<LeadContext['endingCounts']>;
  readonly number_attempts: Readonly<Record<string, number>>;
  readonly attempts_per_lead_max: number;
  readonly attempts_per_number_max: number | null;
  readonly attempts_per_lead_day_max: number | null;
  readonly lead_attempts_at: readonly number[];
  readonly attempts_per_number_day_max: number;
  readonly do_not_call: DoNotCallScope | null;
  readonly number_attempts_at: readonly number[];
  readonly abandoned_at: number | null;
  readonly lost_at: number | null;
  readonly numbers: readonly LeadNumber[];
  readonly is_fenced: boolean;
}

const shareRow = ({ listId, tier, quota, weight }: HopperShare): object => ({
  list_id: listId,
  tier,
  quota,
  weight,
});

/** So many leads more than the claim needs are looked at: some may be locked at this moment. */
const QUOTA_MARGIN = 8;

/**
 * Locks the next leads of a campaign for us and reads all facts about them, in one statement: appointments, then urgent leads, then
 * the lists by priority and proportion, each by due time, over the given zones. A claim is not an attempt. Throws {@link FencedOff} when the pool is not ours any more.
 */
// One statement: its parts cannot be taken apart.
// eslint-disable-next-line max-lines-per-function
export async function claimLeads(
  database: OrganizationDatabase,
  fence: Fence,
  request: ClaimRequest & { readonly newId: NewId },
): Promise<LeadForAgent[]> {
  const { organizationId, campaignId, zoneKeys, count, now, named, ownOf = [] } = request;
  const dayAgo = (now - hours(24)) as EpochMs;
  const isOfTheCampaign = named === undefined && ownOf.length === 0;
  const shares =
    request.isCallbacksOnly === true || !isOfTheCampaign
      ? []
      : await readHopperShares(database.query, campaignId, { count, now });
  const rows = await database.query<ClaimedRow>`
    with recursive fence as materialized (
      select from pool_owner where pool_id = ${fence.poolId} and epoch = ${fence.epoch} for share
    ), callbacks as materialized (
      -- Appointments go before the list, whatever its priority; one that belongs to an agent only when it is open to all.
      select c.lead_id
        from campaign_lead c
       where ${isOfTheCampaign} and (c.callback_agent_id is null or c.callback_open_at <= ${new Date(now)} or ${request.isSweep ?? false})
         and c.campaign_id = ${campaignId} and c.state = 'callback' and c.due_at <= ${new Date(now)}
         and c.zone_key = any(${zoneKeys}::text[])
       order by c.due_at, c.lead_id
       limit ${count}
         for update skip locked
    ), share as materialized (
      select s.list_id, s.tier, s.quota, s.weight, ${count + QUOTA_MARGIN}::float8 / sum(s.weight) over (partition by s.tier) as turns
        from jsonb_to_recordset(${JSON.stringify(shares.map(shareRow))}::text::jsonb) as s(list_id uuid, tier int, quota int, weight int)
        -- Somebody may have paused it since the shares were read.
        join lead_list l on l.list_id = s.list_id and not l.is_paused
    ), urgent as materialized (
      select n.lead_id, n.priority, n.due_at
        from share s
       cross join unnest(${zoneKeys}::text[]) as open(zone_key)
       cross join lateral (
         select c.lead_id, c.priority, c.due_at
           from campaign_lead c
          where c.campaign_id = ${campaignId} and c.list_id = s.list_id and c.zone_key = open.zone_key
            and c.state = 'waiting' and c.priority <> 0 and c.due_at <= ${new Date(now)}
          order by c.priority desc, c.due_at, c.lead_id
          limit ${count}
       ) n
    ), walk(tier, is_deep, before, found, is_cut, leads) as (
      -- Tier by tier, and no further than the claim needs. Of each list first twice its quota, for others that have run dry; only where
      -- that does not do, as many as are asked for at all. What goes beyond the quotas goes by turns, and a list that was cut off may
      -- have more in later turns than it has shown: those count only when no list was.
      select -1, false, 0, 0, false, '{}'::uuid[]
      union all
      select step.tier, step.is_deep, step.before, taken.found, taken.is_cut, taken.leads
        from walk w
       cross join lateral (
         select w.is_cut and not w.is_deep as is_deep,
                w.tier + case when w.is_cut and not w.is_deep then 0 else 1 end as tier,
                w.before + case when w.is_cut and not w.is_deep then 0 else w.found end as before
       ) step
       cross join lateral (
         select case when bool_or(r.is_last) then count(*) filter (where r.is_sure) else count(*) end::int as found,
                coalesce(bool_or(r.is_last), false) as is_cut,
                array_agg(r.lead_id order by r.is_over, r.turn, r.due_at, r.lead_id) as leads
           from (
             select n.*, n.place = n.depth and n.depth < ${count} as is_last, n.place > n.quota as is_over, t.turn,
                    n.place <= n.quota or t.turn <= n.turns as is_sure
               from (
                 select s.quota, s.weight, s.turns, d.depth, n.lead_id, n.due_at,
                        row_number() over (partition by s.list_id order by n.due_at, n.lead_id) as place
                   from share s
                  cross join lateral (
                    select case when step.is_deep then ${count}::int
                                else least(${count}::int, greatest(1, s.quota + floor(s.weight * s.turns)::int)) end as depth
                  ) d
                  cross join lateral (
                    select c.lead_id, c.due_at
                      from unnest(${zoneKeys}::text[]) as open(zone_key)
                     cross join lateral (
                       select c.lead_id, c.due_at
                         from campaign_lead c
                        where c.campaign_id = ${campaignId} and c.list_id = s.list_id and c.zone_key = open.zone_key
                          and c.state = 'waiting' and c.priority = 0 and c.due_at <= ${new Date(now)}
                        order by c.due_at, c.lead_id
                        limit d.depth
                     ) c
                     order by c.due_at, c.lead_id
                     limit d.depth
                  ) n
                  where s.tier = step.tier
               ) n
              cross join lateral (
                select (n.place - case when n.place > n.quota then n.quota else 0 end)::float8 / n.weight as turn
              ) t
           ) r
       ) taken
       where w.before + w.found < ${count} and step.tier <= (select max(tier) from share)
    ), queue as (
      -- Urgent leads of any list; then tier by tier, each list up to its quota; then what is left, by weight.
      select lead_id, row_number() over (order by priority desc, due_at, lead_id) as place
        from (select * from urgent order by priority desc, due_at, lead_id limit ${count}) u
      union all
      select lead.id, ${count}::int + row_number() over (order by w.tier, lead.place)
        from walk w
       cross join lateral unnest(w.leads) with ordinality as lead(id, place)
       where w.is_deep or not exists (select from walk deeper where deeper.tier = w.tier and deeper.is_deep)
    ), fresh as materialized (
      select c.lead_id
        from (select * from queue order by place limit ${2 * count}) queue
        join campaign_lead c on c.campaign_id = ${campaignId} and c.lead_id = queue.lead_id
       where c.state = 'waiting' and c.due_at <= ${new Date(now)}
       order by queue.place
       limit ${count} - (select count(*) from callbacks)
         for update of c skip locked
    ), own as materialized (
      select next.lead_id
        from unnest(${ownOf}::uuid[]) as agent(agent_id)
       cross join lateral (
         select c.lead_id
           from campaign_lead c
          where c.callback_agent_id = agent.agent_id and c.campaign_id = ${campaignId} and c.state = 'callback'
            and c.due_at <= ${new Date(now)} and c.zone_key = any(${zoneKeys}::text[])
          order by c.due_at, c.lead_id
          limit 1
            for update skip locked
       ) next
    ), named as materialized (
      select c.lead_id
        from campaign_lead c
       where c.campaign_id = ${campaignId} and c.lead_id = ${named?.leadId ?? null}::uuid
         and (c.state in ('waiting', 'callback', 'finished')
              or (${named?.isHeld ?? false} and c.state = 'claimed' and c.claim_epoch = ${fence.epoch}))
         for update skip locked
    ), picked as (
      select lead_id, null::uuid as number_id from callbacks
      union all select lead_id, null from fresh
      union all select lead_id, null from own
      union all select lead_id, ${named?.numberId ?? null}::uuid from named
    ), dialled as (
      -- The number that is dialled next, or the one that an agent has chosen.
      select picked.lead_id, n.number_id, n.phone, n.zone_key
        from picked left join lead_number n on n.lead_id = picked.lead_id and n.number_id = picked.number_id
       where picked.number_id is null or n.number_id is not null
    ), claimed as (
      update campaign_lead c
         set state = 'claimed', claim_epoch = ${fence.epoch},
             claimed_from = case when c.state = 'claimed' then c.claimed_from else c.state end
        from dialled, fence
       where c.campaign_id = ${campaignId} and c.lead_id = dialled.lead_id
      returning c.lead_id, coalesce(dialled.number_id, c.number_id) as number_id, coalesce(dialled.phone, c.phone) as phone,
                coalesce(dialled.zone_key, c.zone_key) as zone_key, c.callback_agent_id, c.claimed_from, c.attempts, c.last_ending, c.priority, c.due_at,
                c.ending_counts, c.number_attempts
    )
    select claimed.*, k.attempts_per_lead_max, k.attempts_per_number_max, k.attempts_per_number_day_max,
           k.attempts_per_lead_day_max, d.do_not_call, a.number_attempts_at, b.lead_attempts_at, r.abandoned_at, r.lost_at, n.numbers, true as is_fenced
      from claimed
      join campaign k on k.campaign_id = ${campaignId}
     cross join lateral (
       select case when count(*) = 0 then null when bool_or(d.campaign_id is null) then 'organization' else 'campaign' end as do_not_call
         from do_not_call d
        where d.organization_id = ${organizationId} and d.phone = claimed.phone
          and (d.campaign_id is null or d.campaign_id = ${campaignId})
     ) d
     cross join lateral (
       select coalesce(array_agg(extract(epoch from c.placed_at) * 1000 order by c.placed_at), '{}')::float8[] as number_attempts_at
         from call c
        where c.organization_id = ${organizationId} and c.phone = claimed.phone and c.placed_at > ${new Date(dayAgo)}
          and (c.ending is null or (c.dialled_at is not null and c.ending <> 'carrier-failure'))
     ) a
     cross join lateral (
       select coalesce(array_agg(extract(epoch from c.placed_at) * 1000 order by c.placed_at), '{}')::float8[] as lead_attempts_at
         from call c
        where k.attempts_per_lead_day_max is not null
          and c.organization_id = ${organizationId} and c.lead_id = claimed.lead_id and c.placed_at > ${new Date(dayAgo)}
          and (c.ending is null or (c.dialled_at is not null and c.ending <> 'carrier-failure'))
     ) b
     cross join lateral (
       select extract(epoch from max(c.ended_at) filter (where c.ending <> 'lost')) * 1000 as abandoned_at,
              extract(epoch from max(c.ended_at) filter (where c.ending = 'lost')) * 1000 as lost_at
         from (select ending, ended_at, dialled_at from call
                where organization_id = ${organizationId} and phone = claimed.phone and placed_at > ${new Date(placedWithinRest(now))}
               union all
               select ending, ended_at, dialled_at from call
                where organization_id = ${organizationId} and lead_id = claimed.lead_id and placed_at > ${new Date(placedWithinRest(now))}) c
        where c.ending = any(${ABANDONED_ENDINGS}::text[]) or (c.ending = 'lost' and c.dialled_at is not null)
     ) r
     cross join lateral (
       select jsonb_agg(jsonb_build_object('numberId', l.number_id, 'phone', l.phone, 'zoneKey', l.zone_key) order by l.position) as numbers
         from lead_number l
        where l.lead_id = claimed.lead_id
     ) n
    union all
    select null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, exists (select from fence)`;
  if (!rows.some((row) => row.lead_id === null && row.is_fenced)) throw new FencedOff(fence);
  return rows.flatMap((row) => (row.lead_id === null ? [] : [claimedLead(row, row.lead_id, request)]));
}

function claimedLead(
  row: ClaimedRow,
  leadId: LeadId,
  request: ClaimRequest & { newId: NewId },
): LeadForAgent {
  const { organizationId, campaignId, now } = request;
  const candidate: CallCandidate = {
    callId: request.newId<CallId>(now),
    organizationId,
    campaignId,
    leadId,
    numberId: row.number_id,
    phone: row.phone,
    purpose: row.claimed_from === 'callback' ? 'callback' : (request.purpose ?? 'campaign'),
    zones: zonesOfKey(row.zone_key),
    doNotCall: row.do_not_call,
    leadAttempts: row.attempts,
    leadAttemptsMax: row.attempts_per_lead_max,
    numberAttempts: row.number_attempts[row.number_id] ?? 0,
    numberAttemptsMax: row.attempts_per_number_max,
    leadAttemptsAt: row.lead_attempts_at as readonly EpochMs[],
    leadAttemptsPerDayMax: row.attempts_per_lead_day_max,
    numberAttemptsAt: row.number_attempts_at as readonly EpochMs[],
    numberAttemptsPerDayMax: row.attempts_per_number_day_max,
    isAgentReserved:
      request.named !== undefined || (request.ownOf ?? []).length > 0 || request.purpose === 'preview',
    abandonedAt: row.abandoned_at as EpochMs | null,
    lostAt: row.lost_at as EpochMs | null,
    factsAt: now,
  };
  return {
    candidate,
    agentId: request.ownOf === undefined ? null : row.callback_agent_id,
    lead: {
      attempts: row.attempts,
      attemptsMax: row.attempts_per_lead_max,
      attemptsPerNumberMax: row.attempts_per_number_max,
      previousEnding: row.last_ending,
      endingCounts: row.ending_counts,
      numberAttempts: row.number_attempts,
      numbers: row.numbers,
    },
  };
}

/** Gives claimed leads back untouched: a reservation is not an attempt. */
export async function putBackLeads(
  database: OrganizationDatabase,
  fence: Fence,
  leads: { readonly campaignId: CampaignId; readonly leadIds: readonly LeadId[] },
): Promise<void> {
  await database.query`
    with fence as materialized (
      select from pool_owner where pool_id = ${fence.poolId} and epoch = ${fence.epoch} for share
    )
    update campaign_lead c
       set state = c.claimed_from, claimed_from = null, claim_epoch = null
      from fence
     where c.campaign_id = ${leads.campaignId} and c.lead_id = any(${leads.leadIds}::uuid[])
       and c.state = 'claimed' and c.claim_epoch = ${fence.epoch}`;
}

/** Gives back all claims of a campaign under our own epoch but those that agents have, after a claim or a put-back whose reply was lost. */
export async function releaseClaims(
  database: OrganizationDatabase,
  fence: Fence,
  released: { readonly campaignId: CampaignId; readonly butLeadIds: readonly LeadId[] },
): Promise<void> {
  const { campaignId, butLeadIds } = released;
  await database.query`
    with fence as materialized (
      select from pool_owner where pool_id = ${fence.poolId} and epoch = ${fence.epoch} for share
    )
    update campaign_lead c
       set state = c.claimed_from, claimed_from = null, claim_epoch = null
      from fence
     where c.campaign_id = ${campaignId} and c.state = 'claimed' and c.claim_epoch = ${fence.epoch}
       and c.lead_id <> all(${butLeadIds}::uuid[])`;
}

/** The sets of zones that the leads of a campaign are in: a few dozen, whatever the list's length. */
export async function zoneKeysOf(database: OrganizationDatabase, campaignId: CampaignId): Promise<string[]> {
  // A loose index scan: one probe per distinct value instead of a walk over all leads.
  const rows = await database.query<{ zone_key: string }>`
    with recursive keys(zone_key) as (
      (select zone_key from campaign_lead
        where campaign_id = ${campaignId} and state in ('waiting', 'callback') order by zone_key limit 1)
      union all
      select (select c.zone_key from campaign_lead c
               where c.campaign_id = ${campaignId} and c.state in ('waiting', 'callback') and c.zone_key > keys.zone_key
               order by c.zone_key limit 1)
        from keys where keys.zone_key is not null
    )
    select zone_key from keys where zone_key is not null`;
  return rows.map((row) => row.zone_key);
}
