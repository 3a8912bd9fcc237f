import type { TrunkId } from '../kernel/ids.ts';
import { afterMonotonic } from '../kernel/time.ts';
import type { Trunk } from './campaign-settings.ts';
import type { TrunkTrouble } from './live-view.ts';
import type { PoolState, Turn } from './pool-state.ts';
import type { SwitchFact } from './telephony.ts';

/** The gateway of a dial string, or null where calls go to an address: then the switch pings nobody. */
export function gatewayOf(dialTemplate: string): string | null {
  return /^sofia\/gateway\/([^/]+)\//.exec(dialTemplate)?.[1] ?? null;
}

/** Asks the switch about each gateway when its time has come. The pings themselves are sent by the switch (OPTIONS, RFC 3261 §11). */
export function watchTrunks({ pool, monotonic, effects }: Turn): void {
  if (pool.link !== 'up') return;
  const trunks = new Map<TrunkId, Trunk>();
  for (const { settings } of pool.campaigns.values()) {
    if (settings.trunk !== null) trunks.set(settings.trunk.id, settings.trunk);
  }
  for (const id of pool.trunkWatches.keys()) if (!trunks.has(id)) pool.trunkWatches.delete(id);
  for (const { id: trunkId, dialTemplate, pingMs } of trunks.values()) {
    const gateway = gatewayOf(dialTemplate);
    if (gateway === null || pingMs === 0) {
      pool.trunkWatches.delete(trunkId);
      continue;
    }
    const known = pool.trunkWatches.get(trunkId);
    const isSame = known?.gateway === gateway;
    if (isSame && monotonic < known.nextLookAt) continue;
    const trouble = isSame ? known.trouble : null;
    pool.trunkWatches.set(trunkId, { gateway, nextLookAt: afterMonotonic(monotonic, pingMs), trouble });
    effects.push({ do: 'switch', command: { do: 'see-gateway', trunkId, gateway } });
  }
}

export function gatewaySeen(turn: Turn, seen: Extract<SwitchFact, { type: 'gateway-seen' }>): void {
  const { pool, now, effects } = turn;
  const watch = pool.trunkWatches.get(seen.trunkId);
  const { gateway, state } = seen;
  if (watch?.gateway !== gateway) return;
  if (state === (watch.trouble?.code ?? 'up')) return;
  const trouble = state === 'up' ? null : { code: state, gateway, since: now };
  pool.trunkWatches.set(seen.trunkId, { ...watch, trouble });
  effects.push({ do: 'show', isUrgent: true });
}

/** Why no call can go through this trunk now; null when nothing is known against it. */
export const trunkTrouble = (pool: PoolState, trunkId: TrunkId): TrunkTrouble | null =>
  pool.trunkWatches.get(trunkId)?.trouble ?? null;
