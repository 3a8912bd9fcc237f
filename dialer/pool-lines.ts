import { clear, isExpired, type Clearance, type Verdict } from '../compliance/gate.ts';
import type { CallId, TrunkId } from '../kernel/ids.ts';
import { elapsedMonotonic, seconds, type MonotonicMs } from '../kernel/time.ts';
import type { Trunk } from './campaign-settings.ts';
import { moveCall } from './pool-moves.ts';
import type { Turn } from './pool-state.ts';
import { trunkTrouble } from './pool-trunks.ts';

/** A trunk's calls per second hold for every second, wherever it begins. */
const RATE_WINDOW_MS = seconds(1);

/**
 * What a trunk has left of channels and of calls within one second. A line on its way from the list holds its place in both, so
 * that neither is exceeded whenever the commit comes back. None while the switch cannot reach the carrier.
 */
export function freeLines(turn: Turn, trunk: Trunk): number {
  const { pool } = turn;
  if (trunkTrouble(pool, trunk.id) !== null) return 0;
  let up = 0;
  for (const live of pool.calls.values()) if (live.trunkId === trunk.id) up += 1;
  let onTheirWay = 0;
  for (const { batch, errand, settings } of pool.campaigns.values()) {
    if (batch?.trunkId === trunk.id) onTheirWay += batch.lines;
    // Callbacks that are being claimed are dialled as soon as they are there; previews wait for their agent.
    if (errand?.what === 'own-callbacks' && settings.trunk?.id === trunk.id) onTheirWay += errand.count;
  }
  for (const order of pool.orders.values()) if (order.trunkId === trunk.id) onTheirWay += 1;
  const lately = dialledLately(turn, trunk.id).length;
  return Math.max(0, Math.min(trunk.callsPerSecondMax - lately, trunk.callsMax - up) - onTheirWay);
}

/** Originates of the last second. */
function dialledLately({ pool, monotonic }: Turn, trunkId: TrunkId): MonotonicMs[] {
  const lately = (pool.dialledLately.get(trunkId) ?? []).filter(
    (at) => elapsedMonotonic(at, monotonic) < RATE_WINDOW_MS,
  );
  pool.dialledLately.set(trunkId, lately);
  return lately;
}

/** A line of the trunk is dialled now. */
export function tookLine(turn: Turn, trunkId: TrunkId): void {
  dialledLately(turn, trunkId).push(turn.monotonic);
}

/** The clearance, or a new one when it has expired, or the refusal that came in between. */
export function standing(turn: Turn, clearance: Clearance): Verdict {
  const { pool } = turn;
  const { candidate } = clearance;
  const revoked = pool.revoked.get(candidate.phone);
  if (revoked?.has(null)) return clear({ ...candidate, doNotCall: 'organization' }, turn);
  if (revoked?.has(candidate.campaignId)) return clear({ ...candidate, doNotCall: 'campaign' }, turn);
  return isExpired(clearance, turn.monotonic) ? clear(candidate, turn) : clearance;
}

/** Nothing was sent to the switch: the attempt ends without having been one. */
export function giveUp(turn: Turn, callId: CallId, reason: 'revoked' | 'taken-over'): void {
  const live = turn.pool.calls.get(callId);
  if (live?.call.state === 'dialling') live.call = { ...live.call, cancelled: reason };
  moveCall(turn, { callId, event: { type: 'not-dialled' }, at: turn.now });
}
