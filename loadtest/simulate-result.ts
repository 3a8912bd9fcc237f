import type { Scenario } from './scenario.schema.ts';
import type { HourFigures, Simulated } from './world/simulation.ts';
import { VIOLATIONS } from './world/violations.ts';

const MS_PER_HOUR = 3_600_000;
const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
/** Six digits: enough for every comparison, and short enough to read. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;

function quantileOf(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

export interface ResultOf {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly pacer: string;
}

/** The one object of the result contract; all figures are counted by the world, `ledger…` are the product's own. */
export function simulateResult(simulated: Simulated, { scenario, seed, pacer }: ResultOf) {
  const { tally, time, windows, violations } = simulated;
  const { counts } = tally;
  const agentHours = time.signedInMs / MS_PER_HOUR;
  const handled = time.talkMs + time.wrapUpMs;
  const answerToAgent = tally.answerToAgentMs.toSorted((a, b) => a - b);
  const late = answerToAgent.filter((ms) => ms > 600).length;
  const worst = Object.fromEntries(
    scenario.windows.map((name) => {
      const { rate = 0, abandoned = 0, humanAnswers = 0 } = windows.worst.get(name) ?? {};
      const excess = name === 'day' ? { excessMax: rounded(windows.dayExcessMax) } : {};
      return [name, { rate: rounded(rate), abandoned, humanAnswers, ...excess }];
    }),
  );
  return {
    scenario: scenario.name,
    seed,
    pacer,
    agentHours: rounded(agentHours),
    utilisation: rounded(ratio(handled, time.signedInMs)),
    occupancy: rounded(ratio(handled, handled + time.idleMs)),
    talkMinutesPerAgentHour: rounded(ratio(time.talkMs / 60_000, agentHours)),
    machineMinutesPerAgentHour: rounded(ratio(time.machineMs / 60_000, agentHours)),
    idleSecondsPerCall: rounded(ratio(time.idleMs / 1000, counts.connected)),
    callsPlaced: counts.callsPlaced,
    humanAnswers: counts.humanAnswers,
    connected: counts.connected,
    abandoned: counts.abandoned,
    earlyHangups: counts.earlyHangups,
    lateServed: counts.lateServed,
    machineAnswers: counts.machineAnswers,
    carrierFailures: counts.carrierFailures,
    leadsUsed: simulated.leadsUsed,
    dialsPerContact: rounded(ratio(counts.callsPlaced, counts.connected)),
    linesMax: simulated.linesMax,
    abandonRate: rounded(ratio(counts.abandoned, counts.humanAnswers)),
    ledgerAbandonRate: rounded(ratio(tally.ledger.abandoned, tally.ledger.humanAnswers)),
    worst,
    abandonedWorst5Minutes: windows.abandonedWorst5Minutes,
    servedAfter600msShare: rounded(ratio(late, answerToAgent.length)),
    answerToAgentMs: {
      p50: rounded(quantileOf(answerToAgent, 0.5)),
      p95: rounded(quantileOf(answerToAgent, 0.95)),
      p99: rounded(quantileOf(answerToAgent, 0.99)),
      max: rounded(answerToAgent.at(-1) ?? 0),
    },
    hourly: simulated.hours.map(hourly),
    campaigns: simulated.campaigns.map(({ name, counts: own, ledger }) => ({
      name,
      callsPlaced: own.callsPlaced,
      humanAnswers: own.humanAnswers,
      connected: own.connected,
      abandoned: own.abandoned,
      abandonRate: rounded(ratio(own.abandoned, own.humanAnswers)),
      ledgerAbandonRate: rounded(ratio(ledger.abandoned, ledger.humanAnswers)),
    })),
    inbound: [],
    violations: Object.fromEntries(VIOLATIONS.map((name) => [name, violations[name]])),
    ...(simulated.tickMicros !== null && { tickMicros: simulated.tickMicros }),
  };
}

export type SimulateResult = ReturnType<typeof simulateResult>;

function hourly({ hour, time, callsPlaced, humanAnswers, connected, abandoned }: HourFigures) {
  return {
    hour,
    utilisation: rounded(ratio(time.talkMs + time.wrapUpMs, time.signedInMs)),
    callsPlaced,
    humanAnswers,
    connected,
    abandoned,
    abandonRate: rounded(ratio(abandoned, humanAnswers)),
  };
}
