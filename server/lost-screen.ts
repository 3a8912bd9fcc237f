import type { AgentState } from '../dialer/agent.ts';
import type { AgentView } from '../dialer/live-view.ts';
import type { AgentId } from '../kernel/ids.ts';
import type { OwnedPool } from './pool-connection.ts';

/** Told when an agent has had no screen for the time that the settings give. */
export type OnScreenLost = (pool: OwnedPool, agentId: AgentId) => void;

/** Reason of the pause of an agent whose screen is gone; labels of reasons are the organization's, this one is ours. */
export const SCREEN_LOST = 'screen-lost';

/**
 * What the owner is asked for: no call may come to somebody who sees nothing. A talk goes on, the pause then follows it; who is not
 * at work is left alone.
 */
export function commandForLostScreen(
  agent: Pick<AgentView, 'state' | 'isAutomatic' | 'wanted'>,
): 'pause' | 'sign-out' | null {
  if (agent.isAutomatic || agent.wanted !== null) return null;
  return BY_STATE[agent.state];
}

const BY_STATE: Readonly<Record<AgentState, 'pause' | 'sign-out' | null>> = {
  'signed-out': null,
  'phone-connecting': 'sign-out',
  'phone-lost': 'sign-out',
  ready: 'pause',
  reserved: 'pause',
  previewing: 'pause',
  dialling: 'pause',
  talking: 'pause',
  'on-hold': 'pause',
  consulting: 'pause',
  // At zero without a disposition it becomes a pause by itself.
  'wrapping-up': 'pause',
  paused: null,
};
