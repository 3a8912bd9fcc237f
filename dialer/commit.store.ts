import type { Verdict } from '../compliance/gate.ts';
import type { OrganizationDatabase, Query } from '../kernel/database.ts';
import type { AgentId, CallId, CampaignId, OrganizationId } from '../kernel/ids.ts';
import { after, seconds, toIso, type EpochMs } from '../kernel/time.ts';
import { uuidMadeAt } from '../kernel/uuid.ts';
import { FencedOff, type Fence } from './fence.ts';

/** A cleared lead that lost the race for its number or person is looked at again after this. */
const RACE_LOST_WAIT_MS = seconds(10);

export interface CommitRequest {
  readonly organizationId: OrganizationId;
  readonly campaignId: CampaignId;
  readonly verdicts: readonly Verdict[];
  /** Nothing of a sweep is dialled: cleared leads go back as they were. */
  readonly isSweep: boolean;
  readonly isSimulated: boolean;
  readonly now: EpochMs;
  /** A call for one agent alone. By hand: what does not come about leaves the lead as it was. */
  readonly forAgent?: { readonly agentId: AgentId; readonly isManual: boolean } | null;
}

export type UndoRequest = Pick<CommitRequest, 'campaignId' | 'verdicts' | 'now'> & {
  readonly isManual?: boolean;
};

export interface Committed {
  /** Attempts that exist now; only these may be dialled. */
  readonly placed: readonly CallId[];
  readonly refusedCount: number;
}

/**
 * Writes all verdicts of a batch in one statement and opens the attempts of the cleared: under our epoch, with do-not-call read
 * once more, and only where nobody else calls that number or person. Locks with SKIP LOCKED alone: a statement that waited for a
 * lock would judge by an old list. An entry whose COMMIT returned before this was sent is therefore never dialled.
 * Throws {@link FencedOff} when the pool is not ours any more.
 */
export async function commitVerdicts(
  database: OrganizationDatabase,
  fence: Fence,
  request: CommitRequest,
): Promise<Committed> {
  const [row] = await writeVerdicts(database.query, fence, request);
  if (!row?.is_fenced) throw new FencedOff(fence);
  return { placed: row.placed ?? [], refusedCount: row.refused };
}

interface CommitRow {
  readonly is_fenced: boolean;
  readonly placed: readonly CallId[] | null;
  readonly refused: number;
}

type Written = Promise<readonly CommitRow[]>;

// One statement: its parts cannot be taken apart.
// eslint-disable-next-line max-lines-per-function
function writeVerdicts(query: Query, { poolId, epoch }: Fence, request: CommitRequest): Written {
  const { organizationId, campaignId, now } = request;
  const isManual = request.forAgent?.isManual ?? false;
  return query<CommitRow>`
    with fence as materialized (
      select from pool_owner where pool_id = ${poolId} and epoch = ${epoch} for share
    ), cleared as (
      select * from jsonb_to_recordset(${JSON.stringify(clearedRows(request))}::text::jsonb)
        as x(call_id uuid, placed_at timestamptz, lead_id uuid, number_id uuid, phone text, purpose text, clearance jsonb)
    ), refused as (
      select * from jsonb_to_recordset(${JSON.stringify(refusedRows(request))}::text::jsonb)
        as x(lead_id uuid, phone text, rule text, rules_version text, facts jsonb, retry_at timestamptz)
    ), locked as (
      select c.lead_id from campaign_lead c
       where c.campaign_id = ${campaignId} and c.state = 'claimed' and c.claim_epoch = ${epoch}
         and c.lead_id in (select lead_id from cleared) for update skip locked
    ), allowed as (
      select cleared.* from cleared join locked using (lead_id) cross join fence
       where not exists (
         select from do_not_call d where d.organization_id = ${organizationId} and d.phone = cleared.phone
                                     and (d.campaign_id is null or d.campaign_id = ${campaignId}))
    ), opened as (
      insert into open_attempt (call_id, organization_id, pool_id, epoch, campaign_id, lead_id, phone, placed_at, for_agent_id)
      select call_id, ${organizationId}, ${poolId}, ${epoch}, ${campaignId}, lead_id, phone, placed_at,
             ${request.forAgent?.agentId ?? null}::uuid
        from allowed
       order by phone on conflict do nothing returning call_id, lead_id
    ), placed as (
      insert into call (call_id, placed_at, organization_id, pool_id, epoch, purpose, campaign_id, lead_id, number_id, phone,
                        clearance, is_simulated)
      select call_id, a.placed_at, ${organizationId}, ${poolId}, ${epoch}, a.purpose, ${campaignId}, a.lead_id, a.number_id,
             a.phone, a.clearance, ${request.isSimulated}
        from allowed a join opened using (call_id) returning call_id
    ), dialled_leads as (
      update campaign_lead c set state = 'calling', claim_epoch = null, last_call_id = opened.call_id
        from opened where c.campaign_id = ${campaignId} and c.lead_id = opened.lead_id
    ), back as (
      update campaign_lead c
         set state = c.claimed_from, claimed_from = null, claim_epoch = null,
             due_at = case when ${request.isSweep || isManual} then c.due_at else ${new Date(after(now, RACE_LOST_WAIT_MS))} end
        from fence
       where c.campaign_id = ${campaignId} and c.state = 'claimed' and c.claim_epoch = ${epoch}
         and c.lead_id = any(${leadIdsOf(request, 'cleared')}::uuid[])
         and not exists (select from opened where opened.lead_id = c.lead_id)
    ), refused_leads as (
      update campaign_lead c
         set state = case when refused.retry_at is null and other.number_id is null and not ${isManual} then 'finished'
                          else c.claimed_from end,
             finished_why = case when ${isManual} then c.finished_why
                                 when refused.retry_at is null and other.number_id is null then refused.rule end,
             due_at = case when ${isManual} then c.due_at else coalesce(refused.retry_at, c.due_at) end,
             due_why = case when ${isManual} then c.due_why else 'rule:' || refused.rule end,
             claimed_from = null, claim_epoch = null,
             number_id = coalesce(other.number_id, c.number_id), phone = coalesce(other.phone, c.phone),
             zone_key = coalesce(other.zone_key, c.zone_key)
        from refused
        -- A number on the list, or one whose attempts are used up, does not close the person's others.
        left join lateral (
          select n.number_id, n.phone, n.zone_key
            from lead_number n join campaign_lead l on l.campaign_id = ${campaignId} and l.lead_id = n.lead_id
           where not ${isManual} and n.lead_id = refused.lead_id and refused.retry_at is null and n.phone <> refused.phone
             and (refused.rule = 'do-not-call' or refused.facts ->> 'limit' = 'number'
                    and coalesce((l.number_attempts ->> n.number_id::text)::int, 0) < (refused.facts ->> 'max')::int)
             and not exists (
               select from do_not_call d where d.organization_id = ${organizationId} and d.phone = n.phone
                                           and (d.campaign_id is null or d.campaign_id = ${campaignId}))
           order by n.position limit 1) other on true
       cross join fence
       where c.campaign_id = ${campaignId} and c.lead_id = refused.lead_id
         and c.state = 'claimed' and c.claim_epoch = ${epoch}
    ), refusals as (
      insert into refusal (organization_id, at, campaign_id, lead_id, phone, rule, rules_version, facts, retry_at)
      select ${organizationId}, ${new Date(now)}, ${campaignId}, lead_id, phone, rule, rules_version, facts, retry_at
        from refused cross join fence returning 1
    )
    select exists (select from fence) as is_fenced,
           (select array_agg(call_id) from placed) as placed,
           (select count(*)::int from refusals) as refused`;
}

/**
 * After a commit whose reply never came: whatever it wrote is undone, for nothing of it was dialled. The attempts end as `lost`
 * without an INVITE, so that they do not count; the leads wait again. Harmless when repeated.
 */
export async function undoCommit(
  database: OrganizationDatabase,
  fence: Fence,
  request: UndoRequest,
): Promise<void> {
  await database.tx(async (query) => {
    // A commit that still runs on the server holds these leads: this waits for it, and the next statement sees what it wrote. One
    // that comes later finds them locked or not claimed any more, and places nothing.
    await query`
      select from campaign_lead
       where campaign_id = ${request.campaignId} and lead_id = any(${leadIdsOf(request)}::uuid[])
       order by lead_id for update`;
    await undo(query, fence, request);
  });
}

async function undo(query: Query, fence: Fence, request: UndoRequest): Promise<void> {
  const callIds = request.verdicts.map(({ candidate }) => candidate.callId as string);
  const [row] = await query<{ is_fenced: boolean }>`
    with fence as materialized (
      select from pool_owner where pool_id = ${fence.poolId} and epoch = ${fence.epoch} for share
    ), closed as (
      delete from open_attempt a using fence where a.call_id = any(${callIds}::uuid[]) returning a.call_id, a.placed_at
    ), ended as (
      update call c set ending = 'lost', ended_at = ${new Date(request.now)}
        from closed where c.call_id = closed.call_id and c.placed_at = closed.placed_at
    ), back as (
      update campaign_lead c
         set state = coalesce(c.claimed_from, 'waiting'), claimed_from = null, claim_epoch = null,
             due_at = case when ${request.isManual ?? false} then c.due_at
                           else ${new Date(after(request.now, RACE_LOST_WAIT_MS))} end
        from fence
       where c.campaign_id = ${request.campaignId} and c.lead_id = any(${leadIdsOf(request)}::uuid[])
         and ((c.state = 'claimed' and c.claim_epoch = ${fence.epoch})
              or (c.state = 'calling' and c.last_call_id = any(${callIds}::uuid[])))
    )
    select exists (select from fence) as is_fenced`;
  if (!row?.is_fenced) throw new FencedOff(fence);
}

function clearedRows({ verdicts, isSweep }: CommitRequest): object[] {
  if (isSweep) return [];
  return verdicts.flatMap((verdict) => {
    if (verdict.kind === 'refused') return [];
    const { callId, leadId, numberId, phone, purpose, ...facts } = verdict.candidate;
    const clearance = { rulesVersion: verdict.rulesVersion, conditions: verdict.conditions, facts };
    return [
      {
        call_id: callId,
        placed_at: toIso(uuidMadeAt(callId)),
        lead_id: leadId,
        number_id: numberId,
        phone,
        purpose,
        clearance,
      },
    ];
  });
}

function refusedRows({ verdicts }: CommitRequest): object[] {
  return verdicts.flatMap((verdict) => {
    if (verdict.kind === 'cleared') return [];
    const { candidate, rule, rulesVersion, facts, retryAt } = verdict;
    return [
      {
        lead_id: candidate.leadId,
        phone: candidate.phone,
        rule,
        rules_version: rulesVersion,
        facts,
        retry_at: retryAt === null ? null : toIso(retryAt),
      },
    ];
  });
}

const leadIdsOf = ({ verdicts }: Pick<CommitRequest, 'verdicts'>, kind?: Verdict['kind']): string[] =>
  verdicts.flatMap((verdict) =>
    kind === undefined || verdict.kind === kind ? [verdict.candidate.leadId] : [],
  );
