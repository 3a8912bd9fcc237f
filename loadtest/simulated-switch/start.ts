import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { START_TIMEOUT_MS, takeStartLock } from './start-lock.ts';
import { isSwitchThere } from './switch-probe.ts';
import { readSwitchState, stateFileIn, type SwitchState } from './switch-state.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const LOOK_AGAIN_MS = 50;

export interface StartOptions {
  /** Folder of its state file, its log and the lock of those who start it. */
  readonly stateDir: string;
  /** For a switch that is started now; one that runs already keeps its own. */
  readonly password: string;
  readonly scenarioFile: string;
  /** The Node 24 that runs it. */
  readonly nodePath: string;
  readonly seed?: number;
  /** It ends by itself after so long without a client; 10 minutes unless said otherwise. */
  readonly lonelyAfterMs?: number;
  /** For one that is started now; a free one unless said otherwise. */
  readonly port?: number;
  /** Moves its time of day; also that of one that runs already. */
  readonly clockOffsetMs?: number;
}

export interface RunningSwitch {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly password: string;
  readonly pid: number;
  /** It was there before. */
  readonly wasRunning: boolean;
}

const asRunning = (state: SwitchState, wasRunning: boolean): RunningSwitch => ({
  host: '127.0.0.1',
  port: state.port,
  password: state.password,
  pid: state.pid,
  wasRunning,
});

/** The simulated switch of this folder, if one runs. */
export async function findSimulatedSwitch(stateDir: string): Promise<RunningSwitch | null> {
  const state = readSwitchState(stateFileIn(stateDir));
  return state !== null && (await isSwitchThere(state)) ? asRunning(state, true) : null;
}

/**
 * Attaches to the simulated switch of this folder or starts one, detached: it outlives us, so that calls stay up when the
 * dialer dies. Several may do this at once and get the same one. Rejects with one sentence when it cannot be started.
 */
export async function startSimulatedSwitch(options: StartOptions): Promise<RunningSwitch> {
  const { stateDir } = options;
  const since = performance.now();
  for (;;) {
    const found = await attach(options);
    if (found !== null) return found;
    // Whoever holds the lock for so long has failed without dying.
    const lock = takeStartLock(stateDir, performance.now() - since > START_TIMEOUT_MS);
    if (lock === null) {
      await sleep(LOOK_AGAIN_MS);
      continue;
    }
    try {
      // Somebody may have finished starting it between our look and our lock.
      return (await attach(options)) ?? asRunning(await launch(options), false);
    } finally {
      lock.release();
    }
  }
}

async function attach(options: StartOptions): Promise<RunningSwitch | null> {
  const state = readSwitchState(stateFileIn(options.stateDir));
  if (state === null) return null;
  const { clockOffsetMs } = options;
  const command = clockOffsetMs === undefined ? undefined : `ringline_clock ${clockOffsetMs}`;
  return (await isSwitchThere(state, command)) ? asRunning(state, true) : null;
}

function argumentsOf(options: StartOptions): string[] {
  const { scenarioFile, stateDir, port, seed, lonelyAfterMs, clockOffsetMs } = options;
  const numbers = { port, seed, 'lonely-after-ms': lonelyAfterMs, 'clock-offset-ms': clockOffsetMs };
  const given = Object.entries(numbers).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  );
  return [MAIN, '--scenario', scenarioFile, '--state-file', stateFileIn(stateDir), ...given];
}

async function launch(options: StartOptions): Promise<SwitchState> {
  const { stateDir } = options;
  mkdirSync(stateDir, { recursive: true });
  const logFile = path.join(stateDir, 'simulated-switch.log');
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn(options.nodePath, argumentsOf(options), {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, RINGLINE_SWITCH_PASSWORD: options.password },
  });
  closeSync(log);
  const outcome: { failure: string | null } = { failure: null };
  child.on('error', (error) => {
    outcome.failure = error.message;
  });
  const onEarlyExit = () => {
    outcome.failure ??= lastLine(logFile);
  };
  child.on('exit', onEarlyExit);
  const since = performance.now();
  for (;;) {
    const state = readSwitchState(stateFileIn(stateDir));
    if (state !== null && state.pid === child.pid && (await isSwitchThere(state))) {
      // From here on its end is its keeper's business; the log may be gone by then.
      child.off('exit', onEarlyExit);
      child.unref();
      return state;
    }
    if (outcome.failure !== null) throw new Error(`The simulated switch did not start: ${outcome.failure}`);
    if (performance.now() - since > START_TIMEOUT_MS) {
      child.kill('SIGKILL');
      throw new Error(
        `The simulated switch did not start within ${START_TIMEOUT_MS / 1000} s; see ${logFile}.`,
      );
    }
    await sleep(LOOK_AGAIN_MS);
  }
}

function lastLine(file: string): string {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.at(-1) ?? '';
}
