import type { Query } from '../kernel/database.ts';
import type { DialerCall, RunningProduct, SwitchRecord } from '../loadtest/sip/product-under-test.ts';

export async function readProgress(query: Query): ReturnType<RunningProduct['progress']> {
  const [row] = await query<{ placed: number; open: number; records: number }>`
    select (select count(*)::int from call where dialled_at is not null) as placed,
           (select count(*)::int from open_attempt) as open,
           (select count(*)::int from switch_cdr where call_id is not null) as records`;
  return row ?? { placed: 0, open: 0, records: 0 };
}

export async function readDialerCalls(query: Query): Promise<readonly DialerCall[]> {
  return query<DialerCall>`
    select c.call_id as "callId", c.phone, c.dialled_at as "dialledAt", c.answered_at as "answeredAt", c.bridged_at as "bridgedAt",
           c.ending, coalesce(l.is_abandoned, false) as "isAbandoned"
      from call c left join abandonment_ledger l on l.call_id = c.call_id`;
}

/**
 * Whom the switch called stands in the address that it sent the INVITE to (the plus sign escaped); when it connected them, in its own
 * microseconds. Whether the agent was idle is ours to know.
 */
export async function readSwitchRecords(query: Query): Promise<readonly SwitchRecord[]> {
  return query<SwitchRecord>`
    select s.call_id as "callId", replace(substring(s.raw ->> 'sip_destination_url' from 'sip:(.*)@'), '%2B', '+') as phone,
           s.answered_at as "answeredAt",
           case when (s.raw ->> 'bridge_uepoch')::bigint > 0
                then to_timestamp((s.raw ->> 'bridge_uepoch')::numeric / 1000000) end as "bridgedAt",
           coalesce(ready.at <= s.answered_at, false) as "wasAgentIdle", s.hangup_cause as "hangupCause"
      from switch_cdr s
      left join call c on c.call_id = s.call_id
      left join lateral (
        select max(at) as at from agent_state_change
         where organization_id = s.organization_id and agent_id = c.agent_id and state = 'ready' and at <= c.bridged_at
      ) ready on true
     where s.call_id is not null`;
}
