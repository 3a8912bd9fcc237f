import type { Epoch, PoolId } from '../../kernel/ids.ts';
import type { Random } from '../../kernel/random.ts';
import type { Clock } from '../../kernel/time.ts';
import type { SwitchFact } from '../telephony.ts';
import type { LinkLog } from './link-log.ts';
import type { SwitchAddress } from './switch-address.ts';
import type { Timers } from './timers.ts';

export interface SwitchLinkOptions {
  readonly url: SwitchAddress;
  readonly poolId: PoolId;
  /** Our generation as owner of the pool; announced on every connection. */
  readonly epoch: Epoch;
  /** Domain of the agents' registered phones. */
  readonly agentDomain: string;
  /** What a customer on hold hears, over and over; a file on the switch's machine or a tone. */
  readonly holdSound?: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  readonly log: LinkLog;
  /** While it says no, nothing but looks is sent, by timers of the link neither; commands then fail as without a connection. */
  readonly mayAct: () => boolean;
  /**
   * Called synchronously from the socket, in the order in which the switch told it; never from inside `perform`.
   */
  readonly onFact: (fact: SwitchFact) => void;
}
