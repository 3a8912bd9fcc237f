import type { PoolView } from '../dialer/live-view.ts';
import type { PoolDelta, RowChanges } from './api/live-message.ts';

/** What must be told to somebody who has `before` so that he has `after`; null when nothing changed. */
export function deltaBetween(before: PoolView, after: PoolView): PoolDelta | null {
  const health = isSame(before.health, after.health) ? undefined : after.health;
  const agents = changes(before.agents, after.agents, (row) => row.agentId);
  const campaigns = changes(before.campaigns, after.campaigns, (row) => row.campaignId);
  const calls = changes(before.calls, after.calls, (row) => row.callId);
  const lastCalls = changes(before.lastCalls, after.lastCalls, (row) => row.callId);
  if (!health && !agents && !campaigns && !calls && !lastCalls) return null;
  return {
    at: after.at,
    ...(health && { health }),
    ...(agents && { agents }),
    ...(campaigns && { campaigns }),
    ...(calls && { calls }),
    ...(lastCalls && { lastCalls }),
  };
}

/** The view after a delta; the other half of {@link deltaBetween}. */
export function applyDelta(view: PoolView, delta: PoolDelta): PoolView {
  return {
    ...view,
    at: delta.at,
    health: delta.health ?? view.health,
    agents: applied(view.agents, delta.agents, (row) => row.agentId),
    campaigns: applied(view.campaigns, delta.campaigns, (row) => row.campaignId),
    calls: applied(view.calls, delta.calls, (row) => row.callId),
    lastCalls: putInFront(view.lastCalls, delta.lastCalls, (row) => row.callId),
  };
}

function changes<Row>(
  before: readonly Row[],
  after: readonly Row[],
  keyOf: (row: Row) => string,
): RowChanges<Row> | undefined {
  const old = new Map(before.map((row) => [keyOf(row), row]));
  const set: Row[] = [];
  for (const row of after) {
    const key = keyOf(row);
    const known = old.get(key);
    if (known === undefined || !isSame(known, row)) set.push(row);
    old.delete(key);
  }
  const remove = [...old.keys()];
  return set.length === 0 && remove.length === 0 ? undefined : { set, remove };
}

function applied<Row>(
  rows: readonly Row[],
  change: RowChanges<Row> | undefined,
  keyOf: (row: Row) => string,
): readonly Row[] {
  if (!change) return rows;
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  for (const key of change.remove) byKey.delete(key);
  for (const row of change.set) byKey.set(keyOf(row), row);
  return [...byKey.values()];
}

function putInFront<Row>(
  rows: readonly Row[],
  change: RowChanges<Row> | undefined,
  keyOf: (row: Row) => string,
): readonly Row[] {
  if (!change) return rows;
  const gone = new Set([...change.remove, ...change.set.map(keyOf)]);
  return [...change.set, ...rows.filter((row) => !gone.has(keyOf(row)))];
}

/** Rows are flat objects of plain values, one level of nesting (a campaign's day) at most. */
function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) =>
    isSame((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]),
  );
}
