import type { PoolDelta, PoolView, RowChanges } from '../../../server/api.ts';

/** As many as the server keeps. */
export const LAST_CALLS_SHOWN = 25;

/** The view after a change. Rows that did not change stay the same objects. */
export function mergeDelta(view: PoolView, delta: PoolDelta): PoolView {
  return {
    poolId: view.poolId,
    at: delta.at,
    health: delta.health ?? view.health,
    agents: mergeRows(view.agents, delta.agents, (agent) => agent.agentId),
    campaigns: mergeRows(view.campaigns, delta.campaigns, (campaign) => campaign.campaignId),
    calls: mergeRows(view.calls, delta.calls, (call) => call.callId),
    lastCalls: mergeNewest(view.lastCalls, delta.lastCalls),
  };
}

/** Changed rows keep their place, new ones come last. */
function mergeRows<Row>(
  rows: readonly Row[],
  changes: RowChanges<Row> | undefined,
  keyOf: (row: Row) => string,
): readonly Row[] {
  if (!changes) return rows;
  const changed = new Map(changes.set.map((row) => [keyOf(row), row]));
  const gone = new Set(changes.remove);
  const kept = rows
    .filter((row) => !gone.has(keyOf(row)))
    .map((row) => {
      const now = changed.get(keyOf(row));
      changed.delete(keyOf(row));
      return now ?? row;
    });
  return [...kept, ...changed.values()];
}

function mergeNewest(
  rows: PoolView['lastCalls'],
  changes: RowChanges<PoolView['lastCalls'][number]> | undefined,
): PoolView['lastCalls'] {
  if (!changes) return rows;
  const away = new Set([...changes.remove, ...changes.set.map((row) => row.callId)]);
  return [...changes.set, ...rows.filter((row) => !away.has(row.callId))].slice(0, LAST_CALLS_SHOWN);
}
