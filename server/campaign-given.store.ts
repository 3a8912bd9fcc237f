import type { GivenSettings } from '../campaigns/campaign-defaults.ts';
import type { Query } from '../kernel/database.ts';
import type { PoolId, TrunkId } from '../kernel/ids.ts';

type Chosen = Pick<GivenSettings, 'poolId' | 'timeZone'> & { readonly trunkId: TrunkId | null };

/**
 * What a new campaign takes from its surroundings where nobody says: the pool with the most agents, the only trunk, the zone of the
 * newest campaign. Null when there is no pool at all.
 */
export async function chooseSurroundings(
  query: Query,
  given: {
    readonly poolId?: PoolId | undefined;
    readonly timeZone?: string | undefined;
    readonly trunkId?: TrunkId | null | undefined;
  },
): Promise<Chosen | null> {
  const [found] = await query<{
    poolId: PoolId | null;
    trunkIds: readonly TrunkId[];
    timeZone: string | null;
  }>`
    select (select p.pool_id from pool p left join agent a using (pool_id)
             group by p.pool_id order by count(a.agent_id) desc, p.pool_id limit 1) as "poolId",
           coalesce((select array_agg(trunk_id) from trunk), '{}') as "trunkIds",
           (select time_zone from campaign order by created_at desc limit 1) as "timeZone"`;
  const poolId = given.poolId ?? found?.poolId ?? null;
  if (poolId === null) return null;
  const { trunkIds = [] } = found ?? {};
  const onlyTrunk = trunkIds.length === 1 ? (trunkIds[0] ?? null) : null;
  return {
    poolId,
    timeZone: given.timeZone ?? found?.timeZone ?? 'America/New_York',
    trunkId: given.trunkId === undefined ? onlyTrunk : given.trunkId,
  };
}
