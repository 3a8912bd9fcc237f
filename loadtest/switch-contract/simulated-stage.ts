import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { CarrierBehaviourName } from '../sip/carrier-behaviour.ts';
import { EventSocketClient } from '../sip/event-socket-client.ts';
import type { ContractStage } from './contract-stage.ts';

const LOADTEST = path.join(import.meta.dirname, '..');

/** The carrier's behaviours in the words of the simulated carrier: milliseconds from the INVITE, then what it sends. */
const SCRIPTS: Readonly<Record<CarrierBehaviourName, string>> = {
  answered: '0:180,1500:200',
  'answered-hangs-up': '0:180,3000:200,7000:bye',
  'answered-after-early-media': '200:180,700:183,2000:200',
  'answered-without-ringing': '1000:200',
  'answered-slowly': '0:180,12000:200',
  busy: '180:486',
  'no-answer': '300:180',
  'early-media-only': '300:183',
  'early-media-then-busy': '0:183,2000:486',
  rejected: '0:180,1500:603',
  'invalid-number': '0:404/1',
  'carrier-failure': '0:503',
  'no-reply': 'silence',
  redirected: '0:302',
  'answer-crosses-cancel': '0:180,cancel:200',
  'trying-only': 'silence',
};

/** As on the real stage: a user whom nobody knows, and one whose phone is not there. */
const PHONES = ['forget 15551', 'unregister 1010'];

/** The simulated switch with its own carrier and phones. */
export async function startSimulatedStage(): Promise<ContractStage> {
  const password = 'for-tests-only';
  const child = spawn(
    process.execPath,
    [
      path.join(LOADTEST, 'simulated-switch/main.ts'),
      ...['--scenario', path.join(LOADTEST, 'scenarios/kill.json'), '--lonely-after-ms', '60000'],
    ],
    { env: { ...process.env, RINGLINE_SWITCH_PASSWORD: password }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exited = once(child, 'exit');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { port } = JSON.parse(line) as { port: number };
  const eventSocket = { host: '127.0.0.1', port, password };
  const steering = await EventSocketClient.open(eventSocket);
  const steer = async (command: string): Promise<string> => {
    const reply = await steering.api(command);
    if (/^-(ERR|USAGE)/.test(reply)) throw new Error(`The simulated switch refused "${command}": ${reply}`);
    return reply;
  };
  // Its phones are all registered unless it is told otherwise.
  for (const phone of PHONES) await steer(`ringline_phone ${phone}`);
  const invites = new Map<string, number>();
  return {
    eventSocket,
    agentDomain: 'agents.test',
    trunkTemplate: 'sofia/trunk/{number}@carrier.test',
    async prepare(number, behaviour) {
      await steer(`ringline_carrier script ${number} ${SCRIPTS[behaviour]}`);
    },
    async invitesTo(number) {
      if (child.exitCode !== null || child.signalCode !== null) return invites.get(number) ?? 0;
      const counts = JSON.parse(await steer('ringline_carrier numbers')) as {
        number: string;
        invites: number;
      }[];
      return counts.find((each) => each.number === number)?.invites ?? 0;
    },
    async hangUpPhone(extension) {
      await steer(`ringline_phone hangup ${extension}`);
    },
    async crash() {
      // The carrier goes with it, so what it counted is asked for before.
      const counts = JSON.parse(await steer('ringline_carrier numbers')) as {
        number: string;
        invites: number;
      }[];
      for (const { number, invites: count } of counts) invites.set(number, count);
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      steering.close();
      child.kill('SIGKILL');
      await exited;
    },
  };
}
