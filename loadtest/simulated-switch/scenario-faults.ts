import type { Scenario } from '../scenario.schema.ts';
import type { Faults } from './faults.ts';
import type { SwitchTime } from './switch-time.ts';

/** How long a restarting switch is away when the scenario does not say. */
const RESTART_SECONDS = 5;

export interface FaultyParts {
  readonly time: SwitchTime;
  readonly faults: Faults;
  restart(forMs: number): void;
}

/** Sets the faults of a scenario that are the switch's own, counted in hours from its start; the others are not its business. */
export function planFaults(scenario: Scenario, parts: FaultyParts): void {
  for (const fault of scenario.faults) {
    const { fromHour, toHour, rate = 0, seconds = 0 } = fault;
    const during = (set: (rate: number) => void): void => {
      parts.time.after(fromHour * 3_600_000, () => set(rate));
      if (toHour !== undefined) parts.time.after(toHour * 3_600_000, () => set(0));
    };
    switch (fault.kind) {
      case 'event-lost':
        during((now) => {
          parts.faults.eventLostRate = now;
        });
        break;
      case 'event-twice':
        during((now) => {
          parts.faults.eventTwiceRate = now;
        });
        break;
      case 'event-late':
        during((now) => {
          parts.faults.eventDelayRate = now;
          parts.faults.eventDelayMs = seconds * 1000;
        });
        break;
      case 'switch-restart':
        parts.time.after(fromHour * 3_600_000, () => parts.restart((seconds || RESTART_SECONDS) * 1000));
        break;
      case 'dialer-kill':
      case 'database-gone':
      case 'owner-stalled':
        break;
    }
  }
}
