import { unreachable } from '../kernel/assert.ts';
import type { OrganizationDatabase } from '../kernel/database.ts';
import type { AgentId, CallId, LegId, OrganizationId } from '../kernel/ids.ts';
import { toIso, type EpochMs } from '../kernel/time.ts';
import { newAgent, unfinished, type Agent, type AgentStage, type AgentState, type Wanted } from './agent.ts';
import { FencedOff, type Fence } from './fence.ts';

/** One agent after a change; `isNewState` puts a line into the log of states. */
export interface AgentChange {
  readonly agent: Agent;
  readonly isNewState: boolean;
}

/** Writes what a new owner must know of each agent, and the log that reports read. */
export async function storeAgents(
  database: OrganizationDatabase,
  fence: Fence,
  written: { readonly organizationId: OrganizationId; readonly changes: readonly AgentChange[] },
): Promise<void> {
  const { organizationId, changes } = written;
  const latest = new Map(changes.map(({ agent }) => [agent.id, agent]));
  const present = [...latest.values()].map(presenceRow);
  const log = changes.flatMap(({ agent, isNewState }) => (isNewState ? [presenceRow(agent)] : []));
  const [row] = await database.query<{ is_fenced: boolean }>`
    with fence as materialized (
      select from pool_owner where pool_id = ${fence.poolId} and epoch = ${fence.epoch} for share
    ), present as (
      select * from jsonb_to_recordset(${JSON.stringify(present)}::text::jsonb)
        as x(agent_id uuid, state text, reason text, since timestamptz, leg_id uuid, call_id uuid, wrap_until timestamptz,
             wanted text, wanted_reason text)
    ), stored as (
      insert into agent_presence (agent_id, organization_id, pool_id, state, reason, since, leg_id, call_id, wrap_until,
                                  wanted, wanted_reason)
      select agent_id, ${organizationId}, ${fence.poolId}, state, reason, since, leg_id, call_id, wrap_until, wanted, wanted_reason
        from present cross join fence
      on conflict (agent_id) do update
         set pool_id = excluded.pool_id, state = excluded.state, reason = excluded.reason, since = excluded.since,
             leg_id = excluded.leg_id, call_id = excluded.call_id, wrap_until = excluded.wrap_until,
             wanted = excluded.wanted, wanted_reason = excluded.wanted_reason
    ), logged as (
      insert into agent_state_change (organization_id, agent_id, at, state, reason, call_id)
      select ${organizationId}, x.agent_id, x.since, x.state, x.reason, x.call_id
        from jsonb_to_recordset(${JSON.stringify(log)}::text::jsonb)
          as x(agent_id uuid, state text, reason text, since timestamptz, call_id uuid)
       cross join fence
    )
    select exists (select from fence) as is_fenced`;
  if (!row?.is_fenced) throw new FencedOff(fence);
}

function presenceRow(agent: Agent): object {
  return {
    agent_id: agent.id,
    state: agent.state,
    reason: agent.state === 'paused' ? agent.reason : null,
    since: toIso(agent.since),
    leg_id: 'legId' in agent ? agent.legId : null,
    call_id: 'callId' in agent ? agent.callId : unfinished(agent),
    wrap_until: agent.state === 'wrapping-up' ? toIso(agent.until) : null,
    wanted: agent.wanted?.type ?? null,
    wanted_reason: agent.wanted?.type === 'pause' ? agent.wanted.reason : null,
  };
}

interface PresenceRow {
  readonly agentId: AgentId;
  readonly state: AgentState;
  readonly reason: string | null;
  readonly since: EpochMs;
  readonly legId: LegId | null;
  readonly callId: CallId | null;
  readonly wrapUntil: EpochMs | null;
  readonly wanted: Wanted['type'] | null;
  readonly wantedReason: string | null;
  readonly isDisposed: boolean;
}

/** The agents as the owner before us left them. */
export async function readLeftAgents(database: OrganizationDatabase, fence: Fence): Promise<Agent[]> {
  const rows = await database.query<PresenceRow>`
    select p.agent_id as "agentId", p.state, p.reason, p.since, p.leg_id as "legId", p.call_id as "callId",
           p.wrap_until as "wrapUntil", p.wanted, p.wanted_reason as "wantedReason", d.call_id is not null as "isDisposed"
      from agent_presence p left join call_disposition d on d.call_id = p.call_id
     where p.pool_id = ${fence.poolId}`;
  return rows.map((row) => {
    const base = newAgent(row.agentId, row.since);
    const stage = stageOf(row);
    return stage === null ? base : { ...base, wanted: wantedOf(row), ...stage };
  });
}

function wantedOf({ wanted, wantedReason, since: askedAt }: PresenceRow): Wanted | null {
  if (wanted === null) return null;
  return wanted === 'pause'
    ? { type: 'pause', reason: wantedReason ?? '', askedAt }
    : { type: 'sign-out', askedAt };
}

/** Null when the row does not say enough: then he signs in again. */
function stageOf(row: PresenceRow): AgentStage | null {
  const { state, legId, callId, isDisposed } = row;
  const unfinishedCallId = isDisposed ? null : callId;
  if (state === 'phone-lost' || state === 'signed-out') return { state, unfinishedCallId };
  if (legId === null) return null;
  switch (state) {
    case 'phone-connecting':
      return { state, legId, unfinishedCallId };
    case 'ready':
      return { state, legId };
    case 'paused':
      return { state, legId, reason: row.reason ?? '', unfinishedCallId };
    case 'previewing':
      // The claim of the owner before us is put back.
      return { state: 'ready', legId };
    case 'reserved':
    case 'dialling':
      return callId === null ? { state: 'ready', legId } : { state, legId, callId };
    case 'talking':
    case 'on-hold':
    case 'consulting':
      return callId === null ? { state: 'ready', legId } : { state, legId, callId, isDisposed };
    case 'wrapping-up':
      // Disposed already, and the owner died before he heard of it.
      return callId === null || isDisposed
        ? { state: 'ready', legId }
        : { state, legId, callId, until: row.wrapUntil ?? row.since };
    default:
      return unreachable(state);
  }
}
