import { openSwitchLink } from '../dialer/freeswitch/switch-link.ts';
import { systemTimers } from '../dialer/freeswitch/timers.ts';
import type { SwitchAddress } from '../dialer/freeswitch/switch-address.ts';
import type { DialerLog } from '../dialer/dialer-log.ts';
import type { Fence } from '../dialer/fence.ts';
import type { PoolRunnerPorts } from '../dialer/pool-runner.job.ts';
import type { Random } from '../kernel/random.ts';
import type { Clock } from '../kernel/time.ts';

export interface SwitchWiring {
  readonly address: SwitchAddress;
  readonly agentDomain: string;
  /** The simulated switch moves its time stamps with it; on a real one it is the machine's. */
  readonly clock: Clock;
  readonly random: Random;
  readonly log: DialerLog;
}

/** Opens the link of the pool that somebody has come to own. */
export function switchOpener(wiring: SwitchWiring): (fence: Fence) => PoolRunnerPorts['openSwitch'] {
  const { address, agentDomain, clock, random, log } = wiring;
  return ({ poolId, epoch }) =>
    ({ onFact, mayAct }) =>
      openSwitchLink({
        url: address,
        poolId,
        epoch,
        agentDomain,
        clock,
        random,
        timers: systemTimers,
        log,
        onFact,
        mayAct,
      });
}
