import { CAMPAIGN_CHANNEL } from '../campaigns/campaign.store.ts';
import type { OrganizationDatabase } from '../kernel/database.ts';
import type { CampaignId, OrganizationId, PoolId, TrunkId } from '../kernel/ids.ts';
import type { Pool, Trunk } from './api/pool.schema.ts';

export type PoolRow = Pick<Pool, 'poolId' | 'name' | 'agentCount'>;

export async function listPools(database: OrganizationDatabase): Promise<readonly PoolRow[]> {
  return database.query<PoolRow>`
    select p.pool_id as "poolId", p.name, count(a.agent_id) filter (where u.is_active)::int as "agentCount"
      from pool p left join agent a on a.pool_id = p.pool_id left join app_user u on u.user_id = a.agent_id
     group by p.pool_id, p.name order by p.name`;
}

export async function poolExists(database: OrganizationDatabase, poolId: PoolId): Promise<boolean> {
  const [row] = await database.query`select from pool where pool_id = ${poolId}`;
  return row !== undefined;
}

export async function campaignExists(
  database: OrganizationDatabase,
  campaignId: CampaignId,
): Promise<boolean> {
  const [row] = await database.query`select from campaign where campaign_id = ${campaignId}`;
  return row !== undefined;
}

export async function insertPool(
  database: Pick<OrganizationDatabase, 'query'>,
  pool: { organizationId: OrganizationId; poolId: PoolId; name: string },
): Promise<void> {
  await database.query`
    insert into pool (pool_id, organization_id, name) values (${pool.poolId}, ${pool.organizationId}, ${pool.name})`;
}

/** False when there is no such pool. */
export async function renamePool(
  database: Pick<OrganizationDatabase, 'query'>,
  pool: { poolId: PoolId; name: string },
): Promise<boolean> {
  const rows = await database.query<{ poolId: PoolId }>`
    update pool set name = ${pool.name} where pool_id = ${pool.poolId} returning pool_id as "poolId"`;
  return rows.length > 0;
}

/** The pool in which an agent has his seat. */
export async function poolOfAgent(database: OrganizationDatabase, agentId: string): Promise<PoolId | null> {
  const [row] = await database.query<{ poolId: PoolId }>`
    select pool_id as "poolId" from agent where agent_id = ${agentId}`;
  return row?.poolId ?? null;
}

export async function listTrunks(
  database: Pick<OrganizationDatabase, 'query'>,
  trunkId: TrunkId | null = null,
): Promise<readonly Trunk[]> {
  return database.query<Trunk>`
    select trunk_id as "trunkId", name, dial_template as "dialTemplate", number_format as "numberFormat",
           caller_id_in as "callerIdIn", codecs, calls_max as "callsMax",
           calls_per_second_max as "callsPerSecondMax", ping_seconds as "pingSeconds"
      from trunk where ${trunkId}::uuid is null or trunk_id = ${trunkId}::uuid order by name`;
}

/** Owners read their campaigns with their trunks again. */
export async function putTrunk(
  database: Pick<OrganizationDatabase, 'query'>,
  { organizationId, trunk }: { organizationId: OrganizationId; trunk: Trunk },
): Promise<void> {
  await database.query`
    with put as (
    insert into trunk (trunk_id, organization_id, name, dial_template, number_format, caller_id_in, codecs, calls_max,
                       calls_per_second_max, ping_seconds)
    values (${trunk.trunkId}, ${organizationId}, ${trunk.name}, ${trunk.dialTemplate}, ${trunk.numberFormat},
            ${trunk.callerIdIn}, ${trunk.codecs}, ${trunk.callsMax}, ${trunk.callsPerSecondMax}, ${trunk.pingSeconds})
    on conflict (trunk_id) do update
       set name = excluded.name, dial_template = excluded.dial_template, number_format = excluded.number_format,
           caller_id_in = excluded.caller_id_in, codecs = excluded.codecs, calls_max = excluded.calls_max,
           calls_per_second_max = excluded.calls_per_second_max, ping_seconds = excluded.ping_seconds
    returning 1)
    select pg_notify(${CAMPAIGN_CHANNEL}, ${organizationId}) from put`;
}
