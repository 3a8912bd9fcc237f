import { setTimeout as sleep } from 'node:timers/promises';
import { notDiallingSentence } from '../../dialer/not-dialling-sentence.ts';
import type { Random } from '../../kernel/random.ts';
import { elapsedMonotonic, type Clock } from '../../kernel/time.ts';
import type { NewId } from '../../kernel/uuid.ts';
import { agentPhoneRange, startAgentPhones } from './agent-phones.ts';
import { carrierScenarioXml } from './carrier-scenario.ts';
import { startFreeswitch, type FreeswitchProcess } from './freeswitch-process.ts';
import { LoadAgents } from './load-agents.ts';
import { callsOf, loadNumbers, type BehaviourShares } from './load-plan.ts';
import { ownLoopbackAddress } from './loopback-address.ts';
import type { ProductUnderTest, RunningProduct } from './product-under-test.ts';
import { countCarrierJournal, differencesOf, figuresOf, type LoadFigures } from './reconciliation.ts';
import { startSipp, type SippProcess } from './sipp-process.ts';

export interface SipLoadOptions {
  /** The trunk's limit; the dialer places as many calls as its pacing and this allow. */
  readonly callsPerSecond: number;
  /** How long the campaign runs; calls that are up then come to their end. */
  readonly seconds: number;
  readonly agents: number;
  readonly shares: BehaviourShares;
  /** Mean of an agent's talks and wrap-ups; each is drawn from half to one and a half of it. */
  readonly talkMeanMs: number;
  readonly wrapMeanMs: number;
}

export interface SipLoadPorts {
  readonly product: ProductUnderTest;
  readonly clock: Clock;
  readonly random: Random;
  readonly newId: NewId;
  /** May this number be called from now on until the load test is over? */
  readonly mayCall: (number: string) => boolean;
  /** Aborted: it ends at once, and cleans up all the same. */
  readonly signal: AbortSignal;
  /** Lines for the person who started it. */
  readonly say: (line: string) => void;
}

export interface SipLoadResult extends LoadFigures {
  /** Sentences about calls on which dialer, carrier and switch do not agree. */
  readonly differences: readonly string[];
  /** Mean share of one core while the campaign ran. */
  readonly cpu: { readonly dialer: number; readonly freeswitch: number; readonly carrier: number };
  readonly memory: { readonly dialerBytesMax: number };
  /** Seconds of dialling. */
  readonly seconds: number;
  /** What the agents were refused; empty when the product went along with all that they did. */
  readonly agentProblems: readonly string[];
}

const AGENTS_MS_MAX = 60_000;
/** Longest ring, message, talk and wrap-up of what is up when dialling ends. */
const CALLS_END_MS_MAX = 120_000;
const LOOK_MS = 200;

/**
 * The product's dialer against a real FreeSWITCH, with SIPp as the carrier and as the agents' phones, all on this machine's loopback.
 * Bounded in time, and leaves nothing behind, however it ends.
 */
export async function runSipLoadTest(options: SipLoadOptions, ports: SipLoadPorts): Promise<SipLoadResult> {
  const undo: (() => Promise<void>)[] = [];
  try {
    return await run(options, ports, undo);
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

async function run(
  options: SipLoadOptions,
  ports: SipLoadPorts,
  undo: (() => Promise<void>)[],
): Promise<SipLoadResult> {
  const { product, say } = ports;
  const wanted = callsOf(options.shares, options.callsPerSecond * options.seconds);
  const numbers = loadNumbers(wanted, ports.mayCall);
  const phones = agentPhoneRange(options.agents);
  // Also when what follows fails; stopping twice does nothing.
  undo.push(() => product.stop());
  const records = await product.prepare();
  const carrier = await startSipp({
    name: 'carrier',
    scenarioXml: carrierScenarioXml(),
    ip: ownLoopbackAddress(),
    port: 5060,
  });
  undo.push(() => carrier.stop());
  const freeswitch = await startFreeswitch({
    agentPhones: phones,
    callRecords: { url: records.callRecordsUrl, secret: records.callRecordsSecret },
  });
  undo.push(() => freeswitch.stop());
  const agentPhones = await startAgentPhones(freeswitch, phones);
  undo.push(() => agentPhones.stop());
  say(`FreeSWITCH, the carrier and ${phones.length} phones are up; ${numbers.length} numbers to call.`);
  const running = await product.start({
    eventSocket: freeswitch.eventSocket,
    agentDomain: freeswitch.agentDomain,
    dialTemplate: `sofia/trunk/{number}@${carrier.address}`,
    callsPerSecond: options.callsPerSecond,
    callsMax: Math.max(100, options.agents * 10),
    extensions: phones.map(({ extension }) => extension),
    numbers,
  });
  // First of all to end: without its switch it would only complain.
  undo.push(() => product.stop());
  return campaign(options, ports, { running, carrier, freeswitch });
}

interface Scene {
  readonly running: RunningProduct;
  readonly carrier: SippProcess;
  readonly freeswitch: FreeswitchProcess;
}

async function campaign(
  options: SipLoadOptions,
  { clock, random, newId, signal, say }: SipLoadPorts,
  { running, carrier, freeswitch }: Scene,
): Promise<SipLoadResult> {
  const around = (mean: number) => (): number => mean * (0.5 + random.next());
  const agents = new LoadAgents({
    product: running,
    clock,
    random,
    newId,
    talkMs: around(options.talkMeanMs),
    wrapMs: around(options.wrapMeanMs),
  });
  try {
    await until(
      { clock, signal },
      { msMax: AGENTS_MS_MAX, what: 'every agent is ready' },
      async () => agents.atWork === options.agents,
    );
    const cpuBefore = cpuOf({ running, carrier, freeswitch });
    const startedAt = clock.monotonic();
    await running.setCampaign('running');
    say(`The campaign runs for ${options.seconds} s.`);
    await sayProgress(options.seconds, running, { signal, say });
    await running.setCampaign('paused');
    const cpuAfter = cpuOf({ running, carrier, freeswitch });
    const ranMs = elapsedMonotonic(startedAt, clock.monotonic());
    await until(
      { clock, signal },
      { msMax: CALLS_END_MS_MAX, what: 'every call has ended' },
      async () => (await running.progress()).open === 0,
    );
    await until(
      { clock, signal },
      { msMax: CALLS_END_MS_MAX, what: 'every call has its record' },
      async () => {
        const { placed, records } = await running.progress();
        return records >= placed;
      },
    ).catch(() => undefined);
    const calls = await running.calls();
    const records = await running.records();
    const share = (who: keyof typeof cpuAfter): number => rounded((cpuAfter[who] - cpuBefore[who]) / ranMs);
    return {
      ...figuresOf(calls, records),
      differences: differencesOf({ calls, carrier: countCarrierJournal(carrier.journal()), records }),
      cpu: { dialer: share('dialer'), freeswitch: share('freeswitch'), carrier: share('carrier') },
      memory: { dialerBytesMax: running.memoryBytesMax() },
      seconds: rounded(ranMs / 1000),
      agentProblems: agents.problems,
    };
  } finally {
    agents.stop();
  }
}

const rounded = (n: number): number => Math.round(n * 1000) / 1000;

function cpuOf({ running, carrier, freeswitch }: Scene): {
  readonly dialer: number;
  readonly freeswitch: number;
  readonly carrier: number;
} {
  return { dialer: running.cpuMs(), freeswitch: freeswitch.cpuMs(), carrier: carrier.cpuMs() };
}

async function sayProgress(
  seconds: number,
  running: RunningProduct,
  { signal, say }: Pick<SipLoadPorts, 'signal' | 'say'>,
): Promise<void> {
  const STEP_SECONDS = 10;
  for (let left = seconds; left > 0; left -= STEP_SECONDS) {
    await sleep(Math.min(left, STEP_SECONDS) * 1000, undefined, { signal });
    const { placed, open } = await running.progress();
    say(
      `${Math.min(seconds, seconds - left + STEP_SECONDS)} s: ${placed} calls placed, ${open} up. ${stateOf(running)}`,
    );
  }
}

/** What the product says of itself: agents by state, and why it dials as it does. */
function stateOf({ owner }: RunningProduct): string {
  const { agents, campaigns, health } = owner.view();
  const byState = Map.groupBy(agents, ({ state }) => state);
  const counts = [...byState].map(([state, group]) => `${group.length} ${state}`);
  const stopped = health.notDialling && notDiallingSentence(health.notDialling, 'en');
  return [...counts, stopped ?? '', ...campaigns.map(({ why }) => (why ? JSON.stringify(why) : ''))]
    .filter((text) => text !== '')
    .join('; ');
}

async function until(
  { clock, signal }: Pick<SipLoadPorts, 'clock' | 'signal'>,
  { msMax, what }: { readonly msMax: number; readonly what: string },
  holds: () => Promise<boolean>,
): Promise<void> {
  const since = clock.monotonic();
  while (!(await holds())) {
    if (elapsedMonotonic(since, clock.monotonic()) > msMax)
      throw new Error(`Waited ${msMax / 1000} s in vain until ${what}.`);
    await sleep(LOOK_MS, undefined, { signal });
  }
}
