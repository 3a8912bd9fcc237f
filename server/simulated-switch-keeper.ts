/** Looked at so often: a person who dials by hand for a second and a half has not given up yet. */
const LOOK_MS = 1000;

export interface SwitchKeeperPorts {
  /** Starts it where it was, or finds the one that somebody else has started; resolves to its process. */
  readonly start: () => Promise<{ readonly pid: number; readonly wasRunning: boolean }>;
  readonly log: { warn(fields: object, message: string): void };
  readonly lookMs?: number;
}

export interface SwitchKeeper {
  /** Resolves to the process that runs now, when nothing is being started any more. */
  stop(): Promise<number>;
}

/**
 * Starts the simulated switch again when its process has ended while the product runs: killed, crashed, or ended by itself because
 * nobody was connected. Its calls are gone with it; the pool sees that when it is connected again.
 */
export function keepSimulatedSwitch(
  pid: number,
  { start, log, lookMs = LOOK_MS }: SwitchKeeperPorts,
): SwitchKeeper {
  let running = pid;
  let starting: Promise<void> | null = null;
  const startAgain = async (): Promise<void> => {
    log.warn(
      { pid: running },
      'The simulated switch has ended; it is started again, and its calls are gone.',
    );
    try {
      running = (await start()).pid;
      log.warn({ pid: running }, 'The simulated switch runs again.');
    } catch (error) {
      log.warn({ err: error }, 'The simulated switch was not started again; trying once more in a moment.');
    }
  };
  const timer = setInterval(() => {
    if (starting !== null || isAlive(running)) return;
    starting = startAgain().finally(() => (starting = null));
  }, lookMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await starting;
      return running;
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be asked, and is there.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
