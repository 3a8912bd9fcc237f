import { seededRandom } from '../../kernel/random.ts';
import { scenarioFixture } from '../scenario.fixture.ts';
import { ManualTime } from './manual-time.fixture.ts';
import { simulatedSwitch, type SimulatedSwitch } from './simulated-switch.ts';
import type { SwitchEvent } from './switch-event.ts';
import { RealTime } from './switch-time.ts';

export const PASSWORD = 'fixture';

const common = { password: PASSWORD, seed: 1, setClockOffset: () => undefined } as const;

export interface HeldSwitch {
  readonly theSwitch: SimulatedSwitch;
  readonly time: ManualTime;
  /** Every event since the beginning. */
  readonly events: SwitchEvent[];
  readonly ended: string[];
  /** `NAME last-4-of-uuid`, without states and other small change. */
  story(): string[];
}

const SMALL_CHANGE = new Set([
  'API',
  'CHANNEL_STATE',
  'CHANNEL_CALLSTATE',
  'CHANNEL_OUTGOING',
  'CODEC',
  'CALL_UPDATE',
  'HEARTBEAT',
  'ADD_SCHEDULE',
]);

/** A switch whose time stands still until the test moves it. */
export function heldSwitch(changes: object = {}, lonelyAfterMs = 600_000): HeldSwitch {
  const time = new ManualTime();
  const events: SwitchEvent[] = [];
  const ended: string[] = [];
  const theSwitch = simulatedSwitch({
    ...common,
    time,
    lonelyAfterMs,
    random: seededRandom(7),
    scenario: scenarioFixture(changes),
    onEnd: (why) => ended.push(why),
  });
  theSwitch.core.sendEventsTo({ mayWant: () => true, publish: (event) => events.push(event) });
  const story = (): string[] =>
    events
      .filter((event) => !SMALL_CHANGE.has(event.name))
      .map((event) => {
        const uuid = event.headers['Unique-ID'];
        const application = event.headers['Application'];
        const words = [event.name, typeof uuid === 'string' ? uuid.slice(-4) : '', application ?? ''];
        return words.filter((word) => word !== '').join(' ');
      });
  return { theSwitch, time, events, ended, story };
}

export interface LiveSwitch {
  readonly theSwitch: SimulatedSwitch;
  readonly port: number;
  readonly ended: string[];
  stop(): Promise<void>;
}

/** A switch in real time behind a real socket on a free port. */
export async function liveSwitch(changes: object = {}): Promise<LiveSwitch> {
  const time = new RealTime({
    epochMs: () => performance.timeOrigin + performance.now(),
    monotonicMs: () => performance.now(),
  });
  const ended: string[] = [];
  const theSwitch = simulatedSwitch({
    ...common,
    time,
    lonelyAfterMs: 600_000,
    random: seededRandom(7),
    scenario: scenarioFixture(changes),
    phones: { answersAfterMs: 10, mediaTimeoutMs: 100 },
    onEnd: (why) => ended.push(why),
  });
  const port = await theSwitch.listen(0);
  return {
    theSwitch,
    port,
    ended,
    stop: async () => {
      await theSwitch.close();
      time.stop();
    },
  };
}

export const CALL = '00000000-0000-7000-8000-0000000000c1';
export const SECOND_CALL = '00000000-0000-7000-8000-0000000000c2';
export const LEG = '00000000-0000-7000-8000-0000000000a1';
export const NUMBER = '+13055550101';

/** As the product dials: wait, message, hang up. */
export function originate(uuid = CALL, number = NUMBER, variables = ''): string {
  const settings = `origination_uuid=${uuid},ignore_early_media=true,ringline_pool=p1${variables}`;
  return `originate {${settings}}sofia/trunk/${number}@carrier.test 'sleep:8000,playback:message.wav,hangup:NORMAL_CLEARING' inline`;
}

export const callAgent = (extension = '1001', uuid = LEG): string =>
  `originate {origination_uuid=${uuid},park_after_bridge=true,hangup_after_bridge=false,ringline_pool=p1}user/${extension}@agents.test &park()`;
