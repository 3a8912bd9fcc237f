import { EventSocketClient } from '../loadtest/sip/event-socket-client.ts';
import { findSimulatedSwitch } from '../loadtest/simulated-switch/start.ts';

/** What the simulated carrier counted by itself: the oracle for "nobody is called twice". */
export interface CarrierReport {
  readonly pid: number;
  readonly totals: {
    readonly invites: number;
    readonly humansAnswered: number;
    readonly bridged: number;
    readonly talksCut: number;
  };
  readonly numbers: readonly {
    readonly number: string;
    readonly invites: number;
    readonly concurrentMax: number;
  }[];
}

/** Asks the simulated switch of this folder. */
export async function carrierOf(stateDir: string): Promise<CarrierReport> {
  const running = await findSimulatedSwitch(stateDir);
  if (running === null) throw new Error('The simulated switch does not run.');
  const client = await EventSocketClient.open(running);
  try {
    const totals = JSON.parse(await client.api('ringline_carrier totals')) as CarrierReport['totals'];
    const numbers = JSON.parse(await client.api('ringline_carrier numbers')) as CarrierReport['numbers'];
    return { pid: running.pid, totals, numbers };
  } finally {
    client.close();
  }
}
