import type { Epoch, PoolId } from '../kernel/ids.ts';

/** Who writes: every statement of an owner takes FOR SHARE on its epoch row, so that nothing is written after a takeover. */
export interface Fence {
  readonly poolId: PoolId;
  readonly epoch: Epoch;
}

/** The owner's epoch is not the pool's any more: another process has taken it over, and nothing was written. */
export class FencedOff extends Error {
  override readonly name = 'FencedOff';
  constructor(fence: Fence) {
    super(`epoch ${String(fence.epoch)} does not own pool ${fence.poolId} any more`);
  }
}
