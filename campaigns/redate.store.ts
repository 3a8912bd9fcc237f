import type { Query } from '../kernel/database.ts';
import type { CallId, CampaignId, LeadId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import { restUntil } from './recycling.ts';
import { retryRulesOf, type RetryEnding, type RetryRules } from './retry-rule.ts';

/** Leads that one statement looks at. */
const LEADS_PER_BATCH = 10_000;

export interface Redating {
  readonly campaignId: CampaignId;
  readonly endings: readonly RetryEnding[];
  /** Leads with ids up to here are dealt with. */
  readonly after: string;
}

export interface RedatedBatch {
  readonly last: LeadId;
  /** Of the campaign, and of those the ones that have another date now. */
  readonly leads: number;
  readonly changed: number;
}

interface RestingLead {
  readonly leadId: LeadId;
  readonly callId: CallId;
  readonly ending: RetryEnding;
  readonly endedAt: EpochMs;
  readonly dueAt: EpochMs;
  readonly zoneKey: string;
  /** So that it waits for another reason than its rest. */
  readonly isHeldByRule: boolean;
  readonly carrierFailures: number;
}

/**
 * The next leads of a campaign that rest after one of the endings rest by the rules that the campaign has now, counted from the end of
 * their last call. A lead that a rule of compliance has put off on top of its rest is never due earlier than that rule said. Leads of
 * whom nobody knows when their call ended stay as they are. Null: there are no more leads. Done twice it changes nothing.
 */
export async function redateLeads(query: Query, redating: Redating): Promise<RedatedBatch | null> {
  const { campaignId, after } = redating;
  const [batch] = await query<{ last: LeadId | null; leads: number; retryRules: Partial<RetryRules> }>`
    select (array_agg(lead_id order by lead_id desc))[1] as last, count(*)::int as leads,
           (select retry_rules from campaign where campaign_id = ${campaignId}) as "retryRules"
      from (select lead_id from campaign_lead where campaign_id = ${campaignId} and lead_id > ${after}
             order by lead_id limit ${LEADS_PER_BATCH}) next`;
  if (!batch?.last) return null;
  const { last, leads } = batch;
  const rules = retryRulesOf(batch.retryRules);
  const resting = await restingLeads(query, { ...redating, last });
  const changed = await writeDates(
    query,
    campaignId,
    resting.flatMap((lead) => {
      const dueAt = dueBy(lead, rules);
      return dueAt === lead.dueAt ? [] : [{ ...lead, dueAt }];
    }),
  );
  return { last, leads, changed };
}

function dueBy({ carrierFailures, ...lead }: RestingLead, rules: RetryRules): EpochMs {
  // Which of its calls failed so is not kept: after a second one the longer rest is the safe one.
  const restedAt = restUntil({ ...lead, isAgain: carrierFailures > 1 }, rules);
  return lead.isHeldByRule ? (Math.max(restedAt, lead.dueAt) as EpochMs) : restedAt;
}

async function restingLeads(
  query: Query,
  { campaignId, endings, after, last }: Redating & { readonly last: LeadId },
): Promise<readonly RestingLead[]> {
  return await query<RestingLead>`
    select c.lead_id as "leadId", c.last_call_id as "callId", c.last_ending as ending, k.ended_at as "endedAt", c.due_at as "dueAt",
           c.zone_key as "zoneKey", c.due_why <> c.last_ending as "isHeldByRule",
           coalesce((c.ending_counts ->> 'carrier-failure')::int, 0) as "carrierFailures"
      from campaign_lead c
      -- For each lead on its own: the planner does not know how few of them rest.
     cross join lateral (select ended_at from call where call_id = c.last_call_id and ended_at is not null limit 1) k
     where c.campaign_id = ${campaignId} and c.lead_id > ${after} and c.lead_id <= ${last}
       and c.state = 'waiting' and c.last_ending = any(${endings}::text[])
       and (c.due_why = c.last_ending or c.due_why like 'rule:%')`;
}

/** A lead that was called in the meantime has another date by now. */
async function writeDates(
  query: Query,
  campaignId: CampaignId,
  leads: readonly Pick<RestingLead, 'leadId' | 'callId' | 'dueAt'>[],
): Promise<number> {
  if (leads.length === 0) return 0;
  const rows = await query`
    update campaign_lead c
       set due_at = x.due_at
      from unnest(${leads.map(({ leadId }) => leadId)}::uuid[], ${leads.map(({ callId }) => callId)}::uuid[],
                  ${leads.map(({ dueAt }) => new Date(dueAt).toISOString())}::timestamptz[]) as x(lead_id, call_id, due_at)
     where c.campaign_id = ${campaignId} and c.lead_id = x.lead_id and c.last_call_id = x.call_id and c.state = 'waiting'
    returning 1`;
  return rows.length;
}
