import { parseArgs } from 'node:util';
import { readScenario, ScenarioError } from '../scenario.ts';
import { simulatedSwitch } from './simulated-switch.ts';
import { removeSwitchState, writeSwitchState } from './switch-state.ts';
import { RealTime } from './switch-time.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    /** 0 takes a free one. */
    port: { type: 'string', default: '0' },
    /** Rather through the environment: arguments are seen by all users of the machine. */
    password: { type: 'string' },
    seed: { type: 'string', default: '1' },
    'state-file': { type: 'string' },
    'lonely-after-ms': { type: 'string', default: '600000' },
    'clock-offset-ms': { type: 'string', default: '0' },
  },
});

function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function numberOf(name: 'port' | 'seed' | 'lonely-after-ms' | 'clock-offset-ms'): number {
  const value = Number(values[name]);
  return Number.isFinite(value) ? value : refuse(`--${name} must be a number, not "${values[name]}".`);
}

const password =
  values.password ??
  process.env['RINGLINE_SWITCH_PASSWORD'] ??
  refuse('Give the password of the event socket.');
const scenarioFile = values.scenario ?? refuse('Give the scenario: --scenario FILE.');
const stateFile = values['state-file'];

function scenario(file: string): ReturnType<typeof readScenario> {
  try {
    return readScenario(file);
  } catch (error) {
    if (error instanceof ScenarioError) refuse(error.message);
    throw error;
  }
}

const time = new RealTime({ epochMs: () => Date.now(), monotonicMs: () => performance.now() });
time.setOffset(numberOf('clock-offset-ms'));

function end(why: string): void {
  if (stateFile !== undefined) removeSwitchState(stateFile, process.pid);
  process.stdout.write(`The simulated switch ends: ${why}.\n`);
  process.exit(0);
}

const theSwitch = simulatedSwitch({
  time,
  random: { next: () => Math.random() },
  password,
  scenario: scenario(scenarioFile),
  seed: numberOf('seed'),
  lonelyAfterMs: numberOf('lonely-after-ms'),
  setClockOffset: (offsetMs) => time.setOffset(offsetMs),
  onEnd: end,
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(signal));
// It outlives who started it: a closed terminal or pipe is no reason to end.
process.on('SIGHUP', () => undefined);
process.stdout.on('error', () => undefined);

let port: number;
try {
  port = await theSwitch.listen(numberOf('port'));
} catch (error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  refuse(`The simulated switch cannot listen on 127.0.0.1:${values.port} (${code}).`);
}

if (stateFile !== undefined) writeSwitchState(stateFile, { pid: process.pid, port, password });
process.stdout.write(`${JSON.stringify({ pid: process.pid, port })}\n`);
