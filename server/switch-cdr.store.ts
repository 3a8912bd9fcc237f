import type { OrganizationDatabase, Query } from '../kernel/database.ts';
import type { OrganizationId, PoolId } from '../kernel/ids.ts';
import { toIso, type EpochMs } from '../kernel/time.ts';
import type { SwitchCdr } from './switch-cdr.ts';

export async function organizationOfPool(system: Query, poolId: PoolId): Promise<OrganizationId | null> {
  const [row] = await system<{ organizationId: OrganizationId }>`
    select organization_id as "organizationId" from ringline_pools() where pool_id = ${poolId}`;
  return row?.organizationId ?? null;
}

const isoOrNull = (at: EpochMs | null): string | null => (at === null ? null : toIso(at));

/** False when the leg was stored before; the first record stays. */
export async function putSwitchCdr(
  database: OrganizationDatabase,
  {
    organizationId,
    record,
    receivedAt,
  }: { organizationId: OrganizationId; record: SwitchCdr; receivedAt: EpochMs },
): Promise<boolean> {
  const rows = await database.query<{ legId: string }>`
    insert into switch_cdr (leg_id, organization_id, received_at, call_id, agent_id, started_at, answered_at, ended_at,
                            hangup_cause, sip_status, raw)
    values (${record.legId}, ${organizationId}, ${toIso(receivedAt)}::timestamptz, ${record.callId}::uuid,
            ${record.agentId}::uuid, ${isoOrNull(record.startedAt)}::timestamptz,
            ${isoOrNull(record.answeredAt)}::timestamptz, ${isoOrNull(record.endedAt)}::timestamptz,
            ${record.hangupCause}, ${record.sipStatus}::integer, ${JSON.stringify(record.raw)}::text::jsonb)
    on conflict (leg_id) do nothing
    returning leg_id as "legId"`;
  return rows.length > 0;
}
