import type { LeadNext } from '../campaigns/recycling.ts';
import type { Ending } from '../campaigns/ending.ts';
import type { OrganizationDatabase } from '../kernel/database.ts';
import type { CampaignId, LeadId } from '../kernel/ids.ts';
import { toIso, type EpochMs } from '../kernel/time.ts';
import type { Call, EndedCall } from './call.ts';
import { FencedOff, type Fence } from './fence.ts';
import type { LedgerEntry } from './ledger-entry.ts';

export interface Outcome {
  readonly call: EndedCall;
  /** The end counts as an attempt. */
  readonly isAttempt: boolean;
  readonly next: LeadNext;
  readonly ledger: LedgerEntry | null;
}

const iso = (at: EpochMs | null): string | null => (at === null ? null : toIso(at));

/** Facts of calls that go on, so that whoever takes over knows them. */
export async function storeCalls(
  database: OrganizationDatabase,
  fence: Fence,
  calls: readonly Call[],
): Promise<void> {
  const rows = calls.map(({ id, placedAt, times }) => ({
    call_id: id,
    placed_at: toIso(placedAt),
    dialled_at: iso(times.dialledAt),
    rang_at: iso(times.rangAt),
    answered_at: iso(times.answeredAt),
    bridged_at: iso(times.bridgedAt),
    message_at: iso(times.messageAt),
    agent_id: times.agentId,
  }));
  const [row] = await database.query<{ is_fenced: boolean }>`
    with fence as materialized (
      select from pool_owner where pool_id = ${fence.poolId} and epoch = ${fence.epoch} for share
    ), facts as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
        as x(call_id uuid, placed_at timestamptz, dialled_at timestamptz, rang_at timestamptz, answered_at timestamptz,
             bridged_at timestamptz, message_at timestamptz, agent_id uuid)
    ), stored as (
      update call c
         set dialled_at = facts.dialled_at, rang_at = facts.rang_at, answered_at = facts.answered_at,
             bridged_at = facts.bridged_at, message_at = facts.message_at, agent_id = facts.agent_id
        from facts, fence
       where c.call_id = facts.call_id and c.placed_at = facts.placed_at and c.ending is null
    )
    select exists (select from fence) as is_fenced`;
  if (!row?.is_fenced) throw new FencedOff(fence);
}

/**
 * Ends calls: the open attempt goes, and on that delete hang the call's ending, its ledger row and the lead's next state, all in
 * one statement. Written twice (a lost reply), the second time finds no open attempt and changes nothing.
 */
// One statement: its parts cannot be taken apart.
// eslint-disable-next-line max-lines-per-function
export async function storeOutcomes(
  database: OrganizationDatabase,
  fence: Fence,
  outcomes: readonly Outcome[],
): Promise<void> {
  const rows = outcomes.map(outcomeRow);
  const [row] = await database.query<{ is_fenced: boolean }>`
    with fence as materialized (
      select from pool_owner where pool_id = ${fence.poolId} and epoch = ${fence.epoch} for share
    ), ends as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
        as x(call_id uuid, placed_at timestamptz, called_phone text, campaign_id uuid, lead_id uuid, is_attempt boolean, ending text, hung_up_by text,
             hangup_cause text, sip_status int, q850_cause int, dialled_at timestamptz, rang_at timestamptz,
             answered_at timestamptz, bridged_at timestamptz, message_at timestamptz, ended_at timestamptz, agent_id uuid,
             answer_to_agent_ms int, next_state text, due_at timestamptz, finished_why text, called_number_id uuid,
             number_id uuid, phone text,
             zone_key text, has_ledger boolean, ledger_answered_at timestamptz, local_day date, is_abandoned boolean,
             is_early_hang_up boolean)
    ), closed as (
      delete from open_attempt a using ends, fence where a.call_id = ends.call_id
      returning a.call_id, a.organization_id
    ), calls as (
      update call c
         set dialled_at = e.dialled_at, rang_at = e.rang_at, answered_at = e.answered_at, bridged_at = e.bridged_at,
             message_at = e.message_at, ended_at = e.ended_at, agent_id = e.agent_id, ending = e.ending,
             hung_up_by = e.hung_up_by, hangup_cause = e.hangup_cause, sip_status = e.sip_status, q850_cause = e.q850_cause,
             answer_to_agent_ms = e.answer_to_agent_ms
        from ends e join closed using (call_id)
       where c.call_id = e.call_id and c.placed_at = e.placed_at
    ), ledger as (
      insert into abandonment_ledger (call_id, organization_id, campaign_id, answered_at, local_day, is_abandoned, is_early_hang_up)
      select e.call_id, closed.organization_id, e.campaign_id, e.ledger_answered_at, e.local_day, e.is_abandoned, e.is_early_hang_up
        from ends e join closed using (call_id)
       where e.has_ledger
      on conflict (call_id) do nothing
    ), leads as (
      -- A disposition given during the talk has moved the lead already: then only the attempt is counted.
      update campaign_lead c
         set attempts = c.attempts + e.is_attempt::int,
             last_ending = e.ending,
             ending_counts = c.ending_counts
               || jsonb_build_object(e.ending, coalesce((c.ending_counts ->> e.ending)::int, 0) + 1),
             number_attempts = case when e.is_attempt then c.number_attempts || jsonb_build_object(
               e.called_number_id::text, coalesce((c.number_attempts ->> e.called_number_id::text)::int, 0) + 1)
               else c.number_attempts end,
             -- It may be claimed again already: that claim keeps its way back.
             claimed_from = case when c.state = 'calling' then null else c.claimed_from end,
             -- Nobody answered: what was finished before an agent tried by hand stays so, and what he promised stays his.
             state = case when c.state <> 'calling' then c.state
                          when e.next_state = 'waiting' and c.claimed_from = 'finished' then 'finished'
                          when e.next_state = 'waiting' and c.claimed_from = 'callback' and c.callback_agent_id is not null then 'callback'
                          else e.next_state end,
             callback_open_at = case when c.state = 'calling' and e.next_state = 'waiting'
                                     then e.due_at + (c.callback_open_at - c.due_at) else c.callback_open_at end,
             due_at = case when c.state = 'calling' then e.due_at else c.due_at end,
             due_why = case when c.state = 'calling' then e.ending else c.due_why end,
             finished_why = case when c.state <> 'calling' or (e.next_state = 'waiting' and c.claimed_from = 'finished')
                                 then c.finished_why else e.finished_why end,
             number_id = case when c.state = 'calling' then coalesce(e.number_id, c.number_id) else c.number_id end,
             phone = case when c.state = 'calling' then coalesce(e.phone, c.phone) else c.phone end,
             zone_key = case when c.state = 'calling' then coalesce(e.zone_key, c.zone_key) else c.zone_key end
        from ends e join closed using (call_id)
       where c.campaign_id = e.campaign_id and c.lead_id = e.lead_id and c.last_call_id = e.call_id
    ), spoken_with as (
      -- Whoever was spoken with needs no callback of an earlier call any more, wherever it was promised.
      select c.campaign_id, c.lead_id
        from ends e join closed using (call_id)
        join campaign_lead c on c.organization_id = closed.organization_id and c.phone = e.called_phone
       where e.ending = 'connected' and c.state = 'callback' and c.last_call_id is distinct from e.call_id
      union
      select c.campaign_id, c.lead_id
        from ends e join closed using (call_id)
        join campaign_lead c on c.lead_id = e.lead_id
       where e.ending = 'connected' and c.state = 'callback' and c.last_call_id is distinct from e.call_id
    ), called_back as (
      update campaign_lead c
         set state = 'finished', finished_why = 'reached', callback_agent_id = null, callback_open_at = null
        from spoken_with s
       where c.campaign_id = s.campaign_id and c.lead_id = s.lead_id
    )
    select exists (select from fence) as is_fenced`;
  if (!row?.is_fenced) throw new FencedOff(fence);
}

function outcomeRow({ call, isAttempt, next, ledger }: Outcome): object {
  const { times } = call;
  return {
    call_id: call.id,
    placed_at: toIso(call.placedAt),
    called_phone: call.phone,
    campaign_id: call.campaignId satisfies CampaignId,
    lead_id: call.leadId satisfies LeadId,
    is_attempt: isAttempt,
    ending: call.ending satisfies Ending,
    hung_up_by: call.hungUpBy,
    hangup_cause: call.raw?.hangupCause ?? null,
    sip_status: call.raw?.sipStatus ?? null,
    q850_cause: call.raw?.q850Cause ?? null,
    dialled_at: iso(times.dialledAt),
    rang_at: iso(times.rangAt),
    answered_at: iso(times.answeredAt),
    bridged_at: iso(times.bridgedAt),
    message_at: iso(times.messageAt),
    ended_at: toIso(call.endedAt),
    agent_id: times.agentId,
    answer_to_agent_ms:
      times.answeredAt !== null && times.bridgedAt !== null ? times.bridgedAt - times.answeredAt : null,
    next_state: next.state,
    due_at: toIso(next.dueAt),
    finished_why: next.finishedWhy,
    called_number_id: call.numberId,
    number_id: next.number?.numberId ?? null,
    phone: next.number?.phone ?? null,
    zone_key: next.number?.zoneKey ?? null,
    has_ledger: ledger !== null,
    ledger_answered_at: iso(ledger?.answeredAt ?? null),
    local_day: ledger?.localDay ?? null,
    is_abandoned: ledger?.isAbandoned ?? false,
    is_early_hang_up: ledger?.isEarlyHangUp ?? false,
  };
}
