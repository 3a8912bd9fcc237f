import type { AgentPhone, FreeswitchProcess } from './freeswitch-process.ts';
import { ownLoopbackAddress } from './loopback-address.ts';
import { pickUpScenario, REGISTER_SCENARIO, type PhoneHabits } from './agent-scenario.ts';
import { startSipp, type SippProcess } from './sipp-process.ts';

/** Two seconds of silence in G.711 µ-law, sent over and over: a phone that sends nothing is taken for dead. */
const SILENCE = Buffer.alloc(16_000, 0xff);
const PHONE_PORT = 5060;

/** SIPp in the part of the agents' phones: they register, pick up at once, and stay on the line. */
export interface AgentPhones {
  readonly sipp: SippProcess;
  /** Agents' legs picked up so far. */
  pickedUp(): number;
  stop(options?: { readonly keepFolder: boolean }): Promise<void>;
}

/** So many phones: extensions from 1001 on. */
export function agentPhoneRange(count: number): AgentPhone[] {
  return Array.from({ length: count }, (_, i) => ({
    extension: String(1001 + i),
    password: `for-tests-${i}`,
  }));
}

/** Registers the phones at the switch and lets them answer every call. */
export async function startAgentPhones(
  freeswitch: FreeswitchProcess,
  phones: readonly AgentPhone[],
  habits: PhoneHabits = {},
): Promise<AgentPhones> {
  const ip = ownLoopbackAddress();
  const sipp = await startSipp({
    name: 'agents',
    scenarioXml: pickUpScenario(habits),
    ip,
    port: PHONE_PORT,
    files: { 'silence.ul': SILENCE },
  });
  await registerPhones(freeswitch, phones, `${ip}:${PHONE_PORT}`);
  return {
    sipp,
    pickedUp: () => sipp.journal().filter((line) => line.startsWith('picked-up ')).length,
    stop: (options) => sipp.stop(options),
  };
}

/** Registers users with the address where their phone listens; rejects when the switch refuses one. */
export async function registerPhones(
  freeswitch: FreeswitchProcess,
  phones: readonly AgentPhone[],
  contact: string,
): Promise<void> {
  const sipp = await startSipp({
    name: 'register',
    scenarioXml: REGISTER_SCENARIO.replaceAll('[phone_address]', contact),
    ip: ownLoopbackAddress(),
    port: PHONE_PORT,
    arguments: [
      ...['-inf', 'phones.csv', '-m', String(phones.length), '-r', '50', '-timeout', '30s', '-timeout_error'],
      ...[freeswitch.agentsSip, '-key', 'agent_domain', freeswitch.agentDomain],
    ],
    files: { 'phones.csv': phonesCsv(phones) },
  });
  const code = await sipp.exited;
  const errors = sipp.errors();
  await sipp.stop();
  if (code !== 0)
    throw new Error(`Not every phone could register (SIPp ended with ${String(code)}). ${errors}`);
}

/** SIPp's injection file: extension and credentials of each call. */
export function phonesCsv(phones: readonly AgentPhone[]): string {
  const lines = phones.map(
    ({ extension, password }) => `${extension};[authentication username=${extension} password=${password}]`,
  );
  return ['SEQUENTIAL', ...lines, ''].join('\n');
}
