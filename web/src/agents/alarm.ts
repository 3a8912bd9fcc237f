import type { AgentView, AlarmLimits } from '../../../server/api.ts';
import type { AgentStateName } from './agent-state.ts';

/** Why somebody should look after an agent, the most pressing first. */
export const ALARM_KINDS = ['phone-lost', 'gone', 'wrap-up', 'pause', 'long'] as const;
export type AlarmKind = (typeof ALARM_KINDS)[number];

/** As the server has them until the organization chooses its own. */
export const DEFAULT_LIMITS: AlarmLimits = { wrapUpAlarmMs: 120_000, pauseAlarmMs: 1_200_000 };

/** How long the other states may last before they are unusual; null: as long as they like. */
const UNUSUAL_AFTER_MS: Readonly<Record<AgentStateName, number | null>> = {
  'signed-out': null,
  'phone-connecting': 60_000,
  'phone-lost': null,
  ready: null,
  reserved: 15_000,
  previewing: 120_000,
  dialling: 60_000,
  talking: 1_800_000,
  'on-hold': 180_000,
  consulting: 300_000,
  'wrapping-up': null,
  paused: null,
};

type Watched = Pick<AgentView, 'state' | 'reason' | 'wantedReason' | 'since'>;

/** Reason of the pause of an agent whose page is gone; the server's word. */
const SCREEN_LOST = 'screen-lost';

/** Null: nothing that calls for help. Times are whole seconds of the same clock as `since`. */
export function alarmOf(agent: Watched, now: number, limits: AlarmLimits = DEFAULT_LIMITS): AlarmKind | null {
  const lasts = now - agent.since;
  if (agent.state === 'phone-lost') return 'phone-lost';
  if (agent.state === 'signed-out') return null;
  if (agent.wantedReason === SCREEN_LOST || (agent.state === 'paused' && agent.reason === SCREEN_LOST))
    return 'gone';
  if (agent.state === 'wrapping-up') return lasts >= limits.wrapUpAlarmMs ? 'wrap-up' : null;
  if (agent.state === 'paused') return lasts >= limits.pauseAlarmMs ? 'pause' : null;
  const unusual = UNUSUAL_AFTER_MS[agent.state];
  return unusual !== null && lasts >= unusual ? 'long' : null;
}
